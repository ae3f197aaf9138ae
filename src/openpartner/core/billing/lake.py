"""The lake of this installation: where it stands, and how much a process may use of the machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from openpartner.core.billing.intact import check
from openpartner.lake.store import Lake

FOLDER = "lake"
BESIDE = ("exports", "imports", "bill-files")
"""Folders of the data that bills are written to and read from."""
READING_MEGABYTES = 512


def reading_lake() -> Lake:
    """For the short reads of a page or a call: one thread, because each process serves several. Damage is refused."""
    config = settings.OPENPARTNER
    return _lake(config.data_path, 1, READING_MEGABYTES, check, url=config.lake_url)


def working_lake() -> Lake:
    """For jobs that write: as many threads as the machine has, within the setting for memory."""
    config = settings.OPENPARTNER
    threads = config.lake_threads or os.cpu_count() or 1
    return _lake(config.data_path, threads, config.lake_megabytes, spark=config.lake_spark, url=config.lake_url)


@lru_cache(maxsize=8)
def _lake(
    data: Path,
    threads: int,
    megabytes: int,
    checked: Callable[[Lake, Sequence[str]], None] | None = None,
    spark: str = "",
    url: str = "",
) -> Lake:
    data = data.resolve()  # DuckDB compares paths as they are written
    return Lake(
        root=data / FOLDER,
        threads=threads,
        memory_megabytes=megabytes,
        spark=spark,
        others=tuple(data / name for name in BESIDE),
        check=checked,
        url=url.rstrip("/"),
    )
