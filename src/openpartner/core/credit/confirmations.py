"""Confirming that a customer has paid its bill of a month, which brings back what the month took (tencent:E.1, B.7).

A confirmation stands for what the bill said then. A restated month has something left to confirm: that is another
confirmation, of the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Max, Sum

from openpartner.core.accounts.models import Account, Association
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import ChannelError, Conflict, Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.models import BillMonth, CustomerMonth, MonthState
from openpartner.core.billing.months import month_text
from openpartner.core.command import command
from openpartner.core.credit import purses
from openpartner.core.credit.allocations import OPERATOR_MAX, give_back
from openpartner.core.credit.models import KEY_MAX, REMARK_MAX, BillConfirmation
from openpartner.core.credit.standing import reassess_after
from openpartner.core.ledger.models import Kind
from openpartner.core.ledger.transfers import Cause, Order, post_one
from openpartner.kit import clock
from openpartner.kit.money import Money

TABLE = "bill_confirmation"
WHY = "the customer is or was the caller's own"
AT_ONCE_MAX = 1_000

Charged = Callable[[Collection[int], int, int], Mapping[int, int]]
"""What a month took from the credit of customers with a partner, in millionths: asked by primary keys and month."""
CHARGED: list[Charged] = []
"""Filled by the capability that charges, when its app is ready; nothing was taken where there is none."""


class BillState(StrEnum):
    """Whether a customer's bill of a month is paid."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    RESTATED = "restated"
    """Confirmed, and something has been left to confirm since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillStatus:
    """A customer's bill of a month: what it says, what of it is confirmed, when and by whom last."""

    currency: str
    total: int
    confirmed: int
    is_final: bool
    at: datetime | None = None

    @property
    def outstanding(self) -> int:
        """What is left to confirm, in millionths; below zero when a restatement made the bill smaller."""
        return self.total - self.confirmed

    @property
    def state(self) -> BillState:
        """Unconfirmed until the first confirmation."""
        if self.at is None:
            return BillState.UNCONFIRMED
        return BillState.RESTATED if self.outstanding else BillState.CONFIRMED


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What was confirmed: how much of the bill, and how much of it came back as credit."""

    row: int
    paid: Money
    restored: Money
    total: Money


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one customer of several: a confirmation, or why not."""

    uin: int
    done: Confirmation | None = None
    fault: str = ""


@command(Action.BILL_CONFIRMED, permission=Permission.CREDIT_WRITE)
def confirm_bill(caller: Caller, *, customer: int, month: int, remark: str = "", key: str) -> Confirmation:
    """Confirm that a customer of the caller (its uin) has paid its bill of a month, and restore its credit.

    Of the customers that have left, too: what comes back goes to the caller then. Conflict before every cloud's month
    is final, without a bill, and when nothing is left to confirm. A repeat of the key gets the first result.
    """
    _check(remark, key)
    child = lock_account(_billed(caller, customer).pk)
    first = BillConfirmation.objects.everything(reason=WHY).filter(key=f"{caller.account}:{key}").first()
    if first is not None:
        if (first.customer_id, first.month) != (child.pk, month):
            raise Conflict("this key was used for another bill")
        record(caller, Action.BILL_CONFIRMED, subject=child, month=month_text(month), repeated=True)
        return _result(first)
    status = statuses([child.pk], caller.account, month).get(child.pk)
    if status is None:
        raise Conflict("there is no bill of this month")
    if not status.is_final:
        raise Conflict("the month is not final yet")
    if status.at is not None and not status.outstanding:
        raise Conflict("the bill is confirmed already")
    row = _confirmed(caller, child, month, status, remark, key)
    record(caller, Action.BILL_CONFIRMED, subject=child, month=month_text(month), paid=str(_result(row).paid))
    return _result(row)


@command(Action.BILLS_CONFIRMED, permission=Permission.CREDIT_WRITE)
def confirm_bills(caller: Caller, *, customers: Sequence[int], month: int, remark: str = "", key: str) -> list[Outcome]:
    """Confirm the bills of several customers (their uins); each succeeds or is told why not. At most a thousand."""
    _check(remark, key)
    if len(customers) > AT_ONCE_MAX:
        raise Invalid("customers", f"are more than {AT_ONCE_MAX}")
    rows = Account.objects.everything(reason="told only of the caller's own").filter(uin__in=set(customers))
    # All of them before anything else, in the order in which everybody locks them.
    list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    found = {}
    for uin in dict.fromkeys(customers):
        try:
            done = confirm_bill(caller, customer=uin, month=month, remark=remark, key=f"{key}:{uin}")
        except ChannelError as error:
            found[uin] = Outcome(uin, fault=error.message)
        else:
            found[uin] = Outcome(uin, done)
    record(
        caller,
        Action.BILLS_CONFIRMED,
        month=month_text(month),
        confirmed=sum(one.done is not None for one in found.values()),
        refused=sum(one.done is None for one in found.values()),
    )
    return list(found.values())


