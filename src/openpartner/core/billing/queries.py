"""The one door to bill lines: pages of them, sums of them and files of them, within a scope."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from functools import lru_cache
from threading import get_ident
from typing import Any, TypeAlias

from django.db import connections

from openpartner.core.base.scope import Scope
from openpartner.core.billing import manifest
from openpartner.core.billing.intact import reading
from openpartner.core.billing.lake import reading_lake
from openpartner.core.billing.manifest import MonthInfo, Reach, reach_of
from openpartner.core.billing.months import first_day, last_day
from openpartner.core.billing.remembered import remembered
from openpartner.kit.slices import Page, Slice
from openpartner.lake import read, summaries
from openpartner.lake.grains import grains_of
from openpartner.lake.read import Grouping, Where
from openpartner.lake.schema import NAMED
from openpartner.lake.store import Lake

EARLIEST, LATEST = 0, 12 * 9999


class Dimension(Enum):
    """What sums are grouped by; the value is the lake's column. A named one brings its name too (`NAMED`)."""

    CUSTOMER = "customer_id"
    PARTNER = "partner_id"
    PAYER = "payer_id"
    CLOUD = "cloud"
    CURRENCY = "currency"
    MONTH = "month"
    DAY = "bill_day"
    CHARGE_CATEGORY = "charge_category"
    CHARGING = "charging"
    ACTION = "action"
    ACTION_CODE = "action_code"
    SERVICE_CATEGORY = "service_category"
    SERVICE = "service_code"
    PRODUCT = "product_code"
    COMPONENT_TYPE = "component_type_code"
    COMPONENT = "component_code"
    REGION = "region_code"
    ZONE = "zone_code"
    PROJECT = "project_id"
    RESOURCE = "resource_id"
    RESOURCE_TYPE = "resource_type_code"
    BILLING_ACCOUNT = "billing_account"
    SUB_ACCOUNT = "sub_account"
    OPERATOR = "operator"
    ORDER = "order_id"
    TRANSACTION = "transaction_id"

    __hash__ = object.__hash__  # members are one each; Enum's own hashes the name, in Python, each time

    @property
    def is_named(self) -> bool:
        """Whether a name follows the code."""
        return self.value in NAMED

    @property
    def grouping(self) -> Grouping:
        return read.MONTH if self is Dimension.MONTH else Grouping(self.value, NAMED.get(self.value, ""))


@dataclass(frozen=True, slots=True)
class Tag:
    """The values of a tag as a dimension; None where a line has no such tag."""

    key: str

    @property
    def grouping(self) -> Grouping:
        return Grouping(self.key, is_tag=True)


