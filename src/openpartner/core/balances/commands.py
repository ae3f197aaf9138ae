"""Topping balances up and paying out; transfers and reclaims between partners, resellers and customers (huawei:D7a)."""

from __future__ import annotations

from decimal import Decimal

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.balances.models import MEMO_MAX, BalanceMovement, MovementKind
from openpartner.core.balances.moving import Move, move
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind, AssociationKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.credit.purses import currency_of
from openpartner.core.customers.matching import customers
from openpartner.core.customers.suspension import scope_of
from openpartner.core.ledger.amounts import checked
from openpartner.core.partners.queries import get_reseller, partners


class WrongAssociation(Conflict):
    """Money is transferred to customers of the agency association alone."""


@command(Action.BALANCE_MOVED, permission=Permission.CREDIT_WRITE)
def top_up(caller: Caller, *, partner: str, amount: Decimal, memo: str = "") -> BalanceMovement:
    """Book what a distributor or reseller (its account id) has paid in; the provider's alone."""
    row = _paying(caller, partner)
    return _moved(caller, MovementKind.TOP_UP, lock_account(caller.account), row, amount, memo)


@command(Action.BALANCE_MOVED, permission=Permission.CREDIT_WRITE)
def pay_out(caller: Caller, *, partner: str, amount: Decimal, memo: str = "") -> BalanceMovement:
    """Book what was paid out of a partner's balance; the provider's alone. NotCovered beyond what is there."""
    row = _paying(caller, partner)
    return _moved(caller, MovementKind.PAY_OUT, row, lock_account(caller.account), amount, memo)


@command(Action.BALANCE_MOVED, permission=Permission.CREDIT_WRITE)
def transfer(caller: Caller, *, customer: str, amount: Decimal, reseller: str | None = None) -> BalanceMovement:
    """Transfer from a partner's balance to that of its customer (its account id).

    The caller's own, or with `reseller` from that reseller's balance to that reseller's customer.
    """
    seller, row = _customer(caller, customer, reseller)
    return _moved(caller, MovementKind.TRANSFER, seller, row, amount)


@command(Action.BALANCE_MOVED, permission=Permission.CREDIT_WRITE)
def reclaim(caller: Caller, *, customer: str, amount: Decimal, reseller: str | None = None) -> BalanceMovement:
    """Take back from a customer's balance what its partner has transferred; as `transfer`."""
    seller, row = _customer(caller, customer, reseller)
    return _moved(caller, MovementKind.RECLAIM, row, seller, amount)


@command(Action.BALANCE_MOVED, permission=Permission.CREDIT_WRITE)
def transfer_to_reseller(caller: Caller, *, reseller: str, amount: Decimal) -> BalanceMovement:
    """Transfer from the calling distributor's balance to that of one of its resellers (its account id)."""
    row = _reseller(caller, reseller)
    return _moved(caller, MovementKind.TRANSFER, lock_account(caller.account), row, amount)


@command(Action.BALANCE_MOVED, permission=Permission.CREDIT_WRITE)
def reclaim_from_reseller(caller: Caller, *, reseller: str, amount: Decimal) -> BalanceMovement:
    """Take back from a reseller's balance; as `transfer_to_reseller`."""
    row = _reseller(caller, reseller)
    return _moved(caller, MovementKind.RECLAIM, row, lock_account(caller.account), amount)


def _moved(
    caller: Caller, kind: MovementKind, source: Account, target: Account, amount: Decimal, memo: str = ""
) -> BalanceMovement:
    if len(memo) > MEMO_MAX:
        raise Invalid("memo", f"is longer than {MEMO_MAX} characters")
    lower = max((source, target), key=lambda one: one.kind)
    seller = lower.partner if lower.kind == AccountKind.CUSTOMER else lower
    assert seller is not None
    money = checked("amount", amount, currency_of(seller))
    moved = move(
        Move(kind=kind, source=source, target=target, amount=money, operator=caller.user_name, memo=memo.strip())
    )
    record(caller, Action.BALANCE_MOVED, subject=lower, kind=kind.label, amount=str(money), number=moved.number)
    return moved


def _paying(caller: Caller, partner: str) -> Account:
    if caller.kind is not AccountKind.PROVIDER:
        raise NotVisible("partner")
    paying = partners(caller.scope, {AccountKind.DISTRIBUTOR, AccountKind.RESELLER})
    found = paying.filter(account_id=partner).values_list("pk", flat=True).first()
    if found is None:
        raise NotVisible("partner")
    return lock_account(found)


def _reseller(caller: Caller, reseller: str) -> Account:
    if caller.kind is not AccountKind.DISTRIBUTOR:
        raise NotVisible("reseller")
    return lock_account(get_reseller(caller.scope, account_id=reseller).pk)


def _customer(caller: Caller, customer: str, reseller: str | None) -> tuple[Account, Account]:
    """The partner whose money it is, and its customer, locked."""
    rows = customers(scope_of(caller, reseller)).select_for_update(of=("self",))
    row = rows.filter(account_id=customer).first()
    if row is None or row.partner is None:
        raise NotVisible("customer")
    if row.association_kind != AssociationKind.AGENCY:
        raise WrongAssociation("money is transferred to customers of the agency association alone")
    return row.partner, row
