"""What a purchase asks of credit. Expectations: tencent:E.1, tencent:E.2, tencent:F.26."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pytest
from django.db import transaction

from openpartner.core.accounts.placing import lock_account
from openpartner.core.base.errors import Conflict, Invalid
from openpartner.core.base.kinds import Suspension
from openpartner.core.credit import usable
from openpartner.core.credit.allocations import NotReclaimable
from openpartner.core.credit.models import CreditReservation, Hold, Purchase
from openpartner.core.credit.policies import set_policy
from openpartner.core.credit.purchase import (
    NotAccepted,
    Refusal,
    payer_credit,
    refusal_of,
    reserve,
    settle,
    void,
)
from openpartner.core.credit.queries import credit_of, frozen_of
from openpartner.core.ledger.verify import faults
from openpartner.tencent.credit.query_customer_billing_quota import (
    QueryCustomerBillingQuota,
    query_customer_billing_quota,
)
from tests.credit.conftest import Give, Spend, usd
from tests.support.people import Person, World

PREPAID, POSTPAID = Purchase.PREPAID, Purchase.POSTPAID


def hold(person: Person, purchase: Purchase, amount: str, key: str = "order") -> CreditReservation | None:
    with transaction.atomic():
        return reserve(lock_account(person.account_pk), purchase, usd(amount), key=key)


def held(person: Person, purchase: Purchase, amount: str, key: str = "order") -> CreditReservation:
    row = hold(person, purchase, amount, key)
    assert row is not None
    return row


def end(person: Person, row: CreditReservation, amount: str | None = None) -> CreditReservation:
    with transaction.atomic():
        customer = lock_account(person.account_pk)
        return void(customer, row) if amount is None else settle(customer, row, usd(amount).micros)


@pytest.fixture
def vouchers() -> Iterator[dict[int, int]]:
    """Usable vouchers by customer, which the capability of vouchers would tell."""
    found: dict[int, int] = {}

    def ask(customers: Collection[int]) -> dict[int, int]:
        return {key: found[key] for key in customers if key in found}

    before = list(usable.USABLE)
    usable.USABLE[:] = [ask]
    yield found
    usable.USABLE[:] = before


@pytest.fixture
def cora(world: World, line: Give, give: Give) -> World:
    line("dora", "1000")
    give("cora", "100")
    return world


def test_an_order_is_accepted_up_to_what_is_available(cora: World) -> None:
    customer = cora.cora.account
    assert refusal_of(customer, PREPAID, usd("100")) is None
    assert refusal_of(customer, PREPAID, usd("100.000001")) is Refusal.NOT_COVERED
    assert refusal_of(customer, POSTPAID, usd("100.000001")) is Refusal.NOT_COVERED


def test_arrears_and_suspension_refuse(cora: World, spend: Spend) -> None:
    customer = cora.cora.account
    customer.suspension = Suspension.ACCOUNT
    assert refusal_of(customer, PREPAID, usd("1")) is Refusal.SUSPENDED
    spend("cora", "100.000001")
    assert refusal_of(cora.cora.account, PREPAID, usd("1")) is Refusal.ARREARS


def test_who_is_stopped_at_zero_buys_nothing(cora: World, spend: Spend, vouchers: dict[int, int]) -> None:
    vouchers[cora.cora.account_pk] = usd("10").micros
    spend("cora", "100")
    assert refusal_of(cora.cora.account, PREPAID, usd("10")) is None
    set_policy(cora.dora.caller, stop_at_zero=True)
    assert refusal_of(cora.cora.account, PREPAID, usd("10")) is Refusal.ARREARS


def test_vouchers_count_beside_credit(cora: World, vouchers: dict[int, int]) -> None:
    """tencent:E.2: available and usable vouchers together; only what they leave is held back of a prepaid order."""
    vouchers[cora.cora.account_pk] = usd("30").micros
    customer = cora.cora.account
    assert refusal_of(customer, PREPAID, usd("130")) is None
    assert refusal_of(customer, PREPAID, usd("130.01")) is Refusal.NOT_COVERED
    assert hold(cora.cora, PREPAID, "30") is None
    assert held(cora.cora, PREPAID, "120", "second").micros == usd("90").micros


def test_a_voucher_covers_no_frozen_amount(cora: World, vouchers: dict[int, int]) -> None:
    """tencent:E.1: an activation holds back all of it."""
    vouchers[cora.cora.account_pk] = usd("30").micros
    assert held(cora.cora, POSTPAID, "120").micros == usd("120").micros
    assert refusal_of(cora.cora.account, PREPAID, usd("1")) is Refusal.ARREARS  # net of what is held back


def test_the_paying_partners_credit_decides_too(world: World, line: Give, pool: Give, give: Give, spend: Spend) -> None:
    """tencent:E.1: for a second-level reseller's customer that is the distributor; its pool is not asked."""
    line("dora", "100")
    pool("rita", "60")
    give("carl", "60")  # the pool is used up, which stops nobody
    assert refusal_of(world.carl.account, PREPAID, usd("60")) is None
    give("cora", "40")
    spend("cora", "75")  # metered charges beyond its credit use up dora's
    assert payer_credit(world.dora.account) == usd("25").micros
    assert refusal_of(world.carl.account, PREPAID, usd("25")) is None
    assert refusal_of(world.carl.account, PREPAID, usd("25.01")) is Refusal.PAYER
    spend("cora", "30")
    assert refusal_of(world.carl.account, POSTPAID, usd("0.01")) is Refusal.PAYER


