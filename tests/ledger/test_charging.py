"""Bills meet credit and debts: what publications post (architecture 4.1 and 4.5, tencent:E.1)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from openpartner.core.accounts.placing import bind, lock_account, release
from openpartner.core.base.kinds import AccountKind, AssociationKind
from openpartner.core.billing.models import BillMonth, CustomerMonth, MonthState
from openpartner.core.billing.spend import month_spend
from openpartner.core.billing.verifying import verify_lake
from openpartner.core.ledger.balances import statement
from openpartner.core.ledger.models import Kind, LedgerAccount, Use
from openpartner.core.ledger.opening import Name, account, find
from openpartner.core.ledger.transfers import Order, post_one
from openpartner.core.ledger.verify import faults
from openpartner.core.settlement.models import Charge
from openpartner.kit.slices import Slice
from tests.support.bills import line, publish_lines
from tests.support.people import Person, World

MONTH = "2026-10"
DAY = date(2026, 10, 3)
DAY_BEFORE = datetime(2026, 10, 2, tzinfo=UTC)


@pytest.fixture
def lines_of_credit(world: World) -> World:
    """Dora and sol have credit lines."""
    for person in (world.dora, world.sol):
        grant(world, person)
    return world


def grant(world: World, person: Person) -> None:
    pia = world.pia.account
    source = account(Name(use=Use.ISSUED, holder=pia, giver=pia, currency="USD"))
    line_of = account(Name(use=Use.ALLOCABLE, holder=person.account, giver=pia, currency="USD"))
    order = Order(
        key=f"line:{person.uin}",
        kind=Kind.GRANT,
        debit=source.pk,
        credit=line_of.pk,
        micros=1_000_000_000,
        covered=False,
    )
    with transaction.atomic():
        post_one(order)


def held(holder: Person, giver: Person, use: Use) -> int:
    found = find(Name(use=use, holder=holder.account, giver=giver.account, currency="USD"))
    return found.balance.micros if found else 0


def partner_of(world: World, customer: Person) -> Person:
    return next(one for one in world.values() if one.account_pk == customer.account.partner_id)


def test_a_published_month_is_charged_to_the_direct_partners_credit(lines_of_credit: World) -> None:
    """tencent:E.1: available = total - used; it may go negative through metered charges."""
    world = lines_of_credit
    rita = partner_of(world, world.carl)
    assert rita.account.kind == AccountKind.SECOND_LEVEL_RESELLER
    publish_lines(world, MONTH, [line(world.carl, DAY, "1.5"), line(world.carl, DAY, "2.25")])
    assert held(world.carl, rita, Use.AVAILABLE) == -3_750_000
    assert held(world.carl, rita, Use.USED) == 3_750_000
    assert list(faults()) == []
    assert list(verify_lake()) == []


def test_charges_are_rounded_half_to_even_once_and_the_rest_is_kept(lines_of_credit: World) -> None:
    """Architecture 4.1: the exact sum of 8 decimals, rounded half to even to millionths, and its residue."""
    world = lines_of_credit
    rita = partner_of(world, world.carl)
    # 0.00000025 + 0.00000025 = 0.0000005: half of a millionth goes to the even neighbour, 0.
    publish_lines(world, MONTH, [line(world.carl, DAY, "0.00000025"), line(world.carl, DAY, "0.00000025")])
    row = CustomerMonth.objects.everything(reason="test").get(customer=world.carl.account_pk)
    assert (row.total_micros, row.total_residue) == (0, 50)
    assert held(world.carl, rita, Use.USED) == 0
    # 0.0000015 goes to 0.000002.
    publish_lines(world, MONTH, [line(world.carl, DAY, "0.0000015")])
    row.refresh_from_db()
    assert (row.total_micros, row.total_residue) == (2, -50)
    assert held(world.carl, rita, Use.USED) == 2


def test_a_restatement_reverses_and_charges_again(lines_of_credit: World) -> None:
    """Architecture 4.5: a restatement reverses the old postings and settles again."""
    world = lines_of_credit
    rita = partner_of(world, world.carl)
    first = [line(world.carl, DAY, "10"), line(world.cora, DAY, "7")]
    publish_lines(world, MONTH, first, state=MonthState.FINAL)
    publish_lines(world, MONTH, [line(world.carl, DAY, "8"), first[1]], state=MonthState.FINAL)
    charges = Charge.objects.everything(reason="test").filter(customer=world.carl.account_pk).order_by("pk")
    assert [(one.micros, one.reverses_id is not None) for one in charges] == [
        (10_000_000, False),
        (-10_000_000, True),
        (8_000_000, False),
    ]
    used = find(Name(use=Use.USED, holder=world.carl.account, giver=rita.account, currency="USD"))
    assert used is not None
    told = [(one.kind, one.change.micros, one.balance.micros) for one in statement(used, Slice(0, 9)).items]
    assert told == [
        (Kind.CHARGE, 8_000_000, 8_000_000),
        (Kind.REVERSAL, -10_000_000, 0),
        (Kind.CHARGE, 10_000_000, 10_000_000),
    ]
    # Who was not changed is left alone.
    assert Charge.objects.everything(reason="test").filter(customer=world.cora.account_pk).count() == 1
    assert list(faults()) == []


def test_a_month_below_zero_gives_back(lines_of_credit: World) -> None:
    """tencent:E.7: refunds are negative; a month can be negative."""
    world = lines_of_credit
    publish_lines(world, MONTH, [line(world.carl, DAY, "-4")])
    rita = partner_of(world, world.carl)
    assert (held(world.carl, rita, Use.AVAILABLE), held(world.carl, rita, Use.USED)) == (4_000_000, -4_000_000)
    assert list(faults()) == []


def test_without_a_credit_line_nothing_is_charged_but_debts_are(world: World) -> None:
    publish_lines(world, MONTH, [line(world.carl, DAY, "5", partner_cost="4")])
    assert not Charge.objects.everything(reason="test").exists()
    assert held(world.dora, world.pia, Use.UNBILLED) == -4_000_000


def test_a_line_that_comes_later_is_charged_for_the_month_so_far(world: World) -> None:
    """What stands of a month is always the month: the next publication catches up."""
    publish_lines(world, MONTH, [line(world.cora, DAY, "5")])
    assert not Charge.objects.everything(reason="test").exists()
    grant(world, world.dora)
    publish_lines(world, MONTH, [line(world.cora, DAY, "5"), line(world.cora, DAY, "2")])
    assert held(world.cora, world.dora, Use.USED) == 7_000_000
    publish_lines(world, MONTH, [line(world.cora, DAY, "8")])
    assert held(world.cora, world.dora, Use.USED) == 8_000_000
    assert list(faults()) == []


def test_customers_by_referral_are_not_charged(lines_of_credit: World) -> None:
    """huawei:A2: a customer by referral contracts with and pays the provider."""
    world = lines_of_credit
    cato = lock_account(world.cato.account_pk)
    release(cato, until=DAY_BEFORE, by="test")
    bind(cato, world.sol.account, kind=AssociationKind.REFERRAL, since=DAY_BEFORE, by="test")
    publish_lines(world, MONTH, [line(world.cato, DAY, "5", partner_cost="4")])
    assert not Charge.objects.everything(reason="test").exists()
    assert not LedgerAccount.objects.everything(reason="test").filter(use=Use.UNBILLED).exists()


def test_what_a_payer_owes_is_due_when_the_month_is_final(world: World) -> None:
    """huawei:E3 and E6: unbilled while the month is an estimate, due once the bill is ready, corrections at once."""
    lines = [line(world.carl, DAY, "5", partner_cost="4"), line(world.cora, DAY, "9", partner_cost="8")]
    publish_lines(world, MONTH, lines)
    before = held(world.dora, world.pia, Use.UNBILLED)
    assert before < 0
    publish_lines(world, MONTH, lines, state=MonthState.FINAL)
    assert held(world.dora, world.pia, Use.UNBILLED) == 0
    assert held(world.dora, world.pia, Use.DUE) == before
    publish_lines(world, MONTH, [{**lines[0], "partner_cost": "3"}, lines[1]], state=MonthState.FINAL)
    assert held(world.dora, world.pia, Use.DUE) == before + 1_000_000
    assert list(faults()) == []


def test_spend_is_told_by_month_and_partner(lines_of_credit: World) -> None:
    world = lines_of_credit
    publish_lines(world, MONTH, [line(world.carl, DAY, "5", list_cost="6")])
    publish_lines(world, MONTH, [line(world.carl, DAY, "2", list_cost="3", cloud="huawei")], cloud="huawei")
    month = BillMonth.objects.everything(reason="test").first()
    assert month is not None
    (found,) = month_spend([world.carl.account_pk], month.month)[world.carl.account_pk]
    assert (found.currency, found.total_cost, found.list_cost) == ("USD", Decimal(7), Decimal(9))
    assert month_spend([world.carl.account_pk], month.month, partner=world.sol.account_pk) == {}


def test_verify_names_a_sum_that_is_not_that_of_its_lines(lines_of_credit: World) -> None:
    world = lines_of_credit
    publish_lines(world, MONTH, [line(world.carl, DAY, "5")])
    CustomerMonth.objects.everything(reason="test").update(total_micros=1)
    assert any("sums kept" in says for says in verify_lake())