def statuses(customers: Collection[int], partner: int, month: int) -> dict[int, BillStatus]:
    """The bills of customers, which were read within a scope, under a partner; those without one are left out.

    Over all clouds, in the partner's currency.
    """
    keys = list(customers)
    months = BillMonth.objects.everything(reason=WHY).filter(month=month)
    final = {row.pk: row.state == MonthState.FINAL for row in months}
    rows = CustomerMonth.objects.everything(reason=WHY).filter(
        customer__in=keys, partner=partner, month__in=list(final), currency=_currency(partner)
    )
    totals: dict[int, int] = {}
    is_final: dict[int, bool] = {}
    for customer, of, total in rows.values_list("customer_id", "month_id", "total_micros"):
        totals[customer] = totals.get(customer, 0) + total
        is_final[customer] = is_final.get(customer, True) and final[of]
    confirmed = _confirmations(keys, partner, month)
    currency = _currency(partner)
    return {
        customer: BillStatus(
            currency=currency,
            total=totals.get(customer, 0),
            confirmed=confirmed.get(customer, (0, None))[0],
            is_final=is_final.get(customer, all(final.values())),
            at=confirmed.get(customer, (0, None))[1],
        )
        for customer in sorted(totals.keys() | confirmed.keys())
    }


def is_paid(customer: int, partner: int, month: int) -> bool:
    """Whether a customer's bill is confirmed to the last of it."""
    status = statuses([customer], partner, month).get(customer)
    return status is not None and status.state is BillState.CONFIRMED


def confirmations(customer: int, partner: int, month: int | None = None) -> list[BillConfirmation]:
    """What was confirmed of a customer, which was read within a scope, newest first."""
    rows = BillConfirmation.objects.everything(reason=WHY).filter(customer=customer, partner=partner)
    return list((rows if month is None else rows.filter(month=month)).order_by("-id"))


def _confirmed(
    caller: Caller, child: Account, month: int, status: BillStatus, remark: str, key: str
) -> BillConfirmation:
    partner = Account.objects.everything(reason="the caller's own account").get(pk=caller.account)
    charged = sum(ask([child.pk], partner.pk, month).get(child.pk, 0) for ask in CHARGED)
    restored = charged - _restored(child.pk, partner.pk, month)
    assert partner.provider_id is not None
    assert partner.payer_id is not None
    row = BillConfirmation.objects.create(
        key=f"{caller.account}:{key}",
        provider_id=partner.provider_id,
        payer_id=partner.payer_id,
        partner=partner,
        customer=child,
        month=month,
        currency=status.currency,
        paid=status.outstanding,
        micros=restored,
        total_after=charged,
        remark=remark,
        at=clock.now(),
        operator=f"{caller.account_name}/{caller.user_name}"[:OPERATOR_MAX],
    )
    if restored:
        _restore(caller, child, partner, row)
    return row


def _restore(caller: Caller, child: Account, partner: Account, row: BillConfirmation) -> None:
    available, used = purses.hold(purses.available(child, partner), purses.used(child, partner))
    is_back = row.micros > 0
    post_one(
        Order(
            key=f"{TABLE}:{row.pk}",
            kind=Kind.CONFIRMATION,
            debit=used.pk if is_back else available.pk,
            credit=available.pk if is_back else used.pk,
            micros=abs(row.micros),
            covered=False,  # as the charges were
            cause=Cause(table=TABLE, row=row.pk),
        )
    )
    if child.partner_id == partner.pk:
        before = available.balance.micros
        reassess_after(child.pk, before=before, after=before + row.micros)
    else:  # it has left: what comes back is its former partner's again
        give_back(child, partner, by=f"{caller.account_name}/{caller.user_name}")


def _billed(caller: Caller, uin: int) -> Account:
    """A customer that is or was the caller's own. NotVisible for everybody else."""
    if not caller.kind.is_partner:
        raise NotVisible("customer")
    rows = Account.objects.everything(reason="told only when it is or was bound to the caller")
    found = rows.filter(uin=uin, kind=AccountKind.CUSTOMER).first()
    if found is not None and (
        Account.objects.within(caller.own()).filter(pk=found.pk).exists()
        or (
            caller.scope.manager is None
            and Association.objects.within(caller.own()).filter(child=found, partner=caller.account).exists()
        )
    ):
        return found
    raise NotVisible("customer")


def _confirmations(customers: Collection[int], partner: int, month: int) -> dict[int, tuple[int, datetime | None]]:
    rows = BillConfirmation.objects.everything(reason=WHY).filter(
        customer__in=list(customers), partner=partner, month=month
    )
    sums = rows.order_by().values("customer").annotate(n=Sum("paid"), last=Max("at"))
    return {customer: (n, last) for customer, n, last in sums.values_list("customer", "n", "last")}


def _restored(customer: int, partner: int, month: int) -> int:
    rows = BillConfirmation.objects.everything(reason=WHY).filter(customer=customer, partner=partner, month=month)
    return rows.aggregate(n=Sum("micros"))["n"] or 0


def _currency(partner: int) -> str:
    return purses.currency_of(Account.objects.everything(reason=WHY).only("site").get(pk=partner))


def _check(remark: str, key: str) -> None:
    if len(remark) > REMARK_MAX:
        raise Invalid("remark", f"is longer than {REMARK_MAX} characters")
    if not key or len(key) > KEY_MAX // 2:
        raise Invalid("key", f"must have 1 to {KEY_MAX // 2} characters")


def _result(row: BillConfirmation) -> Confirmation:
    amounts = (Money(row.currency, micros) for micros in (row.paid, row.micros, row.total_after))
    return Confirmation(row.pk, *amounts)
