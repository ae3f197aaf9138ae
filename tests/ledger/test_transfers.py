"""The ledger's own rules: what docs/explanation/ledger.md states, on the database that the run chose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.db import IntegrityError, connection, transaction

from openpartner.core.base.errors import Conflict
from openpartner.core.ledger.balances import balance_at, statement
from openpartner.core.ledger.models import Kind, LedgerAccount, Phase, Transfer, Use
from openpartner.core.ledger.opening import Name, account
from openpartner.core.ledger.transfers import NotCovered, Order, post, post_one, undo
from openpartner.core.ledger.verify import counted, faults
from openpartner.kit import clock
from openpartner.kit.slices import Slice
from tests.support.people import World

DAY = datetime(2026, 3, 1, tzinfo=UTC)
_keys = count()


@pytest.fixture
def purses(world: World) -> dict[Use, LedgerAccount]:
    """A provider's source, a distributor's allocable credit, a customer's available and used credit."""
    pia, dora, carl = world.pia.account, world.dora.account, world.carl.account
    return {
        Use.ISSUED: account(Name(use=Use.ISSUED, holder=pia, giver=pia, currency="USD")),
        Use.ALLOCABLE: account(Name(use=Use.ALLOCABLE, holder=dora, giver=pia, currency="USD")),
        Use.AVAILABLE: account(Name(use=Use.AVAILABLE, holder=carl, giver=dora, currency="USD")),
        Use.USED: account(Name(use=Use.USED, holder=carl, giver=dora, currency="USD")),
    }


def move(purses: dict[Use, LedgerAccount], debit: Use, credit: Use, micros: int, **more: object) -> Order:
    values = {"key": f"test:{next(_keys)}", "kind": Kind.ALLOCATION, **more}
    return Order(debit=purses[debit].pk, credit=purses[credit].pk, micros=micros, **values)  # type: ignore[arg-type]


def balance(purses: dict[Use, LedgerAccount], use: Use) -> int:
    return LedgerAccount.objects.everything(reason="a test").get(pk=purses[use].pk).balance.micros


def test_amounts_move_and_sum_to_zero(purses: dict[Use, LedgerAccount]) -> None:
    with transaction.atomic():
        post(
            [
                move(purses, Use.ISSUED, Use.ALLOCABLE, 100, covered=False),
                move(purses, Use.ALLOCABLE, Use.AVAILABLE, 30),
            ]
        )
    assert [balance(purses, use) for use in purses] == [-100, 70, 30, 0]
    assert list(faults()) == []
    assert counted().postings == 4


def test_what_is_not_there_cannot_be_given(purses: dict[Use, LedgerAccount]) -> None:
    with pytest.raises(NotCovered), transaction.atomic():
        post(
            [
                move(purses, Use.ISSUED, Use.ALLOCABLE, 100, covered=False),
                move(purses, Use.ALLOCABLE, Use.AVAILABLE, 101),
            ]
        )
    assert [balance(purses, use) for use in purses] == [0, 0, 0, 0]
    assert Transfer.objects.count() == 0


def test_a_charge_may_go_below_zero_where_there_is_no_floor(purses: dict[Use, LedgerAccount]) -> None:
    """tencent:E.1: available may go negative through metered charges."""
    with transaction.atomic():
        post_one(move(purses, Use.AVAILABLE, Use.USED, 5, covered=False, kind=Kind.CHARGE))
    assert balance(purses, Use.AVAILABLE) == -5
    assert list(faults()) == []


def test_a_floor_holds_even_where_nobody_asked_for_cover(purses: dict[Use, LedgerAccount]) -> None:
    with pytest.raises(NotCovered), transaction.atomic():
        post_one(move(purses, Use.ALLOCABLE, Use.AVAILABLE, 1, covered=False))


def test_a_repeat_gets_the_first_and_an_altered_repeat_is_refused(purses: dict[Use, LedgerAccount]) -> None:
    order = move(purses, Use.ISSUED, Use.ALLOCABLE, 100, covered=False, key="once")
    with transaction.atomic():
        first = post_one(order)
    with transaction.atomic():
        assert post_one(order).pk == first.pk
    with pytest.raises(Conflict), transaction.atomic():
        post_one(move(purses, Use.ISSUED, Use.ALLOCABLE, 101, covered=False, key="once"))
    assert balance(purses, Use.ALLOCABLE) == 100
    with transaction.atomic():
        twice = post([move(purses, Use.ISSUED, Use.ALLOCABLE, 7, covered=False, key="twin") for _ in range(2)])
    assert twice[0] is twice[1]
    assert balance(purses, Use.ALLOCABLE) == 107


