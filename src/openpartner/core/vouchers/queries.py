"""Reading quotas, vouchers, what they paid, and the log. Every read begins with a scope."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from openpartner.core.accounts.models import Account
from openpartner.core.base.scope import Scope
from openpartner.core.vouchers.models import Voucher, VoucherQuota, VoucherRecord, VoucherUse
from openpartner.core.vouchers.purses import quota_left, vouchers_left
from openpartner.core.vouchers.vocabulary import (
    Operation,
    QuotaKind,
    QuotaState,
    Standing,
    VoucherKind,
    VoucherState,
)
from openpartner.kit import clock
from openpartner.kit.slices import Page, Slice

TAKEN_BACK = (VoucherState.WITHDRAWN, VoucherState.RECLAIMED)
REFUSED = (VoucherState.REJECTED, VoucherState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherFilter:
    """Conditions on vouchers; None sets none. Times: not before `_from`, before `_until`."""

    partner: int | None = None
    """Who issued it."""
    customer: int | None = None
    customer_uin: int | None = None
    customer_account_id: str | None = None
    is_own: bool = False
    """Without what came out of another coupon, or from the provider."""
    number: int | None = None
    code: str | None = None
    kinds: frozenset[VoucherKind] = frozenset({VoucherKind.CUSTOMER})
    form: int | None = None
    standings: frozenset[Standing] | None = None
    usage: str | None = None
    reach: str | None = None
    payment_mode: str | None = None
    quota: int | None = None
    order_id: str | None = None
    """An order that it paid a part of."""
    template: int | None = None
    issuer: str | None = None
    """The account id of who issued it."""
    ended_since: datetime | None = None
    """Without those that were used up, ran out or were taken back before."""
    times: tuple[tuple[str, datetime], ...] = ()
    """Lookups such as ("valid_from__gt", an instant)."""


@dataclass(frozen=True, slots=True)
class VoucherRow:
    """A voucher with whose it is and what it still pays."""

    voucher: Voucher
    customer: Account | None
    left_micros: int
    """0 once it has ended."""
    standing: Standing

    @property
    def shown_micros(self) -> int:
        """What is left, or was left when it ended."""
        ended = self.voucher.left_micros
        return self.left_micros if ended is None else ended


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """A quota and what is left of it."""

    quota: VoucherQuota
    left_micros: int
    state: QuotaState
    """INVALID once it has expired."""


@dataclass(frozen=True, slots=True)
class Pool:
    """A partner's voucher pool (tencent:E.4)."""

    total_micros: int = 0
    left_micros: int = 0
    issued: int = 0
    """How many vouchers were issued and not rejected or withdrawn."""


def list_vouchers(scope: Scope, where: VoucherFilter, window: Slice) -> Page[VoucherRow]:
    """Vouchers that the scope shows, the newest first."""
    rows = vouchers(scope, where)
    found = rows.select_related("customer", "template", "partner", "provider").order_by("-issued_at", "-pk")
    page = list(found[window.offset : window.offset + window.limit])
    return Page(voucher_rows(page), rows.count())


def voucher_rows(found: Collection[Voucher]) -> list[VoucherRow]:
    """The same with what each still pays; two queries whatever their number."""
    left, moment = vouchers_left(found), clock.now()
    return [VoucherRow(one, one.customer, left[one.pk], standing_of(one, moment)) for one in found]


