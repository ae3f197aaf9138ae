"""Pages and sums of whatever a caller may read: several shares asked as if they were one list, in one currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from openpartner.core.base.scope import Scope
from openpartner.core.billing.queries import BillFilter, By, Dimension, currencies, lines, sums, sums_page
from openpartner.core.customers.bill_shares import BillShare
from openpartner.huawei.bills.amounts import COLUMNS, Amounts, amounts_of
from openpartner.kit.slices import Slice


class Source(NamedTuple):
    """Some lines, and who pays them: the account id of an enterprise master, empty where each pays for itself."""

    scope: Scope
    where: BillFilter
    payer: str = ""


def sources_of(shares: Iterable[BillShare], *wheres: BillFilter) -> list[Source]:
    """Each share under each condition; the conditions exclude one another."""
    found = []
    for share in shares:
        for where in wheres:
            since, until = _later(share.since, where.since), _earlier(share.until, where.until)
            if since is not None and until is not None and since > until:
                continue
            customers = None if share.is_own else share.customers
            if customers is not None and where.customers is not None:
                customers &= where.customers
            narrowed = replace(where, customers=customers, since=since, until=until)
            found.append(Source(share.scope, narrowed, share.payer))
    return found


def page_of(
    sources: Sequence[Source], window: Slice, columns: Sequence[str]
) -> tuple[list[tuple[Source, tuple[Any, ...]]], int]:
    """One page of the lines of all sources, and how many there are."""
    rows: list[tuple[Source, tuple[Any, ...]]] = []
    total = 0
    for source in sources:
        skip = max(0, window.offset - total)
        wanted = window.limit - len(rows)
        # One line more is asked for than wanted when the page is full: the total is what matters then.
        found = lines(source.scope, source.where, Slice(skip, max(wanted, 1)), columns)
        rows += [(source, row) for row in found.items[:wanted]]
        total += found.total
    return rows, total


@dataclass(slots=True)
class Group:
    """A sum of lines: what they have in common, by dimension, and exact amounts."""

    payer: str
    codes: dict[By, str]
    names: dict[By, str]
    lines: int
    sums: tuple[Decimal, ...]

    @property
    def amounts(self) -> Amounts:
        """Where the sums begin with those of COLUMNS."""
        return amounts_of(self.sums[: len(COLUMNS)])

    @property
    def key(self) -> tuple[str, ...]:
        return (self.payer, *self.codes.values())


def groups_of(sources: Sequence[Source], by: Sequence[By], amounts: Sequence[str] = COLUMNS) -> list[Group]:
    """The lines of all sources summed by dimensions, in the order of their codes."""
    found: dict[tuple[str, ...], Group] = {}
    for source in sources:
        for row in sums(source.scope, source.where, by, amounts):
            group = _group(source.payer, by, row, len(amounts))
            known = found.get(group.key)
            if known is None:
                found[group.key] = group
            else:
                known.lines += group.lines
                known.sums = tuple(map(Decimal.__add__, known.sums, group.sums))
    return [found[key] for key in sorted(found)]


def groups_page(
    sources: Sequence[Source], by: Sequence[By], window: Slice, *, nonzero: str = ""
) -> tuple[list[Group], int]:
    """One page of `groups_of`, and how many groups there are, without those that come to nothing in an amount.

    The lines of one source are summed and cut by the lake itself. Those of several may belong to one group, so they are
    summed first.
    """
    if len(sources) == 1:
        (source,) = sources
        page = sums_page(source.scope, source.where, by, COLUMNS, window, nonzero=nonzero)
        return [_group(source.payer, by, row, len(COLUMNS)) for row in page.items], page.total
    groups = groups_of(sources, by)
    if nonzero:
        place = COLUMNS.index(nonzero)
        groups = [group for group in groups if group.sums[place]]
    return groups[window.offset : window.offset + window.limit], len(groups)


def in_one_currency(groups: Iterable[Group], usual: str) -> tuple[list[Group], str]:
    """The groups of the usual currency, or of the one that most lines have; an answer names one currency alone.

    vendor doc silent: a customer billed in several currencies; amounts of another one are not told beside the first.
    """
    groups = list(groups)
    held: dict[str, int] = {}
    for group in groups:
        currency = group.codes[Dimension.CURRENCY]
        held[currency] = held.get(currency, 0) + group.lines
    chosen = _chosen(held, usual)
    return [group for group in groups if group.codes[Dimension.CURRENCY] == chosen], chosen


def sources_in_one_currency(sources: Sequence[Source], usual: str) -> tuple[list[Source], str]:
    """The same of lines: sources are narrowed only where several currencies occur, so that pages stay fast."""
    held: dict[str, int] = {}
    for source in sources:
        for currency, lines_of in currencies(source.scope, source.where).items():
            held[currency] = held.get(currency, 0) + lines_of
    chosen = _chosen(held, usual)
    if len(held) <= 1:
        return list(sources), chosen
    return [_in_currency(source, chosen) for source in sources], chosen


def _chosen(held: Mapping[str, int], usual: str) -> str:
    if usual in held or not held:
        return usual
    return max(held, key=lambda currency: (held[currency], currency))


def _in_currency(source: Source, currency: str) -> Source:
    return source._replace(where=replace(source.where, equal={**source.where.equal, "currency": (currency,)}))


@lru_cache(maxsize=64)
def _places(by: tuple[By, ...]) -> tuple[tuple[tuple[By, int], ...], tuple[tuple[By, int], ...], int]:
    """Where a row has the code of each dimension and the name of each that is named, and where they end."""
    codes, names, place = [], [], 0
    for one in by:
        codes.append((one, place))
        place += 1
        if isinstance(one, Dimension) and one.is_named:
            names.append((one, place))
            place += 1
    return tuple(codes), tuple(names), place


def _group(payer: str, by: Sequence[By], row: tuple[Any, ...], amounts: int) -> Group:
    codes, names, end = _places(tuple(by))
    assert len(row) == end + 1 + amounts
    return Group(
        payer,
        {one: "" if row[place] is None else str(row[place]) for one, place in codes},
        {one: row[place] or "" for one, place in names},
        int(row[end]),
        row[end + 1 :],
    )


def _later(one: date | None, other: date | None) -> date | None:
    return max((day for day in (one, other) if day is not None), default=None)


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)
