"""`make bench`: build what is missing, measure on both engines, print one table and write a JSON file.

BENCH_CUSTOMERS=10000 gives a quick look, BENCH_ENGINES=sqlite one engine, BENCH_CASES=exports some of the cases,
BENCH_CACHE another folder for the databases, BENCH_SECONDS and BENCH_ROUNDS shorter or longer runs. Only a run of all
cases with 1,000,000 customers on both engines is written to docs/reference/benchmarks.json; any other to
benchmarks.json beside the databases.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import cases, credit, lake, pages, processes, stores
from bench.cases import Bench, Result
from tools.cluster import binaries

CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", "1000000"))
SMALL = 10_000
ENGINES = tuple(os.environ.get("BENCH_ENGINES", ",".join(stores.ENGINES)).split(","))
ONLY = frozenset(filter(None, os.environ.get("BENCH_CASES", "").split(",")))
"""Names of `cases_of`; all when there is none."""
FULL = 1_000_000
REFERENCE = stores.ROOT / "docs" / "reference" / "benchmarks.json"
PAGE = REFERENCE.with_suffix(".md")
LAKE_RESULTS = re.compile(r"(?<=<!-- lake:start -->\n).*(?=<!-- lake:end -->)", re.DOTALL)
RESULTS = re.compile(r"(?<=<!-- results:start -->\n).*(?=<!-- results:end -->)", re.DOTALL)


def main() -> None:
    """Run everything, or the part that is named: `python -m bench lake`."""
    stores.CACHE.mkdir(parents=True, exist_ok=True)
    if sys.argv[1:] == ["lake"]:
        measure_lake()
        return
    results: list[Result] = []
    with stores.cluster() as running:
        engines = [engine for engine in ENGINES if engine == "sqlite" or running is not None]
        if running is None:
            print("*** NOT MEASURED ON POSTGRESQL: it is not installed here. ***", file=sys.stderr)
        made = {engine: stores.store(engine, CUSTOMERS, running) for engine in engines}
        small = {engine: stores.store(engine, min(SMALL, CUSTOMERS), running) for engine in engines}
        os.sched_setaffinity(0, {processes.CLIENT_CORE})
        for engine in engines:
            bench = Bench(made[engine], running)
            for name, case in cases_of(small[engine]).items():
                if name in ONLY or not ONLY:
                    print(f"{engine}: {name} ...", file=sys.stderr, flush=True)
                    results += case(bench)
    print(table(results))
    is_full = CUSTOMERS == FULL and len(engines) == len(stores.ENGINES) and not ONLY
    path = REFERENCE if is_full else stores.CACHE / "benchmarks.json"
    measured_on = machine()
    write(path, measured_on, results)
    if path == REFERENCE:
        text = quoted(measured_on, results)
        PAGE.write_text(RESULTS.sub(lambda _: text, PAGE.read_text("utf-8"), count=1), "utf-8")
    print(f"written to {path}", file=sys.stderr)
    if not ONLY:
        measure_lake()


def cases_of(small: stores.Store) -> dict[str, Callable[[Bench], list[Result]]]:
    """All cases by name, in the order in which they are measured."""
    return {
        "hot_reads": cases.hot_reads,
        "far_pages": cases.far_pages,
        "start": cases.start,
        "searches": lambda bench: cases.searches(bench, small),
        "exports": lambda bench: cases.exports(bench, small),
        "lists": cases.lists,
        "pages": pages.pages,
        "allocations": credit.allocations,
        "credit_queries": credit.queries,
        "verification": credit.verification,
    }


def measure_lake() -> None:
    """The cases of bills, which have their own table and file."""
    results = lake.lake_cases()
    print(table(results))
    is_full = lake.LINES == lake.FULL
    path = REFERENCE.with_name("benchmarks-lake.json") if is_full else stores.CACHE / "benchmarks-lake.json"
    measured_on = machine() | {"customers": lake.CUSTOMERS, "duckdb": version("duckdb")}
    write(path, measured_on, results)
    if is_full:
        text = quoted(measured_on, results)
        PAGE.write_text(LAKE_RESULTS.sub(lambda _: text, PAGE.read_text("utf-8"), count=1), "utf-8")
    print(f"written to {path}", file=sys.stderr)


def table(results: list[Result]) -> str:
    """The results as one table of text."""
    lines: list[tuple[str, ...]] = [("case", "engine", "target", "measured", "verdict")]
    lines += [(one.case, one.engine, one.target, one.measured, one.verdict) for one in results]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def write(path: Path, measured_on: dict[str, Any], results: list[Result]) -> None:
    """The results with what they were measured on."""
    rows = [{**asdict(one), "verdict": one.verdict} for one in results]
    path.write_text(json.dumps({"measured_on": measured_on, "results": rows}, indent=1) + "\n", "utf-8")


def quoted(measured_on: dict[str, Any], results: list[Result]) -> str:
    """The results as Markdown, for the page of the documentation."""
    head = (
        "{date}, commit {commit}: {customers:,} customers; {cores} cores ({processor}), {memory_gb} GB, load average"
        " {load_average[0]} at the end; Python {python}, Django {django}, granian {granian}, SQLite {sqlite},"
        " PostgreSQL {postgresql}."
    ).format(**measured_on)
    rows = ["| case | engine | target | measured | verdict |", "| --- | --- | --- | --- | --- |"]
    rows += [f"| {one.case} | {one.engine} | {one.target} | {one.measured} | {one.verdict} |" for one in results]
    return head + "\n\n" + "\n".join(rows) + "\n"


def machine() -> dict[str, Any]:
    """Date, machine and versions."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=stores.ROOT, capture_output=True, text=True, check=False
    )
    postgres = binaries()
    postgres_version = (
        subprocess.run(
            [str(postgres / "postgres"), "--version"], capture_output=True, text=True, check=False
        ).stdout.split()
        if postgres
        else []
    )
    return {
        "date": datetime.now(UTC).date().isoformat(),  # noqa: TID251  # the day of the run, which nothing freezes
        "commit": commit.stdout.strip(),
        "customers": CUSTOMERS,
        "processor": model,
        "cores": len(processes.CORES),
        "memory_gb": round(memory / 2**30),
        "load_average": [round(one, 1) for one in os.getloadavg()],
        "python": platform.python_version(),
        "django": version("django"),
        "granian": version("granian"),
        "sqlite": sqlite3.sqlite_version,
        "postgresql": postgres_version[2] if len(postgres_version) > 2 else "",
    }


if __name__ == "__main__":
    main()
