"""Whose a line is: the cloud's account finds the customer of that day, the customer its partner and payer of that day.

All of it is intervals of days in one table of DuckDB, made once per import, so that lines are placed set by set. A day
belongs to whoever has it at its end; the last day of a customer nobody took over belongs to the last one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from django.db.models import Q, QuerySet

from openpartner.core.accounts.models import Account, Association
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.sqltext import UtcSecond
from openpartner.core.billing.models import CloudAccount
from openpartner.core.catalogue.entries import HUAWEI, TENCENT

if TYPE_CHECKING:
    import duckdb

AHEAD = {TENCENT: timedelta(hours=8), HUAWEI: timedelta(hours=8)}
"""How far a source's days are ahead of UTC; FOCUS is delivered in UTC."""
FIRST, LAST = date(1, 1, 1), date(9999, 12, 31)
ONE_DAY = timedelta(days=1)
AT_ONCE, NAMED_MAX = 10_000, 1_000
TABLE = "placed"
WHY = "placing bill lines"
Value = TypeVar("Value", int, str)


class Source(NamedTuple):
    """An account as its cloud names it. `sub_account` may be empty."""

    cloud: str
    billing_account: str
    sub_account: str


class Held(NamedTuple):
    """A customer has an account from one day on and before another."""

    since: date
    until: date
    customer: int


class Bound(NamedTuple):
    """A partner manages a customer from one day on and before another."""

    since: date
    until: date
    payer: int
    partner: int


class Placed(NamedTuple):
    """One row of the table."""

    source: Source
    is_implied: bool
    """By the vendor's own number alone: true in that vendor's own files and nowhere else."""
    since: date
    until: date
    payer: int
    partner: int
    customer: int


def load_places(
    connection: duckdb.DuckDBPyConnection, provider: int, sources: Collection[Source], own_ids: str = ""
) -> None:
    """Make the table that `place_sql` joins with, for the accounts that some lines name."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {TABLE} (p_cloud VARCHAR, p_billing VARCHAR, p_sub VARCHAR, is_implied BOOLEAN,"
        " since DATE, until DATE, payer BIGINT, partner BIGINT, customer BIGINT)"
    )
    rows = places(provider, sources, own_ids)
    while some := list(islice(rows, AT_ONCE)):
        columns = [list(values) for values in zip(*((*row.source, *row[1:]) for row in some), strict=True)]
        types = ("VARCHAR", "VARCHAR", "VARCHAR", "BOOLEAN", "DATE", "DATE", "BIGINT", "BIGINT", "BIGINT")
        marks = ", ".join(f"unnest(${place}::{one}[])" for place, one in enumerate(types, 1))
        connection.execute(f"INSERT INTO {TABLE} SELECT {marks}", columns)  # marks alone


def place_sql(lines: str, is_own: str) -> str:
    """SQL of the lines with payer_id, partner_id and customer_id found; 0 where nobody is.

    `lines` does not have these three; `is_own` is SQL that tells the lines of the vendor's own files.
    """
    return (
        "SELECT l.*, coalesce(p.payer, 0) AS payer_id,"  # noqa: S608  # of ours
        f" coalesce(p.partner, 0) AS partner_id, coalesce(p.customer, 0) AS customer_id FROM ({lines}) l"
        f" LEFT JOIN {TABLE} p ON p.p_cloud = l.cloud AND p.p_billing = l.billing_account"
        " AND p.p_sub = coalesce(l.sub_account, '') AND l.bill_day >= p.since AND l.bill_day < p.until"
        f" AND (NOT p.is_implied OR {is_own})"
    )


def places(provider: int, sources: Collection[Source], own_ids: str = "") -> Iterator[Placed]:
    """Every interval in which a line of these accounts has a customer with a partner."""
    held, implied = _held(provider, sources), {}
    if own_ids:
        implied = _implied(provider, [one for one in sources if one not in held], own_ids)
    customers = {one.customer for found in held.values() for one in found} | set(implied.values())
    clouds = {one.cloud for one in sources}
    bound = {ahead: _bound(customers, ahead) for ahead in {AHEAD.get(cloud, timedelta()) for cloud in clouds}}
    for source in sources:
        partners = bound[AHEAD.get(source.cloud, timedelta())]
        is_implied = source in implied
        for one in [Held(FIRST, LAST, implied[source])] if is_implied else held.get(source, []):
            for partner in partners.get(one.customer, ()):
                since, until = max(one.since, partner.since), min(one.until, partner.until)
                if since < until:
                    yield Placed(source, is_implied, since, until, partner.payer, partner.partner, one.customer)


def _held(provider: int, sources: Collection[Source]) -> dict[Source, list[Held]]:
    """By the table of cloud accounts. One with rows of its own is not spoken for by its billing account."""
    rows = CloudAccount.objects.everything(reason=WHY).filter(
        provider=provider, cloud__in={one.cloud for one in sources}
    )
    own: dict[Source, list[Held]] = defaultdict(list)
    columns = ("cloud", "billing_account", "sub_account", "since", "until", "customer_id")
    for cloud, billing, sub, since, until, customer in rows.order_by("since").values_list(*columns).iterator():
        own[Source(cloud, billing, sub)].append(Held(since, until or LAST, customer))
    found = {}
    for source in sources:
        for key in (source, source._replace(sub_account="")):
            if key in own:
                found[source] = own[key]
                break
    return found


def _implied(provider: int, sources: Sequence[Source], own_ids: str) -> dict[Source, int]:
    """By the number that the vendor itself gave the customer: `own_ids` is the account's column that has it."""
    assert own_ids in {"uin", "account_id"}
    numbers = [one for one in sources if one.sub_account and (own_ids != "uin" or _is_uin(one.sub_account))]
    by_number: dict[str, list[Source]] = defaultdict(list)
    for one in numbers:
        by_number[one.sub_account].append(one)
    found: dict[Source, int] = {}
    for rows in _numbered(provider, by_number, own_ids):
        for number, key in rows.values_list(own_ids, "pk").iterator():
            found |= dict.fromkeys(by_number.get(str(number), ()), key)
    return found


