"""The channel in figures, against the same counted naively in Python from every customer there is."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import product
from random import Random
from zoneinfo import ZoneInfo

import pytest

from openpartner.core.access.models import User
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import add_user, caller_of
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind, Suspension, Verification
from openpartner.core.base.scope import Scope
from openpartner.core.customers.commands import assign_manager
from openpartner.core.customers.figures import Month, customers_by_month, customers_by_partner, how_many
from openpartner.core.customers.filters import CustomerFilter
from openpartner.kit import clock
from tests.support.crowd import crowd
from tests.support.people import World

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 7, 15, 12, tzinfo=UTC)
ZONES = [ZoneInfo(name) for name in ("UTC", "Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati")]
"""From eight hours behind UTC to fourteen before it, as wide as zones go in both directions."""
SCOPES = ("pia", "dora", "rita", "sol", "olga", "dora's own", "kim")


@pytest.fixture
def crowded(world: World, random: Random) -> World:
    """A few hundred customers over eighteen months, some of which have none."""
    crowd(world, random, 300)
    return world


def scope_of(world: World, who: str) -> Scope:
    """kim manages some of dora's customers, so no counter speaks about her; nor about dora's direct customers alone."""
    if who == "dora's own":
        return world.dora.caller.own()
    return manager(world).scope if who == "kim" else world[who].caller.scope


def manager(world: World) -> Caller:
    kim = add_user(
        account=world.dora.account,
        name="kim",
        email="kim@example.com",
        password=None,
        presets=[Preset.ACCOUNT_MANAGER],
    )
    for row in direct(world)[::2]:
        assign_manager(world.dora.caller, account_id=row.account_id, manager_id=kim.pk)
    return caller_of(User.objects.everything(reason="test").select_related("account").get(pk=kim.pk), via="test")


def direct(world: World) -> list[Account]:
    return list(
        Account.objects.everything(reason="test").filter(partner=world.dora.account_pk, kind=AccountKind.CUSTOMER)
    )


def shown(scope: Scope) -> list[Account]:
    """The bound customers that a scope means, chosen row by row from all there are."""
    columns = {"provider": "provider_id", "payer": "payer_id", "partner": "partner_id", "manager": "manager_id"}
    return [
        row
        for row in Account.objects.everything(reason="test").filter(kind=AccountKind.CUSTOMER)
        if row.associated_at is not None
        and all(getattr(row, columns[level]) == value for level, value in zip(scope.shape, scope.values, strict=True))
    ]


def months_before(moment: datetime, count: int) -> list[tuple[int, int]]:
    """Year and month of the last months, oldest first, one step at a time."""
    found = [(moment.year, moment.month)]
    while len(found) < count:
        year, month = found[0]
        found.insert(0, (year, month - 1) if month > 1 else (year - 1, 12))
    return found


def naive_months(rows: list[Account], count: int, zone: ZoneInfo) -> list[Month]:
    instants = [row.associated_at.astimezone(zone) for row in rows if row.associated_at is not None]
    counted = Counter((at.year, at.month) for at in instants)
    months = months_before(clock.now().astimezone(zone), count)
    return [Month(year, month, counted[year, month]) for year, month in months]


@pytest.mark.parametrize("who", SCOPES)
def test_months_are_those_of_the_customers(crowded: World, who: str) -> None:
    scope = scope_of(crowded, who)
    rows = shown(scope)
    for count, zone in product([1, 12, 24], ZONES):
        with clock.frozen(NOW):
            found = customers_by_month(scope, count, zone)
            assert found == naive_months(rows, count, zone), (count, zone)
        assert len(found) == count
        if count == 24:
            assert 0 in {one.customers for one in found}, "the crowd leaves months out"
            assert sum(one.customers for one in found) == len(rows) > 0


BORDERS = [
    # An instant, and its month in UTC, Shanghai (+8), Los Angeles (-8, -7 in summer) and Kiritimati (+14).
    (datetime(2024, 6, 30, 23, 59, 59, 999_999, tzinfo=UTC), (6, 7, 6, 7)),
    (datetime(2024, 6, 30, 15, 59, 59, 999_999, tzinfo=UTC), (6, 6, 6, 7)),
    (datetime(2024, 6, 30, 16, tzinfo=UTC), (6, 7, 6, 7)),
    (datetime(2024, 7, 1, tzinfo=UTC), (7, 7, 6, 7)),
    (datetime(2024, 7, 1, 6, 59, 59, tzinfo=UTC), (7, 7, 6, 7)),
    (datetime(2024, 7, 1, 7, tzinfo=UTC), (7, 7, 7, 7)),
    (datetime(2024, 2, 29, 9, 59, 59, tzinfo=UTC), (2, 2, 2, 2)),
    (datetime(2024, 2, 29, 10, tzinfo=UTC), (2, 2, 2, 3)),
    (datetime(2024, 1, 1, 7, 59, 59, tzinfo=UTC), (1, 1, 12, 1)),
    (datetime(2024, 1, 1, 8, tzinfo=UTC), (1, 1, 1, 1)),
]


@pytest.mark.parametrize(("moment", "expected"), BORDERS)
@pytest.mark.parametrize("who", ["sol", "kim"])
def test_a_month_is_one_of_the_readers_zone(
    world: World, who: str, moment: datetime, expected: tuple[int, ...]
) -> None:
    scope = scope_of(world, who)
    one = shown(scope)[0]
    bind_again(one, since=moment)
    for zone, month in zip(ZONES, expected, strict=True):
        with clock.frozen(NOW):
            found = customers_by_month(scope, 12, zone)
            assert found == naive_months(shown(scope), 12, zone)
        assert next(each for each in found if each.month == month).customers >= 1


@pytest.mark.parametrize("who", ["sol", "kim"])
def test_the_present_month_is_the_readers_own(world: World, who: str) -> None:
    """At 18:30 of June 30 in UTC July has begun in Shanghai, and at 03:00 of July 1 June goes on in Los Angeles."""
    scope = scope_of(world, who)
    one = shown(scope)[0]
    for now, zone, month in (
        (datetime(2024, 6, 30, 18, 30, tzinfo=UTC), ZONES[1], 7),
        (datetime(2024, 7, 1, 3, tzinfo=UTC), ZONES[2], 6),
    ):
        with clock.frozen(now):
            bind_again(one, since=now)
            found = customers_by_month(scope, 2, zone)
            assert found == naive_months(shown(scope), 2, zone)
        assert found[-1] == Month(2024, month, 1)


def bind_again(one: Account, *, since: datetime) -> None:
    """The same customer bound to the same partner at another time, as commands bind it, and counted so."""
    from openpartner.core.accounts.placing import bind, lock_account, release
    from openpartner.core.base.kinds import AssociationKind

    partner = one.partner_id or 0
    row = lock_account(one.pk)
    keeper = row.manager_id
    release(row, until=NOW, by="the test")
    bind(row, lock_account(partner), kind=AssociationKind.RESALE, since=since, by="the test")
    Account.objects.everything(reason="test").filter(pk=one.pk).update(manager=keeper)


@pytest.mark.parametrize("who", ["dora", "kim"])
def test_the_last_month_is_the_present_one(world: World, who: str) -> None:
    """A list of months ends with the present one, on its first day and on its last: all of the cast are of March."""
    scope = scope_of(world, who)
    for now in (datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 3, 31, 23, 59, 59, tzinfo=UTC)):
        with clock.frozen(now):
            found = customers_by_month(scope, 12, ZONES[0])
        assert found[-1] == Month(2024, 3, len(shown(scope)))
        assert [one.customers for one in found[:-1]] == [0] * 11
    with clock.frozen(datetime(2024, 4, 1, tzinfo=UTC)):
        found = customers_by_month(scope, 2, ZONES[0])
    assert found == [Month(2024, 3, len(shown(scope))), Month(2024, 4, 0)]


@pytest.mark.parametrize("who", SCOPES)
def test_partners_are_the_largest_first(crowded: World, who: str) -> None:
    scope = scope_of(crowded, who)
    counted = Counter(row.partner_id for row in shown(scope))
    people = {person.account_pk: person for person in crowded.values()}
    largest = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0] or 0))
    for top in (1, 3, 50):
        # No counter speaks about a part of a partner's customers.
        assert [(one.account_id, one.uin, one.name, one.customers) for one in customers_by_partner(scope, top)] == [
            (people[key or 0].account_id, people[key or 0].uin, people[key or 0].legal_name, count)
            for key, count in largest[:top]
        ] * (who != "kim")


def test_nobody_without_customers_is_a_partner_of_the_chart(world: World) -> None:
    from openpartner.core.accounts.placing import lock_account, release

    release(lock_account(world.cato.account_pk), until=NOW, by="the test")
    assert customers_by_partner(world.sol.caller.scope, 8) == []
    assert world.sol.account_id not in {one.account_id for one in customers_by_partner(world.pia.caller.scope, 8)}


@pytest.mark.parametrize("who", SCOPES)
def test_a_count_is_the_number_of_the_rows(crowded: World, who: str) -> None:
    scope = scope_of(crowded, who)
    rows = shown(scope)
    for where, expected in (
        (CustomerFilter(is_suspended=True), [row for row in rows if row.suspension != Suspension.NONE]),
        (CustomerFilter(suspension=Suspension.ACCOUNT), [row for row in rows if row.suspension == Suspension.ACCOUNT]),
        (CustomerFilter(is_verified=True), [row for row in rows if row.verification == Verification.VERIFIED]),
        (CustomerFilter(is_verified=False), [row for row in rows if row.verification != Verification.VERIFIED]),
        (CustomerFilter(is_assigned=False), [row for row in rows if row.manager_id is None]),
        (CustomerFilter(), rows),
    ):
        found = how_many(scope, where)
        assert (found.total, found.more) == (len(expected), False), where
