"""`python -m bench lake`: what bills cost down to the line, at two million and at twenty million lines in one month.

BENCH_LAKE_LINES=200000 gives a quick look; BENCH_LAKE_IMPORT is how many lines are imported.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from bench import load, processes, signed
from bench.cases import MEGA, Bench, Result
from bench.stores import BIN, CACHE, ROOT, Store, version

LINES = int(os.environ.get("BENCH_LAKE_LINES", "20000000"))
IMPORTED = int(os.environ.get("BENCH_LAKE_IMPORT", "2000000"))
SHRUNK = 10
CUSTOMERS = 100_000
ROUNDS = 3
PAGE = 100
DISTINCT = 50
MONTHLY_SUM = "/v2/bills/customer-bills/monthly-sum"
FULL = 20_000_000
ENGINE = "lake"


def lake_cases() -> list[Result]:
    """Every case: the reads at both sizes, the batch steps at one."""
    large, small = store(LINES), store(LINES // SHRUNK)
    os.sched_setaffinity(0, {processes.CLIENT_CORE})
    found: list[Result] = []
    reads: dict[int, dict[str, float]] = {}
    for made in (small, large):
        lines = LINES if made is large else LINES // SHRUNK
        print(f"lake: reads of {lines:,} lines ...", file=sys.stderr, flush=True)
        told = inside(made, "reads") | {"pages": pages(made, inside(made, "facts"))}
        reads[lines] = told.pop("pages") | _reads(told) | {name: told[name] for name in told if "first time" in name}
        found += _read_results(lines, reads[lines], told)
    found += _growth(reads[LINES // SHRUNK], reads[LINES])
    print("lake: export ...", file=sys.stderr, flush=True)
    found += _export(inside(large, "export"))
    print("lake: month ...", file=sys.stderr, flush=True)
    found += _month(inside(large, "month"))
    print("lake: compaction ...", file=sys.stderr, flush=True)
    found += _compaction(inside(small, "compaction"))
    print("lake: import ...", file=sys.stderr, flush=True)
    found += _import(inside(small, "imports", str(IMPORTED)))
    return found


def store(lines: int) -> Store:
    """A demo channel on SQLite with about so many bill lines in one month, built now if it is not kept."""
    folder = CACHE / f"lake_{lines}_{version()}"
    made = Store(ENGINE, CUSTOMERS, folder, "")
    if not (folder / "built").exists():
        for old in CACHE.glob(f"lake_{lines}_*"):
            shutil.rmtree(old)
        folder.mkdir(parents=True)
        print(f"building {lines:,} bill lines ...", file=sys.stderr, flush=True)
        began = time.monotonic()
        for words in (["migrate"], ["demo", "--customers", str(CUSTOMERS), "--lines", str(lines), "--no-money"]):
            subprocess.run(
                [str(BIN / "openpartner"), *words], env=made.environment, check=True, stdout=subprocess.DEVNULL
            )
        seconds = time.monotonic() - began
        (folder / "built").write_text(json.dumps({"seconds": round(seconds, 1)}), "ascii")
        print(f"  in {seconds:.0f} s", file=sys.stderr, flush=True)
    return made


def inside(made: Store, part: str, *words: str) -> dict[str, Any]:
    """One part, measured by a process of its own on one core."""
    environment = made.environment | {
        "OPENPARTNER_IMPORT_MEGABYTES": "100000",
        "OPENPARTNER_IMPORT_ROWS": "1000000000",
        "OPENPARTNER_LAKE_THREADS": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.lake_inside", part, *words],
        env=environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: os.sched_setaffinity(0, {processes.SERVER_CORE}),  # one thread
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def pages(made: Store, facts: dict[str, Any]) -> dict[str, float]:
    """Signed calls against a server, in milliseconds of its CPU."""
    bench = Bench(made, None)
    month = facts["month"]
    before = _month_before(month, 15)
    distributor, customer = made.personas["distributor"], made.personas["customer"]
    found: dict[str, float] = {}
    with processes.product(made) as server:

        def tencent(action: str, bodies: Sequence[dict[str, Any]]) -> float:
            return _millis(bench, server, signed.tencent(distributor, server.port, action, bodies))

        for size in ("largest", "middle"):
            one = facts["distributor"][size]
            last = max(1, (one["lines"] - 1) // PAGE)
            base = {"CustomerUin": one["uin"], "Month": month, "PageSize": PAGE}
            for name, page in (("first", 1), ("middle", max(1, last // 2)), ("last", last)):
                body = base | {"Page": page}
                found[f"{size} customer, {name} page"] = tencent("DescribeCustomerBillDetail", [body] * DISTINCT)
            body = base | {"Page": 1, "PayMode": one["pay_mode"]}
            found[f"{size} customer, filtered"] = tencent("DescribeCustomerBillDetail", [body] * DISTINCT)
        one = facts["distributor"]["middle"]
        product = {"CustomerUin": one["uin"], "BillMonth": month}
        found["by product"] = tencent("DescribeBillSummaryByProduct", [product] * DISTINCT)
        found["by product, nothing"] = tencent(
            "DescribeBillSummaryByProduct", [product | {"BillMonth": before}] * DISTINCT
        )
        for name, cycle in (("monthly sum", month), ("monthly sum, nothing", before)):
            queries = [{"bill_cycle": cycle, "limit": "100"}] * DISTINCT
            found[name] = _millis(bench, server, signed.huawei_get(customer, server.port, MONTHLY_SUM, queries))
    return found


def _millis(bench: Bench, server: processes.Running, requests: Sequence[bytes]) -> float:
    load.run(server.port, requests, count=4)
    return statistics.median(bench.micros_per_request(server, requests) for _ in range(ROUNDS)) / 1000


def _month_before(month: str, count: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:]) - 1 - count
    return f"{number // 12:04}-{number % 12 + 1:02}"


def _reads(told: dict[str, Any]) -> dict[str, float]:
    return {name: value for name, value in told.items() if " by " in name}


def _read_results(lines: int, reads: dict[str, float], told: dict[str, Any]) -> list[Result]:
    of = f"of {lines:,}"
    found = []
    for name, value in reads.items():
        if " by " in name:
            found.append(_most(f"sums {of}, partner, {name}: CPU", f"{value:.1f} ms", value, 10, "ms"))
        elif "page" in name or "filtered" in name:
            most = 40 if "filtered" in name else 15
            found.append(_most(f"DescribeCustomerBillDetail {of}, {name}: CPU", f"{value:.1f} ms", value, most, "ms"))
    for size in ("largest", "middle"):
        ratio = reads[f"{size} customer, last page"] / reads[f"{size} customer, first page"]
        found.append(_most(f"DescribeCustomerBillDetail {of}, {size} customer: last page against first",
                           f"{ratio:.2f}x", ratio, 1.5, "x"))  # fmt: skip
    for case, name in (("DescribeBillSummaryByProduct", "by product"), ("ShowCustomerMonthlySum", "monthly sum")):
        over = reads[name] - reads[f"{name}, nothing"]
        first = reads[f"{name}, first time"]
        found.append(_most(f"{case} {of}, first time: CPU over the gateway", f"{first:.1f} ms", first, 5, "ms"))
        found.append(_most(f"{case} {of}, asked again: CPU over a month without bills",
                           f"{over:.1f} ms ({reads[name]:.1f})", over, 5, "ms"))  # fmt: skip
    ratio = told["product"] / told["raw"]
    measured = f"{ratio:.2f}x ({told['product']:.0f} ms)"
    found.append(_most(f"provider by product and region {of}, against bare DuckDB", measured, ratio, 1.3, "x"))
    return found


def _growth(small: dict[str, float], large: dict[str, float]) -> list[Result]:
    found = []
    for name, before in small.items():
        if name.startswith(("middle customer", "second-level")) or name.endswith("first time"):
            ratio = large[name] / before
            shown = f"{ratio:.2f}x ({before:.1f} to {large[name]:.1f} ms)"
            found.append(Result(f"{name}: growth with ten times the lines", ENGINE, shown, ratio))
    return found


def _export(told: dict[str, Any]) -> list[Result]:
    found = []
    for name in ("csv", "parquet"):
        rate = told["lines"] / told[name]
        case = f"export of a reseller's {told['lines']:,} lines, FOCUS {name.upper()}"
        found.append(
            Result(case, ENGINE, f"{rate:,.0f} lines per CPU-second", rate, target=">= 200,000", bound=200_000)
        )
    return found


def _month(told: dict[str, Any]) -> list[Result]:
    lines, raw = told["lines"], told["raw"]
    statements, summary = told["statements"] / raw, (told["statements"] + told["summary"]) / raw
    peak = told["peak_mb"]
    case = f"close of {lines:,} lines"
    size = told["size"] / told["copy"]
    return [
        _most(f"{case}: statements' inputs, against a scan of four amounts",
              f"{statements:.1f}x ({told['statements']:.1f} s, scan {raw:.2f} s)", statements, 4.5, "x"),
        _most(f"{case}: summary and statements' inputs, against a scan of four amounts",
              f"{summary:.1f}x ({told['summary']:.1f} s more)", summary, 4.5, "x"),
        Result(f"{case}: the summary made of the lines anew", ENGINE, f"{told['anew']:.1f} s", told["anew"]),
        _most(f"{case}: memory", f"{peak:,.0f} MB", peak, 1_500, "MB"),
        _most("size of a file against DuckDB's zstd copy", f"{size:.2f}x", size, 1.1, "x"),
    ]  # fmt: skip


def _compaction(told: dict[str, Any]) -> list[Result]:
    rate = told["lines"] / told["seconds"]
    share = rate * told["parse_a_line"]
    case = f"compaction of {told['lines']:,} lines"
    return [
        Result(f"{case}, against DuckDB parsing them as CSV", ENGINE, f"{share:.2f}x ({rate:,.0f} lines/s)", share,
               target=">= 0.38x", bound=0.38),
        _most(f"{case}: memory", f"{told['peak_mb']:,.0f} MB", told["peak_mb"], 1_000, "MB"),
    ]  # fmt: skip


def _import(told: dict[str, Any]) -> list[Result]:
    seconds = told["seconds"]
    parse, copy = told["parse"] / seconds, told["copy"] / seconds
    rate = told["lines"] / seconds
    case = f"import of {told['lines']:,} lines of Tencent L3, {told['bytes'] / MEGA:,.0f} MB"
    return [
        Result(f"{case}, against DuckDB parsing them", ENGINE, f"{parse:.2f}x ({rate:,.0f} lines/s)", parse,
               target=">= 0.25x", bound=0.25),
        Result(f"{case}, against its unsorted copy to Parquet", ENGINE, f"{copy:.2f}x", copy, target=">= 0.45x",
               bound=0.45),
        _most(f"{case}: memory", f"{told['peak_mb']:,.0f} MB", told["peak_mb"], 1_000, "MB"),
    ]  # fmt: skip


def _most(case: str, measured: str, value: float, most: float, unit: str) -> Result:
    joined = f"<= {most:g}{unit}" if unit == "x" else f"<= {most:,} {unit}"
    return Result(case, ENGINE, measured, value, target=joined, bound=most)
