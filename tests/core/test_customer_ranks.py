"""Lists of customers by credit, expenditure and budget usage: pages, files and conditions against the live figures.

Columns and filters of the customer lists: issue 5, section 6; huawei:B3. Orders are re-derived here from what the
capabilities themselves answer for each customer: the ledger's balances, the months' sums, the standing of budgets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from django.db import transaction

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import bind, lock_account, release
from openpartner.core.base.kinds import AccountKind, AssociationKind
from openpartner.core.base.scope import Scope
from openpartner.core.billing.months import month_of
from openpartner.core.billing.spend import month_spend
from openpartner.core.budgets.commands import Wanted, set_budget
from openpartner.core.budgets.models import Budget
from openpartner.core.budgets.queries import standings_of
from openpartner.core.credit import repeated
from openpartner.core.credit.allocations import allocate_credit
from openpartner.core.credit.grants import grant_line
from openpartner.core.credit.queries import credits_of
from openpartner.core.customers import slices
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.queries import CustomerRows
from openpartner.kit import clock
from openpartner.kit.money import Money, exact_micros
from openpartner.kit.slices import Slice
from openpartner.worker.run import Worker
from tests.budgets.spending import OCTOBER
from tests.support import bills
from tests.support.crowd import crowd
from tests.support.people import World

pytestmark = pytest.mark.django_db

CROWD = 40
KEYS = CustomerRows("pk")
TEXTS = CustomerRows("account_id")
Numbers = dict[str, dict[int, int]]
ORDERS = ("available", "credit", "spent", "used")


@pytest.fixture
def ranked(world: World, random: Random) -> Iterator[World]:
    """A crowd of which some have credit, some bills, some budgets; equal numbers, debts and refunds among them."""
    rows = [world.cora.account, world.carl.account, *crowd(world, random, CROWD)]
    with clock.frozen(OCTOBER):
        grant_line(world.pia.caller, partner=world.dora.account, change=Money.of("100000", "USD"), key="line")
        own = [row for row in rows if row.partner_id == world.dora.account_pk]
        for number, row in enumerate(own[::2]):
            change = Money.of(random.choice(["5", "5", "7.000001", "80"]), "USD")
            allocate_credit(world.dora.caller, customer=row, change=change, key=f"a{number}")
        for row in own[::3]:
            row.association_kind = AssociationKind.RESALE
            row.save(update_fields=["association_kind"])
            amount = Decimal(random.choice(["10", "20", "400"]))
            set_budget(world.dora.caller, customer=row.account_id, wanted=Wanted(amount=amount))
        spenders = [rows[0], *random.sample(rows[1:], len(rows) // 2)]
        bills.publish_lines(world, "2026-09", [line(world, row, "999") for row in rows])
        amounts = ["10", "10", "0.000001", "-2", "33"]
        bills.publish_lines(world, "2026-10", [line(world, row, random.choice(amounts)) for row in spenders])
        more = [line(world, row, "4.5", cloud="huawei") for row in spenders[::4]]
        bills.publish_lines(world, "2026-10", more, cloud="huawei")
        while Worker().once():
            pass
        yield world


def line(world: World, row: Account, total: str, **values: str) -> dict[str, object]:
    return bills.line(replace(world.cora, account_pk=row.pk), date(2026, 10, 2), total, **values)


def live(scope: Scope) -> tuple[list[Account], Numbers]:
    """The customers of a scope, newest first, and their numbers as each capability answers them."""
    rows = list(
        Account.objects.within(scope)
        .filter(kind=AccountKind.CUSTOMER, associated_at__isnull=False)
        .order_by("-associated_at", "-id")
    )
    credits_now = credits_of({row.pk: row.partner_id for row in rows if row.partner_id})
    spends: dict[int, int] = {}
    for row in rows:
        for one in month_spend([row.pk], month_of("2026-10"), row.partner_id).get(row.pk, ()):
            spends[row.pk] = spends.get(row.pk, 0) + exact_micros(one.total_cost)
    standings = standings_of({row.pk: str(row.pk) for row in rows})
    return rows, {
        "available": {key: one.available for key, one in credits_now.items()},
        "credit": {key: one.total for key, one in credits_now.items()},
        "spent": spends,
        "used": {int(key): one.percent for key, one in standings.items()},
    }


def ordered(rows: list[Account], numbers: dict[int, int], *, is_descending: bool) -> list[int]:
    """By number and then by key; without a number last, newest first."""
    some = sorted(((numbers[row.pk], row.pk) for row in rows if row.pk in numbers), reverse=is_descending)
    return [key for _, key in some] + [row.pk for row in rows if row.pk not in numbers]


def pages(scope: Scope, where: CustomerFilter, order: str, size: int) -> tuple[list[int], int]:
    found: list[int] = []
    while True:
        page = KEYS.page(scope, where, Slice(len(found), size), order=order, exact=True)
        found += [key for (key,) in page.items]
        if not page.items or len(found) >= page.total:
            return found, page.total


def streamed(scope: Scope, where: CustomerFilter, order: str, batch: int) -> list[int]:
    """Read anew after each batch, as a job that goes on does."""
    found: list[int] = []
    after = None
    while True:
        rows = next(KEYS.stream(scope, where, order=order, after=after, batch=batch), None)
        if rows is None:
            return found
        found += [row[0] for row in rows]
        after = list(rows[-1][-2:])


SCOPES: dict[str, Callable[[World], Scope]] = {
    "provider": lambda world: world.pia.caller.scope,
    "payer": lambda world: Scope(payer=world.dora.account_pk),
    "partner": lambda world: world.dora.caller.own(),
}


def test_lists_stand_in_the_order_of_the_live_numbers(ranked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for make in SCOPES.values():
        scope = make(ranked)
        rows, numbers = live(scope)
        for name in ORDERS:
            stands_in_order(scope, rows, numbers, name)
        with monkeypatch.context() as patched:
            patched.setattr(slices, "COUNTED_TO", 3)  # walked, as a list of more than ten thousand is
            for name in ORDERS:
                stands_in_order(scope, rows, numbers, name)


def stands_in_order(scope: Scope, rows: list[Account], numbers: Numbers, name: str) -> None:
    """Pages, files and conditions of one number against the reference."""
    values = numbers[name]
    assert 2 <= len(values) < len(rows), "some have the number, some have none"
    for sign in ("", "-"):
        wanted = ordered(rows, values, is_descending=bool(sign))
        assert pages(scope, CustomerFilter(), f"{sign}{name}", 7) == (wanted, len(wanted))
        assert streamed(scope, CustomerFilter(), f"{sign}{name}", 7) == wanted
    joined = b"".join(text for text, *_ in TEXTS.texts(scope, CustomerFilter(), order=name, batch=9))
    by_key = {row.pk: row.account_id for row in rows}
    assert joined.decode() == "".join(by_key[key] for key in ordered(rows, values, is_descending=False))
    # Conditions: both bounds belong to it, and whoever has no number meets none; other conditions hold too.
    middle = sorted(values.values())[len(values) // 2]
    for bound, is_met in (("from", middle.__le__), ("until", middle.__ge__)):
        for more in ({}, {"text": "e"}, {"is_direct": True}):
            where = CustomerFilter(**{f"{name}_{bound}": middle}, **more)  # type: ignore[arg-type]  # by table
            met = {
                row.pk
                for row in rows
                if row.pk in values
                and is_met(values[row.pk])
                and ("text" not in more or "e" in row.search_key)
                and ("is_direct" not in more or row.partner_id == row.payer_id)
            }
            newest = [row.pk for row in rows if row.pk in met]
            assert pages(scope, where, "-associated", 5) == (newest, len(newest)), (name, bound, more)
            some = {key: values[key] for key in met}
            best = ordered([row for row in rows if row.pk in met], some, is_descending=True)
            assert pages(scope, where, f"-{name}", 5) == (best, len(best)), (name, bound, more)
            assert streamed(scope, where, f"-{name}", 4) == best


def test_numbers_go_with_the_partner_and_come_back_from_the_ledger(ranked: World) -> None:
    """What a customer has belongs to the partner it is bound to."""
    scope = ranked.dora.caller.own()
    rows, numbers = live(scope)
    row = next(row for row in rows if row.pk == ranked.cora.account_pk)
    assert all(row.pk in values for values in numbers.values())
    with transaction.atomic():  # at the place that writes associations: what would bar the customer is no matter here
        release(lock_account(row.pk), until=clock.now(), by="test")
    everybody = ranked.pia.caller.scope
    for name in ORDERS:
        where = CustomerFilter(**{f"{name}_from": -(10**12)})  # type: ignore[arg-type]  # by table
        assert row.pk not in pages(everybody, where, "-associated", 50)[0]
    assert list(repeated.faults()) == []
    row.refresh_from_db()
    bind(row, ranked.dora.account, kind=AssociationKind.RESALE, since=clock.now(), by="test")
    assert list(repeated.faults()) == []
    assert row.pk in pages(everybody, CustomerFilter(spent_from=-(10**12)), "spent", 50)[0]


def test_a_new_month_begins_anew(ranked: World) -> None:
    """huawei:E1: a monthly budget counts the current month; the expenditure is the newest month's with bills."""
    scope = ranked.dora.caller.own()
    rows, numbers = live(scope)
    assert any(numbers["used"].values())
    first = rows[0]
    with clock.frozen(OCTOBER.replace(month=11)):
        bills.publish_lines(ranked, "2026-11", [line(ranked, first, "1")])
        bills.publish_lines(ranked, "2026-09", [line(ranked, first, "5")])
        assert pages(scope, CustomerFilter(spent_from=-(10**12)), "spent", 50)[0] == [first.pk]
        while Worker().once():
            pass
        assert set(Budget.objects.everything(reason="test").exclude(customer=first).values_list("used_percent")) == {
            (0,)
        }