By: TypeAlias = Dimension | Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class BillFilter:
    """Which lines. Months and days are the source's, both ends included; what is not given does not matter."""

    first_month: int
    last_month: int
    since: date | None = None
    until: date | None = None
    partner: int | None = None
    customer: int | None = None
    customers: frozenset[int] | None = None
    clouds: tuple[str, ...] = ()
    equal: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Column of the lake -> values, of which one must be it; "" stands for nothing as well."""
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    text: Mapping[str, str] = field(default_factory=dict)
    """Column -> a part of it, whatever its case."""
    tag: tuple[str, tuple[str, ...]] | None = None
    nonzero: bool = False
    is_zero: Mapping[str, bool] = field(default_factory=dict)
    """Booked amount -> whether it must be 0 or must be something else."""

    @classmethod
    def month(cls, month: int, **conditions: Any) -> BillFilter:  # the other fields
        """The lines of one month."""
        return cls(first_month=month, last_month=month, **conditions)

    @property
    def where(self) -> Where:
        """The conditions on a line; days that only say the months again are left out."""
        is_from_start = self.since is not None and self.since <= first_day(self.first_month)
        is_to_end = self.until is not None and self.until >= last_day(self.last_month)
        whole = is_from_start and is_to_end and self.first_month == self.last_month
        return Where(
            since=None if whole else self.since,
            until=None if whole else self.until,
            equal=self.equal,
            without=self.without,
            text=self.text,
            tag=self.tag,
            nonzero=self.nonzero,
            is_zero=self.is_zero,
        )


def count_lines(scope: Scope, where: BillFilter) -> int:
    """How many lines there are, exactly."""
    reach = _reach(scope, where)
    lake, pieces = reading_lake(), _pieces(reach, where)
    with reading(lake, pieces.names):
        return read.count(lake, reach.door, where.where, pieces)


def lines(scope: Scope, where: BillFilter, window: Slice, columns: Sequence[str]) -> Page[tuple[Any, ...]]:
    """A page of lines, and how many there are in all; amounts are Decimals, instants UTC without a zone.

    In the order of month, cloud, payer, partner, customer, day and line. Without conditions every page costs the same.
    """
    reach = _reach(scope, where)
    lake, pieces = reading_lake(), _pieces(reach, where)
    with reading(lake, pieces.names):
        rows, total = read.page(lake, reach.door, where.where, pieces, columns, window.offset, window.limit)
    return Page(rows, total)


def stream_lines(scope: Scope, where: BillFilter, columns: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
    """All lines in batches of up to 20,480, of the state at the beginning, for as long as replaced files are kept."""
    reach = _reach(scope, where)
    lake, pieces = reading_lake(), _pieces(reach, where)
    with reading(lake, pieces.names):
        yield from read.stream(lake, reach.door, where.where, pieces, columns)


def copy_lines(scope: Scope, where: BillFilter, select: str, target: str, options: str, *, tail: str = "") -> int:
    """Write all lines into a file in one statement and return how many rows it has: the fast way.

    `select` is SQL over the lake's columns and `options` are those of DuckDB's COPY; neither holds a user's text. The
    target lies in a folder that the lake may write to.
    """
    return copying(scope, where, select, target, options, tail=tail)()


def copying(
    scope: Scope, where: BillFilter, select: str, target: str, options: str, *, tail: str = ""
) -> Callable[[], int]:
    """The same, of the state of now, done when it is called: by another thread, which keeps no connection open."""
    reach = _reach(scope, where)
    names = _pieces(reach, where).names
    lake, asked_by = reading_lake(), get_ident()

    def copy() -> int:
        if not names:
            return 0
        try:
            with reading(lake, names):
                return read.copy(lake, reach.door, where.where, names, select, target, options, tail=tail)
        finally:
            if get_ident() != asked_by:
                connections.close_all()  # of this thread, which has looked checksums up

    return copy


def sums(scope: Scope, where: BillFilter, by: Sequence[By], amounts: Sequence[str]) -> list[tuple[Any, ...]]:
    """A row for each group: of each dimension its code (and its name, if it is named), how many lines, exact sums.

    In no order. Read from the month summaries when they can answer, and remembered then; otherwise from the lines.
    """
    reach = _reach(scope, where)
    asked = where.where
    by_lake = [one.grouping for one in by]
    lake = reading_lake()
    if _is_summarised(asked, by_lake, amounts):
        files = _summaries(lake, reach, where, _columns(asked, by_lake, amounts))
        key = (reach.door, repr(asked), repr(files), tuple(by_lake), tuple(amounts))

        def of_summaries() -> list[tuple[Any, ...]]:
            with reading(lake, [name for names in files.values() for name in names]):
                return read.sums(lake, reach.door, asked, files, by_lake, amounts, counted=read.SUMMARISED)

        return remembered(key, of_summaries)
    held = _files_by_month(reach, where)
    with reading(lake, [name for names in held.values() for name in names]):
        return read.sums(lake, reach.door, asked, held, by_lake, amounts)


def sums_page(
    scope: Scope, where: BillFilter, by: Sequence[By], amounts: Sequence[str], window: Slice, *, nonzero: str = ""
) -> Page[tuple[Any, ...]]:
    """A page of the groups that `sums` gives, in the order of their codes, and how many there are.

    With `nonzero`, without the groups that come to nothing in that amount.
    """
    reach, lake, asked = _reach(scope, where), reading_lake(), where.where
    groups = [one.grouping for one in by]
    counted = read.SUMMARISED if _is_summarised(asked, groups, amounts) else read.COUNTED
    held = (
        _summaries(lake, reach, where, _columns(asked, groups, amounts))
        if counted == read.SUMMARISED
        else _files_by_month(reach, where)
    )
    with reading(lake, [name for names in held.values() for name in names]):
        rows, total = read.sums_page(lake, reach.door, asked, held, groups, amounts, window, nonzero, counted=counted)
    return Page(rows, total)


def currencies(scope: Scope, where: BillFilter) -> Mapping[str, int]:
    """How many lines the months within reach have in each currency, whatever the other conditions.

    Remembered for as long as the months stay as they are: their summaries never change.
    """
    reach = _reach(scope, where)
    files = _summaries(reading_lake(), reach, where, {Dimension.CURRENCY.value})
    return _currencies(reach.door, tuple(sorted(name for names in files.values() for name in names)))


@lru_cache(maxsize=4096)
def _currencies(door: read.Door, names: tuple[str, ...]) -> Mapping[str, int]:
    lake = reading_lake()
    with reading(lake, names):
        rows = read.sums(lake, door, Where(), {0: names}, [Dimension.CURRENCY.grouping], (), counted=read.SUMMARISED)
    return {currency or "": int(lines) for currency, lines in rows}


def months(
    scope: Scope, *, first: int = EARLIEST, last: int = LATEST, clouds: Sequence[str] = (), customer: int | None = None
) -> list[MonthInfo]:
    """The published months in which the scope has lines, newest first, with the state of their figures."""
    return manifest.months(reach_of(scope, customers=None if customer is None else [customer]), first, last, clouds)


def for_days(since: date, until: date, **conditions: Any) -> BillFilter:  # the other fields
    """The lines of some days, whichever month they are billed in: months around them are looked at too."""
    first, last = since.year * 12 + since.month - 1, until.year * 12 + until.month - 1
    return replace(BillFilter(first_month=first, last_month=last, **conditions), since=since, until=until)


def _reach(scope: Scope, where: BillFilter) -> Reach:
    customers = where.customers
    if where.customer is not None:
        customers = frozenset({where.customer}) if customers is None else customers & {where.customer}
    return reach_of(scope, partner=where.partner, customers=None if customers is None else sorted(customers))


def _pieces(reach: Reach, where: BillFilter) -> read.Pieces:
    held = manifest.held(reach, where.first_month, where.last_month, where.clouds)
    return read.Pieces([one.piece for one in held], reach.is_exact)


def _files_by_month(reach: Reach, where: BillFilter) -> dict[int, list[str]]:
    held: dict[int, list[str]] = {}
    for one in manifest.held(reach, where.first_month, where.last_month, where.clouds):
        names = held.setdefault(one.month, [])
        if one.piece.name not in names[-1:]:
            names.append(one.piece.name)
    return held


def _summaries(lake: Lake, reach: Reach, where: BillFilter, columns: Collection[str]) -> dict[int, list[str]]:
    """By month, the files of the summaries that have these columns of what is within reach."""
    found: dict[int, list[str]] = {}
    for one in manifest.summaries(reach, where.first_month, where.last_month, where.clouds):
        with reading(lake, [one.head]):
            grains = grains_of(lake, one.head)
        found.setdefault(one.month, []).extend(grains.files(reach.door, columns, one.keys))
    return found


def _is_summarised(where: Where, by: Sequence[Grouping], amounts: Sequence[str]) -> bool:
    if where.nonzero or where.is_zero or any(one.is_tag for one in by):
        return False
    return _columns(where, by, amounts) <= summaries.COLUMNS


def _columns(where: Where, by: Sequence[Grouping], amounts: Sequence[str]) -> set[str]:
    return {*where.columns, *amounts, *(one.code for one in by if one != read.MONTH)}
