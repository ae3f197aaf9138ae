"""Moving money between account balances, in the caller's transaction: the row and its transfer."""

from __future__ import annotations

from dataclasses import dataclass

from openpartner.core.accounts.models import Account
from openpartner.core.balances.models import BalanceMovement, MovementKind, mint_number
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.credit.purses import currency_of
from openpartner.core.ledger.models import Kind, LedgerAccount, Use
from openpartner.core.ledger.opening import Name, account, find
from openpartner.core.ledger.transfers import Cause, Order, post_one
from openpartner.kit import clock
from openpartner.kit.money import Money

MOVEMENTS = BalanceMovement._meta.db_table
WHY = "one of its accounts is the caller, or was read within the scope"
KINDS = {
    MovementKind.TOP_UP: Kind.TOP_UP,
    MovementKind.PAY_OUT: Kind.WITHDRAWAL,
    MovementKind.TRANSFER: Kind.TRANSFER,
    MovementKind.RECLAIM: Kind.TRANSFER_BACK,
    MovementKind.UNBIND: Kind.TRANSFER_BACK,
    MovementKind.ENTERPRISE_TRANSFER: Kind.TRANSFER,
    MovementKind.ENTERPRISE_RECLAIM: Kind.TRANSFER_BACK,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What shall be moved. The lower of the two accounts says whose it is to see."""

    kind: MovementKind
    source: Account
    target: Account
    amount: Money
    operator: str
    number: str = ""
    memo: str = ""


def purse(holder: Account) -> Name:
    """The ledger account of somebody's balance, with the partner it has now: of a partner, whom it pays."""
    if holder.kind == AccountKind.PROVIDER:
        raise NotVisible("balance")
    if holder.partner is None:
        raise NotVisible("customer")
    seller = holder.partner if holder.kind == AccountKind.CUSTOMER else holder
    return Name(use=Use.BALANCE, holder=holder, giver=holder.partner, currency=currency_of(seller))


def balance_of(holder: Account) -> Money:
    """What is on somebody's account, who was read within the scope; nothing is opened by asking."""
    name = purse(holder)
    found = find(name)
    return found.balance if found is not None else Money(name.currency, 0)


def move(order: Move) -> BalanceMovement:
    """Move an amount and return its row. NotCovered when the source lacks it."""
    number = order.number or mint_number()
    lower = max((order.source, order.target), key=lambda one: one.kind)
    is_customer = lower.kind == AccountKind.CUSTOMER
    assert lower.provider_id is not None
    currency = order.amount.currency
    debit, credit = _side(order.source, currency), _side(order.target, currency)
    transfer = post_one(
        Order(
            key=f"balance:{lower.provider_id}:{number}",
            kind=KINDS[order.kind],
            debit=debit.pk,
            credit=credit.pk,
            micros=order.amount.micros,
            covered=order.kind is not MovementKind.TOP_UP,
            cause=Cause(table=MOVEMENTS),
        )
    )
    return BalanceMovement.objects.create(
        number=number,
        kind=order.kind,
        source=order.source,
        target=order.target,
        currency=currency,
        micros=order.amount.micros,
        source_after=transfer.debit_after,
        target_after=transfer.credit_after,
        transfer=transfer,
        at=clock.now(),
        operator=order.operator,
        memo=order.memo,
        provider_id=lower.provider_id,
        payer_id=lower.payer_id,
        partner_id=lower.partner_id if is_customer else lower.pk,
        customer_id=lower.pk if is_customer else None,
    )


def return_balance(child: Account, by: str) -> None:
    """Give what a locked account has left back to the partner that it leaves (huawei:D7a)."""
    partner = child.partner
    if partner is None or partner.kind == AccountKind.PROVIDER:
        return
    left = balance_of(child)
    if left.micros > 0:
        move(Move(kind=MovementKind.UNBIND, source=child, target=partner, amount=left, operator=by or "system"))


def _side(holder: Account, currency: str) -> LedgerAccount:
    if holder.kind == AccountKind.PROVIDER:
        return account(Name(use=Use.OUTSIDE, holder=holder, giver=holder, currency=currency))
    return account(purse(holder))
