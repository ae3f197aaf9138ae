"""Money between the master of an enterprise and its members (China site; huawei:A4, huawei:D7a)."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Q, Sum

from openpartner.core.accounts.models import Account, EnterpriseMember
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.balances.models import NUMBER_MAX, BalanceMovement, MovementKind
from openpartner.core.balances.moving import WHY, Move, balance_of, move
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.kinds import AccountingMode, AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.credit.purses import currency_of
from openpartner.core.ledger.amounts import checked
from openpartner.core.ledger.models import Use
from openpartner.core.ledger.transfers import NotCovered
from openpartner.kit.money import Money


@command(Action.BALANCE_MOVED, permission=Permission.MEMBER_MANAGE)
def transfer_to_member(caller: Caller, *, member: str, amount: Decimal, number: str = "") -> BalanceMovement:
    """Transfer from the calling master's balance to that of a member (its account id) that pays for itself.

    The same number again returns the first movement, Conflict when it was given for another.
    """
    return _moved(caller, member, amount, number, MovementKind.ENTERPRISE_TRANSFER)


@command(Action.BALANCE_MOVED, permission=Permission.MEMBER_MANAGE)
def reclaim_from_member(caller: Caller, *, member: str, amount: Decimal, number: str = "") -> BalanceMovement:
    """Take back from a member's balance, up to what the master has given and is still there."""
    return _moved(caller, member, amount, number, MovementKind.ENTERPRISE_RECLAIM)


def transferable(caller: Caller) -> Money:
    """What the calling master may transfer: its balance."""
    return balance_of(_master(caller))


def reclaimable(caller: Caller, member: str) -> Money:
    """What the calling master may take back from a member (its account id)."""
    return _reclaimable(_master(caller), _member(caller, member))


def _moved(caller: Caller, member: str, amount: Decimal, number: str, kind: MovementKind) -> BalanceMovement:
    if len(number) > NUMBER_MAX:
        raise Invalid("trans_id", f"is longer than {NUMBER_MAX} characters")
    # Two masters never share a member, so that locking the master alone puts its movements in order.
    master = _master(caller, is_locked=True)
    row = lock_account(_member(caller, member).pk)
    assert master.partner is not None
    money = checked("amount", amount, currency_of(master.partner))
    source, target = (master, row) if kind is MovementKind.ENTERPRISE_TRANSFER else (row, master)
    numbered = f"{master.account_id}:{number}" if number else ""
    first = _first(master, numbered) if numbered else None
    if first is not None:
        if (first.kind, first.source_id, first.target_id, first.micros) != (kind, source.pk, target.pk, money.micros):
            raise Conflict("this number was given for another transfer")
        record(caller, Action.BALANCE_MOVED, subject=row, kind=kind.label, number=first.number, repeated=True)
        return first
    if kind is MovementKind.ENTERPRISE_RECLAIM and _reclaimable(master, row) < money:
        raise NotCovered(Use.BALANCE)
    moved = move(
        Move(kind=kind, source=source, target=target, amount=money, operator=caller.user_name, number=numbered)
    )
    record(caller, Action.BALANCE_MOVED, subject=row, kind=kind.label, amount=str(money), number=moved.number)
    return moved


def _reclaimable(master: Account, member: Account) -> Money:
    """What the master gave and has not taken back, as far as it is still there."""
    held = balance_of(member)
    rows = BalanceMovement.objects.everything(reason=WHY)
    given = rows.filter(source=master, target=member, kind=MovementKind.ENTERPRISE_TRANSFER)
    back = rows.filter(source=member, target=master, kind=MovementKind.ENTERPRISE_RECLAIM)
    net = (given.aggregate(sum=Sum("micros"))["sum"] or 0) - (back.aggregate(sum=Sum("micros"))["sum"] or 0)
    return Money(held.currency, max(0, min(held.micros, net)))


def _master(caller: Caller, *, is_locked: bool = False) -> Account:
    if caller.kind is not AccountKind.CUSTOMER:
        raise NotVisible("customer")
    if is_locked:
        return lock_account(caller.account)
    return Account.objects.everything(reason="the caller itself").select_related("partner").get(pk=caller.account)


def _member(caller: Caller, account_id: str) -> Account:
    """A current member that pays for itself; NotVisible for everybody else, Conflict for one whose master pays."""
    accounts = Account.objects.everything(reason="the membership decides what is visible").filter(account_id=account_id)
    current = EnterpriseMember.objects.within(caller.scope).filter(Q(until__isnull=True), member__in=accounts)
    held = current.select_related("member").first()
    if held is None:
        raise NotVisible("member")
    if held.mode != AccountingMode.INDEPENDENT:
        raise Conflict("its master pays for this member: there is nothing to transfer")
    return held.member


def _first(master: Account, number: str) -> BalanceMovement | None:
    rows = BalanceMovement.objects.everything(reason=WHY)
    return rows.filter(provider=master.provider_id, number=number).first()
