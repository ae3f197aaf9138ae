"""Which files hold what a scope may read, at one moment: one statement, so that no version is read halfway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from openpartner.core.accounts.models import Account
from openpartner.core.base.compiled import SQLITE, Rows, execute, this_connection
from openpartner.core.base.scope import Scope
from openpartner.core.billing.models import BillMonth, MonthState
from openpartner.lake.read import Door, Piece
from openpartner.lake.write import Key

_CURRENT = "f.since <= m.version AND (f.until IS NULL OR f.until > m.version)"
_FILES = "bill_file f JOIN bill_month m ON m.id = f.month_id"
_ORDER = "m.month, m.cloud, f.day IS NOT NULL, f.day, f.low_payer, f.low_partner, f.low_customer, f.name"
_NAMED_MAX = 5_000
"""Customers that are looked up by name; of more, all the partner's files are read and the door does the rest."""
_KEYED_MAX = 100
"""Customers whose places in a summary are looked up."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a question may go: the door of the lake, and what the manifest is narrowed by."""

    door: Door
    provider: int | None
    payer: int | None
    partner: int | None
    customers: tuple[int, ...] | None

    @property
    def is_exact(self) -> bool:
        """Whether the manifest tells the lines within reach from their neighbours."""
        return self.customers is None or len(self.customers) <= _NAMED_MAX


class Held(NamedTuple):
    """Neighbouring lines of one file that are within reach."""

    month: int
    cloud: str
    piece: Piece


@dataclass(frozen=True, slots=True)
class MonthInfo:
    """A bill month of one cloud, as whoever reads its figures has to know it."""

    cloud: str
    month: int
    state: MonthState
    version: int
    published_at: datetime
    """What its figures are as of."""
    final_at: datetime | None
    restated_at: datetime | None

    @property
    def word(self) -> str:
        """estimated, final or restated."""
        if self.state is MonthState.OPEN:
            return "estimated"
        return "restated" if self.restated_at else "final"


def reach_of(scope: Scope, *, partner: int | None = None, customers: Sequence[int] | None = None) -> Reach:
    """What a scope may read, narrowed to a partner or to customers. A narrowing can only take away.

    The customers of an account manager are those of now: what a manager may see follows the assignment.
    """
    asked: tuple[int, ...] | None = tuple(sorted(set(customers))) if customers is not None else None
    if scope.manager is not None:
        managed = set(Account.objects.within(scope).values_list("pk", flat=True))
        asked = tuple(sorted(managed if asked is None else managed.intersection(asked)))
    if scope.customer is not None:
        asked = (scope.customer,) if asked is None or scope.customer in asked else ()
    sold_by = scope.partner
    if partner is not None and partner != sold_by:
        sold_by = partner if sold_by is None else -1  # another partner's: nobody's
    is_everybody = scope.payer is None and sold_by is None and asked is None
    # Only the provider's own scope has neither payer nor partner nor customer.
    assert not is_everybody or scope.provider is not None
    door = Door(payer=scope.payer, partner=sold_by, customers=asked, is_everybody=is_everybody)
    return Reach(door, scope.provider, scope.payer, sold_by, asked)


def held(reach: Reach, first: int, last: int, clouds: Sequence[str] = ()) -> list[Held]:
    """The lines within reach in some months, by month and cloud; a month's day files come after the others, by day."""
    asked = _asked(reach, first, last, clouds)
    taken, order = (
        ("0, f.lines", _ORDER) if asked.place == _NOWHERE else ("p.first_row, p.rows", f"{_ORDER}, p.first_row")
    )
    rows = _run(
        f"SELECT m.month, m.cloud, f.name, {taken} FROM {asked.tables} WHERE {asked.conditions} ORDER BY {order}",  # noqa: S608  # of ours
        asked.values,
    )
    return [Held(month, cloud, Piece(name, first_row, count)) for month, cloud, name, first_row, count in rows]


