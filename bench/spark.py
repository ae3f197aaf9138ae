"""`make bench-spark`: one month laid out and summed up by DuckDB and by a Spark cluster, and compared line by line.

A standalone master and two workers run on loopback, from the extra `openpartner[spark]` in a folder of its own. Needs
Java 17. BENCH_SPARK_LINES is about how many lines the month has.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.stores import BIN, CACHE, ROOT
from tools.cluster import free_port

LINES = int(os.environ.get("BENCH_SPARK_LINES", "200000"))
PACKAGES = BIN.parent / "spark"
WORKERS = 2
LOOPBACK = "127.0.0.1"
STARTS_WITHIN_SECONDS = 60
CLOUD = "tencent"


def main() -> None:
    """Install, build, start, measure, compare and clean up."""
    if shutil.which("java") is None:
        raise SystemExit("Spark needs Java 17, and there is no java here")
    if not (PACKAGES / "pyspark").exists():
        print("installing pyspark ...", file=sys.stderr, flush=True)
        wanted = next(line for line in (ROOT / "pyproject.toml").read_text("utf-8").splitlines() if "pyspark" in line)
        package = wanted.split('"')[1]
        subprocess.run(
            [str(BIN / "python"), "-m", "pip", "install", "--quiet", "--target", str(PACKAGES), package], check=True
        )
    data = CACHE / f"spark_{LINES}"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("OPENPARTNER_")},
        "OPENPARTNER_DATA": str(data),
        "SPARK_LOCAL_IP": LOOPBACK,
        "PYTHONPATH": str(PACKAGES),
    }
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    try:
        for words in (["migrate"], ["demo", "--customers", "1000", "--lines", str(LINES)]):
            subprocess.run([str(BIN / "openpartner"), *words], env=environment, check=True, stdout=subprocess.DEVNULL)
        with cluster(environment, data) as master:
            subprocess.run([sys.executable, "-m", "bench.spark", master], env=environment, cwd=ROOT, check=True)
    finally:
        shutil.rmtree(data, ignore_errors=True)


@contextlib.contextmanager
def cluster(environment: dict[str, str], folder: Path) -> Iterator[str]:
    """A master with its workers; gives its address."""
    port = free_port()
    master = f"spark://{LOOPBACK}:{port}"
    spark = str(PACKAGES / "pyspark" / "bin" / "spark-class")
    package = "org.apache.spark.deploy"
    commands = [[spark, f"{package}.master.Master", "--host", LOOPBACK, "--port", str(port), "--webui-port", "0"]]
    commands += [
        [spark, f"{package}.worker.Worker", "--host", LOOPBACK, "--webui-port", "0", "--cores", "1", "--memory", "1g",
         "--work-dir", str(folder / f"worker-{number}"), master]
        for number in range(WORKERS)
    ]  # fmt: skip
    running: list[subprocess.Popen[bytes]] = []
    with (folder / "spark.log").open("wb") as log:
        try:
            for command in commands:
                running.append(
                    subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
                )
                if len(running) == 1:
                    _wait(port)
            yield master
        finally:
            for process in reversed(running):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
                process.wait(timeout=30)


def _wait(port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
            return
        time.sleep(0.2)
    raise SystemExit("the Spark master does not answer")


def compare(master: str) -> dict[str, Any]:
    """Close the last whole month on both engines, without publishing, and count the differences."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
    import django  # noqa: PLC0415  # in the process with the store's environment alone

    django.setup()
    from openpartner.core.billing.composing import Composer  # noqa: PLC0415  # after setup
    from openpartner.core.billing.lake import working_lake  # noqa: PLC0415  # after setup
    from openpartner.core.billing.models import BillFile, BillMonth  # noqa: PLC0415  # after setup
    from openpartner.core.billing.months import month_text  # noqa: PLC0415  # after setup
    from openpartner.core.billing.publishing import new_token  # noqa: PLC0415  # after setup
    from openpartner.core.closing.compacting import compact  # noqa: PLC0415  # after setup
    from openpartner.lake.grains import grains_of  # noqa: PLC0415  # after setup
    from openpartner.lake.write import lines_of  # noqa: PLC0415  # after setup

    months = BillMonth.objects.everything(reason="benchmark").filter(cloud=CLOUD, final_at__isnull=False)
    month = months.order_by("-month").first()
    assert month is not None
    lake = working_lake()
    seconds: dict[str, float] = {}
    lines: dict[str, str] = {}
    summaries: dict[str, str] = {}
    with contextlib.closing(lake.connect()) as connection:
        for engine, spark in (("DuckDB", ""), ("Spark", master)):
            began = time.perf_counter()
            composer = Composer(
                dataclasses.replace(lake, spark=spark), connection, lambda call: call(), month_text(month.month)
            )
            made = compact(composer, month, new_token(), lambda _done, _total: None)
            seconds[engine] = time.perf_counter() - began
            staged = BillFile.objects.everything(reason="benchmark").filter(staged_by=made.token)
            lines[engine] = lines_of(lake, list(staged.values_list("name", flat=True)))
            whole = [str(lake.path(name)) for name in grains_of(lake, made.summary[0]).finest]
            summaries[engine] = f"SELECT * FROM read_parquet({whole})"  # ours
        found: dict[str, Any] = {"lines": made.lines, "files": made.files, "seconds": seconds}
        for what, of in (("lines", lines), ("summary rows", summaries)):
            for one, other in (("DuckDB", "Spark"), ("Spark", "DuckDB")):
                (rows,) = connection.execute(
                    f"SELECT count(*) FROM (({of[one]}) EXCEPT ALL ({of[other]}))"  # ours
                ).fetchone() or (0,)
                found[f"{what} of {one} that {other} has not"] = rows
    return found


def tell(found: dict[str, Any]) -> None:
    """Print what was measured; leave with an error when the engines differ."""
    seconds = found["seconds"]
    print(f"one month of {found['lines']:,} lines, {found['files']} file(s), laid out and summed up:")
    for engine, took in seconds.items():
        print(f"  {engine}: {took:.1f} s")
    differences = {name: rows for name, rows in found.items() if " that " in name}
    for name, rows in differences.items():
        print(f"  {name}: {rows}")
    print(json.dumps(found), file=sys.stderr)
    if any(differences.values()):
        raise SystemExit("the engines differ")
    print("  the same, both ways")


if __name__ == "__main__":
    tell(compare(sys.argv[1])) if len(sys.argv) > 1 else main()