def _numbered(provider: int, numbers: Collection[str], own_ids: str) -> Iterator[QuerySet[Account]]:
    """The customers with these numbers, in several queries, and some that have others."""
    customers = Account.objects.everything(reason=WHY).filter(kind=AccountKind.CUSTOMER.value, provider=provider)
    # To read a customer costs a tenth of naming one.
    if len(numbers) > NAMED_MAX and len(numbers) * 10 > customers.count():
        yield customers
        return
    for some in _batches(numbers):
        values: list[Any] = [int(text) for text in some] if own_ids == "uin" else list(some)
        yield customers.filter(**{f"{own_ids}__in": values})


def _is_uin(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19 and str(int(text)) == text


def _bound(customers: AbstractSet[int], ahead: timedelta) -> dict[int, list[Bound]]:
    """Who managed whom on which days of a zone, by the dated associations."""
    rows: dict[int, list[tuple[date, date | None, int, int]]] = defaultdict(list)
    for some in _batches(sorted(customers)):
        # Of many the neighbours are read too: to name each costs more.
        are_many = len(some) > NAMED_MAX
        whose = Q(child__gte=some[0], child__lte=some[-1]) if are_many else Q(child__in=some)
        associations = Association.objects.everything(reason=WHY).filter(whose).order_by("since", "id")
        # As texts: Django takes ten times as long over an instant as over its day.
        texts = associations.annotate(begins=UtcSecond("since"), ends=UtcSecond("until"))
        for child, begins, ends, payer, partner in texts.values_list(
            "child_id", "begins", "ends", "payer_id", "partner_id"
        ).iterator():
            if child in customers:
                until = None if ends is None else _day(ends, ahead)
                rows[child].append((_day(begins, ahead), until, payer, partner))
    return {customer: _days(found) for customer, found in rows.items()}


def _days(rows: list[tuple[date, date | None, int, int]]) -> list[Bound]:
    found = []
    for place, (start, until, payer, partner) in enumerate(rows):
        end = LAST if until is None else until + ONE_DAY
        if place + 1 < len(rows):
            end = min(end, rows[place + 1][0])
        if start < end:
            found.append(Bound(start, end, payer, partner))
    return found


def _day(instant: str, ahead: timedelta) -> date:
    """The day of an instant such as 2026-11-01T00:00:00Z in a zone that is so far ahead of UTC."""
    return (datetime.fromisoformat(instant) + ahead).date()


def _batches(values: Iterable[Value]) -> Iterator[list[Value]]:
    source = iter(values)
    while some := list(islice(source, AT_ONCE)):
        yield some
