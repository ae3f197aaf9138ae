"""The rows of a page: masked unless revealed, instants in the reader's zone, choices as words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Expression

from openpartner.core.base.sqltext import Epoch
from openpartner.listings.declare import Cell, Column, Listing, Reader, Row, Source, Where, Words
from openpartner.listings.question import Question
from openpartner.listings.registry import LISTINGS


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell as people read it."""

    column: Column
    text: Words
    tone: str = ""
    is_masked: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row: what names it, and its cells in the order of the columns."""

    subject: int
    identity: str
    cells: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of rows with its total; `has_more` when the total is only counted that far."""

    rows: list[ShownRow]
    total: int
    has_more: bool


def answer(
    question: Question[Where], reader: Reader, *, revealed: frozenset[str] = frozenset(), row: int | None = None
) -> Answer:
    """The page that is asked for. Columns in `revealed` are shown in full, in one row alone if it is given."""
    assert question.where is not None
    found = source_of(question.listing, question.columns).page(
        question.scope,
        question.where,
        question.window,
        order=question.order,
        exact=question.is_exact,
    )
    zone = ZoneInfo(reader.zone)
    return Answer([_row(question.columns, one, zone, revealed, row) for one in found.items], found.total, found.more)


def source_of(listing: Listing[Where], columns: tuple[Column, ...]) -> Source[Where]:
    """The rows of a page: subject, identity, then the columns."""
    return _source(listing.name, tuple(column.key for column in columns))


@lru_cache(maxsize=256)
def _source(name: str, keys: tuple[str, ...]) -> Source[Any]:
    """One per choice of columns, because a source compiles its queries once."""
    listing = LISTINGS[name]
    asked = (_asked(listing, listing.column(key)) for key in keys)
    return listing.source((listing.subject, listing.identity, *asked))


def _asked(listing: Listing[Any], column: Column) -> str | Expression:
    return Epoch(column.value) if column.shows is Cell.INSTANT and listing.texts is None else column.value


def _row(columns: tuple[Column, ...], row: Row, zone: ZoneInfo, revealed: frozenset[str], only: int | None) -> ShownRow:
    subject, identity, *values = row
    open_ones = revealed if only in {None, subject} else frozenset()
    cells = tuple(
        _cell(column, value, zone, is_revealed=column.key in open_ones)
        for column, value in zip(columns, values, strict=True)
    )
    return ShownRow(subject, str(identity), cells)


def _cell(column: Column, value: object, zone: ZoneInfo, *, is_revealed: bool) -> Shown:
    if value is None or value == "":
        return Shown(column, "")
    match column.shows:
        case Cell.INSTANT:
            return Shown(column, _instant(int(str(value)), zone))
        case Cell.CHOICE:
            return Shown(column, column.words.get(value, ""), tone=column.tones.get(value, "calm"))
        case Cell.TAGS:
            tags = [str(column.words.get(tag, tag)) for tag in str(value).split(",") if tag]
            return Shown(column, ", ".join(tags), tags=tuple(tags))
    if column.shows is Cell.AMOUNT:
        return Shown(column, spelled_amount(value))
    if column.mask is not None and not is_revealed:
        return Shown(column, column.mask.hide(str(value)), is_masked=True)
    return Shown(column, str(value))


def spelled_amount(value: object) -> str:
    """Every digit of an amount, and no exponent."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _instant(seconds: int, zone: ZoneInfo) -> str:
    """An instant to the minute; the zone is named once, in the head of the column. 0 is no instant."""
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(zone):%Y-%m-%d %H:%M}" if seconds else ""
