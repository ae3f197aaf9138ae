"""Reading one state of the database while the same thread writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connections

from openpartner.core.accounts.models import Account
from openpartner.core.base.apart import Apart
from openpartner.core.base.compiled import snapshot, this_connection
from openpartner.core.base.scope import Scope
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.queries import CustomerRows
from tests.support.crowd import crowd
from tests.support.people import World, build_world

EVERYONE = CustomerFilter()


def names(scope: Scope) -> list[str]:
    return [row[0] for batch in CustomerRows("legal_name").stream(scope, EVERYONE, batch=2) for row in batch]


@pytest.mark.django_db(transaction=True)
def test_reads_are_of_one_moment_and_writes_are_not_held_up() -> None:
    world = build_world()
    scope = world.pia.caller.scope
    usual = connections[DEFAULT_DB_ALIAS]
    if usual.vendor == "sqlite":
        with usual.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=WAL")  # as `openpartner migrate` leaves it
    before = names(scope)
    with Apart() as apart:
        with apart.reading():
            assert connections[DEFAULT_DB_ALIAS] is not usual
            assert names(scope) == before
        everyone = Account.objects.everything(reason="test")
        everyone.filter(pk=world.cleo.account_pk).update(legal_name="Renamed")  # by the usual connection, at once
        assert "Renamed" in names(scope)
        with apart.reading():
            assert names(scope) == before
            with snapshot():  # is this one already
                assert names(scope) == before
            assert not everyone.filter(legal_name="Renamed").exists()  # the ORM reads there as well
    assert connections[DEFAULT_DB_ALIAS] is usual
    assert this_connection() is usual
    assert "Renamed" in names(scope)


@pytest.mark.django_db(transaction=True)
def test_an_error_gives_the_usual_connection_back() -> None:
    world = build_world()
    usual = connections[DEFAULT_DB_ALIAS]
    names(world.pia.caller.scope)
    with pytest.raises(ZeroDivisionError), Apart() as apart, apart.reading():
        _ = 1 / 0
    assert connections[DEFAULT_DB_ALIAS] is usual
    assert this_connection() is usual


def test_within_a_transaction_it_is_that_transaction(world: World) -> None:
    usual = connections[DEFAULT_DB_ALIAS]
    with Apart() as apart, apart.reading():
        assert connections[DEFAULT_DB_ALIAS] is usual


def instant(after: Sequence[Any]) -> tuple[Any, ...]:
    """What to go on after, with an instant as such: two queries may spell its zone differently."""
    return tuple(datetime.fromisoformat(one) if isinstance(one, str) and one[:2] == "20" else one for one in after)


@pytest.mark.parametrize("order", ["-associated", "associated", "legal_name", "-account_name", "uin"])
@pytest.mark.parametrize("where", [EVERYONE, CustomerFilter(text="tea"), CustomerFilter(uin=1)])
def test_texts_are_the_rows_joined(world: World, random: Random, order: str, where: CustomerFilter) -> None:
    crowd(world, random, 40)
    scope = world.pia.caller.scope
    rows = [row for batch in CustomerRows("uin").stream(scope, where, order=order) for row in batch]
    from django.db.models import CharField, F
    from django.db.models.functions import Cast, Concat

    column = Concat(Cast(F("uin"), CharField()), Cast(F("id"), CharField()))
    keys = {row[0]: row[-1] for row in rows}
    expected = "".join(f"{uin}{key}" for uin, key in keys.items())
    for batch in (7, 1000):
        found = list(CustomerRows(column).texts(scope, where, order=order, batch=batch))
        texts = [text.decode() for text, _count, _after in found]
        assert "".join(texts) == expected
        assert [count for _text, count, _after in found] == [
            min(batch, len(rows) - done) for done in range(0, len(rows), batch)
        ]
        for _text, count, after in found[:-1]:
            assert count == batch
            assert instant(after) == instant(next(row[1:] for row in rows if row[-1] == after[-1]))
