"""Lists as people page, sort and export them, against a naive filter and sort in Python."""

from __future__ import annotations

import json
import operator
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openpartner.core.accounts.models import Account
from openpartner.core.base.compiled import Rows
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import AccountKind, AssociationKind, Suspension, Verification
from openpartner.core.base.scope import Scope
from openpartner.core.billing.models import CustomerSpent
from openpartner.core.credit.models import CustomerCredit
from openpartner.core.customers import search, slices
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.order import Order
from openpartner.core.customers.queries import CustomerRows
from openpartner.kit.folding import fold_keeping_spaces
from openpartner.kit.slices import Slice
from tests.core.test_customer_search import in_scope
from tests.core.test_customer_search import matches as matches_before
from tests.support.crowd import crowd
from tests.support.people import World

ROWS = CustomerRows("pk", "account_name")
CROWD = 220
CAP = 25
"""Stands for 10,000, so that a small crowd goes every way a million customers go."""
NUMBERS: dict[str, dict[int, int]] = {"available": {}, "credit": {}, "spent": {}, "used": {}}
"""What the crowd has of the numbers that are kept beside customers; nobody has a budget."""
BOUNDS = {"from": operator.ge, "until": operator.le}
TAGS = ["Gold", "gold", "VIP", "Gold,VIP", "old", "重要", "100%", ""]


def matches(row: Account, where: CustomerFilter) -> bool:
    """The filter as one would explain it to a person."""
    tests = {
        "partner": lambda v: row.partner_id == v,
        "is_suspended": lambda v: (row.suspension != Suspension.NONE) == v,
        "is_assigned": lambda v: (row.manager_id is not None) == v,
        "is_verified": lambda v: (row.verification == Verification.VERIFIED) == v,
        "is_direct": lambda v: (row.partner_id == row.payer_id) == v,
        "tag": lambda v: v in row.labels.split(","),
    }
    own = all(test(value) for name, test in tests.items() if (value := getattr(where, name)) is not None)
    ranked = all(
        row.pk in numbers and is_met(numbers[row.pk], value)
        for rank, numbers in NUMBERS.items()
        for bound, is_met in BOUNDS.items()
        if (value := getattr(where, f"{rank}_{bound}")) is not None
    )
    return own and ranked and matches_before(row, where)


def in_order(rows: list[Account], order: Order) -> list[Account]:
    if order.rank is not None:
        numbers = NUMBERS[order.rank]
        some = [row for row in rows if row.pk in numbers]
        some.sort(key=lambda row: (numbers[row.pk], row.pk), reverse=order.is_descending)
        return some + in_order([row for row in rows if row.pk not in numbers], Order.NEWEST)
    keys = {
        "associated_at": lambda row: row.associated_at,
        "account_name_folded": lambda row: fold_keeping_spaces(row.account_name),
        "legal_name_folded": lambda row: fold_keeping_spaces(row.legal_name),
        "uin": lambda row: row.uin,
    }
    return sorted(rows, key=lambda row: (keys[order.column](row), row.pk), reverse=order.is_descending)