def vouchers(scope: Scope, where: VoucherFilter) -> QuerySet[Voucher]:
    """The vouchers that the scope shows and the conditions name, in no order."""
    given = {
        "partner_id": where.partner,
        "customer_id": where.customer,
        "customer__uin": where.customer_uin,
        "customer__account_id": where.customer_account_id,
        "pk": where.number,
        "code": where.code,
        "form": where.form,
        "usage": where.usage,
        "reach": where.reach,
        "payment_mode": where.payment_mode,
        "quota_id": where.quota,
        "template_id": where.template,
    }
    rows = Voucher.objects.within(scope).filter(kind__in=where.kinds)
    rows = rows.filter(**{name: value for name, value in given.items() if value is not None})
    rows = rows.filter(**dict(where.times))
    if where.is_own:
        rows = rows.filter(parent__isnull=True, quota__isnull=False)
    if where.issuer is not None:
        by_partner = Q(partner__account_id=where.issuer) & Q(kind=VoucherKind.CUSTOMER, parent__isnull=True)
        rows = rows.filter(by_partner | Q(provider__account_id=where.issuer) & Q(quota__isnull=True))
    if where.order_id is not None:
        used = VoucherUse.objects.everything(reason="of vouchers that were read within the scope")
        rows = rows.filter(Exists(used.filter(STANDING, voucher=OuterRef("pk"), order_id=where.order_id)))
    if where.ended_since is not None:
        since = where.ended_since
        over = Q(state=VoucherState.USED, used_at__lt=since) | Q(ended_at__lt=since) | Q(valid_until__lt=since)
        rows = rows.exclude(over)
    if where.standings is None:
        return rows
    moment = clock.now()
    return rows.filter(reduce(or_, (_standing(one, moment) for one in where.standings)))


def find_voucher(scope: Scope, where: VoucherFilter) -> VoucherRow | None:
    """The one voucher that the conditions name, or None."""
    found = vouchers(scope, where).select_related("customer").first()
    return voucher_rows([found])[0] if found is not None else None


def standing_of(voucher: Voucher, moment: datetime) -> Standing:
    """What a voucher is at an instant: one that has run out is expired whether or not the job has been there."""
    state = VoucherState(voucher.state)
    if state is VoucherState.ISSUED:
        if voucher.valid_until <= moment:
            return Standing.EXPIRED
        return Standing.INACTIVE if voucher.valid_from > moment else Standing.USABLE
    return {
        VoucherState.UNDER_REVIEW: Standing.UNDER_REVIEW,
        VoucherState.USED: Standing.USED,
        VoucherState.EXPIRED: Standing.EXPIRED,
        **dict.fromkeys(TAKEN_BACK, Standing.TAKEN_BACK),
        **dict.fromkeys(REFUSED, Standing.REFUSED),
    }[state]


def pool_of_partner(partner: int) -> Pool:
    """The pool of a partner that was read within a scope; an empty one when nothing was ever granted."""
    return pools_of([partner]).get(partner, Pool())


def pools_of(partners: Collection[int]) -> dict[int, Pool]:
    """The pools of partners that were read within a scope, by key of the partner."""
    rows = VoucherQuota.objects.everything(reason="the partners were read within a scope")
    pools = list(rows.filter(partner__in=partners, kind=QuotaKind.POOL))
    left = quota_left(pools)
    kept = Voucher.objects.everything(reason="of quotas of partners that were read within a scope").exclude(
        state__in=(*REFUSED, VoucherState.WITHDRAWN, VoucherState.UNDER_REVIEW)
    )
    counts = kept.filter(quota__in=[one.pk for one in pools]).values("quota").annotate(number=Count("pk"))
    issued = dict(counts.values_list("quota", "number"))
    return {one.partner_id: Pool(one.granted_micros, left[one.pk], issued.get(one.pk, 0)) for one in pools}


def list_quotas(scope: Scope, window: Slice, conditions: Q, *, parent_code: str | None = None) -> Page[QuotaRow]:
    """Quotas that the scope shows, without pools, the newest first."""
    rows = quotas(scope).exclude(kind=QuotaKind.POOL).filter(conditions)
    if parent_code is not None:
        rows = rows.filter(parent__code=parent_code)
    page = list(
        rows.select_related("partner", "parent").order_by("-created_at", "-pk")[
            window.offset : window.offset + window.limit
        ]
    )
    left, moment = quota_left(page), clock.now()
    return Page([QuotaRow(one, left[one.pk], state_of(one, moment)) for one in page], rows.count())


def state_of(quota: VoucherQuota, moment: datetime) -> QuotaState:
    """What a quota is at an instant."""
    state = QuotaState(quota.state)
    ran_out = quota.valid_until is not None and quota.valid_until <= moment
    return QuotaState.INVALID if ran_out and state is QuotaState.NORMAL else state


