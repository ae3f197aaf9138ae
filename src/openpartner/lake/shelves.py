"""Where finished files of the lake stand: in its own folder, or at a URL such as s3://bucket/bills over fsspec.

A file is made on this machine's disk and brought when it is whole. Nothing changes under its name, so that a store of
objects will do: it neither renames nor locks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol

from openpartner.kit.files import sync_folder

if TYPE_CHECKING:
    import duckdb

CHANGED_AT = ("LastModified", "last_modified", "updated", "mtime", "created")
"""What stores call the moment a file was written."""


class Listed(NamedTuple):
    """A finished file: its name, when it was written in seconds since 1970, and its bytes."""

    name: str
    at: float
    size: int


class Shelf(Protocol):
    """What the lake asks of the place its finished files stand at. FileNotFoundError for one that is missing."""

    @property
    def root(self) -> str:
        """What every address begins with."""
        ...

    def address(self, name: str) -> str:
        """What DuckDB reads a file by."""
        ...

    def allow(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Let a DuckDB that is being opened reach the place."""
        ...

    def take(self, name: str, written: Path) -> None:
        """Keep a file that was written and synced on this machine, durably; it is gone from where it was."""
        ...

    def open(self, name: str) -> IO[bytes]:
        """A file's bytes."""
        ...

    def size(self, name: str) -> int:
        """How many they are."""
        ...

    def listed(self, folder: str) -> Iterator[Listed]:
        """The files below a folder of the lake, by name."""
        ...

    def remove(self, name: str) -> None:
        """Delete a file."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """The lake's own folder."""

    folder: Path

    @property
    def root(self) -> str:
        """What every address begins with."""
        return str(self.folder)

    def address(self, name: str) -> str:
        """What DuckDB reads a file by: its path."""
        return str(self.folder / name)

    def allow(self, connection: duckdb.DuckDBPyConnection) -> None:
        """DuckDB knows folders."""

    def take(self, name: str, written: Path) -> None:
        """Rename it; its folder is synced."""
        path = self.folder / name
        written.rename(path)
        sync_folder(path.parent)

    def open(self, name: str) -> IO[bytes]:
        """A file's bytes."""
        return (self.folder / name).open("rb")

    def size(self, name: str) -> int:
        """How many they are."""
        return (self.folder / name).stat().st_size

    def listed(self, folder: str) -> Iterator[Listed]:
        """The files below a folder of the lake, by name."""
        for path in sorted((self.folder / folder).rglob("*")):
            try:
                facts = path.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if path.is_file():
                yield Listed(str(path.relative_to(self.folder)), facts.st_mtime, facts.st_size)

    def remove(self, name: str) -> None:
        """Delete a file."""
        (self.folder / name).unlink()


@dataclass(frozen=True)
class Remote:
    """A store of objects behind a URL, reached over fsspec, which takes keys and endpoints from its environment."""

    url: str

    @property
    def root(self) -> str:
        """What every address begins with."""
        return self.url

    @cached_property
    def _store(self) -> tuple[Any, str]:
        """The filesystem, and what the URL is called there."""
        try:
            # No listing is remembered: other processes write too.
            system, path = import_module("fsspec.core").url_to_fs(self.url, use_listings_cache=False)
        except (ImportError, ValueError) as error:
            raise RuntimeError(
                f"OPENPARTNER_LAKE_URL is set: install openpartner[s3], or correct it: {error}"
            ) from error
        return system, str(path).rstrip("/")

    def address(self, name: str) -> str:
        """What DuckDB reads a file by: its URL."""
        return f"{self.url}/{name}"

    def allow(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Give DuckDB the filesystem; which part of it may be read is said beside the folders."""
        connection.register_filesystem(self._store[0])

    def take(self, name: str, written: Path) -> None:
        """Bring it; a store of objects shows it when it has all of it, and what is cut off is no version's."""
        system, path = self._store
        with _as_os_errors():
            system.put_file(str(written), f"{path}/{name}")
        written.unlink()

    def open(self, name: str) -> IO[bytes]:
        """A file's bytes."""
        system, path = self._store
        with _as_os_errors():
            found: IO[bytes] = system.open(f"{path}/{name}", "rb")
        return found

    def size(self, name: str) -> int:
        """How many they are."""
        system, path = self._store
        with _as_os_errors():
            return int(system.info(f"{path}/{name}")["size"])

    def listed(self, folder: str) -> Iterator[Listed]:
        """The files below a folder of the lake, by name."""
        system, path = self._store
        with _as_os_errors():
            found = system.find(f"{path}/{folder}", detail=True)
        for one, facts in sorted(found.items()):
            yield Listed(one.removeprefix(f"{path}/"), _seconds(facts), int(facts["size"]))

    def remove(self, name: str) -> None:
        """Delete a file."""
        system, path = self._store
        with _as_os_errors():
            system.rm_file(f"{path}/{name}")


@contextmanager
def _as_os_errors() -> Iterator[None]:
    """Whatever a store's library raises becomes an OSError, which is what files raise."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(f"the store of bills cannot be reached: {error}") from error


def _seconds(facts: dict[str, Any]) -> float:
    at = next(facts[name] for name in CHANGED_AT if name in facts)
    return at.timestamp() if isinstance(at, datetime) else float(at)
