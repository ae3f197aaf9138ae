"""CustomerRows.by_uins: compiled, scoped, one text for lists of any length."""

from __future__ import annotations

from django.db import connection

from openpartner.core.customers.queries import CustomerRows
from tests.support.people import Person, World

ROWS = CustomerRows("uin", "legal_name")


def test_it_finds_one_and_many(dora: Person, world: World) -> None:
    own = dora.caller.own()
    assert ROWS.by_uins(own, [world.cora.uin]) == [(world.cora.uin, "Corazón Cafés")]
    some = ROWS.by_uins(own, [world.cora.uin, world.chen.uin, world.cora.uin])
    assert sorted(uin for uin, _ in some) == sorted([world.cora.uin, world.chen.uin])
    assert ROWS.by_uins(own, []) == []


def test_it_shows_nobody_elses(dora: Person, world: World) -> None:
    strangers = [world.otto.uin, world.carl.uin, world.cato.uin, world.rita.uin, world.dora.uin, 999_999_999_999]
    assert ROWS.by_uins(dora.caller.own(), strangers) == []
    assert [uin for uin, _ in ROWS.by_uins(world.rita.caller.own(), strangers)] == [world.carl.uin]


def test_a_list_longer_than_a_batch_is_read_whole(dora: Person, world: World) -> None:
    uins = [*range(1, 45), world.chen.uin]
    assert [uin for uin, _ in ROWS.by_uins(dora.caller.own(), uins)] == [world.chen.uin]


def test_one_uin_is_found_by_the_unique_index(dora: Person, world: World) -> None:
    """SQLite would read all customers of the partner for a list, which is why it is asked one by one."""
    ROWS.by_uins(dora.caller.own(), [world.chen.uin])
    if connection.vendor != "sqlite":
        return
    sql = ROWS._by_uins[dora.caller.own().shape, 1]._text["sqlite"].sql
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + sql.replace("?", "%s"), [1] * sql.count("?"))
        assert "(uin=?)" in cursor.fetchall()[0][3]