def test_a_reservation_holds_back_and_ends_once(purses: dict[Use, LedgerAccount]) -> None:
    with transaction.atomic():
        post_one(move(purses, Use.ISSUED, Use.ALLOCABLE, 100, covered=False))
        held = post_one(move(purses, Use.ALLOCABLE, Use.AVAILABLE, 60, phase=Phase.RESERVED, kind=Kind.RESERVATION))
    with pytest.raises(NotCovered), transaction.atomic():
        post_one(move(purses, Use.ALLOCABLE, Use.AVAILABLE, 41))
    assert balance(purses, Use.ALLOCABLE) == 100
    with transaction.atomic():
        post_one(move(purses, Use.ALLOCABLE, Use.AVAILABLE, 45, phase=Phase.SETTLED, ends=held))
    assert (balance(purses, Use.ALLOCABLE), balance(purses, Use.AVAILABLE)) == (55, 45)
    with pytest.raises(Conflict), transaction.atomic():
        post_one(move(purses, Use.ALLOCABLE, Use.AVAILABLE, 60, phase=Phase.VOIDED, ends=held))
    with transaction.atomic():
        other = post_one(move(purses, Use.ALLOCABLE, Use.AVAILABLE, 55, phase=Phase.RESERVED))
        post_one(move(purses, Use.ALLOCABLE, Use.AVAILABLE, 55, phase=Phase.VOIDED, ends=other))
        post_one(move(purses, Use.ALLOCABLE, Use.AVAILABLE, 55))
    assert list(faults()) == []


def test_a_reversal_names_what_it_undoes_and_happens_once(purses: dict[Use, LedgerAccount]) -> None:
    with transaction.atomic():
        first = post_one(move(purses, Use.ISSUED, Use.ALLOCABLE, 100, covered=False))
        post_one(undo(first, key="back"))
    assert balance(purses, Use.ALLOCABLE) == 0
    with transaction.atomic():
        post_one(move(purses, Use.ISSUED, Use.ALLOCABLE, 100, covered=False))
    with pytest.raises(IntegrityError), transaction.atomic():
        post_one(undo(first, key="back again"))
    assert list(faults()) == []


def test_balances_of_the_past_are_what_they_were(purses: dict[Use, LedgerAccount]) -> None:
    for day in range(3):
        with clock.frozen(DAY + timedelta(days=day)), transaction.atomic():
            post_one(move(purses, Use.AVAILABLE, Use.USED, 10, covered=False))
    used = purses[Use.USED]
    at = {days: balance_at(used, DAY + timedelta(days=days, hours=1)).micros for days in (-1, 0, 1, 2, 9)}
    assert at == {-1: 0, 0: 10, 1: 20, 2: 30, 9: 30}
    page = statement(used, Slice(0, 2))
    assert [(one.change.micros, one.balance.micros) for one in page.items] == [(10, 30), (10, 20)]
    assert page.total == 3


def test_a_clock_that_steps_back_leaves_the_history_in_order(purses: dict[Use, LedgerAccount]) -> None:
    for day in (2, 0):
        with clock.frozen(DAY + timedelta(days=day)), transaction.atomic():
            post_one(move(purses, Use.AVAILABLE, Use.USED, 10, covered=False))
    assert [one.balance.micros for one in statement(purses[Use.USED], Slice(0, 5)).items] == [20, 10]
    assert list(faults()) == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_transfer SET micros = 1",
        "DELETE FROM ledger_transfer",
        "DELETE FROM ledger_account",
        "UPDATE ledger_account SET currency = 'EUR'",
        "UPDATE ledger_account SET debits = credits + 1 WHERE floor = 0",
        "UPDATE ledger_account SET reserved = -1",
    ],
)
def test_the_database_itself_refuses(purses: dict[Use, LedgerAccount], sql: str) -> None:
    with transaction.atomic():
        post_one(move(purses, Use.ISSUED, Use.ALLOCABLE, 100, covered=False))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE ledger_account SET debits = debits + 1 WHERE floor IS NULL", "counts"),
        ("UPDATE ledger_account SET reserved = 1 WHERE floor = 0", "reservations"),
    ],
)
def test_verify_names_what_was_changed(purses: dict[Use, LedgerAccount], sql: str, says: str) -> None:
    with transaction.atomic():
        post_one(move(purses, Use.ISSUED, Use.ALLOCABLE, 100, covered=False))
    assert list(faults()) == []
    with connection.cursor() as cursor:
        cursor.execute(sql)
    assert any(says in told for told in faults())
