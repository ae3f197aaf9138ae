"""Confirming bills. Expectations: tencent:E.1, tencent:B.7, tencent:F.12 and issue 5."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count

import pytest

from openpartner.core.accounts.placing import lock_account, release
from openpartner.core.base.errors import Conflict, NotVisible
from openpartner.core.billing.models import MonthState
from openpartner.core.billing.months import month_of
from openpartner.core.credit.confirmations import (
    BillState,
    Confirmation,
    confirm_bill,
    confirm_bills,
    confirmations,
    statuses,
)
from openpartner.core.credit.queries import credit_of, partner_credit
from openpartner.core.ledger.verify import faults
from openpartner.kit import clock
from openpartner.tencent.bills.conditions import IsConfirmed
from openpartner.tencent.bills.describe_customer_bill_summary import (
    DescribeCustomerBillSummary,
    describe_customer_bill_summary,
)
from tests.credit.conftest import Give, usd
from tests.support.bills import line as bill_line
from tests.support.bills import publish_lines
from tests.support.people import World

MONTH = "2026-10"
DAY = date(2026, 10, 3)
_keys = count()


def publish(world: World, *amounts: tuple[str, str], state: MonthState = MonthState.FINAL) -> None:
    publish_lines(world, MONTH, [bill_line(world[who], DAY, amount) for who, amount in amounts], state=state)


def confirm(world: World, who: str, by: str = "dora") -> Confirmation:
    return confirm_bill(world[by].caller, customer=world[who].uin, month=month_of(MONTH), key=f"c{next(_keys)}")


def state(world: World, who: str, by: str = "dora") -> BillState:
    key = world[who].account_pk
    return statuses([key], world[by].account_pk, month_of(MONTH))[key].state


def test_confirming_brings_the_charged_amount_back(world: World, line: Give, give: Give) -> None:
    """tencent:E.1: the confirmed amount returns to available; the total is permanent."""
    line("dora", "1000")
    give("cora", "100")
    publish(world, ("cora", "30.5"))
    cora = world.cora.account
    assert credit_of(cora).available == usd("69.5").micros
    assert state(world, "cora") is BillState.UNCONFIRMED
    done = confirm(world, "cora")
    assert (done.paid, done.restored) == (usd("30.5"), usd("30.5"))
    assert (credit_of(cora).available, credit_of(cora).total) == (usd("100").micros, usd("100").micros)
    assert state(world, "cora") is BillState.CONFIRMED
    with pytest.raises(Conflict):
        confirm(world, "cora")
    assert list(faults()) == []


def test_a_month_that_is_not_final_is_not_confirmed(world: World, line: Give, give: Give) -> None:
    line("dora", "1000")
    give("cora", "100")
    publish(world, ("cora", "30"), state=MonthState.OPEN)
    with pytest.raises(Conflict):
        confirm(world, "cora")
    with pytest.raises(Conflict):
        confirm(world, "chen")  # no bill at all


def test_every_clouds_month_must_be_final(world: World, line: Give) -> None:
    line("dora", "1000")
    publish(world, ("cora", "30"))
    publish_lines(world, MONTH, [bill_line(world.cora, DAY, "5", cloud="huawei")], cloud="huawei")
    with pytest.raises(Conflict):
        confirm(world, "cora")


def test_a_restated_month_has_the_difference_to_confirm(world: World, line: Give, give: Give) -> None:
    """Issue 5: not a silent change but a record of its own."""
    line("dora", "1000")
    give("cora", "100")
    publish(world, ("cora", "30"))
    confirm(world, "cora")
    publish(world, ("cora", "42"))
    assert state(world, "cora") is BillState.RESTATED
    assert credit_of(world.cora.account).available == usd("88").micros
    done = confirm(world, "cora")
    assert (done.paid, done.restored, done.total) == (usd("12"), usd("12"), usd("42"))
    publish(world, ("cora", "40"))
    assert credit_of(world.cora.account).available == usd("102").micros
    less = confirm(world, "cora")
    assert (less.paid, less.restored) == (usd("-2"), usd("-2"))
    assert credit_of(world.cora.account).available == usd("100").micros
    assert state(world, "cora") is BillState.CONFIRMED
    rows = confirmations(world.cora.account_pk, world.dora.account_pk)
    assert [row.micros for row in rows] == [-2_000_000, 12_000_000, 30_000_000]
    assert list(faults()) == []


def test_a_bill_that_took_no_credit_brings_none_back(world: World) -> None:
    """Nobody has granted sol a line: its bills are paid, and there is nothing to restore."""
    publish(world, ("cato", "30"))
    done = confirm(world, "cato", by="sol")
    assert (done.paid, done.restored) == (usd("30"), usd("0"))
    assert state(world, "cato", by="sol") is BillState.CONFIRMED


def test_nobody_confirms_anothers_bill(world: World, line: Give) -> None:
    """The direct partner confirms: not the distributor above it, not the provider, not the customer."""
    line("dora", "1000")
    publish(world, ("carl", "30"))
    for by in ("dora", "sol", "olga", "pia"):
        with pytest.raises(NotVisible):
            confirm(world, "carl", by=by)
    assert confirm(world, "carl", by="rita").restored == usd("30")


def test_several_at_once_each_tell_what_became_of_them(world: World, line: Give, give: Give) -> None:
    line("dora", "1000")
    give("cora", "50")
    publish(world, ("cora", "30"), ("chen", "20"), ("otto", "10"))
    confirm(world, "chen")
    uins = [world[name].uin for name in ("otto", "cora", "chen")]
    for _ in range(2):  # the same key again gives the same
        found = confirm_bills(world.dora.caller, customers=uins, month=month_of(MONTH), key="batch")
        assert [one.uin for one in found] == uins
        assert [one.done is not None for one in found] == [False, True, False]
        assert credit_of(world.cora.account).available == usd("50").micros


def test_what_comes_back_of_a_customer_that_has_left_is_its_former_partners(
    world: World, line: Give, give: Give
) -> None:
    line("dora", "1000")
    give("cora", "50")
    publish(world, ("cora", "30"))
    customer = lock_account(world.cora.account_pk)
    release(customer, until=clock.now(), by="the test")
    assert partner_credit(world.dora.caller).remaining == usd("970")
    confirm(world, "cora")
    assert partner_credit(world.dora.caller).remaining == usd("1000")
    assert list(faults()) == []


def test_the_filter_of_bills_knows_what_is_paid(world: World, line: Give) -> None:
    """tencent:D.5 and tencent:F.12: IsConfirmed 1 paid, 2 unpaid, 0 either; a restated bill has something unpaid."""
    line("dora", "1000")
    publish(world, ("cora", "30"))

    asks: tuple[IsConfirmed, ...] = (None, "0", "1", "2")

    def told() -> list[Decimal]:
        return [
            describe_customer_bill_summary(
                world.dora.caller,
                DescribeCustomerBillSummary(customer_uin=world.cora.uin, month=MONTH, is_confirmed=asked),
            ).total_cost
            for asked in asks
        ]

    assert told() == [30, 30, 0, 30]
    confirm(world, "cora")
    assert told() == [30, 30, 30, 0]
    publish(world, ("cora", "31"))
    assert told() == [31, 31, 0, 31]