@pytest.fixture(params=["nearly all", "more than are counted", "searches by index"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Bend the bounds, so that a small crowd goes every way."""
    monkeypatch.setattr(slices, "COUNTED_TO", 10_000 if request.param == "nearly all" else CAP)
    monkeypatch.setattr(slices, "SORTED_AT_ONCE", 20_000 if request.param == "nearly all" else 5)
    monkeypatch.setattr(search, "SMALL", 0 if request.param == "searches by index" else 10_000)
    monkeypatch.setattr(search, "FEW", 4)
    monkeypatch.setattr(search, "MANY", 8)
    return request.param


def filters(rows: list[Account], partners: list[int], managers: list[int]) -> st.SearchStrategy[CustomerFilter]:
    row = st.sampled_from(rows)
    word = st.sampled_from(["green", "晨光", "ltd", "Ltd.", "x", "有限", "a_b", "nobody", "1380000"])
    conditions: dict[str, st.SearchStrategy[Any]] = {
        "text": st.one_of(word, row.map(lambda one: str(one.uin)), row.map(lambda one: one.mobile)),
        "legal_name_contains": word,
        "label_contains": st.sampled_from(["old", "Gold", "重"]),
        "tag": st.sampled_from(TAGS),
        "association": st.sampled_from(list(AssociationKind)),
        "suspension": st.sampled_from(list(Suspension)),
        "is_suspended": st.booleans(),
        "is_assigned": st.booleans(),
        "is_verified": st.booleans(),
        "is_direct": st.booleans(),
        "manager": st.sampled_from(managers),
        "partner": st.sampled_from(partners),
        "associated_from": row.map(lambda one: one.associated_at),
        "associated_until": row.map(lambda one: one.associated_at),
        "mobile": row.map(lambda one: one.mobile),
        "uin": row.map(lambda one: one.uin),
        "available_until": st.sampled_from([-1, 0, 2, 5]),
        "spent_from": st.sampled_from([0, 3, 9]),
        "spent_until": st.sampled_from([0, 7]),
        "used_from": st.just(0),
    }
    chosen = st.lists(st.sampled_from(list(conditions)), max_size=3, unique=True)
    return chosen.flatmap(lambda names: st.builds(CustomerFilter, **{name: conditions[name] for name in names}))


def populate(world: World, random: Random) -> list[Account]:
    """A crowd, some of it with account managers and verified."""
    rows = crowd(world, random, CROWD)
    managers = {world[name].account_pk: world[name].user_pk for name in ("dora", "rita", "sol", "olga")}
    for row in rows:
        row.verification = random.choice(list(Verification))
        if random.random() < 0.4:
            row.manager_id = managers[row.partner_id or 0]
    Account.objects.everything(reason="test").bulk_update(rows, ["verification", "manager"])
    number(rows, random)
    return rows


def number(rows: list[Account], random: Random) -> None:
    """Give some of them credit and expenditure, many the same."""
    for one in NUMBERS.values():
        one.clear()
    spent, credits_now = [], []
    for row in rows:
        given: dict[str, Any] = {
            "customer": row,
            "provider_id": row.provider_id,
            "payer_id": row.payer_id,
            "partner_id": row.partner_id,
        }
        if random.random() < 0.6:
            available, total = random.randint(-2, 6), random.randint(0, 9)
            credits_now.append(CustomerCredit(available=available, total=total, **given))
            NUMBERS["available"][row.pk], NUMBERS["credit"][row.pk] = available, total
        if random.random() < 0.3:
            spent.append(CustomerSpent(month=0, micros=random.randint(0, 9), **given))
            NUMBERS["spent"][row.pk] = spent[-1].micros
    CustomerCredit.objects.bulk_create(credits_now)
    CustomerSpent.objects.bulk_create(spent)


def scopes_of(world: World) -> list[Scope]:
    dora = world.dora.caller.scope
    return [
        world.pia.caller.scope, dora, world.dora.caller.own(), world.rita.caller.scope, world.sol.caller.scope,
        replace(dora, manager=world.dora.user_pk), world.olga.caller.scope,
    ]  # fmt: skip


@pytest.mark.slow  # some hundred pages of a crowd
def test_a_page_is_the_slice_of_a_naive_filter_and_sort(world: World, random: Random, way: str) -> None:
    rows = populate(world, random)
    scopes = scopes_of(world)
    shown = {scope: in_scope(scope) for scope in scopes}
    partners = [world[name].account_pk for name in ("dora", "rita", "sol", "olga", "pia", "carl")]
    asked = filters(rows, partners, [world.dora.user_pk, world.rita.user_pk])
    bound = slices.COUNTED_TO
    seen = {"some": 0, "capped": 0}

    @settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
    @given(
        st.sampled_from(scopes), asked, st.sampled_from(list(Order)), st.sampled_from([0, 0, 0, 3, 20, 60, 150]),
        st.sampled_from([1, 10, 50]), st.booleans(),
    )  # fmt: skip
    def check(scope: Scope, where: CustomerFilter, order: Order, offset: int, limit: int, exact: bool) -> None:  # noqa: FBT001  # drawn
        expected = in_order([row for row in shown[scope] if matches(row, where)], order)
        page = ROWS.page(scope, where, Slice(offset, limit), order=order, exact=exact)
        assert [row[0] for row in page.items] == [row.pk for row in expected[offset : offset + limit]]
        if page.more:
            assert not exact
            assert page.total == bound < len(expected)
        else:
            assert page.total == len(expected)
        seen["some"] += bool(page.items)
        seen["capped"] += page.more

    check()
    assert seen["some"] > 20
    assert bool(seen["capped"]) == (way != "nearly all")


@pytest.mark.slow  # a crowd, read whole many times
def test_a_stream_shows_each_match_once_and_resumes_anywhere(world: World, random: Random) -> None:
    rows = populate(world, random)
    scopes = scopes_of(world)
    shown = {scope: in_scope(scope) for scope in scopes}
    asked = filters(rows, [world.dora.account_pk, world.rita.account_pk], [world.dora.user_pk])

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
    @given(st.sampled_from(scopes), asked, st.sampled_from(list(Order)), st.sampled_from([1, 7, 50, 1000]))
    def check(scope: Scope, where: CustomerFilter, order: Order, batch: int) -> None:
        expected = [row.pk for row in in_order([row for row in shown[scope] if matches(row, where)], order)]
        read: Rows = []
        for some in ROWS.stream(scope, where, order=order, batch=batch):
            assert 0 < len(some) <= batch
            read += some
        assert [row[0] for row in read] == expected
        if len(read) > 2:
            # As a job resumes: the place was kept as JSON.
            after = json.loads(json.dumps(read[len(read) // 2][-2:]))
            rest = [row for some in ROWS.stream(scope, where, order=order, batch=batch, after=after) for row in some]
            assert rest == read[len(read) // 2 + 1 :]

    check()


def test_a_tag_is_one_whole_label(world: World) -> None:
    for name, labels in {"cora": "gold,vip", "chen": "goldtag", "cyro": "old", "carl": "Gold"}.items():
        row = world[name].account
        row.labels = labels
        row.save(update_fields=["labels"])

    def tagged(tag: str) -> set[str]:
        page = ROWS.page(world.dora.caller.scope, CustomerFilter(tag=tag), Slice(0, 10), order="account_name")
        return {row[1].removesuffix("_account") for row in page.items}

    assert (tagged("gold"), tagged("vip"), tagged("goldtag"), tagged("gold,vip")) == (
        {"cora"},
        {"cora"},
        {"chen"},
        set(),
    )


def test_the_tabs_of_a_distributor(world: World) -> None:
    """huawei:B2: Customers are the distributor's own, Resellers' Customers those of its resellers (tests/support)."""

    def shown(**conditions: Any) -> list[str]:
        page = ROWS.page(world.dora.caller.scope, CustomerFilter(**conditions), Slice(0, 10), order="account_name")
        return [row[1].removesuffix("_account") for row in page.items]

    assert shown(is_direct=True) == ["chen", "cora", "cyro"]
    assert shown(is_direct=False) == ["carl", "cleo"]
    assert shown(partner=world.rita.account_pk) == ["carl", "cleo"]
    assert shown(is_direct=True, partner=world.rita.account_pk) == []
    # Another distributor's reseller is as good as none.
    assert shown(partner=world.ruth.account_pk) == []


def test_it_refuses_an_order_that_is_none(world: World) -> None:
    with pytest.raises(Invalid):
        ROWS.page(world.dora.caller.scope, CustomerFilter(), Slice(0, 10), order="email")


def test_people_of_one_partner_never_see_anothers(world: World, random: Random, way: str) -> None:
    """Whatever the way to the rows: the scope stands in each statement."""
    populate(world, random)
    scope = world.rita.caller.scope
    own = {row.pk for row in in_scope(scope)}
    partner = {"dora": world.dora.account_pk, "sol": world.sol.account_pk}
    for where in [CustomerFilter(), CustomerFilter(text="green"), CustomerFilter(is_suspended=True),
                  CustomerFilter(partner=partner["dora"]), CustomerFilter(partner=partner["sol"])]:  # fmt: skip
        for order in Order:
            keys = {row[0] for row in ROWS.page(scope, where, Slice(0, 300), order=order, exact=False).items}
            assert keys <= own
            assert {row[0] for some in ROWS.stream(scope, where, order=order) for row in some} <= own
    assert Account.objects.everything(reason="test").filter(kind=AccountKind.CUSTOMER).count() > len(own)
