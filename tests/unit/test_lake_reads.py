"""Short reads: what a cursor of the one shared DuckDB knows."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from openpartner.lake.store import Lake


def test_cursors_keep_the_footers_that_were_read(tmp_path: Path) -> None:
    # A file's footer is parsed once and not with every statement: a third of a page's cost (lake README, invariant 1).
    lake = Lake(tmp_path.resolve())
    with closing(lake.cursor()) as cursor:
        assert cursor.execute("SELECT current_setting('parquet_metadata_cache')").fetchall() == [(True,)]
