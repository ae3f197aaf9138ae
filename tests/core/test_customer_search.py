"""Search against a naive filter in Python: same rows, same order, same totals, by every way the planner may take."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account, release
from openpartner.core.base import bulk
from openpartner.core.base.kinds import AccountKind, AssociationKind, Suspension
from openpartner.core.base.scope import Scope
from openpartner.core.customers import search, search_index
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.queries import CustomerRows, count_customers
from openpartner.kit import clock
from openpartner.kit.folding import fold, fold_keeping_spaces
from openpartner.kit.slices import Slice
from tests.support.crowd import LABELS, WORDS, crowd
from tests.support.people import Person, World

ROWS = CustomerRows("pk", "legal_name", "account_name")
CROWD = 250


def matches(row: Account, where: CustomerFilter) -> bool:
    """The filter as one would explain it to a person."""
    tests = {
        "account_name_contains": lambda v: fold_keeping_spaces(v) in fold_keeping_spaces(row.account_name),
        "legal_name_contains": lambda v: fold_keeping_spaces(v) in fold_keeping_spaces(row.legal_name),
        "label_contains": lambda v: v in row.labels,
        "account_name": lambda v: v == row.account_name,
        "legal_name": lambda v: v == row.legal_name,
        "label": lambda v: v == row.labels,
        "association": lambda v: v == row.association_kind,
        "associated_from": lambda v: v <= row.associated_at,
        "associated_until": lambda v: v >= row.associated_at,
        "account_id": lambda v: v == row.account_id,
        "uin": lambda v: v == row.uin,
        "manager": lambda v: v == row.manager_id,
        "suspension": lambda v: v == row.suspension,
        "mobile": lambda v: v == row.mobile,
        "email": lambda v: v == row.email,
        "text": lambda v: matches_text(row, v),
    }
    return all(test(value) for name, test in tests.items() if (value := getattr(where, name)) is not None)


def matches_text(row: Account, text: str) -> bool:
    """Part of either name, whatever case and spaces; or a whole uin, mobile, account id or e-mail."""
    plain = text.strip()
    return (
        fold(text) in fold(row.account_name)
        or fold(text) in fold(row.legal_name)
        or plain == str(row.uin)
        or (plain.isdigit() and plain == row.mobile)
        or plain.lower() == row.account_id
        or ("@" in plain and row.email in {plain, plain.casefold()})
    )


def in_scope(scope: Scope) -> list[Account]:
    """The associated customers of a scope, newest first."""
    rows = Account.objects.everything(reason="test").filter(kind=AccountKind.CUSTOMER, partner__isnull=False)
    shown = [
        row
        for row in rows
        if all(
            {"provider": row.provider_id, "payer": row.payer_id, "partner": row.partner_id, "manager": row.manager_id}[
                level
            ]
            == value
            for level, value in zip(scope.shape, scope.values, strict=True)
        )
    ]
    return sorted(shown, key=lambda row: (row.associated_at, row.pk), reverse=True)


def assert_same(scope: Scope, where: CustomerFilter, window: Slice, shown: list[Account]) -> int:
    expected = [row.pk for row in shown if matches(row, where)]
    page = ROWS.page(scope, where, window)
    assert [row[0] for row in page.items] == expected[window.offset : window.offset + window.limit], (where, window)
    assert page.total == len(expected), (where, window)
    assert count_customers(scope, where) == len(expected), where
    return len(expected)


def part_of(random: Random, text: str) -> str:
    start = random.randint(0, max(0, len(text) - 1))
    return text[start : start + random.choice([1, 2, 2, 3, 3, 4, 6, 10])]


def some_filter(random: Random, rows: list[Account]) -> CustomerFilter:
    row = random.choice(rows)
    name = random.choice([row.account_name, row.legal_name, random.choice(WORDS), "nobody has this"])
    conditions = {
        "text": lambda: random.choice(
            [part_of(random, name), part_of(random, name).swapcase(), name, f" {name} ", str(row.uin), row.mobile,
             row.account_id.upper(), row.email, "", "  "]
        ),
        "account_name_contains": lambda: part_of(random, row.account_name),
        "legal_name_contains": lambda: part_of(random, name).upper(),
        "label_contains": lambda: random.choice([part_of(random, random.choice(LABELS)), "Gold", "重要", ""]),
        "legal_name": lambda: row.legal_name,
        "account_name": lambda: row.account_name,
        "label": lambda: random.choice(LABELS),
        "association": lambda: random.choice(list(AssociationKind)),
        "associated_from": lambda: row.associated_at,
        "associated_until": lambda: row.associated_at,
        "suspension": lambda: random.choice(list(Suspension)),
        "mobile": lambda: row.mobile,
        "email": lambda: row.email,
        "uin": lambda: row.uin,
        "account_id": lambda: row.account_id,
    }  # fmt: skip
    weights = [6, 3, 3, 3] + [1] * (len(conditions) - 4)
    chosen = set(random.choices(list(conditions), weights, k=random.choice([1, 1, 1, 2, 3])))
    given: dict[str, Any] = {name: conditions[name]() for name in chosen}
    return CustomerFilter(**given)


@pytest.fixture(params=["few", "many, in order", "many, sorted", "read one by one"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Bend the planner's bounds, so that a small crowd goes every way a million customers go."""
    monkeypatch.setattr(search, "SMALL", 10_000 if request.param == "read one by one" else 0)
    monkeypatch.setattr(search, "FEW", 10_000 if request.param == "few" else 2)
    monkeypatch.setattr(search, "MANY", 10_000 if request.param == "few" else 0)
    monkeypatch.setattr(search, "LOOK_UP_COST", 0 if request.param == "many, sorted" else 10**9)
    return request.param


