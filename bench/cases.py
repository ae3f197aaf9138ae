"""The cases of the benchmark. Each gives results: what was measured, what it should be, and whether it is."""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bench import load, processes, signed
from bench.processes import Running
from bench.stores import ROOT, Store
from tools.cluster import Cluster

SECONDS = float(os.environ.get("BENCH_SECONDS", "2"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
"""Product and floor take turns, so that a noisy minute hits both; the median of the rounds counts."""
DISTINCT = 200
LIMIT = 100
SEED = 20261121
MEGA = 1_000_000


@dataclass(frozen=True)
class Result:
    """One line of the table. Without a target it is information."""

    case: str
    engine: str
    measured: str
    value: float
    target: str = ""
    bound: float = 0
    """The target as a number."""
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """Met, or missed by how much; empty without a target."""
        if not self.target:
            return ""
        if self.value <= self.bound if self.target.startswith("<=") else self.value >= self.bound:
            return "met"
        return f"missed by {abs(self.value / self.bound - 1):.0%}"


@dataclass
class Bench:
    """One database under measurement."""

    store: Store
    cluster: Cluster | None

    def cpu_seconds(self, server: Running) -> float:
        """CPU time of the server and, on PostgreSQL, of the database's processes."""
        database = (
            processes.tree_cpu_seconds(self.cluster.postmaster) if self.store.database_url and self.cluster else 0
        )
        return server.cpu_seconds() + database

    def micros_per_request(self, server: Running, requests: Sequence[bytes]) -> float:
        """CPU microseconds of one request, under four connections for a while."""
        before = self.cpu_seconds(server)
        outcome = load.run(server.port, requests, seconds=SECONDS)
        return (self.cpu_seconds(server) - before) / outcome.requests * MEGA

    def result(self, case: str, measured: str, value: float, target: str = "", **rest: Any) -> Result:
        """A line for this database."""
        return Result(case, self.store.engine, measured, value, target, **rest)


def hot_reads(bench: Bench) -> list[Result]:
    """Signed first pages of both vendors against the floor, and the details of one customer."""
    distributor = bench.store.personas["distributor"]
    reseller = bench.store.personas["second_level_reseller"]
    page = {"SubAgentUin": reseller["uin"], "Page": 1, "PageSize": LIMIT}

    def listing(port: int) -> list[bytes]:
        return signed.huawei(distributor, port, [{"limit": LIMIT}] * DISTINCT)

    def indirect(port: int) -> list[bytes]:
        return signed.tencent(distributor, port, "QueryT1IndirectCustomersDetail", [page] * DISTINCT)

    found = []
    with processes.product(bench.store) as product, processes.floor(bench.store) as floor:
        for case, made in (
            ("ListSubCustomers, 100 rows", listing),
            ("QueryT1IndirectCustomersDetail, 100 rows", indirect),
        ):
            found += _against_floor(bench, case, made, product, floor)
        found.append(_one_customer(bench, product))
    return found


def _against_floor(
    bench: Bench, case: str, made: Callable[[int], list[bytes]], product: Running, floor: Running
) -> list[Result]:
    servers = {"product": product, "floor": floor}
    requests = {name: made(server.port) for name, server in servers.items()}
    answers = {name: load.run(server.port, requests[name], count=4 * DISTINCT).last for name, server in servers.items()}
    assert _without_id(answers["product"]) == _without_id(answers["floor"]), "the floor answers something else"
    micros: dict[str, list[float]] = {"product": [], "floor": []}
    for _ in range(ROUNDS):
        for name, server in servers.items():
            micros[name].append(bench.micros_per_request(server, requests[name]))
    ours, least = (statistics.median(micros[name]) for name in ("product", "floor"))
    ratio = statistics.median(ours / floor for ours, floor in zip(micros["product"], micros["floor"], strict=True))
    detail = {
        "product_us": [round(one) for one in micros["product"]],
        "floor_us": [round(one) for one in micros["floor"]],
    }
    rate = MEGA / ours
    return [
        bench.result(
            f"{case}: CPU against the floor", f"{ratio:.2f}x ({ours:.0f} us, floor {least:.0f} us)", ratio, "<= 1.6x",
            bound=1.6, detail=detail,
        ),
        _rate(bench, f"{case}: rate", rate, 3_000, floor_rate=MEGA / least),
    ]  # fmt: skip


def _rate(bench: Bench, case: str, rate: float, least: int, **detail: float) -> Result:
    target = {"target": f">= {least:,}", "bound": least} if bench.store.engine == "sqlite" else {}
    rounded = {name: round(value) for name, value in detail.items()}
    return bench.result(case, f"{rate:,.0f} per CPU-second", rate, **target, detail=rounded)  # type: ignore[arg-type]  # as built


def _without_id(answer: bytes) -> bytes:
    return re.sub(rb'"RequestId":"[0-9a-f-]{36}"', b"", answer)


def _one_customer(bench: Bench, product: Running) -> Result:
    distributor = bench.store.personas["distributor"]
    first = load.run(
        product.port,
        signed.tencent(distributor, product.port, "DescribeCustomerUin", [{"Page": 1, "PageSize": 50}]),
        count=1,
    )
    uins = [row["CustomerUin"] for row in json.loads(first.last)["Response"]["Data"]]
    bodies = [{"CustomerUin": [uins[number % len(uins)]]} for number in range(DISTINCT)]
    requests = signed.tencent(distributor, product.port, "DescribeCustomerInfo", bodies)
    load.run(product.port, requests, count=2 * DISTINCT)
    micros = statistics.median(bench.micros_per_request(product, requests) for _ in range(ROUNDS))
    return _rate(bench, "DescribeCustomerInfo, one customer: rate", MEGA / micros, 6_000)


def far_pages(bench: Bench) -> list[Result]:
    """Signed ListSubCustomers in the middle and at the end of the largest partner's list, one connection."""
    distributor = bench.store.personas["distributor"]
    most = 15 if bench.store.engine == "sqlite" else 60
    random = Random(SEED)
    found = []
    with processes.product(bench.store) as product:
        first = load.run(product.port, signed.huawei(distributor, product.port, [{"limit": 1}]), count=1)
        total = json.loads(first.last)["count"]
        places = {
            "in the middle": [random.randint(total * 2 // 5, total * 3 // 5) for _ in range(DISTINCT)],
            "at the end": [max(0, total - random.randint(1, 1_000)) for _ in range(DISTINCT)],
            "behind the end": [total + random.randint(0, 40_000_000) for _ in range(DISTINCT)],
        }
        for name, offsets in places.items():
            bodies = [{"limit": LIMIT, "offset": offset} for offset in offsets]
            requests = signed.huawei(distributor, product.port, bodies)
            outcome = load.run(product.port, requests, count=3 * DISTINCT, connections=1)
            p99 = outcome.percentile(0.99)
            found.append(
                bench.result(
                    f"page {name} of {total:,}: p99", f"{p99:.1f} ms (p50 {outcome.percentile(0.5):.1f})", p99,
                    f"<= {most} ms", bound=most,
                )
            )  # fmt: skip
    return found


def searches(bench: Bench, small: Store | None) -> list[Result]:
    """Infix search with total count over the whole provider and the largest partner, by the core's own function."""
    measured = _searched(bench.store)
    found = []
    is_sqlite = bench.store.engine == "sqlite"
    for scope, numbers in measured["mix"].items():
        p50, p99 = numbers["p50"], numbers["p99"]
        target50: dict[str, Any] = {"target": "<= 15 ms", "bound": 15} if is_sqlite else {}
        most = 100 if is_sqlite else 200
        found.append(bench.result(f"search, {scope}: p50", f"{p50:.1f} ms", p50, **target50, detail=numbers))
        found.append(bench.result(f"search, {scope}: p99", f"{p99:.1f} ms", p99, f"<= {most} ms", bound=most))
    if small is not None and small.customers < bench.store.customers:
        before, after = _searched(small)["by_matches"], measured["by_matches"]
        for matches in sorted(set(before) & set(after), key=int):
            growth = after[matches] / before[matches]
            found.append(
                bench.result(
                    f"search, about {matches} matches: growth from {small.customers:,} customers",
                    f"{growth:.1f}x ({before[matches]:.1f} to {after[matches]:.1f} ms)", growth, "<= 3x",
                    bound=3,
                )
            )  # fmt: skip
    return found


def lists(bench: Bench) -> list[Result]:
    """The console's list of customers, filtered and sorted, and what an export reads, by the core's own functions."""
    measured = _run("bench.lists", bench.store)
    found = []
    for scope, numbers in measured["pages"].items():
        p95 = numbers["p95"]
        shown = f"{p95:.0f} ms (p50 {numbers['p50']:.1f}, p99 {numbers['p99']:.0f})"
        case = f"console list, {scope} of {numbers['customers']:,}: p95"
        found.append(bench.result(case, shown, p95, "<= 100 ms", bound=100, detail=numbers))
    for order, rate in measured["stream"].items():
        found.append(bench.result(f"export's reading by {order}", f"{rate:,.0f} rows per second", rate))
    return found


def _searched(store: Store) -> dict[str, Any]:
    return _run("bench.searches", store)


def _run(module: str, store: Store) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", module],
        env=store.environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: os.sched_setaffinity(0, {processes.SERVER_CORE}),  # one thread
    )
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def exports(bench: Bench, small: Store | None) -> list[Result]:
    """Files of all customers, twelve columns, masked, made by the product's own job."""
    found = []
    for file_format, most in (("csv", 4), ("xlsx", 15)):
        told = _exported(bench, bench.store, file_format)
        rows, seconds, grown = told["rows"], told["cpu_seconds"], told["peak_growth_mb"]
        case = f"export of {rows:,} customers, {file_format.upper()}"
        # The target is for a million; a smaller store's is as much smaller.
        bound = most * rows / MEGA
        target: dict[str, Any] = {"target": f"<= {bound:.3g} s", "bound": bound}
        found.append(bench.result(f"{case}: CPU", f"{seconds:.2f} s", seconds, **target, detail=told))
        found.append(bench.result(f"{case}: growth of memory", f"{grown:.0f} MB", grown, "<= 300 MB", bound=300))
        if small is not None and small.customers < bench.store.customers:
            less = _exported(bench, small, file_format)
            times = rows / less["rows"]
            slower = seconds / less["cpu_seconds"] / times
            more = grown - less["peak_growth_mb"]
            found.append(
                bench.result(
                    f"{case}: CPU a row against {less['rows']:,}", f"{slower:.2f}x ({more:+.0f} MB)", slower, "<= 1.2x",
                    bound=1.2,
                )
            )  # fmt: skip
    return found


def _exported(bench: Bench, store: Store, file_format: str) -> dict[str, Any]:
    database = bench.cluster.postmaster if store.database_url and bench.cluster else None
    before = processes.tree_cpu_seconds(database) if database else 0.0
    done = subprocess.run(
        [sys.executable, "-m", "bench.exports", file_format],
        env=store.environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: os.sched_setaffinity(0, {processes.SERVER_CORE}),  # one thread
    )
    told: dict[str, Any] = json.loads(done.stdout)
    if database:
        told["cpu_seconds"] += processes.tree_cpu_seconds(database) - before
    return told


def start(bench: Bench) -> list[Result]:
    """From the command to the first signed answer, and memory when idle."""
    distributor = bench.store.personas["distributor"]
    seconds, megabytes = [], []
    for _ in range(3):
        with ExitStack() as stack:
            began = time.perf_counter()
            product = stack.enter_context(processes.product(bench.store))
            load.run(product.port, signed.huawei(distributor, product.port, [{"limit": LIMIT}]), count=1, connections=1)
            seconds.append(time.perf_counter() - began)
            time.sleep(1)
            megabytes.append(product.memory_bytes() / MEGA)
    took, memory = statistics.median(seconds), statistics.median(megabytes)
    return [
        bench.result("start to first signed answer", f"{took:.2f} s", took, "<= 1.5 s", bound=1.5),
        bench.result("idle memory", f"{memory:.0f} MB", memory, "<= 120 MB", bound=120),
    ]
