"""The files that bills are brought in: kept under generated names, and read as tables of texts by DuckDB itself."""

from __future__ import annotations

import csv
import gzip
import hashlib
import os
import re
import secrets
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from django.conf import settings

from openpartner.core.base.errors import Invalid
from openpartner.core.billing.formats.format import Format
from openpartner.core.billing.formats.known import FORMATS, detect
from openpartner.kit.files import MODE_PRIVATE, MODE_PRIVATE_FOLDER
from openpartner.lake.store import Lake, quoted

if TYPE_CHECKING:
    pass

FOLDER = "imports"
NAME = re.compile(r"[0-9a-f]{32}")
COPIED_AT_ONCE = 1 << 20
MEGABYTE = 1 << 20
MAGIC_ZIP, MAGIC_GZIP, MAGIC_PARQUET = b"PK\x03\x04", b"\x1f\x8b", b"PAR1"
HEADER_LENGTH_MAX = 100_000
COLUMNS_MAX = 1_000
MEMBERS_MAX = 1_000
EXPANDED_MAX = 20
"""How many times its own greatest size a ZIP may expand to."""
DELIMITERS = (",", ";", "\t", "|")
LINE_LENGTH_MAX = 4 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was brought: our name for it, and its checksum."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file: the whole of it, or one member of a ZIP."""

    path: Path
    is_parquet: bool
    compression: str
    delimiter: str
    header: tuple[str, ...]

    def sql(self, fmt: Format) -> str:
        """SQL of the texts of the format's columns, by their names, in the order of the file."""
        columns = fmt.columns(self.header)
        if self.is_parquet:
            chosen = ", ".join(f'{self._text(name, fmt)} AS "{name}"' for name in columns)
            return f"SELECT {chosen} FROM read_parquet({quoted(self.path)})"  # noqa: S608  # quoted
        named = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(self.header)))
        nulls = ", ".join(quoted(text) for text in fmt.nulls)
        chosen = ", ".join(f'c{place} AS "{name}"' for name, place in columns.items())
        return (
            f"SELECT {chosen} FROM read_csv({quoted(self.path)}, columns = {{{named}}}, header = true,"  # noqa: S608  # quoted
            f" auto_detect = false, delim = {quoted(self.delimiter)}, quote = '\"', escape = '\"', nullstr = [{nulls}],"
            f" compression = {quoted(self.compression)}, max_line_size = {LINE_LENGTH_MAX}, store_rejects = true)"
        )

    def _text(self, name: str, fmt: Format) -> str:
        cell = quoted_name(self.header[fmt.columns(self.header)[name]])
        text = f"CAST({cell} AS VARCHAR)" if name != "Tags" else _json_text(cell)
        for null in fmt.nulls:
            text = f"nullif({text}, {quoted(null)})"
        return text


