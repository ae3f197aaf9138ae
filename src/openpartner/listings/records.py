"""The rows of a listing as a file has them: joined and masked by the database, or made from the rows of one page.

Instants are UTC with their Z, choices are words of the reader's language, ids are texts, and nothing is a formula.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from django.db.models import Case, CharField, Expression, F, Value, When
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _

from openpartner.core.base.caller import Caller
from openpartner.core.base.lines import Line, Tags
from openpartner.core.base.masking import masked
from openpartner.core.base.scope import Scope
from openpartner.core.base.sqltext import UtcSecond
from openpartner.kit import clock
from openpartner.kit.rows import CsvFile, Kind, Layout, marked
from openpartner.kit.rows import Value as CellValue
from openpartner.kit.xlsx import SHEET_ROWS_MAX, About, Workbook
from openpartner.listings.declare import Cell, Column, Listing, Row, Source, Where
from openpartner.listings.question import Question
from openpartner.listings.shown import source_of, spelled_amount

WIDTHS = {
    Cell.TEXT: 28,
    Cell.ID: 20,
    Cell.NUMBER: 14,
    Cell.AMOUNT: 18,
    Cell.INSTANT: 22,
    Cell.CHOICE: 18,
    Cell.TAGS: 24,
    Cell.PROGRESS: 10,
}
"""Widths of columns in a workbook, in characters."""
NUMBERS = frozenset({Cell.NUMBER, Cell.PROGRESS, Cell.AMOUNT})
DAY_SECOND = "%Y-%m-%dT%H:%M:%SZ"


class Format(StrEnum):
    """What a file can be."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    FOCUS = "focus.csv"  # lines of bills with the columns of FOCUS 1.2
    FOCUS_PARQUET = "focus.parquet"
    JSON = "json"  # of one page; a whole list has no such file


CONTENT_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.JSON: "application/json",
}


@dataclass(frozen=True, slots=True)
class Data:
    """One page of a list as a file."""

    content: bytes
    content_type: str
    name: str


@runtime_checkable
class TextSource(Protocol):
    """A source that can have the database join the texts of a batch."""

    def texts(
        self,
        scope: Scope,
        where: Any,  # noqa: ANN401  # of whatever type its filter is
        *,
        order: str,
        after: Row | None,
        batch: int,
    ) -> Iterator[tuple[bytes, int, Row]]:
        """Each batch's text, how many rows it is, and what to go on after."""


def layout_of(columns: Sequence[Column], extra: int = 0) -> Layout:
    """The kinds of the cells of these columns, and of so many texts behind them."""
    kinds = [Kind.NUMBER if column.shows in NUMBERS else Kind.TEXT for column in columns]
    return Layout((*kinds, *[Kind.TEXT] * extra))


def header_of(columns: Sequence[Column]) -> list[str]:
    """The labels in the language that is active."""
    return [str(column.label) for column in columns]


def line_source(
    listing: Listing[Where], columns: Sequence[Column], *, unmasked: bool, behind: Sequence[str], is_scrubbed: bool
) -> Source[Where]:
    """The rows of a listing as marked text; the texts `behind` stand in every row after the columns."""
    if listing.texts is not None:
        return listing.texts.source(columns, behind, unmasked=unmasked)
    cells = [_cell(column, unmasked=unmasked) for column in columns]
    cells += [Value(text, output_field=CharField()) for text in behind]
    return listing.source((Line(layout_of(columns, len(behind)), cells, is_scrubbed=is_scrubbed),))


def joined_texts(
    source: Source[Where], scope: Scope, where: Where, *, order: str, after: Row | None, batch: int
) -> Iterator[tuple[bytes, int, list[Any]]]:
    """Batches of a source of lines: their text, how many rows it is, and what to go on after."""
    if isinstance(source, TextSource):
        for text, count, last in source.texts(scope, where, order=order, after=after, batch=batch):
            yield text, count, list(last)
        return
    for rows in source.stream(scope, where, order=order, after=after, batch=batch):
        yield "".join([row[0] for row in rows]).encode(), len(rows), list(rows[-1][1:])