def months(reach: Reach, first: int, last: int, clouds: Sequence[str] = ()) -> list[MonthInfo]:
    """The published months in which something is within reach, newest first."""
    asked = _asked(reach, first, last, clouds)
    found = _run(f"SELECT DISTINCT m.id FROM {asked.tables} WHERE {asked.conditions}", asked.values)  # noqa: S608  # of ours
    rows = BillMonth.objects.everything(reason="of the months that hold something within reach").filter(
        pk__in=[key for (key,) in found], published_at__isnull=False
    )
    return [
        MonthInfo(
            row.cloud, row.month, MonthState(row.state), row.version, row.published_at, row.final_at, row.restated_at
        )
        for row in rows.order_by("-month", "cloud")
        if row.published_at is not None
    ]


class Summary(NamedTuple):
    """The summary of a month that holds something within reach: whole, so that only a door may open it."""

    month: int
    head: str
    keys: tuple[Key, ...] | None
    """Whose sums are asked for, when they are few."""


def summaries(reach: Reach, first: int, last: int, clouds: Sequence[str] = ()) -> list[Summary]:
    """The current summaries by month and cloud."""
    if reach.customers is None or len(reach.customers) > _KEYED_MAX:
        conditions, values = _of_months(reach, first, last, clouds)
        rows = _run(
            "SELECT m.month, v.summary FROM bill_month m"  # noqa: S608  # of ours
            " JOIN bill_version v ON v.month_id = m.id AND v.number = m.version"
            f" WHERE {' AND '.join(conditions)} ORDER BY m.month, m.cloud",
            tuple(values),
        )
        return [Summary(month, head, None) for month, head in rows]
    asked = _asked(reach, first, last, clouds)
    found: dict[tuple[int, str], list[Key]] = {}
    for month, head, *key in _run(
        "SELECT DISTINCT m.month, v.summary, p.payer, p.partner, p.customer, m.cloud"  # noqa: S608  # of ours
        f" FROM {asked.tables} JOIN bill_version v ON v.month_id = m.id AND v.number = m.version"
        f" WHERE {asked.conditions} ORDER BY m.month, m.cloud",
        asked.values,
    ):
        found.setdefault((month, head), []).append(Key(*key[:3]))
    return [Summary(month, head, tuple(keys)) for (month, head), keys in found.items()]


class _Asked(NamedTuple):
    """The joined tables of a question, its conditions and their values."""

    tables: str
    place: str
    conditions: str
    values: tuple[Any, ...]


_NOWHERE = ""


def _asked(reach: Reach, first: int, last: int, clouds: Sequence[str]) -> _Asked:
    conditions, values = _of_months(reach, first, last, clouds)
    place = _NOWHERE
    if reach.is_exact and reach.customers is not None:
        place = " JOIN bill_range p ON p.file_id = f.id"
        conditions.append(f"p.customer IN ({', '.join('%s' for _ in reach.customers) or 'NULL'})")
        values += reach.customers
    elif reach.payer is not None or reach.partner is not None:
        place = " JOIN bill_span p ON p.file_id = f.id"
    for column, value in (("payer", reach.payer), ("partner", reach.partner)):
        if value is not None:
            assert place
            conditions.append(f"p.{column} = %s")
            values.append(value)
    return _Asked(f"{_FILES}{place}", place, " AND ".join([_CURRENT, *conditions]), tuple(values))


def _of_months(reach: Reach, first: int, last: int, clouds: Sequence[str]) -> tuple[list[str], list[Any]]:
    conditions, values = ["m.month BETWEEN %s AND %s"], [first, last, *clouds]
    if clouds:
        conditions.append(f"m.cloud IN ({', '.join('%s' for _ in clouds)})")
    if reach.provider is not None:
        conditions.append("m.provider_id = %s")
        values.append(reach.provider)
    return conditions, values


def _run(sql: str, values: tuple[Any, ...]) -> Rows:
    return execute(sql.replace("%s", "?") if this_connection().vendor == SQLITE else sql, values)