def in_states(states: Collection[int]) -> Q:
    """The condition that a quota is in one of some states now."""
    moment = clock.now()
    ran_out = Q(state=QuotaState.NORMAL, valid_until__lte=moment)
    wanted = Q(state__in=[one for one in states if one != QuotaState.NORMAL])
    if QuotaState.INVALID in states:
        wanted |= ran_out
    if QuotaState.NORMAL in states:
        wanted |= Q(state=QuotaState.NORMAL) & ~ran_out
    return wanted


@dataclass(frozen=True, slots=True)
class CustomerSums:
    """What a customer was given by a partner and can still use."""

    total_micros: int = 0
    """Of vouchers that were not withdrawn or reclaimed."""
    usable_micros: int = 0


def sums_of(scope: Scope, partner: int, customers: Collection[int]) -> dict[int, CustomerSums]:
    """What a partner's vouchers come to, by key of the customer; those that have none are left out."""
    found = list(vouchers(scope, VoucherFilter(partner=partner)).filter(customer__in=customers))
    left, moment = vouchers_left(found), clock.now()
    sums: dict[int, CustomerSums] = {}
    for one in found:
        assert one.customer_id is not None
        standing, before = standing_of(one, moment), sums.get(one.customer_id, CustomerSums())
        total = 0 if standing is Standing.TAKEN_BACK else one.face_micros
        usable = left[one.pk] if standing is Standing.USABLE else 0
        sums[one.customer_id] = CustomerSums(before.total_micros + total, before.usable_micros + usable)
    return sums


def vouchers_of(
    scope: Scope, partner: int, customers: Collection[int], standings: frozenset[Standing]
) -> dict[int, list[VoucherRow]]:
    """A partner's vouchers by key of the customer, the newest first."""
    rows = vouchers(scope, VoucherFilter(partner=partner, standings=standings)).filter(customer__in=customers)
    found: dict[int, list[VoucherRow]] = {}
    for row in voucher_rows(list(rows.select_related("customer").order_by("-issued_at", "-pk"))):
        assert row.customer is not None
        found.setdefault(row.customer.pk, []).append(row)
    return found


def usable_balance(customer: int, moment: datetime | None = None) -> int:
    """What a customer's usable vouchers of its present partner pay together, in millionths.

    The customer was read within a scope, or is the caller itself.
    """
    return sum(usable_balances([customer], moment).values())


def usable_balances(customers: Collection[int], moment: datetime | None = None) -> dict[int, int]:
    """The same for several customers, by key; those without a usable voucher are left out."""
    at = moment or clock.now()
    rows = Voucher.objects.everything(reason="the customers were read within a scope")
    found = list(rows.filter(_standing(Standing.USABLE, at), customer__in=customers, kind=VoucherKind.CUSTOMER))
    left = vouchers_left(found)
    sums: dict[int, int] = {}
    for one in found:
        assert one.customer_id is not None
        sums[one.customer_id] = sums.get(one.customer_id, 0) + left[one.pk]
    return sums


def list_uses(
    scope: Scope, voucher: Voucher, window: Slice, *, since: datetime | None = None, until: datetime | None = None
) -> Page[VoucherUse]:
    """What a voucher paid, the newest first, of the bills that are current; of a span of time if one is given."""
    rows = uses_of(scope, voucher)
    if since is not None and until is not None:
        rows = rows.filter(charged_at__gte=since, charged_at__lt=until)
    page = rows.order_by("-charged_at", "-pk")[window.offset : window.offset + window.limit]
    return Page(list(page), rows.count())


def uses_of(scope: Scope, voucher: Voucher) -> QuerySet[VoucherUse]:
    """What a voucher paid of the bills that are current."""
    rows = VoucherUse.objects.within(scope)
    return rows.filter(STANDING, voucher=voucher)


