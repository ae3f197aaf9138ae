"""A small file that is applied whole or not at all: its rows by the names of its columns, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from openpartner.core.base.errors import Invalid
from openpartner.core.loading.files import name_of_column, rows_of

FAULTS_MAX = 1_000
"""Wrong rows that are told of one file."""


@contextmanager
def undone_unless(is_good: Callable[[], bool]) -> Iterator[None]:
    """A transaction whose writes stay when, at its end, all is good: a dry run and a wrong row leave nothing."""
    with transaction.atomic():
        yield
        if not is_good():
            transaction.set_rollback(True)


def rows_by_name(
    path: Path, columns: Collection[str], needed: Collection[str], rows_max: int
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows below the header that hold anything: the number of the line, and its texts by column.

    Invalid when the file is no table, lacks a needed column, has one nobody knows, or more than `rows_max` rows.
    """
    rows = rows_of(path, frozenset(columns))
    _number, header = next(rows, (0, []))
    names = [name_of_column(cell) for cell in header]
    missing = [name for name in needed if name not in names]
    if missing:
        raise Invalid("file", f"has no column {', '.join(missing)} in its first line")
    unknown = [name for name in names if name and name not in columns]
    if unknown:
        raise Invalid("file", f"has columns nobody knows: {', '.join(repr(name[:40]) for name in unknown[:5])}")
    count = 0
    for number, cells in rows:
        texts = {name: _text(cell) for name, cell in zip(names, cells, strict=False) if name}
        if not any(texts.values()):
            continue
        count += 1
        if count > rows_max:
            raise Invalid("file", f"has more than {rows_max} rows")
        yield number, texts


def day_of(cells: dict[str, str], name: str) -> date | None:
    """The day in a cell; None when it is empty. Invalid names the column."""
    text = cells.get(name, "")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(name, f"is not a day such as 2026-11-01: {text[:40]!r}") from error


def _text(cell: Any) -> str:  # noqa: ANN401  # what a workbook holds
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # a workbook's number that was meant as an id
    return str(cell).strip()
