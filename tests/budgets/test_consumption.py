"""The consumption quota of a partner. Rules: huawei:E3."""

from __future__ import annotations

from decimal import Decimal
from itertools import count

import pytest
from django.db import transaction

from openpartner.core.accounts.models import Account
from openpartner.core.base.errors import Invalid, NotAllowed, NotVisible
from openpartner.core.base.kinds import AssociationKind
from openpartner.core.budgets.consumption import consumption, set_consumption_quota
from openpartner.core.credit.allocations import allocate_credit
from openpartner.core.credit.grants import grant_line
from openpartner.core.credit.models import Purchase
from openpartner.core.credit.purchase import Refusal, refusal_of
from openpartner.core.ledger.models import Kind, Use
from openpartner.core.ledger.opening import Name, account
from openpartner.core.ledger.transfers import Order, post_one
from openpartner.kit.money import Money, exact_micros
from tests.support.people import Person, World

_keys = count()


def put(world: World, debit: tuple[Use, str], credit: tuple[Use, str], amount: str) -> None:
    pia = world.pia.account
    sides = [
        account(Name(use=use, holder=world[who].account, giver=pia, currency="USD")).pk for use, who in (debit, credit)
    ]
    order = Order(
        key=f"test:{next(_keys)}",
        kind=Kind.CHARGE,
        debit=sides[0],
        credit=sides[1],
        micros=exact_micros(Decimal(amount)),
        covered=False,
    )
    with transaction.atomic():
        post_one(order)


def test_used_is_due_and_unbilled_less_balance_and_coupons(world: World, dora: Person) -> None:
    set_consumption_quota(world.pia.caller, partner=dora.account_id, amount=Decimal(1000))
    put(world, (Use.DUE, "dora"), (Use.EARNED, "pia"), "700")
    put(world, (Use.UNBILLED, "dora"), (Use.EARNED, "pia"), "80.5")
    put(world, (Use.OUTSIDE, "pia"), (Use.BALANCE, "dora"), "30")
    put(world, (Use.QUOTA_SOURCE, "pia"), (Use.VOUCHER, "dora"), "10")
    found = consumption(dora.account)
    amounts = (found.quota, found.due, found.unbilled, found.balance, found.coupons, found.used)
    assert [f"{one.amount:.2f}" for one in amounts] == ["1000.00", "700.00", "80.50", "30.00", "10.00", "740.50"]
    assert not found.is_over
    put(world, (Use.DUE, "dora"), (Use.EARNED, "pia"), "259.51")
    assert consumption(dora.account).is_over


def test_who_owes_too_much_sells_nothing_until_the_quota_is_raised(world: World, dora: Person) -> None:
    """huawei:E3: over quota, its customers of the resale association are blocked from purchases."""
    grant_line(world.pia.caller, partner=dora.account, change=Money.of("500", "USD"), key="line")
    for name in ("cora", "chen"):
        change = Money.of("10", "USD")
        allocate_credit(dora.caller, customer=world[name].account, change=change, remark="", key=name)
    Account.objects.everything(reason="test").filter(pk=world.chen.account_pk).update(
        association_kind=AssociationKind.REFERRAL
    )
    set_consumption_quota(world.pia.caller, partner=dora.account_id, amount=Decimal(100))

    def refusals() -> list[Refusal | None]:
        amount = Money.of("10", "USD")
        return [refusal_of(world[name].account, Purchase.PREPAID, amount) for name in ("cora", "chen")]

    put(world, (Use.DUE, "dora"), (Use.EARNED, "pia"), "100")
    assert refusals() == [None, None]
    put(world, (Use.DUE, "dora"), (Use.EARNED, "pia"), "0.01")
    assert refusals() == [Refusal.BARRED, None]
    set_consumption_quota(world.pia.caller, partner=dora.account_id, amount=Decimal("100.01"))
    assert refusals() == [None, None]


def test_used_may_be_below_zero(world: World, dora: Person) -> None:
    put(world, (Use.OUTSIDE, "pia"), (Use.BALANCE, "dora"), "30")
    found = consumption(dora.account)
    assert f"{found.used.amount:.2f}" == "-30.00"
    assert not found.is_over


def test_the_provider_alone_sets_it_for_those_who_pay(world: World, dora: Person) -> None:
    set_consumption_quota(world.pia.caller, partner=dora.account_id, amount=Decimal(1000))
    set_consumption_quota(world.pia.caller, partner=dora.account_id, amount=Decimal(0))
    assert consumption(dora.account).quota.micros == 0
    for who, partner in (("pia", "rita"), ("pia", "carl"), ("dora", "dora"), ("dora", "rita"), ("sol", "dora")):
        with pytest.raises((NotVisible, NotAllowed)):
            set_consumption_quota(world[who].caller, partner=world[partner].account_id, amount=Decimal(1))
    with pytest.raises(Invalid):
        set_consumption_quota(world.pia.caller, partner=dora.account_id, amount=Decimal("-0.01"))
