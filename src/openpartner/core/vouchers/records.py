"""What lists of vouchers are read from: vouchers, what they have paid, templates, quotas, and the log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Abs, Coalesce

from openpartner.core.accounts.models import Account
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.scope import Scope
from openpartner.core.ledger.models import LedgerAccount, Use
from openpartner.core.vouchers.models import Voucher, VoucherQuota, VoucherRecord, VoucherTemplate, VoucherUse
from openpartner.core.vouchers.purses import quota_left
from openpartner.core.vouchers.queries import (
    QUOTA_OPERATIONS,
    REFUSED,
    STANDING,
    TAKEN_BACK,
    QuotaRow,
    VoucherFilter,
    VoucherRow,
    find_voucher,
    in_states,
    quotas,
    state_of,
    voucher_rows,
    vouchers,
)
from openpartner.core.vouchers.vocabulary import (
    Operation,
    QuotaKind,
    QuotaState,
    Standing,
    TemplateStanding,
    VoucherKind,
    VoucherState,
)
from openpartner.kit import clock
from openpartner.kit.money import Money

SOON = timedelta(days=7)
PARTNERS_COST = (VoucherKind.PARTNER, VoucherKind.TRIAL)
SELLERS = frozenset({VoucherKind.CUSTOMER, *PARTNERS_COST})
CUSTOMERS = frozenset({VoucherKind.CUSTOMER})
ANSWERS = (Operation.APPROVAL, Operation.REJECTION, Operation.CANCELLATION)
"""What is done to an application."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFilter:
    """Conditions on the vouchers of a list; None means no condition."""

    holder: str | None = None
    """The account id of the customer."""
    uin: int | None = None
    standing: int | None = None
    standings: frozenset[Standing] | None = None
    state: int | None = None
    usage: str | None = None
    payment_mode: str | None = None
    kind: int | None = None
    template: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFilter:
    """Conditions on templates; None means no condition."""

    standing: int | None = None
    usage: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaFilter:
    """Conditions on quotas and pools; None means no condition."""

    uin: int | None = None
    """Of the partner that has it."""
    kind: int | None = None
    state: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Conditions on the log of operations; None means no condition."""

    uin: int | None = None
    """Of the customer, or of the partner that a quota is of."""
    quota: str | None = None
    voucher: str | None = None
    operation: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsesFilter:
    """Which voucher's uses, by its code; None: of all."""

    voucher: str | None = None


@dataclass(frozen=True, slots=True)
class Usable:
    """What a customer can use now, and what of it ends within a week, in one currency."""

    amount: Money
    number: int
    soon: Money
    soon_number: int


def kinds_of(scope: Scope) -> frozenset[VoucherKind]:
    """The kinds that a scope lists: a customer's own, but not those that pay its partner's cost for it."""
    return CUSTOMERS if scope.customer is not None else SELLERS


def listed_vouchers(scope: Scope, where: ListedFilter) -> QuerySet[Voucher]:
    """Vouchers with their `standing`, `shown` (left, or left when it ended, in millionths) and `whom` it is for."""
    kinds = kinds_of(scope)
    if where.kind is not None:
        kinds &= {VoucherKind(where.kind)}
    conditions = VoucherFilter(
        kinds=kinds,
        customer_account_id=where.holder,
        customer_uin=where.uin,
        usage=where.usage,
        payment_mode=where.payment_mode,
        standings=where.standings if where.standing is None else frozenset({Standing(where.standing)}),
        template=where.template,
    )
    moment = clock.now()
    number: BigIntegerField[int, int] = BigIntegerField()
    running, over = Q(state=VoucherState.ISSUED), Q(valid_until__lte=moment)
    accounts = LedgerAccount.objects.everything(reason="of vouchers within the scope").filter(
        use=Use.VOUCHER, holder=OuterRef("held_by"), subject=OuterRef("pk")
    )
    rows = vouchers(scope, conditions)
    if where.state is not None:
        rows = rows.filter(state=where.state)
    rows = rows.annotate(
        held_by=Case(When(kind__in=PARTNERS_COST, then=F("partner_id")), default=F("customer_id"), output_field=number)
    )
    free = accounts.annotate(rest=F("credits") - F("debits") - F("reserved")).values("rest")[:1]
    return rows.annotate(
        shown=Coalesce(F("left_micros"), Subquery(free, output_field=number), 0, output_field=number),
        whom=Coalesce("customer_id", "partner_id"),
        standing=Case(
            When(running & over, then=Value(Standing.EXPIRED.value)),
            When(running & Q(valid_from__gt=moment), then=Value(Standing.INACTIVE.value)),
            When(running, then=Value(Standing.USABLE.value)),
            When(state=VoucherState.UNDER_REVIEW, then=Value(Standing.UNDER_REVIEW.value)),
            When(state=VoucherState.USED, then=Value(Standing.USED.value)),
            When(state=VoucherState.EXPIRED, then=Value(Standing.EXPIRED.value)),
            When(state__in=TAKEN_BACK, then=Value(Standing.TAKEN_BACK.value)),
            When(state__in=REFUSED, then=Value(Standing.REFUSED.value)),
            output_field=IntegerField(),
        ),
    )


