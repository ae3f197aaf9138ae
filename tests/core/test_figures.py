"""The channel in figures, against the same counted naively in Python from every customer there is."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest
from django.utils import timezone

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


def naive_months(rows: list[Account], count: int) -> list[Month]:
    counted = Counter((at.year, at.month) for row in rows if (at := row.associated_at) is not None)
    return [Month(year, month, counted[year, month]) for year, month in months_before(NOW, count)]


@pytest.mark.parametrize("who", SCOPES)
@pytest.mark.parametrize("count", [1, 12, 24])
def test_months_are_those_of_the_customers(crowded: World, who: str, count: int) -> None:
    scope = scope_of(crowded, who)
    with clock.frozen(NOW):
        found = customers_by_month(scope, count)
    assert found == naive_months(shown(scope), count)
    assert len(found) == count
    if count == 24:
        assert 0 in {one.customers for one in found}, "the crowd leaves months out"
        assert sum(one.customers for one in found) == len(shown(scope)) > 0


BORDERS = [
    (datetime(2024, 6, 30, 23, 59, 59, 999_999, tzinfo=UTC), 6),
    (datetime(2024, 7, 1, tzinfo=UTC), 7),
    (datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC), 2),
    (datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC), 12),
    (datetime(2024, 1, 1, tzinfo=UTC), 1),
]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/Los_Angeles"])
@pytest.mark.parametrize(("moment", "month"), BORDERS)
@pytest.mark.parametrize("who", ["sol", "kim"])
def test_a_month_is_one_of_utc_whoever_reads_it(
    world: World, who: str, moment: datetime, month: int, zone: str
) -> None:
    """`Month` says: bound in a month of UTC. The reader's zone, in which pages are made, moves nobody."""
    from openpartner.core.accounts.placing import bind, lock_account, release
    from openpartner.core.base.kinds import AssociationKind

    scope = scope_of(world, who)
    one = shown(scope)[0]
    partner = one.partner_id or 0
    row = lock_account(one.pk)
    keeper = row.manager_id
    release(row, until=NOW, by="the test")
    bind(row, lock_account(partner), kind=AssociationKind.RESALE, since=moment, by="the test")
    Account.objects.everything(reason="test").filter(pk=one.pk).update(manager=keeper)
    with clock.frozen(NOW), timezone.override(zone):
        found = customers_by_month(scope, 12)
    assert found == naive_months(shown(scope), 12)
    assert next(each for each in found if each.month == month).customers >= 1


@pytest.mark.parametrize("who", ["dora", "kim"])
def test_the_last_month_is_the_present_one(world: World, who: str) -> None:
    """A list of months ends with the present one, on its first day and on its last: all of the cast are of March."""
    scope = scope_of(world, who)
    for now in (datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 3, 31, 23, 59, 59, tzinfo=UTC)):
        with clock.frozen(now):
            found = customers_by_month(scope, 12)
        assert found[-1] == Month(2024, 3, len(shown(scope)))
        assert [one.customers for one in found[:-1]] == [0] * 11
    with clock.frozen(datetime(2024, 4, 1, tzinfo=UTC)):
        found = customers_by_month(scope, 2)
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