def test_what_is_held_back_is_told_gross_and_counts_net(cora: World, give: Give) -> None:
    """tencent:F.26; tencent:D.3: PrepayFrozen and PostpayFrozen."""
    held(cora.cora, PREPAID, "60")
    held(cora.cora, POSTPAID, "10", "activation")
    customer = cora.cora.account
    assert (credit_of(customer).available, credit_of(customer).reserved) == (usd("100").micros, usd("70").micros)
    assert refusal_of(customer, PREPAID, usd("30.01")) is Refusal.NOT_COVERED
    with pytest.raises(NotAccepted):
        hold(cora.cora, PREPAID, "30.01", "third")
    with pytest.raises(NotReclaimable):
        give("cora", "-30.01")
    told = query_customer_billing_quota(cora.cora.caller, QueryCustomerBillingQuota()).data
    assert (told.remaining_credit, told.prepay_frozen, told.postpay_frozen) == (100, 60, 10)


def test_delivery_charges_and_cancelling_frees(cora: World) -> None:
    row = held(cora.cora, PREPAID, "60")
    assert held(cora.cora, PREPAID, "60").pk == row.pk  # a repeat of the key
    with pytest.raises(Conflict):
        hold(cora.cora, POSTPAID, "60")
    assert payer_credit(cora.dora.account) == usd("940").micros
    end(cora.cora, row, "45")
    assert (credit_of(cora.cora.account).available, credit_of(cora.cora.account).reserved) == (usd("55").micros, 0)
    assert payer_credit(cora.dora.account) == usd("955").micros
    with pytest.raises(Conflict):
        end(cora.cora, row)
    other = end(cora.cora, held(cora.cora, POSTPAID, "10", "second"))
    assert other.state == Hold.VOIDED
    assert frozen_of(cora.cora.account_pk, cora.dora.account_pk) == {}
    assert credit_of(cora.cora.account).available == usd("55").micros
    assert list(faults()) == []


def test_no_more_is_charged_than_was_held_back(cora: World) -> None:
    row = held(cora.cora, PREPAID, "60")
    with pytest.raises(Invalid):
        end(cora.cora, row, "60.01")
    for bad in ("0", "-1"):
        with pytest.raises(Invalid):
            hold(cora.cora, PREPAID, bad, "bad")