def listed_applications(scope: Scope, where: ListedFilter) -> QuerySet[Voucher]:
    """Vouchers that were applied for, each with what was answered and when: `answer`, `answered`."""
    log = VoucherRecord.objects.everything(reason="of vouchers within the scope").filter(
        voucher=OuterRef("pk"), operation__in=ANSWERS
    )
    last = log.order_by("-at", "-pk")
    return listed_vouchers(scope, replace(where, kind=VoucherKind.TRIAL)).annotate(
        answer=Subquery(last.values("remark")[:1]), answered=Subquery(last.values("at")[:1])
    )


def listed_uses(scope: Scope, where: UsesFilter) -> QuerySet[VoucherUse]:
    """What vouchers of the scope have paid of the bills that are current."""
    found = vouchers(scope, VoucherFilter(kinds=kinds_of(scope), code=where.voucher))
    return VoucherUse.objects.within(scope).filter(STANDING, voucher__in=found.values("pk"))


def get_use(scope: Scope, key: int) -> VoucherUse:
    """What a voucher of the scope's lists has paid of one line; NotVisible when there is no such use."""
    found = listed_uses(scope, UsesFilter()).filter(pk=key).first()
    if found is None:
        raise NotVisible("use")
    return found


def listed_templates(scope: Scope, where: TemplateFilter) -> QuerySet[VoucherTemplate]:
    """Templates with their `standing` and how many vouchers were `issued` from each; none to an account manager."""
    if scope.manager is not None:
        return VoucherTemplate.objects.within(replace(scope, manager=None)).none()
    made = Voucher.objects.everything(reason="of templates within the scope").filter(template=OuterRef("pk"))
    counted = made.order_by().values("template").annotate(n=Count("pk")).values("n")
    rows = VoucherTemplate.objects.within(scope).annotate(
        issued=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
        standing=Case(
            When(retired_at__isnull=False, then=Value(TemplateStanding.RETIRED.value)),
            When(issued_at__isnull=False, then=Value(TemplateStanding.FIXED.value)),
            default=Value(TemplateStanding.EDITABLE.value),
            output_field=IntegerField(),
        ),
    )
    given = {"standing": where.standing, "usage": where.usage}
    return rows.filter(**{name: value for name, value in given.items() if value is not None})


def get_template(scope: Scope, key: int) -> VoucherTemplate:
    """The template with this key that the scope's lists have, with `standing` and `issued`; NotVisible without one."""
    found = listed_templates(scope, TemplateFilter()).filter(pk=key).first()
    if found is None:
        raise NotVisible("template")
    return found


def listed_quotas(scope: Scope, where: QuotaFilter) -> QuerySet[VoucherQuota]:
    """Quotas and pools, with what is `left` of each in millionths, and its `standing`: the state it is in now."""
    number: BigIntegerField[int, int] = BigIntegerField()
    accounts = LedgerAccount.objects.everything(reason="of quotas within the scope").filter(
        use=Use.QUOTA, holder=OuterRef("partner_id"), subject=OuterRef("pk")
    )
    free = accounts.annotate(rest=F("credits") - F("debits") - F("reserved")).values("rest")[:1]
    ran_out = Q(state=QuotaState.NORMAL, valid_until__lte=clock.now())
    rows = quotas(scope).annotate(
        left=Coalesce(Subquery(free, output_field=number), 0, output_field=number),
        standing=Case(
            When(ran_out, then=Value(QuotaState.INVALID.value)), default=F("state"), output_field=IntegerField()
        ),
    )
    if where.kind is not None:
        rows = rows.filter(kind=where.kind)
    if where.state is not None:
        rows = rows.filter(in_states({where.state}))
    if where.uin is not None:
        rows = rows.filter(partner__in=_accounts(where.uin))
    return rows


