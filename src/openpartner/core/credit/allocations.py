"""Giving credit and taking it back: to customers, and to the pools of second-level resellers.

An allocation is an increment, permanent and effective at once; a reclaim is a negative one (tencent:E.1). What is given
must be left of what the giver has, what is taken back must be unspent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from openpartner.core.accounts.models import Account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.compiled import Compiled, marks_for
from openpartner.core.base.errors import Conflict, Invalid, LimitReached, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.base.swift import insert_unless_there
from openpartner.core.command import command
from openpartner.core.credit import purses
from openpartner.core.credit.models import KEY_MAX, REMARK_MAX, CreditAllocation, Given
from openpartner.core.credit.standing import reassess_after
from openpartner.core.ledger.models import Kind, LedgerAccount, Use
from openpartner.core.ledger.swift import carry_out, locked
from openpartner.core.ledger.transfers import Cause, Order
from openpartner.core.partners.queries import get_reseller
from openpartner.kit import clock
from openpartner.kit.money import Money

TABLE = "credit_allocation"
CHANGE_MAX = 10**12 * 10**6
"""A trillion units at once, in millionths: beyond it somebody has mistyped, and sums must stay within 64 bits."""
POOL_CHANGE_MAX = 10**6 * 10**6
"""tencent:F.4: a pool changes by a million units at once."""
OPERATOR_MAX = 200
LEFT = "left"
"""The remark of what is taken back when a customer or reseller leaves."""


class NotAllocable(LimitReached):
    """More is asked for than the giver may still give."""


class NotReclaimable(LimitReached):
    """More is asked back than there is unspent."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """What was done, and what the receiver has afterwards."""

    row: int
    change: Money
    total: Money
    available: Money


@dataclass(frozen=True, slots=True)
class Movement:
    """One change of what somebody was given, ready to be posted: its accounts are locked."""

    given: Given
    source: LedgerAccount
    """Where it comes from when it is given."""
    target: LedgerAccount
    total_before: int
    change: int
    remark: str
    key: str
    is_unlimited: bool = False
    """Whether more may be given than there is (tencent:F.2)."""
    kinds: tuple[Kind, Kind] = (Kind.ALLOCATION, Kind.RECLAIM)


@command(Action.CREDIT_ALLOCATED, permission=Permission.CREDIT_WRITE)
def allocate_credit(
    caller: Caller, *, customer: Account | int, change: Money, remark: str = "", key: str
) -> Allocation:
    """Change the credit of one of the caller's direct customers (or its uin) and return what it has then.

    `key` makes a repeat harmless: it gets the first result. NotAllocable beyond what the caller has left,
    NotReclaimable beyond what the customer has unspent, NotVisible unless the customer is the caller's own.
    """
    uin = customer if isinstance(customer, int) else customer.uin
    check_change(change, remark, key, CHANGE_MAX)
    child = _locked_customer(caller, uin)
    held = _held(caller, child, change.currency)
    movement = Movement(
        Given.CUSTOMER,
        held[Use.ALLOCABLE],
        held[Use.AVAILABLE],
        purses.together([held[Use.AVAILABLE], held[Use.USED]]),
        change.micros,
        remark,
        f"{caller.account}:{key}",
        is_unlimited=held[Use.ALLOCABLE].floor is None,
    )
    done = move(f"{caller.account_name}/{caller.user_name}", movement)
    record(caller, Action.CREDIT_ALLOCATED, subject=child, change=str(change), total=str(done.total), remark=remark)
    reassess_after(child.pk, before=done.available.micros - change.micros, after=done.available.micros)
    return done


@command(Action.CREDIT_POOL_CHANGED, permission=Permission.CREDIT_WRITE)
def allocate_pool(caller: Caller, *, reseller: Account | int, change: Money, remark: str = "", key: str) -> Allocation:
    """Change the pool of one of a distributor's second-level resellers (or its uin) and return what it has then.

    A pool at zero stops nobody's services (tencent:B.4). Raises like `allocate_credit`; Invalid beyond a million.
    """
    if caller.kind is not AccountKind.DISTRIBUTOR:
        raise NotVisible("reseller")
    check_change(change, remark, key, POOL_CHANGE_MAX)
    uin = reseller if isinstance(reseller, int) else reseller.uin
    child = get_reseller(caller.scope, uin=uin)
    parent = (
        Account.objects.everything(reason="the caller's own account")
        .select_for_update(no_key=True)
        .get(pk=caller.account)
    )
    source, target = purses.hold(purses.line(parent), purses.line(child))
    if change.currency != target.currency:
        raise Invalid("change", f"is not in {target.currency}")
    movement = Movement(
        Given.POOL,
        source,
        target,
        total_of(child.pk, parent.pk),
        change.micros,
        remark,
        f"{caller.account}:{key}",
        is_unlimited=source.floor is None,
    )
    done = move(f"{caller.account_name}/{caller.user_name}", movement)
    record(caller, Action.CREDIT_POOL_CHANGED, subject=child, change=str(change), total=str(done.total), remark=remark)
    return done


def check_change(change: Money, remark: str, key: str, most: int) -> None:
    """Invalid unless the change is one: not zero, not absurd, and its words fit."""
    # vendor doc silent: a change of zero is none, so it is refused.
    if change.micros == 0:
        raise Invalid("change", "must not be zero")
    if abs(change.micros) > most:
        raise Invalid("change", "is larger than may be changed at once")
    if len(remark) > REMARK_MAX:
        raise Invalid("remark", f"is longer than {REMARK_MAX} characters")
    if not key or len(key) > KEY_MAX // 2:
        raise Invalid("key", f"must have 1 to {KEY_MAX // 2} characters")


def give_back(child: Account, partner: Account, *, by: str) -> Allocation | None:
    """Take back all that a locked customer or partner has unspent of what it was given, when there is any."""
    kinds = (Kind.ALLOCATION, Kind.RECLAIM)
    if child.kind == AccountKind.CUSTOMER:
        source, target, used = purses.hold(
            purses.line(partner), purses.available(child, partner), purses.used(child, partner)
        )
        given, total = Given.CUSTOMER, purses.together([target, used])
    elif partner.kind == AccountKind.PROVIDER:
        source, target = purses.hold(purses.issued(partner, purses.currency_of(child)), purses.line(child))
        given, total, kinds = Given.LINE, total_of(child.pk, partner.pk), (Kind.GRANT, Kind.GRANT_TAKEN_BACK)
    else:
        source, target = purses.hold(purses.line(partner), purses.line(child))
        given, total = Given.POOL, total_of(child.pk, partner.pk)
    left = target.free.micros
    if left <= 0:
        return None
    # It takes from the account, which has then given more than ever before: there is no such key yet.
    key = f"left:{target.pk}:{target.debits}"
    return move(by, Movement(given, source, target, total, -left, LEFT, key, kinds=kinds))


def move(operator: str, one: Movement) -> Allocation:
    """Write the row and post its transfer; a repeat of the key gets the first result, another use is a Conflict."""
    target = one.target
    row = CreditAllocation(
        key=one.key,
        given=one.given,
        holder_id=target.holder_id,
        giver_id=target.giver_id,
        at=clock.now(),
        operator=operator[:OPERATOR_MAX],
        remark=one.remark,
        currency=target.currency,
        micros=one.change,
        total_after=one.total_before + one.change,
        available_after=target.balance.micros + one.change,
        provider_id=target.provider_id,
        payer_id=target.payer_id,
        partner_id=target.partner_id,
        customer_id=target.customer_id,
    )
    if not insert_unless_there(row, "key"):
        return _repeated(one)
    # Reservations hold back what is available: they cannot be taken back (tencent:F.26).
    if one.change > 0 and not one.is_unlimited and one.source.free.micros < one.change:
        raise NotAllocable("more than may still be allocated")
    if one.change < 0 and target.free.micros < -one.change:
        raise NotReclaimable("more than is available")
    forward, back = one.kinds
    gives = one.change > 0
    debit, credit = (one.source, target) if gives else (target, one.source)
    order = Order(
        key=f"{TABLE}:{row.pk}",
        kind=forward if gives else back,
        debit=debit.pk,
        credit=credit.pk,
        micros=abs(one.change),
        covered=not (gives and one.is_unlimited),
        cause=Cause(table=TABLE, row=row.pk),
    )
    carry_out(order, debit, credit)
    return _result(row)


def total_of(holder: int, giver: int) -> int:
    """What a partner was given by another, net, in millionths. Read under the lock of its ledger account to add to."""
    rows = CreditAllocation.objects.everything(reason=purses.WHY).filter(holder=holder, giver=giver)
    return rows.order_by("-id").values_list("total_after", flat=True).first() or 0


def _repeated(one: Movement) -> Allocation:
    first = CreditAllocation.objects.everything(reason="keys carry their caller").get(key=one.key)
    same = (first.holder_id, first.giver_id, first.micros) == (one.target.holder_id, one.target.giver_id, one.change)
    if not same:
        raise Conflict("this key was used for another change")
    return _result(first)


def _result(row: CreditAllocation) -> Allocation:
    amounts = (Money(row.currency, micros) for micros in (row.micros, row.total_after, row.available_after))
    return Allocation(row.pk, *amounts)


@dataclass(slots=True)
class _Bound:
    """As much of a locked customer as an allocation and its audit event need."""

    pk: int
    uin: int
    provider_id: int | None
    payer_id: int | None
    partner_id: int | None


def _locked_customer(caller: Caller, uin: int) -> _Bound:
    """The caller's direct customer, locked: it cannot be released meanwhile."""
    if not caller.kind.is_partner:
        raise NotVisible("customer")
    scope = caller.own()
    found = _customer_of_uin(scope.shape)(*scope.values, uin)
    if not found:
        raise NotVisible("customer")
    return _Bound(*found[0])


