"""Credit and the ledger: writes against the same statements by the bare driver, queries, and the check of the ledger.

Writes are durable here: a PostgreSQL of its own that waits for its disk, and SQLite with synchronous=FULL. Product and
bare driver take turns on databases of their own, the server and the bare driver's threads on the same core.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from bench import load, processes, signed
from bench.cases import DISTINCT, MEGA, ROUNDS, SECONDS, SEED, Bench, Result
from bench.stores import BIN, CACHE, ROOT, Store
from tools.cluster import Cluster, binaries

CLIENTS = 8
PARTNERS = 100
CAPTURED = 200
SCALE = 10
"""Of pgbench's own tables: 100,000 accounts a unit."""
DURABLE_SETTINGS = ("fsync=on", "synchronous_commit=on", "shared_buffers=256MB", "max_wal_size=4GB", "jit=off")
TARGETS = {"postgresql": 0.6, "sqlite": 0.25}
_numbers = count()


def allocations(bench: Bench) -> list[Result]:
    """AllocateCustomerCredit, signed and durable, of one hot partner and of a hundred."""
    with _durable(bench) as (ours, bare):
        made = _inside(ours, "channel", str(PARTNERS))
        _copy(ours, bare)
        found = []
        for case, partners in (("one hot partner", made[:1]), (f"{PARTNERS} partners", made)):
            found.append(_against_bare(_Pair(bench, ours, bare, partners), case))
        if bench.store.engine == "postgresql":
            found.append(_tpc_b(bench, bare))
        assert _inside(ours, "verify")["postings"] > 0  # nothing that was measured has broken the ledger
    return found


def queries(bench: Bench) -> list[Result]:
    """The signed query of one customer's credit, and lists of all customers with theirs, by any filter."""
    _inside(bench.store, "fill")
    distributor = bench.store.personas["distributor"]
    known = _inside(bench.store, "sample", distributor["account_id"])
    with processes.product(bench.store) as product:
        bodies = [{"UinList": [uin]} for uin, _, _ in known["some"]]
        requests = signed.tencent(distributor, product.port, "QueryCreditByUinList", bodies)
        load.run(product.port, requests, count=2 * DISTINCT)
        rate = MEGA / statistics.median(bench.micros_per_request(product, requests) for _ in range(ROUNDS))
        requests = signed.tencent(distributor, product.port, "QueryCustomersCredit", list(_asked(known)))
        load.run(product.port, requests, count=len(requests), connections=1)
        listed = load.run(product.port, requests, count=3 * len(requests), connections=1)
    p99 = listed.percentile(0.99)
    of = f"{known['customers']:,} of {bench.store.customers:,} customers"
    return [
        bench.result(
            "QueryCreditByUinList, one customer: rate", f"{rate:,.0f} per CPU-second", rate, ">= 6,000", bound=6_000
        ),
        bench.result(
            f"QueryCustomersCredit, {of}, any filter: p99", f"{p99:.1f} ms (p50 {listed.percentile(0.5):.1f})", p99,
            "<= 30 ms", bound=30,
        ),
    ]  # fmt: skip


def verification(bench: Bench) -> list[Result]:
    """The check of every balance. CPU of this process and, on PostgreSQL, of the database's."""
    _inside(bench.store, "fill")
    database = bench.cluster.postmaster if bench.store.database_url and bench.cluster else None
    before = processes.tree_cpu_seconds(database) if database else 0
    told = _inside(bench.store, "verify")
    spent = told["cpu_seconds"] + (processes.tree_cpu_seconds(database) - before if database else 0)
    rate = told["postings"] / spent
    measured = f"{rate:,.0f} postings per CPU-second ({told['postings']:,} in {told['elapsed_seconds']:.1f} s)"
    return [bench.result("ledger verify", measured, rate, ">= 300,000", bound=300_000)]


# ------------------------------------------------------------------------------------------------ writes