def get_quota(scope: Scope, code: str) -> QuotaRow:
    """The quota or pool with this code, its partner, giver and parent with it; NotVisible when the scope has none."""
    found = quotas(scope).filter(code=code).select_related("partner", "giver", "parent").first()
    if found is None:
        raise NotVisible("quota")
    return QuotaRow(found, quota_left([found])[found.pk], state_of(found, clock.now()))


def usable_quotas(scope: Scope) -> list[QuotaRow]:
    """The quotas that something can be issued out of now, without the pool, the soonest end first."""
    moment = clock.now()
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=moment)
    rows = quotas(scope).exclude(kind=QuotaKind.POOL).filter(begun, in_states({QuotaState.NORMAL}))
    found = list(rows.order_by(F("valid_until").asc(nulls_last=True), "pk"))
    left = quota_left(found)
    return [QuotaRow(one, left[one.pk], QuotaState.NORMAL) for one in found if left[one.pk]]


def quota_records(scope: Scope, where: LogFilter) -> QuerySet[VoucherRecord]:
    """What was done with quotas and pools, each with its `change` in millionths: below zero where one shrank."""
    rows = _log(scope, where).filter(operation__in=(*QUOTA_OPERATIONS, Operation.QUOTA_STATE))
    if scope.manager is not None:
        rows = rows.none()
    if where.uin is not None:
        rows = rows.filter(partner__in=_accounts(where.uin))
    number: BigIntegerField[int, int] = BigIntegerField()
    shrank = When(operation=Operation.QUOTA_RECLAIM, then=-Abs("micros"))
    return rows.annotate(change=Case(shrank, default=F("micros"), output_field=number))


def voucher_records(scope: Scope, where: LogFilter) -> QuerySet[VoucherRecord]:
    """What was done with the vouchers that the scope's lists have, and who got none; each with `whom` it is about."""
    cards = Voucher.objects.everything(reason="left out of the log").filter(kind=VoucherKind.CARD)
    rows = _log(scope, where).filter(Q(voucher__isnull=False) | Q(customer__isnull=False))
    rows = rows.exclude(voucher__in=cards.values("pk"))
    if where.uin is not None:
        rows = rows.filter(customer__in=_accounts(where.uin))
    return rows.annotate(whom=Coalesce("customer_id", "partner_id"))


def _log(scope: Scope, where: LogFilter) -> QuerySet[VoucherRecord]:
    """The log of a scope; customers have none, because it tells why."""
    rows = VoucherRecord.objects.within(scope)
    if scope.customer is not None:
        return rows.none()
    if where.quota is not None:
        rows = rows.filter(quota__in=quotas(scope).filter(code=where.quota).values("pk"))
    if where.voucher is not None:
        rows = rows.filter(voucher__in=Voucher.objects.within(scope).filter(code=where.voucher).values("pk"))
    given = {"operation": where.operation, "at__gte": where.since, "at__lte": where.until}
    return rows.filter(**{name: value for name, value in given.items() if value is not None})


def _accounts(uin: int) -> QuerySet[Account, Any]:
    """The key of the account with a uin; what names it is read within a scope."""
    return Account.objects.everything(reason="what names it is read within the scope").filter(uin=uin).values("pk")


def get_listed(scope: Scope, code: str) -> VoucherRow | None:
    """The voucher with this code that the scope's lists have, or None."""
    return find_voucher(scope, VoucherFilter(kinds=kinds_of(scope), code=code))


def usable_of(scope: Scope, customer: int) -> Usable | None:
    """What a customer that was read within the scope can use now; None when there is nothing."""
    where = VoucherFilter(customer=customer, standings=frozenset({Standing.USABLE}))
    rows = [row for row in voucher_rows(list(vouchers(scope, where))) if row.left_micros]
    if not rows:
        return None
    currency, moment = rows[0].voucher.currency, clock.now()
    rows = [row for row in rows if row.voucher.currency == currency]
    soon = [row for row in rows if row.voucher.valid_until <= moment + SOON]
    return Usable(
        Money(currency, sum(row.left_micros for row in rows)),
        len(rows),
        Money(currency, sum(row.left_micros for row in soon)),
        len(soon),
    )
