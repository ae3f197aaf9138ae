"""Pages of the unfiltered list against a sorted list in Python, near and far, for each counted scope."""

from __future__ import annotations

import threading
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account, release
from openpartner.core.base.compiled import snapshot
from openpartner.core.base.scope import Scope
from openpartner.core.customers import pages, queries
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.queries import CustomerRows, count_customers
from openpartner.kit import clock
from openpartner.kit.slices import Slice
from tests.core.test_customer_search import in_scope
from tests.support.crowd import crowd
from tests.support.people import World

ROWS = CustomerRows("pk", "account_name")
EVERYONE = CustomerFilter()


def scopes(world: World) -> list[Scope]:
    """One of each counted level, and one whose rows nobody counts."""
    return [
        world.pia.caller.scope,
        world.dora.caller.scope,
        world.dora.caller.own(),
        world.rita.caller.scope,
        world.olga.caller.scope,
        world.carl.caller.scope,
    ]


def assert_page(scope: Scope, window: Slice, shown: list[Account]) -> None:
    page = ROWS.page(scope, EVERYONE, window)
    expected = [row.pk for row in shown][window.offset : window.offset + window.limit]
    assert [row[0] for row in page.items] == expected, window
    assert page.total == len(shown), window


@pytest.fixture(params=["near", "far"])
def distance(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make every page a near one, or every page a far one."""
    monkeypatch.setattr(queries, "NEAR", 10**9 if request.param == "near" else 0)
    return request.param


def test_every_page_is_the_slice_of_the_list(world: World, random: Random, distance: str) -> None:
    crowd(world, random, 200)
    for scope in scopes(world):
        shown = in_scope(scope) if scope.customer is None else [world.carl.account]
        edges = [0, 1, len(shown) - 1, len(shown), len(shown) + 1, 2**31 - 1]
        for offset in {*(edge for edge in edges if edge >= 0), *(random.randint(0, len(shown)) for _ in range(15))}:
            assert_page(scope, Slice(offset, random.choice([1, 3, 10, 100])), shown)


def test_walking_the_pages_shows_everybody_once(world: World, random: Random, distance: str) -> None:
    crowd(world, random, 120)
    scope = world.pia.caller.scope
    walked = [row[0] for offset in range(0, 200, 7) for row in ROWS.page(scope, EVERYONE, Slice(offset, 7)).items]
    assert walked == [row.pk for row in in_scope(scope)]


def test_pages_follow_an_ended_association(world: World, random: Random, distance: str) -> None:
    """One that has ended is nobody's: the provider, whose account it still is, does not list it either."""
    crowd(world, random, 20)
    with transaction.atomic():
        release(lock_account(world.carl.account_pk), until=clock.now(), by="the test")
    for scope in scopes(world)[:-1]:
        shown = in_scope(scope)
        assert world.carl.account_pk not in {row.pk for row in shown}
        assert_page(scope, Slice(0, 100), shown)
    assert ROWS.page(world.carl.caller.scope, EVERYONE, Slice(0, 10)).total == 0


def test_nothing_is_nothing(world: World, distance: str) -> None:
    nobody = Scope(partner=world.carl.account_pk)
    for offset in (0, 5):
        page = ROWS.page(nobody, EVERYONE, Slice(offset, 10))
        assert (page.items, page.total) == ([], 0)


def test_the_last_page_is_read_from_the_end(world: World, random: Random, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(world, random, 200)
    scope = world.dora.caller.scope
    total = count_customers(scope)
    skipped: list[Any] = []
    read = pages._from

    def spy(level: str, *, newest_first: bool) -> object:
        query = read(level, newest_first=newest_first)

        def run(*values: object) -> object:
            skipped.append(values[-1])
            return query(*values)

        return run

    monkeypatch.setattr(pages, "_from", spy)
    for offset in (total - 1, total - 10, total // 2):
        pages.far_page(scope, offset, 10)
    fullest = max(count for _, count in pages._months("payer")(*scope.values))
    assert skipped[:2] == [0, 0]
    assert max(skipped) <= fullest / 2
    skipped.clear()
    assert pages.far_page(scope, total, 10) == ([], total)
    assert skipped == []  # nothing is read behind the end


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_holds_while_others_write(transactional_db: None) -> None:
    """Two reads of one page see one state, and a writer waits for neither."""
    from django.contrib.sessions.models import Session

    def write() -> None:
        Session.objects.create(session_key="x" * 32, session_data="", expire_date=clock.now())
        connection.close()

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=WAL")  # as `openpartner migrate` leaves it

    with snapshot():
        assert Session.objects.count() == 0
        writer = threading.Thread(target=write)
        writer.start()
        writer.join(timeout=10)
        assert not writer.is_alive()
        assert Session.objects.count() == 0
    assert Session.objects.count() == 1