def used_micros(scope: Scope, voucher: Voucher) -> int:
    """How much a voucher paid of the bills that are current."""
    return uses_of(scope, voucher).aggregate(total=Sum("micros"))["total"] or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFilter:
    """Conditions on the log of operations; None sets none. Quotas and vouchers by code, the customer by account id."""

    partner: int | None = None
    quota: str | None = None
    parent_quota: str | None = None
    quota_kind: int | None = None
    vouchers: tuple[str, ...] = ()
    customer: str | None = None
    is_shared: bool = False
    """Of quotas that a distributor shared out."""
    is_of_coupon: bool = False
    """Of coupons out of a quota, or of customers that got none."""


def list_records(scope: Scope, window: Slice, conditions: Q, where: RecordFilter) -> Page[VoucherRecord]:
    """The log of operations that the scope shows, the newest first."""
    given = {
        "partner_id": where.partner,
        "quota__code": where.quota,
        "parent_quota__code": where.parent_quota,
        "quota__kind": where.quota_kind,
        "customer__account_id": where.customer,
    }
    rows = VoucherRecord.objects.within(scope).filter(conditions)
    rows = rows.filter(**{name: value for name, value in given.items() if value is not None})
    if where.vouchers:
        rows = rows.filter(voucher__code__in=where.vouchers)
    if where.is_shared:
        rows = rows.filter(parent_quota__isnull=False).exclude(quota__kind=QuotaKind.POOL)
    if where.is_of_coupon:
        rows = rows.filter(quota__isnull=False, customer__isnull=False)
    found = rows.select_related("quota", "parent_quota", "voucher", "customer", "partner").order_by("-at", "-pk")
    return Page(list(found[window.offset : window.offset + window.limit]), rows.count())


def transferable(customer: int, window: Slice) -> Page[VoucherRow]:
    """What an enterprise master, the caller, may give to members: its own usable coupons, soonest end first."""
    rows = Voucher.objects.everything(reason="the caller's own").filter(
        _standing(Standing.USABLE, clock.now()), customer_id=customer, kind=VoucherKind.CUSTOMER, parent__isnull=True
    )
    return _soonest(rows, window)


def retrievable(master: int, member: str, window: Slice) -> Page[VoucherRow]:
    """What a master, which is the caller, may take back from an account: what it gave to it and can still be used."""
    rows = Voucher.objects.everything(reason="given by the caller").filter(
        _standing(Standing.USABLE, clock.now()),
        customer__account_id=member,
        kind=VoucherKind.CUSTOMER,
        parent__customer_id=master,
    )
    return _soonest(rows.select_related("parent"), window)


def _soonest(rows: QuerySet[Voucher], window: Slice) -> Page[VoucherRow]:
    found = rows.select_related("customer", "template").order_by("valid_until", "pk")
    return Page(voucher_rows(list(found[window.offset : window.offset + window.limit])), rows.count())


STANDING = Q(posted_at__isnull=False, undone_at__isnull=True, undoes__isnull=True)
"""Uses of bills that are current."""
QUOTA_OPERATIONS = (Operation.QUOTA_GRANT, Operation.QUOTA_RECLAIM)


def _standing(standing: Standing, moment: datetime) -> Q:
    running = Q(state=VoucherState.ISSUED)
    return {
        Standing.INACTIVE: running & Q(valid_from__gt=moment, valid_until__gt=moment),
        Standing.USABLE: running & Q(valid_from__lte=moment, valid_until__gt=moment),
        Standing.USED: Q(state=VoucherState.USED),
        Standing.EXPIRED: Q(state=VoucherState.EXPIRED) | running & Q(valid_until__lte=moment),
        Standing.TAKEN_BACK: Q(state__in=TAKEN_BACK),
        Standing.UNDER_REVIEW: Q(state=VoucherState.UNDER_REVIEW),
        Standing.REFUSED: Q(state__in=REFUSED),
    }[standing]


def quotas(scope: Scope) -> QuerySet[VoucherQuota]:
    """The quotas and pools that a scope shows; none to an account manager, who sees what customers have."""
    if scope.manager is not None:
        return VoucherQuota.objects.within(replace(scope, manager=None)).none()
    return VoucherQuota.objects.within(scope)