def quoted_name(name: str) -> str:
    """A column's name in SQL, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def _json_text(cell: str) -> str:
    """Tags are a map in Parquet and a text elsewhere; one as the other."""
    text = f"WHEN typeof({cell}) = 'VARCHAR' THEN CAST({cell} AS VARCHAR)"
    return f"CASE {text} WHEN {cell} IS NULL THEN NULL ELSE CAST(to_json({cell}) AS VARCHAR) END"


def bytes_max() -> int:
    """The setting bill_megabytes in bytes."""
    return int(settings.OPENPARTNER.bill_megabytes) * MEGABYTE


def keep(source: Path) -> Kept:
    """Copy a file into DATA/imports. Invalid when it cannot be read or is too large."""
    name = secrets.token_hex(16)
    path_of(name).parent.mkdir(parents=True, exist_ok=True, mode=MODE_PRIVATE_FOLDER)
    try:
        sha256 = _copied(source, path_of(name))
    except OSError as error:
        remove(name)
        raise Invalid("file", f"cannot be read: {error.strerror}") from error
    if not sha256:
        remove(name)
        raise Invalid("file", too_large())
    return Kept(name, sha256)


def _copied(source: Path, target: Path) -> str:
    """Copy durably and return the checksum; nothing when there is more than may be kept."""
    digest, left = hashlib.sha256(), bytes_max()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE_PRIVATE)
    with os.fdopen(descriptor, "wb") as kept, source.open("rb") as given:
        while part := given.read(COPIED_AT_ONCE):
            left -= len(part)
            if left < 0:
                return ""
            digest.update(part)
            kept.write(part)
        kept.flush()
        os.fsync(kept.fileno())
    return digest.hexdigest()


def too_large() -> str:
    """What is said of a file beyond the limit."""
    return f"is larger than {bytes_max() // MEGABYTE} MB, the setting OPENPARTNER_BILL_MEGABYTES"


def path_of(name: str) -> Path:
    """Where the file of a generated name stands, or a member of it that was unpacked."""
    assert NAME.fullmatch(name.partition(".")[0]), "a name of ours, never one of the person who brought the file"
    folder: Path = settings.OPENPARTNER.data_path.resolve()
    return folder / FOLDER / name


def remove(name: str) -> None:
    """Remove a file and what was unpacked of it; one that is gone already is as good."""
    for path in path_of(name).parent.glob(f"{name}*"):
        path.unlink(missing_ok=True)


def remove_older(moment: datetime, *, but: set[str]) -> int:
    """Remove the files that were kept before a moment, except those named; returns how many went."""
    gone = 0
    folder = settings.OPENPARTNER.data_path / FOLDER
    for path in folder.glob("*") if folder.exists() else ():
        if path.name.partition(".")[0] not in but and path.stat().st_mtime < moment.timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def members(name: str) -> list[str]:
    """The tables inside a ZIP, in the order of their names; an empty list for any other file."""
    path = path_of(name)
    if _magic(path) != MAGIC_ZIP:
        return []
    try:
        with zipfile.ZipFile(path) as archive:
            files = [one for one in archive.infolist() if not one.is_dir()]
    except (zipfile.BadZipFile, OSError) as error:
        raise Invalid("file", "is a damaged ZIP") from error
    tables = [one for one in files if one.filename.lower().endswith((".csv", ".csv.gz", ".parquet", ".txt"))]
    if not tables:
        raise Invalid("file", "is a ZIP without a CSV or Parquet file")
    if len(files) > MEMBERS_MAX or sum(one.file_size for one in tables) > EXPANDED_MAX * bytes_max():
        raise Invalid("file", "is a ZIP that expands to too much")
    return sorted(one.filename for one in tables)


def table_of(name: str, place: int = 0) -> Table:
    """One table of a file, unpacked if need be. Invalid when it is none."""
    inside = members(name)
    path = _unpacked(name, inside[place], place) if inside else path_of(name)
    magic = _magic(path)
    if magic == MAGIC_PARQUET:
        return Table(path, is_parquet=True, compression="", delimiter="", header=_parquet_header(path))
    is_gzip = magic.startswith(MAGIC_GZIP)
    delimiter, header = _text_header(path, is_gzip=is_gzip)
    return Table(
        path, is_parquet=False, compression="gzip" if is_gzip else "none", delimiter=delimiter, header=tuple(header)
    )


def forget_member(name: str, place: int) -> None:
    """Remove what was unpacked for a table."""
    path_of(f"{name}.{place}").unlink(missing_ok=True)


def format_of(name: str, asked: str = "") -> Format:
    """The format of a file, by its first table. Invalid when it has none."""
    table = table_of(name)
    try:
        return detect(table.header, asked)
    finally:
        forget_member(name, 0)


def _unpacked(name: str, member: str, place: int) -> Path:
    target = path_of(f"{name}.{place}")
    left = EXPANDED_MAX * bytes_max()
    try:
        with zipfile.ZipFile(path_of(name)) as archive, archive.open(member) as given, target.open("wb") as kept:
            while part := given.read(COPIED_AT_ONCE):
                left -= len(part)
                if left < 0:
                    raise Invalid("file", "is a ZIP that expands to too much")
                kept.write(part)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error) as error:
        raise Invalid("file", f"cannot be unpacked: {member[:80]}") from error
    target.chmod(MODE_PRIVATE)
    return target


def _magic(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(MAGIC_ZIP))


def _parquet_header(path: Path) -> tuple[str, ...]:
    import duckdb  # noqa: PLC0415  # loaded when bills are read, not with the process

    try:
        with duckdb.connect() as connection:
            found = connection.execute("SELECT * FROM read_parquet($1) LIMIT 0", [str(path)]).description
    except duckdb.Error as error:
        raise Invalid("file", "is a damaged Parquet file") from error
    return tuple(str(one[0]) for one in found or ())


def _text_header(path: Path, *, is_gzip: bool) -> tuple[str, list[str]]:
    try:
        with _opened(path, is_gzip=is_gzip) as file:
            first = file.readline(HEADER_LENGTH_MAX)
    except (OSError, EOFError, zlib.error) as error:
        if is_gzip:
            raise Invalid("file", "is a damaged gzip file") from error
        raise Invalid("file", "cannot be read") from error
    try:
        text = first.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("file", "is not UTF-8 text, gzip, ZIP or Parquet") from error
    if not text.strip() or "\0" in text:
        raise Invalid("file", "has no first line that names its columns")
    return max(((one, _cells(text, one)) for one in DELIMITERS), key=lambda found: _known(found[1]))


def _opened(path: Path, *, is_gzip: bool) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "rb")) if is_gzip else path.open("rb")


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        cells = next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return []
    return [cell.strip() for cell in cells][:COLUMNS_MAX]


def _known(cells: Sequence[str]) -> tuple[int, int]:
    return max(len(one.columns(cells)) for one in FORMATS.values()), len(cells)


def staging_folder(lake: Lake, import_id: int) -> Path:
    """Where the lines of an import wait, inside the lake's folder; it goes with the import."""
    return lake.path(f"staging/import-{import_id}")
