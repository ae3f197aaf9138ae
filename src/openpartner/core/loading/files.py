"""Reading import files: CSV and XLSX as rows of texts, within limits."""

from __future__ import annotations

import contextlib
import csv
import zipfile
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from openpartner.core.base.errors import Invalid
from openpartner.core.loading.columns import BY_NAME, BadCell, cleaned, spelled

MAGIC_ZIP = b"PK\x03\x04"
DELIMITERS = (",", ";", "\t")
CELLS_MAX = 64
"""Cells of a row that are looked at; more than twice the columns there are."""
CELL_LENGTH_MAX = 10_000
PARTS_MAX = 1_000
"""Files inside an XLSX: a workbook has a dozen."""
HEADER_LENGTH_MAX = 20_000
EMPTY_ROWS_MAX = 100_000
"""Rows without anything that may follow one another: a workbook may claim a billion of them with one cell."""

Problem = tuple[str, str]
"""The column, empty when it is the whole line, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the file (from 1), its texts by column, and the cells that are no texts."""

    number: int
    cells: dict[str, str]
    problems: list[Problem]


def check(path: Path, bytes_max: int) -> None:
    """Invalid when the file is too large, expands to too much, or its header is not one."""
    if path.stat().st_size > bytes_max:
        raise Invalid("file", f"is larger than {bytes_max // 2**20} MB, the setting OPENPARTNER_IMPORT_MEGABYTES")
    if is_workbook(path):
        _check_archive(path, bytes_max)
    for _ in lines(path):
        return
    raise Invalid("file", "has no line below the header")


def is_workbook(path: Path) -> bool:
    """Whether the file is an XLSX (anything zipped) and not text."""
    with path.open("rb") as file:
        return file.read(len(MAGIC_ZIP)) == MAGIC_ZIP


def lines(path: Path, after: int = 0) -> Iterator[Line]:
    """The lines below the header that hold anything, those after a line number. Invalid when the file is no table."""
    rows = rows_of(path, BY_NAME)
    _, header = next(rows, (0, []))
    names = _header(header)
    for number, cells in rows:
        if number > after:
            line = _line(number, names, cells)
            if line is not None:
                yield line


def rows_of(path: Path, known: Container[str]) -> Iterator[tuple[int, Sequence[Any]]]:
    """Every row with the number of its line, the header first. Invalid when the file is no table.

    `known` are the names that columns may have: the delimiter of a text is the one that finds most of them.
    """
    return _workbook_rows(path) if is_workbook(path) else _text_rows(path, known)


def name_of_column(cell: Any) -> str:  # noqa: ANN401  # what a workbook holds
    """The name that a cell of the header means: case and spaces do not matter."""
    return "_".join(str(cell or "").strip().casefold().split())


def _header(cells: Sequence[Any]) -> list[str]:
    names = [name_of_column(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    unknown = [name for name in names if name not in BY_NAME]
    if "account_name" not in names:
        raise Invalid("file", "has no column account_name in its first line")
    if unknown:
        raise Invalid("file", f"has columns nobody knows: {', '.join(repr(name[:40]) for name in unknown[:5])}")
    if len(set(names)) < len(names):
        raise Invalid("file", "has a column twice")
    return names


def _line(number: int, names: list[str], cells: Sequence[Any]) -> Line | None:
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for place, cell in enumerate(cells):
        if cell is None or cell == "":
            continue
        name = names[place] if place < len(names) else ""
        try:
            text = cleaned(cell) if isinstance(cell, str) else spelled(cell)
        except BadCell as error:
            problems.append((name, str(error)))
            continue
        if len(text) > CELL_LENGTH_MAX:
            problems.append((name, f"is longer than {CELL_LENGTH_MAX} characters"))
        elif text and not name:
            problems.append(("", f"has more cells than the header has columns: {text[:40]!r}"))
        elif text:
            texts[name] = text
    return Line(number, texts, problems) if texts or problems else None


def _text_rows(path: Path, known: Container[str]) -> Iterator[tuple[int, Sequence[Any]]]:
    with path.open(encoding="utf-8-sig", errors="strict", newline="") as file:
        try:
            delimiter = _delimiter(file, known)
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            begins = 1
            for cells in reader:
                yield begins, cells
                begins = reader.line_num + 1
        except UnicodeDecodeError as error:
            raise Invalid("file", f"is not UTF-8 text: {error.reason} near byte {error.start}") from error
        except csv.Error as error:
            raise Invalid("file", f"is not CSV from line {begins} on: {error}") from error


def _delimiter(file: IO[str], known: Container[str]) -> str:
    """The delimiter that finds most known columns in the first line."""
    first = file.readline(HEADER_LENGTH_MAX)
    file.seek(0)

    def found(delimiter: str) -> int:
        return sum(name_of_column(name) in known for name in next(csv.reader([first], delimiter=delimiter), []))

    return max(DELIMITERS, key=found)


def _workbook_rows(path: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    import openpyxl  # noqa: PLC0415  # a seventh of a server's start that few processes need
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415  # likewise

    assert openpyxl.DEFUSEDXML, "spreadsheets are read through defusedxml alone"
    # An open file, because a generated name has no ending that would say what it is.
    with path.open("rb") as file:
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
            raise Invalid("file", "is neither text nor a workbook that can be read") from error
        with contextlib.closing(book):
            if not book.worksheets:
                raise Invalid("file", "has no sheet")
            try:
                yield from _sheet_rows(book.worksheets[0])
            except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
                raise Invalid("file", f"cannot be read as a workbook: {type(error).__name__}") from error


def _sheet_rows(sheet: Any) -> Iterator[tuple[int, Sequence[Any]]]:  # noqa: ANN401  # read-only sheets have no type of their own
    # What a workbook says of its own size is not believed.
    sheet.reset_dimensions()
    empty = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=CELLS_MAX), 1):
        empty = empty + 1 if all(cell is None for cell in row) else 0
        if empty > EMPTY_ROWS_MAX:
            raise Invalid("file", "has rows that are far apart")
        yield number, row


def _check_archive(path: Path, bytes_max: int) -> None:
    """Refuse what expands to more than a file may have; the sizes an archive tells are those it is read by."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = list(islice(archive.infolist(), PARTS_MAX + 1))
    except (zipfile.BadZipFile, OSError) as error:
        raise Invalid("file", "is a damaged workbook") from error
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > bytes_max:
        raise Invalid("file", f"expands to more than {bytes_max // 2**20} MB, the setting OPENPARTNER_IMPORT_MEGABYTES")
