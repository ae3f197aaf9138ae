"""The folder of the lake and the DuckDB that reads and writes it, and nothing else on the disk.

A file is written under a temporary name, synced and brought to its shelf (`shelves.py`); its name is random and never
used again. Which files are current is not known here: the manifest stands in the database (`core/billing`).
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from openpartner.kit.files import MODE_PRIVATE_FOLDER
from openpartner.lake.shelves import Folder, Remote, Shelf

if TYPE_CHECKING:
    import duckdb

LINES = "lines"
SUMMARIES = "summaries"
STAGING = "staging"
SPILL = "spill"
FOLDERS = (LINES, SUMMARIES, STAGING, SPILL)
SUFFIX = ".parquet"
UNFINISHED = ".tmp"
HASHED_AT_ONCE = 1 << 20
DEALT_AT_ONCE = 20_480


@dataclass(frozen=True)
class Lake:
    """Where the files stand and how much a process may use to work on them."""

    root: Path
    """The folder that files are made in, and stand in unless there is a URL."""
    threads: int = 1
    memory_megabytes: int = 512
    spark: str = ""
    """The master that batch steps are run by; DuckDB in this process when it is empty."""
    others: tuple[Path, ...] = ()
    """Folders beside it that may be read and written: where uploads wait and files grow."""
    check: Callable[[Lake, Sequence[str]], None] | None = None
    """Told which files are about to be read; raises when one is not as it was written."""
    url: str = ""
    """Where finished files stand instead of in the folder, such as s3://bucket/bills."""

    @cached_property
    def shelf(self) -> Shelf:
        """The place that finished files stand at."""
        return Remote(self.url) if self.url else Folder(self.root)

    def path(self, name: str) -> Path:
        """Where something in the lake's folder stands: what jobs work on."""
        assert ".." not in name
        assert not name.startswith("/")
        return self.root / name

    def address(self, name: str) -> str:
        """What DuckDB reads a finished file by. Names are made by `new_name` and hold their folder."""
        assert ".." not in name
        assert not name.startswith("/")
        return self.shelf.address(name)

    def addresses(self, names: list[str] | tuple[str, ...]) -> list[str]:
        """The same of files that are about to be read: they are checked."""
        if self.check is not None:
            self.check(self, names)
        return [self.address(name) for name in names]

    def new_name(self, folder: str, stem: str) -> str:
        """A name that was never used, below a folder of the lake."""
        assert folder.partition("/")[0] in FOLDERS
        return f"{folder}/{stem}-{secrets.token_hex(8)}{SUFFIX}"

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A DuckDB of one's own that can touch the lake's folder alone. Close it."""
        for folder in FOLDERS:
            self.path(folder).mkdir(parents=True, exist_ok=True, mode=MODE_PRIVATE_FOLDER)
        import duckdb  # noqa: PLC0415  # 27 MB and 80 ms that a process without bills does without

        connection = duckdb.connect(config={"threads": self.threads, "memory_limit": f"{self.memory_megabytes}MB"})
        connection.execute("SET temp_directory = $1", [str(self.path(SPILL))])
        # GLOBAL, or cursors do without and parse every footer anew. A file never changes under its name.
        connection.execute("SET GLOBAL parquet_metadata_cache = true")
        connection.execute("SET TimeZone = 'UTC'")
        # What is dealt into many files waits in memory; by default half a million lines of each thread do.
        connection.execute(f"SET partitioned_write_flush_threshold = {DEALT_AT_ONCE}")
        self.shelf.allow(connection)
        places = dict.fromkeys((str(self.root), self.shelf.root, *map(str, self.others)))
        allowed = ", ".join(quoted(f"{place}/") for place in places)
        connection.execute(f"SET allowed_directories = [{allowed}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        return connection

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor for a short read, on the one DuckDB this process keeps for them. Close it."""
        return _shared(self).cursor()

    def finish(self, name: str) -> tuple[int, str]:
        """Bring a file that was written where `unfinished` says, durably; returns its bytes and its SHA-256."""
        written = Path(self.unfinished(name))
        digest, size = hashlib.sha256(), 0
        with written.open("rb") as file:
            while block := file.read(HASHED_AT_ONCE):
                digest.update(block)
                size += len(block)
            os.fsync(file.fileno())
        self.shelf.take(name, written)
        return size, digest.hexdigest()

    def unfinished(self, name: str) -> str:
        """Where DuckDB writes a file before it has its name; its folder is made."""
        # Beside where it will stand, to be renamed; what is brought elsewhere waits where jobs work.
        place = f"{STAGING}/unfinished/{name.rpartition('/')[2]}" if self.url else name
        path = self.path(f"{place}{UNFINISHED}")
        path.parent.mkdir(parents=True, exist_ok=True, mode=MODE_PRIVATE_FOLDER)
        return str(path)

    def copy(self, name: str, target: str) -> None:
        """Copy a finished file to a new name that `unfinished` gave. FileNotFoundError when it is missing."""
        with self.shelf.open(name) as given, Path(target).open("wb") as made:
            shutil.copyfileobj(given, made, HASHED_AT_ONCE)

    def checksum(self, name: str) -> str:
        """The SHA-256 of a file as it stands. FileNotFoundError when it is missing."""
        digest = hashlib.sha256()
        with self.shelf.open(name) as file:
            while block := file.read(HASHED_AT_ONCE):
                digest.update(block)
        return digest.hexdigest()


def quoted(value: str | Path) -> str:
    """A text inside single quotes of SQL, for the statements that take no parameters."""
    return "'" + str(value).replace("'", "''") + "'"


_lock = threading.Lock()
_kept: dict[tuple[int, str, int, int], duckdb.DuckDBPyConnection] = {}


def _shared(lake: Lake) -> duckdb.DuckDBPyConnection:
    key = (os.getpid(), lake.shelf.root, lake.threads, lake.memory_megabytes)  # a DuckDB does not survive a fork
    found = _kept.get(key)
    if found is None:
        with _lock:
            found = _kept.get(key) or _kept.setdefault(key, lake.connect())
    return found
