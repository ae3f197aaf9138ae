"""Account balances. Rules: huawei:D7a (transfer and reclaim), huawei:A2 (agency sale), huawei:A4 (enterprises)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from openpartner.core.balances.commands import (
    WrongAssociation,
    pay_out,
    reclaim,
    reclaim_from_reseller,
    top_up,
    transfer,
    transfer_to_reseller,
)
from openpartner.core.balances.enterprise import reclaim_from_member, reclaimable, transfer_to_member, transferable
from openpartner.core.balances.models import BalanceMovement, MovementKind
from openpartner.core.balances.moving import balance_of
from openpartner.core.balances.queries import MovementFilter, agency_balances, movements
from openpartner.core.base.errors import Conflict, Invalid, NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountingMode, AssociationKind
from openpartner.core.customers.commands import associate
from openpartner.core.customers.enterprise import add_member, remove_member
from openpartner.core.ledger.transfers import NotCovered
from openpartner.core.ledger.verify import faults
from openpartner.core.parting.ending import disassociate
from openpartner.kit.slices import Slice
from tests.support.people import Person, World

ALL = Slice(0, 100)


def has(person: Person) -> str:
    return f"{balance_of(person.account).amount:.2f}"


@pytest.fixture
def song(world: World) -> Person:
    """A partner of the China site with 1000 on its account."""
    top_up(world.pia.caller, partner=world.song.account_id, amount=Decimal(1000), memo="bank transfer")
    return world.song


@pytest.fixture
def su(world: World, song: Person) -> Person:
    """Its agency customer, with 300 of that."""
    transfer(song.caller, customer=world.su.account_id, amount=Decimal(300))
    return world.su


def test_money_is_paid_in_and_out(world: World, song: Person) -> None:
    assert has(song) == "1000.00"
    pay_out(world.pia.caller, partner=song.account_id, amount=Decimal("0.01"))
    assert has(song) == "999.99"
    with pytest.raises(NotCovered):
        pay_out(world.pia.caller, partner=song.account_id, amount=Decimal(1000))
    assert str(balance_of(song.account)) == "999.99 CNY"
    assert list(faults()) == []


def test_money_goes_to_a_customer_and_back(song: Person, su: Person) -> None:
    assert (has(song), has(su)) == ("700.00", "300.00")
    reclaim(song.caller, customer=su.account_id, amount=Decimal("100.5"))
    assert (has(song), has(su)) == ("800.50", "199.50")
    rows = movements(song.account, MovementFilter(), ALL).items
    assert [(one.kind, f"{one.amount.amount:.2f}") for one in rows] == [
        (MovementKind.RECLAIM, "100.50"),
        (MovementKind.TRANSFER, "300.00"),
        (MovementKind.TOP_UP, "1000.00"),
    ]
    assert [one.source_after for one in rows[1:2]] == [700_000_000]
    assert list(faults()) == []


def test_nobody_gives_what_is_not_there(song: Person, su: Person) -> None:
    with pytest.raises(NotCovered):
        transfer(song.caller, customer=su.account_id, amount=Decimal("700.01"))
    with pytest.raises(NotCovered):
        reclaim(song.caller, customer=su.account_id, amount=Decimal("300.01"))
    assert (has(song), has(su)) == ("700.00", "300.00")


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN", "2147483648"])
def test_amounts_are_above_zero_with_two_decimals(song: Person, su: Person, amount: str) -> None:
    for act in (transfer, reclaim):
        with pytest.raises(Invalid):
            act(song.caller, customer=su.account_id, amount=Decimal(amount))


def test_only_agency_customers_get_money(world: World, dora: Person) -> None:
    top_up(world.pia.caller, partner=dora.account_id, amount=Decimal(10))
    with pytest.raises(WrongAssociation):
        transfer(dora.caller, customer=world.cora.account_id, amount=Decimal(1))


def test_strangers_move_nothing(world: World, song: Person, su: Person) -> None:
    for who in ("dora", "sol", "pia", "su", "carl"):
        for act in (transfer, reclaim):
            with pytest.raises((NotVisible, NotAllowed)):
                act(world[who].caller, customer=su.account_id, amount=Decimal(1))
    for who in ("dora", "sol", "song", "su"):
        for book in (top_up, pay_out):
            with pytest.raises((NotVisible, NotAllowed)):
                book(world[who].caller, partner=song.account_id, amount=Decimal(1))
    for nobody in (world.rita, world.su):  # they do not pay the provider
        with pytest.raises(NotVisible):
            top_up(world.pia.caller, partner=nobody.account_id, amount=Decimal(1))
    assert (has(song), has(su)) == ("700.00", "300.00")


def test_a_distributor_gives_its_resellers_money(world: World, dora: Person) -> None:
    top_up(world.pia.caller, partner=dora.account_id, amount=Decimal(10))
    transfer_to_reseller(dora.caller, reseller=world.rita.account_id, amount=Decimal(8))
    assert (has(dora), has(world.rita)) == ("2.00", "8.00")
    with pytest.raises(NotCovered):
        reclaim_from_reseller(dora.caller, reseller=world.rita.account_id, amount=Decimal("8.01"))
    reclaim_from_reseller(dora.caller, reseller=world.rita.account_id, amount=Decimal(3))
    assert (has(dora), has(world.rita)) == ("5.00", "5.00")
    for stranger in (world.ruth, world.sol, world.cora):
        with pytest.raises(NotVisible):
            transfer_to_reseller(dora.caller, reseller=stranger.account_id, amount=Decimal(1))


def test_what_is_left_goes_back_when_a_customer_leaves(world: World, song: Person, su: Person) -> None:
    customer = su.account
    disassociate(world.pia.caller, account_id=su.account_id)
    assert has(song) == "1000.00"
    (last, *_) = movements(song.account, MovementFilter(), ALL).items
    assert (last.kind, last.source_id, last.operator) == (MovementKind.UNBIND, customer.pk, "pia")
    assert list(faults()) == []


def test_movements_are_filtered(world: World, song: Person, su: Person) -> None:
    reclaim(song.caller, customer=su.account_id, amount=Decimal(1))

    def count(**where: object) -> int:
        return movements(song.account, MovementFilter(**where), ALL).total  # type: ignore[arg-type]  # of the caller

    assert count() == 3
    assert count(kinds={MovementKind.TOP_UP}) == 1
    assert (count(is_income=True), count(is_income=False)) == (2, 1)
    assert (count(other=su.account_id), count(other=world.pia.account_id), count(other="f" * 32)) == (2, 1, 0)
    number = BalanceMovement.objects.everything(reason="test").order_by("pk").first().number  # type: ignore[union-attr]  # there is one
    assert count(number=number) == 1


def test_balances_of_agency_customers_are_listed(world: World, song: Person, su: Person) -> None:
    ids = [world.cora.account_id, su.account_id, "f" * 32]
    assert agency_balances(song.caller.own(), ids) == [(su.account_id, 300_000_000, "CNY")]
    assert agency_balances(world.dora.caller.own(), ids) == []


@pytest.fixture
def branch(world: World, song: Person) -> Person:
    """Another customer of song's, a member of su's enterprise that pays for itself."""
    customer = world.cato
    disassociate(world.pia.caller, account_id=customer.account_id)
    associate(song.caller, account_id=customer.account_id, kind=AssociationKind.AGENCY)
    add_member(world.su.caller, account_id=customer.account_id, mode=AccountingMode.INDEPENDENT)
    return customer


def test_a_master_gives_members_money_and_takes_it_back(su: Person, branch: Person) -> None:
    transfer_to_member(su.caller, member=branch.account_id, amount=Decimal(120))
    assert (has(su), has(branch)) == ("180.00", "120.00")
    assert f"{transferable(su.caller).amount:.2f}" == "180.00"
    assert f"{reclaimable(su.caller, branch.account_id).amount:.2f}" == "120.00"
    reclaim_from_member(su.caller, member=branch.account_id, amount=Decimal(20))
    assert (has(su), has(branch)) == ("200.00", "100.00")
    with pytest.raises(NotCovered):
        transfer_to_member(su.caller, member=branch.account_id, amount=Decimal("200.01"))
    assert list(faults()) == []


def test_a_master_takes_back_no_more_than_it_gave(song: Person, su: Person, branch: Person) -> None:
    transfer(song.caller, customer=branch.account_id, amount=Decimal(50))
    transfer_to_member(su.caller, member=branch.account_id, amount=Decimal(10))
    with pytest.raises(NotCovered):
        reclaim_from_member(su.caller, member=branch.account_id, amount=Decimal("10.01"))
    reclaim(song.caller, customer=branch.account_id, amount=Decimal(55))
    assert f"{reclaimable(su.caller, branch.account_id).amount:.2f}" == "5.00"


def test_a_number_given_again_is_the_same_transfer(su: Person, branch: Person) -> None:
    """huawei:D7a: the number prevents double submission."""
    first = transfer_to_member(su.caller, member=branch.account_id, amount=Decimal(7), number="a-number")
    again = transfer_to_member(su.caller, member=branch.account_id, amount=Decimal(7), number="a-number")
    assert (first.pk, has(branch)) == (again.pk, "7.00")
    with pytest.raises(Conflict):
        transfer_to_member(su.caller, member=branch.account_id, amount=Decimal(8), number="a-number")
    with pytest.raises(Conflict):
        reclaim_from_member(su.caller, member=branch.account_id, amount=Decimal(7), number="a-number")


def test_only_current_members_that_pay_for_themselves(world: World, su: Person, branch: Person) -> None:
    for stranger in (world.cora, world.song, su):
        with pytest.raises(NotVisible):
            transfer_to_member(su.caller, member=stranger.account_id, amount=Decimal(1))
    add_member(su.caller, account_id=branch.account_id, mode=AccountingMode.UNIFIED)
    with pytest.raises(Conflict):
        transfer_to_member(su.caller, member=branch.account_id, amount=Decimal(1))
    remove_member(su.caller, account_id=branch.account_id)
    with pytest.raises(NotVisible):
        transfer_to_member(su.caller, member=branch.account_id, amount=Decimal(1))
