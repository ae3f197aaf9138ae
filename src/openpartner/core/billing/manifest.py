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

_CURRENT = "f.since <= m.version AND (f.until IS NULL OR f.until > m.version)"
_FILES = "bill_file f JOIN bill_month m ON m.id = f.month_id"
_ORDER = "m.month, m.cloud, f.low_payer, f.low_partner, f.low_customer, f.day, f.name"


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a question may go: the door of the lake, and what the manifest is narrowed by."""

    door: Door
    provider: int | None
    payer: int | None
    partner: int | None
    customers: tuple[int, ...] | None


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
    summary: str

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
    """The lines within reach in some months, in order: month, cloud, payer, partner, customer, day."""
    conditions, values = [_CURRENT, "m.month BETWEEN %s AND %s"], [first, last]
    rest: list[Any] = []
    if clouds:
        conditions.append(f"m.cloud IN ({', '.join('%s' for _ in clouds)})")
        rest += clouds
    if reach.provider is not None:
        conditions.append("m.provider_id = %s")
        rest.append(reach.provider)
    if reach.customers is not None and len(reach.customers) <= _NAMED_MAX:
        if not reach.customers:
            return []
        source = f"{_FILES} JOIN bill_range p ON p.file_id = f.id"
        conditions.append(f"p.customer IN ({', '.join('%s' for _ in reach.customers)})")
        rest += reach.customers
    elif reach.payer is not None or reach.partner is not None:
        source = f"{_FILES} JOIN bill_span p ON p.file_id = f.id"
    else:
        source = ""
    for column, value in (("payer", reach.payer), ("partner", reach.partner)):
        if value is not None:
            assert source
            conditions.append(f"p.{column} = %s")
            rest.append(value)
    taken = "p.first_row, p.rows" if source else "0, f.lines"
    order = f"{_ORDER}, p.first_row" if source else _ORDER
    rows = _run(
        f"SELECT m.month, m.cloud, f.name, {taken} FROM {source or _FILES}"  # noqa: S608  # conditions of ours
        f" WHERE {' AND '.join(conditions)} ORDER BY {order}",
        (*values, *rest),
    )
    return [Held(month, cloud, Piece(name, first_row, count)) for month, cloud, name, first_row, count in rows]


def months(reach: Reach, first: int, last: int, clouds: Sequence[str] = ()) -> list[MonthInfo]:
    """The published months in which something is within reach, newest first."""
    seen = {(one.month, one.cloud) for one in held(reach, first, last, clouds)} if not reach.door.is_everybody else None
    rows = BillMonth.objects.everything(reason="of the months that hold something within reach").filter(
        month__gte=first, month__lte=last, version__gt=0
    )
    if reach.provider is not None:
        rows = rows.filter(provider=reach.provider)
    if clouds:
        rows = rows.filter(cloud__in=clouds)
    summaries = _summaries([row.pk for row in rows])
    return [
        MonthInfo(
            row.cloud,
            row.month,
            MonthState(row.state),
            row.version,
            row.published_at,
            row.final_at,
            row.restated_at,
            summaries[row.pk],
        )
        for row in rows.order_by("-month", "cloud")
        if row.published_at is not None and (seen is None or (row.month, row.cloud) in seen)
    ]


def summaries(reach: Reach, first: int, last: int, clouds: Sequence[str] = ()) -> dict[int, list[str]]:
    """The current summaries by month: whole ones, which only a door may open."""
    conditions, values = ["m.month BETWEEN %s AND %s"], [first, last]
    rest: list[Any] = []
    if clouds:
        conditions.append(f"m.cloud IN ({', '.join('%s' for _ in clouds)})")
        rest += clouds
    if reach.provider is not None:
        conditions.append("m.provider_id = %s")
        rest.append(reach.provider)
    rows = _run(
        "SELECT m.month, v.summary FROM bill_month m JOIN bill_version v ON v.month_id = m.id AND v.number = m.version"  # noqa: S608  # of ours
        f" WHERE {' AND '.join(conditions)} ORDER BY m.month, m.cloud",
        (*values, *rest),
    )
    found: dict[int, list[str]] = {}
    for month, name in rows:
        found.setdefault(month, []).append(name)
    return found


def _run(sql: str, values: tuple[Any, ...]) -> Rows:
    return execute(sql.replace("%s", "?") if this_connection().vendor == SQLITE else sql, values)


_NAMED_MAX = 500
"""Customers that are looked up by name; of more, the partner's files are read and the door does the rest."""


def _summaries(months: list[int]) -> dict[int, str]:
    if not months:
        return {}
    rows = _run(
        "SELECT m.id, v.summary FROM bill_month m JOIN bill_version v ON v.month_id = m.id AND v.number = m.version"  # noqa: S608  # of ours
        f" WHERE m.id IN ({', '.join('%s' for _ in months)})",
        tuple(months),
    )
    return dict(rows)