def _cell(column: Column, *, unmasked: bool) -> Expression:
    value: Any = F(column.value) if isinstance(column.value, str) else column.value
    match column.shows:
        case Cell.INSTANT:
            return UtcSecond(value)
        case Cell.CHOICE:
            return Case(
                *(When(Exact(value, _plain(key)), then=Value(str(word))) for key, word in column.words.items()),
                default=Value(""),
                output_field=CharField(),
            )
        case Cell.TAGS:
            return Tags(value, {str(tag): str(word) for tag, word in column.words.items()})
    asked: Expression = value if column.mask is None or unmasked else masked(column.mask, value)
    return asked


def _plain(key: object) -> object:
    """A value of a closed vocabulary without its class, which the databases' drivers do not know."""
    if isinstance(key, bool):
        return key
    return int(key) if isinstance(key, int) else str(key)


def cell_of(column: Column, value: Any, *, unmasked: bool = False) -> CellValue:  # noqa: ANN401  # of whatever type the column is
    """A value of a page's row as a file has it."""
    if value is None or value == "":
        return ""
    match column.shows:
        case Cell.INSTANT:
            return datetime.fromtimestamp(int(value), UTC).strftime(DAY_SECOND) if value else ""
        case Cell.CHOICE:
            return str(column.words.get(value, ""))
        case Cell.TAGS:
            return ", ".join(str(column.words.get(tag, tag)) for tag in str(value).split(",") if tag)
    if column.shows in NUMBERS:
        return spelled_amount(value) if column.shows is Cell.AMOUNT else int(value)
    text = str(value)
    return text if column.mask is None or unmasked else column.mask.hide(text)


def as_data(question: Question[Where], file_format: Format) -> Data:
    """The page that is asked for, as a file: its rows, its columns, its order, masked."""
    assert question.where is not None
    columns, listing, caller = question.columns, question.listing, question.caller
    found = source_of(listing, columns).page(
        question.scope, question.where, question.window, order=question.order, exact=question.is_exact
    )
    rows = [
        [cell_of(column, value) for column, value in zip(columns, values, strict=True)]
        for _subject, _identity, *values in found.items
    ]
    name = f"{listing.name}-{question.number}.{file_format}"
    if file_format is Format.JSON:
        keys = [column.key for column in columns]
        answer = {
            "rows": [dict(zip(keys, row, strict=True)) for row in rows],
            "page": question.number,
            "size": question.size,
            "total": found.total,
            "total_is_at_least": found.more,
        }
        return Data(json.dumps(answer, ensure_ascii=False).encode(), CONTENT_TYPES[file_format], name)
    file = io.BytesIO()
    layout = layout_of(columns)
    writing = writer(file_format, file, layout, columns, header_of(columns), bom=False)
    if rows:
        writing.write(marked(layout, rows), len(rows))
    writing.close(about(listing, caller, {_("Page"): str(question.number)}))
    return Data(file.getvalue(), CONTENT_TYPES[file_format], name)


def writer(
    file_format: Format,
    file: Any,  # noqa: ANN401  # BinaryIO, which BytesIO is to nobody but people
    layout: Layout,
    columns: Sequence[Column],
    header: Sequence[str],
    *,
    bom: bool = True,
    sheet_rows_max: int = SHEET_ROWS_MAX,
    state: dict[str, Any] | None = None,
) -> CsvFile | Workbook:
    """What writes a file of this format; `header` may have more cells than there are columns."""
    if file_format is Format.CSV:
        return CsvFile(file, layout, header=header, bom=bom, state=state)
    widths = [WIDTHS[column.shows] for column in columns] + [WIDTHS[Cell.TEXT]] * (len(header) - len(columns))
    return Workbook(
        file, layout, header=header, widths=widths, made_at=clock.now(), rows_max=sheet_rows_max, state=state
    )


def about(listing: Listing[Any], caller: Caller, facts: dict[str, str]) -> About:
    """What a file tells of itself: who made it and when, and these facts."""
    person = f"{caller.account_name}/{caller.user_name}"
    own = {_("List"): str(listing.title), _("Exported by"): person, _("Exported on"): clock.now().strftime(DAY_SECOND)}
    return About(
        title=str(listing.title), creator=person, facts=tuple({**own, **facts}.items()), sheet=_("About this export")
    )