@pytest.mark.slow  # a crowd and some hundred searches
def test_it_finds_what_a_naive_filter_finds(world: World, random: Random, way: str, campaign: object) -> None:
    crowd(world, random, CROWD)
    scopes = [
        world.pia.caller.scope, world.dora.caller.scope, world.dora.caller.own(), world.rita.caller.scope,
        world.sol.caller.own(), world.olga.caller.scope,
    ]  # fmt: skip
    shown = {scope: in_scope(scope) for scope in scopes}
    found = 0
    for _ in range(campaign(10_000)):  # type: ignore[operator]  # a fixture that gives a function
        scope = random.choice(scopes)
        window = Slice(random.choice([0, 0, 1, 5, 40, 300]), random.choice([1, 10, 100]))
        found += bool(assert_same(scope, some_filter(random, shown[scope]), window, shown[scope]))
    assert found > 20  # most searches find somebody, or the comparison would say little


def test_the_index_follows_every_change(world: World, random: Random, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SMALL", 0)
    monkeypatch.setattr(search, "FEW", 0)
    crowd(world, random, 40)

    def found(person: Person, text: str) -> int:
        where = CustomerFilter(text=text)
        return assert_same(person.caller.scope, where, Slice(0, 10), in_scope(person.caller.scope))

    carl = world.carl.account
    assert (found(world.dora, "carl coffee"), found(world.olga, "carl coffee")) == (1, 0)
    carl.legal_name = "Karl Kaffee 晨曦"
    carl.fold_names()
    carl.save()
    assert (found(world.dora, "carl coffee"), found(world.dora, "karlkaf"), found(world.rita, "晨曦")) == (0, 1, 1)
    with transaction.atomic():
        release(lock_account(carl.pk), until=clock.now(), by="the test")
    assert (found(world.dora, "karlkaf"), found(world.pia, "karlkaf")) == (0, 0)
    assert search_index.verify() == []


def test_a_load_builds_the_index_once(world: World, random: Random, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SMALL", 0)
    search_index.put_aside()
    crowd(world, random, 30)
    search_index.bring_back()
    crowd(world, random, 30)
    scope = world.pia.caller.scope
    for text in ("green", "晨光", "有限公司", "ltd"):
        assert_same(scope, CustomerFilter(text=text), Slice(0, 100), in_scope(scope))
    assert search_index.verify() == []
    assert search_index.ASIDE in bulk.ASIDES.values()


@pytest.mark.engine("sqlite")  # PostgreSQL keeps its own indexes
def test_verify_finds_an_index_that_fell_behind(world: World) -> None:
    assert search_index.verify() == []
    search_index.put_aside()
    carl = world.carl.account
    carl.legal_name = "Renamed unseen"
    carl.fold_names()
    carl.save()
    assert len(search_index.verify()) == 1
    search_index.bring_back()
    assert search_index.verify() == []


def test_a_name_cannot_pose_as_a_tenant(world: World, random: Random, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index carries tenants as terms; a customer named like one must not be counted for it."""
    monkeypatch.setattr(search, "SMALL", 0)
    monkeypatch.setattr(search, "FEW", 0)
    crowd(world, random, 20)
    otto = world.otto.account
    otto.legal_name = "greenposer" + search_index._tenant("payer", world.dora.account_pk)
    otto.labels = search_index._tenant("payer", world.dora.account_pk)
    otto.fold_names()
    otto.save()
    scope = world.dora.caller.scope
    assert assert_same(scope, CustomerFilter(text="greenposer"), Slice(0, 10), in_scope(scope)) == 0


@pytest.mark.engine("sqlite")  # a plan of SQLite
def test_candidates_are_looked_up_by_key_whatever_the_planner_believes(world: World, random: Random) -> None:
    """Without statistics SQLite takes a partner for ten rows and would read all of them to save a sort."""
    crowd(world, random, 50)
    scope = world.dora.caller.own()
    compiled = search._newest(scope.shape, ("text",), ("keys",))
    compiled(*scope.values, "green", search.keys_value([1, 2, 3]), 10, 0)
    sql = compiled._text["sqlite"].sql
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + sql.replace("?", "%s"), [1] * sql.count("?"))
        steps = [row[3] for row in cursor.fetchall()]
    assert any("SEARCH account USING INTEGER PRIMARY KEY" in step for step in steps), steps