@lru_cache(maxsize=8)
def _customer_of_uin(scope_shape: tuple[str, ...]) -> Compiled:
    def build(*marks: int) -> QuerySet[Any, Any]:
        *values, uin = marks
        rows = Account.objects.within(Scope(**dict(zip(scope_shape, values, strict=True))))
        rows = rows.filter(uin=uin, kind=AccountKind.CUSTOMER).select_for_update(no_key=True)
        return rows.values_list("pk", "uin", "provider_id", "payer_id", "partner_id")

    return Compiled(build, *marks_for([int] * (len(scope_shape) + 1)))


def _held(caller: Caller, customer: _Bound, currency: str) -> dict[Use, LedgerAccount]:
    """The caller's line and the customer's two accounts, locked in one statement; opened first where there are none."""
    values = (caller.account, Use.ALLOCABLE, caller.account, customer.pk, *purses.OF_CUSTOMER, caller.account)
    numbers = [int(value) for value in values]
    found = {Use(one.use): one for one in locked(_HELD, numbers)}
    if len(found) < 1 + len(purses.OF_CUSTOMER):
        rows = Account.objects.everything(reason="the caller itself, and its customer")
        partner, child = rows.get(pk=caller.account), rows.get(pk=customer.pk)
        purses.hold(purses.line(partner), purses.available(child, partner), purses.used(child, partner))
        found = {Use(one.use): one for one in locked(_HELD, numbers)}
    if found[Use.AVAILABLE].currency != currency:
        raise Invalid("change", f"is not in {found[Use.AVAILABLE].currency}")
    return found


_HELD = (
    "(holder_id = %s AND use = %s AND subject = 0 AND giver_id = (SELECT partner_id FROM account WHERE id = %s))"
    " OR (holder_id = %s AND use IN (%s, %s) AND subject = 0 AND giver_id = %s)"
)