@dataclass
class _Pair:
    """Two databases with the same channel: the product writes to one, the bare driver to the other."""

    bench: Bench
    ours: Store
    bare: Store
    partners: list[dict[str, Any]]
    rates: dict[str, list[float]] = field(default_factory=lambda: {"product": [], "bare": []})

    def requests(self, port: int, number: int) -> list[bytes]:
        """Signed allocations, each another: to the customers of the partners in turn."""
        random = Random(SEED)
        found: list[bytes] = []
        each = -(-number // len(self.partners))
        for partner in self.partners:
            bodies = [
                {"ClientUin": random.choice(partner["uins"]), "AddedCredit": 0.01, "Remark": str(next(_numbers))}
                for _ in range(each)
            ]
            found += signed.tencent(partner, port, "AllocateCustomerCredit", bodies)
        random.shuffle(found)
        return found[:number]


def _against_bare(pair: _Pair, case: str) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        captured = Path(folder) / "captured"
        told = _capture(pair, captured, Path(folder) / "requests")
        with processes.product(pair.ours) as product:
            guess = load.run(product.port, pair.requests(product.port, CLIENTS * 20), count=CLIENTS * 20).requests
            assert guess
            rate = 500.0
            for _ in range(ROUNDS):
                # Every request is another one: a repeat would get its first answer and write nothing.
                requests = pair.requests(product.port, int(rate * SECONDS * 1.5) + CLIENTS)
                outcome = load.run(product.port, requests, count=int(rate * SECONDS) + CLIENTS, connections=CLIENTS)
                rate = outcome.requests / outcome.seconds
                pair.rates["product"].append(rate)
                pair.rates["bare"].append(_replayed(pair.bare, captured))
    ours, bare = (statistics.median(pair.rates[name]) for name in ("product", "bare"))
    ratio = statistics.median(a / b for a, b in zip(pair.rates["product"], pair.rates["bare"], strict=True))
    least = TARGETS[pair.bench.store.engine]
    driver = "psycopg" if pair.ours.database_url else "sqlite3"
    detail = {name: [round(one) for one in rates] for name, rates in pair.rates.items()}
    return pair.bench.result(
        f"AllocateCustomerCredit, {case}, {CLIENTS} clients, against bare {driver}",
        f"{ratio:.2f}x ({ours:.0f} against {bare:.0f} a second, {told['statements']} statements each)",
        ratio,
        f">= {least}x",
        bound=least,
        detail=detail,
    )


def _capture(pair: _Pair, captured: Path, requests: Path) -> dict[str, Any]:
    port = 8000
    requests.write_bytes(pickle.dumps(pair.requests(port, 2 * CAPTURED)))
    told: dict[str, Any] = _inside(pair.bare, "capture", str(port), str(requests), str(captured))
    return told


def _replayed(store: Store, captured: Path) -> float:
    told = _inside(store, "replay", str(captured), str(CLIENTS), str(SECONDS), core=processes.SERVER_CORE)
    return float(told["rate"])


def _tpc_b(bench: Bench, store: Store) -> Result:
    """What PostgreSQL's own benchmark does on this machine: a transaction of seven small statements."""
    programs = binaries()
    assert programs is not None
    pgbench = str(shutil.which("pgbench") or programs / "pgbench")
    url = store.database_url
    subprocess.run([pgbench, "-i", "-q", "-s", str(SCALE), url], check=True, capture_output=True)
    words = [pgbench, "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(max(2, int(SECONDS))), url]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    found = re.search(r"tps = ([0-9.]+)", said)
    assert found, said
    rate = float(found[1])
    return bench.result(f"pgbench TPC-B, scale {SCALE}, {CLIENTS} clients", f"{rate:.0f} transactions a second", rate)


# ------------------------------------------------------------------------------------------------ databases


@contextlib.contextmanager
def _durable(bench: Bench) -> Iterator[tuple[Store, Store]]:
    """Two stores whose writes wait for the disk: the second is made a copy of the first by `_copy`."""
    folder = CACHE / "durable"
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        urls = {"ours": "", "bare": ""}
        if bench.store.engine == "postgresql":
            running = Cluster(folder / "postgres", DURABLE_SETTINGS)
            running.start()
            stack.callback(running.stop, "fast")
            base = running.url.rsplit("/", 1)[0]
            _run_sql(running.url, "CREATE DATABASE ours")
            urls = {name: f"{base}/{name}" for name in urls}
        ours, bare = (Store(bench.store.engine, 0, folder / name, urls[name]) for name in urls)
        ours.data.mkdir(parents=True, exist_ok=True)
        subprocess.run([str(BIN / "openpartner"), "migrate"], env=ours.environment, check=True, capture_output=True)
        yield ours, bare


def _copy(ours: Store, bare: Store) -> None:
    if ours.database_url:
        _run_sql(ours.database_url.rsplit("/", 1)[0] + "/postgres", "CREATE DATABASE bare TEMPLATE ours")
    shutil.copytree(ours.data, bare.data)


def _run_sql(url: str, statement: str) -> None:
    import psycopg  # noqa: PLC0415  # only where PostgreSQL is used

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def _asked(known: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Pages by each kind of filter and by none, anywhere in the list, in both orders."""
    random = Random(SEED)
    pages = max(1, min(2_000, known["customers"] // 100))
    for uin, email, name in known["some"]:
        order = random.choice(["desc", "asc"])
        yield {"Page": random.randint(1, pages), "PageSize": 100, "Order": order}
        yield {"FilterType": "ClientUin", "Filter": str(uin)}
        yield {"FilterType": "Email", "Filter": email, "Order": order}
        start = random.randrange(max(1, len(name) - 3))
        yield {
            "FilterType": "Name",
            "Filter": name[start : start + random.randint(3, 8)].strip() or name,
            "Order": order,
        }
        yield {"FilterType": "Remark", "Filter": random.choice(["paid in advance", "no such remark"])}


def _inside(store: Store, *words: str, core: int | None = None) -> Any:  # noqa: ANN401  # JSON
    """What `bench.credit_inside` says."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.credit_inside", *words],
        env=store.environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
        preexec_fn=(lambda: os.sched_setaffinity(0, {core})) if core is not None else None,  # one thread
    )
    return json.loads(done.stdout)
