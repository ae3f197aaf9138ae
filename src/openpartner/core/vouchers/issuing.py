"""Issuing vouchers: out of a quota to one or many customers, or by the provider to a partner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from openpartner.core.accounts.models import Account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import ChannelError, Conflict, Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind, AssociationKind, Site
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.customers.queries import get_customer
from openpartner.core.ledger.models import Kind, Use
from openpartner.core.ledger.transfers import Cause, NotCovered, Order, post
from openpartner.core.partners.queries import get_partner
from openpartner.core.vouchers.lists import narrower
from openpartner.core.vouchers.log import Deed, note_failure, note_voucher
from openpartner.core.vouchers.models import TEXT_MAX, Voucher, VoucherQuota, VoucherTemplate
from openpartner.core.vouchers.purses import (
    currency_of,
    own_account,
    positive_micros,
    quota_left,
    quota_purse,
    source,
    voucher_purse,
)
from openpartner.core.vouchers.quotas import check_usable, locked_quota, own_quota, pool_of
from openpartner.core.vouchers.vocabulary import (
    Form,
    Operation,
    PaymentMode,
    QuotaKind,
    Reach,
    Usage,
    VoucherKind,
    VoucherState,
)
from openpartner.kit import clock

CUSTOMERS_MAX = 100
"""Of one write."""
FORMS = {
    QuotaKind.VOUCHER: Form.VOUCHER,
    QuotaKind.CASH: Form.CASH,
    QuotaKind.PICKUP: Form.PICKUP,
    QuotaKind.POOL: Form.VOUCHER,
}


class NotAgency(Conflict):
    """A coupon of the China site goes to a customer whose association is no agency sale (huawei:E4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a voucher may pay, from when until when."""

    valid_from: datetime | None = None
    """None begins at once."""
    valid_until: datetime | None = None
    """None ends with the quota; a pool has no end, so there it is needed."""
    usage: Usage = Usage.OFFER
    reach: Reach = Reach.ALL
    services: Sequence[str] = field(default_factory=tuple)
    products: Sequence[str] = field(default_factory=tuple)
    payment_mode: PaymentMode = PaymentMode.ALL
    is_reusable: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class IssueResult:
    """What became of one customer: its voucher, or the error."""

    account_id: str
    voucher: Voucher | None
    error: ChannelError | None = None


@command(Action.VOUCHERS_ISSUED, permission=Permission.VOUCHER_WRITE)
def issue_vouchers(  # what a voucher is, each once
    caller: Caller,
    *,
    customers: Sequence[str],
    amount: Decimal,
    terms: Terms,
    quota: str | None = None,
    template: int | None = None,
    seller: Account | None = None,
    key: str | None = None,
) -> list[IssueResult]:
    """Issue a voucher to each of the seller's direct customers, named by account id; what became of each.

    `quota` is a quota's code, without one it is the seller's pool; `seller` is the caller or, for a distributor, one of
    its resellers. Invalid, Conflict or NotVisible when nothing can be issued at all; a customer that cannot get one has
    an error of its own, and the others get theirs. Conflict when the key was used.
    """
    if not caller.kind.is_partner:
        raise NotVisible("customer")
    if not 1 <= len(customers) <= CUSTOMERS_MAX or len(set(customers)) != len(customers):
        raise Invalid("customers", f"must be 1 to {CUSTOMERS_MAX} different customers")
    partner = seller or own_account(caller)
    row = own_quota(caller, partner.pk, quota) if quota is not None else _pool(partner)
    check_usable(row)
    micros = positive_micros("amount", amount, decimals=6 if row.kind == QuotaKind.POOL else 2)
    draft = _draft(row, partner, micros, terms, caller.user_name)
    draft.template = template_of(caller, partner, template)
    results = _issue_each(caller, row, draft, customers, key)
    record(
        caller,
        Action.VOUCHERS_ISSUED,
        quota=row.code,
        amount=str(amount),
        vouchers={one.account_id: one.voucher.pk for one in results if one.voucher is not None},
        refused=[one.account_id for one in results if one.error is not None],
    )
    return results


@command(Action.VOUCHERS_ISSUED, permission=Permission.VOUCHER_WRITE)
def issue_to_partner(
    caller: Caller, *, partner: str, amount: Decimal, terms: Terms, form: Form = Form.VOUCHER, key: str | None = None
) -> Voucher:
    """Give a partner of the provider a voucher for its own cost, and return it (tencent:B.5 type I; huawei:E4)."""
    if caller.kind is not AccountKind.PROVIDER:
        raise NotVisible("partner")
    child = get_partner(caller.scope, account_id=partner)
    if not AccountKind(child.kind).pays:
        raise NotVisible("partner")
    micros = positive_micros("amount", amount)
    voucher = new_voucher(child, None, micros, terms, caller.user_name)
    voucher.kind, voucher.form = VoucherKind.PARTNER, form
    voucher.save(force_insert=True)
    put_on(voucher, key)
    deed = Deed(operation=Operation.ISSUE, at=voucher.issued_at, operator=caller.user_name, remark=terms.reason)
    note_voucher(deed, voucher, micros, key=key)
    record(caller, Action.VOUCHERS_ISSUED, subject=child, amount=str(amount), voucher=voucher.pk)
    return voucher


@command(Action.VOUCHERS_ISSUED, permission=Permission.VOUCHER_WRITE)
def issue_card(
    caller: Caller, *, customer: str, amount: Decimal, name: str, valid_until: datetime, key: str | None = None
) -> Voucher:
    """Put money on a stored-value card of a customer that has a partner, and return the card; the provider's word."""
    if caller.kind is not AccountKind.PROVIDER:
        raise NotVisible("customer")
    child = get_customer(caller.scope, account_id=customer)
    if child.partner is None:
        raise NotVisible("customer")
    micros = positive_micros("amount", amount, decimals=2)
    terms = Terms(valid_until=valid_until, reason=name)
    card = new_voucher(child.partner, None, micros, terms, caller.user_name)
    card.kind, card.customer = VoucherKind.CARD, child
    card.save(force_insert=True)
    put_on(card, key)
    note_voucher(_deed(caller, card, name), card, micros, key=key)
    record(caller, Action.VOUCHERS_ISSUED, subject=child, amount=str(amount), voucher=card.pk)
    return card


def new_voucher(partner: Account, quota: VoucherQuota | None, micros: int, terms: Terms, by: str) -> Voucher:
    """A voucher of a partner with these terms, not saved yet. Invalid when its times or limits do not fit the quota."""
    assert partner.provider_id is not None
    assert partner.payer_id is not None
    moment = clock.now()
    valid_from = terms.valid_from or (quota.valid_from if quota is not None and quota.valid_from else moment)
    valid_until = terms.valid_until or (quota.valid_until if quota is not None else None)
    if valid_until is None:
        raise Invalid("valid_until", "is needed")
    if valid_until <= max(valid_from, moment):
        raise Invalid("valid_until", "must be later than the beginning and than now")
    _check_within(quota, valid_from, valid_until)
    if partner.kind == AccountKind.SECOND_LEVEL_RESELLER and terms.usage is Usage.TRIAL:
        raise Invalid("usage", "a second-level reseller issues offers alone")
    if len(terms.reason) > TEXT_MAX:
        raise Invalid("reason", f"is longer than {TEXT_MAX} characters")
    products = narrower("products", terms.products, quota.products if quota is not None else "")
    if terms.reach is not Reach.ALL and not products:
        raise Invalid("products", "must be listed")
    return Voucher(
        kind=VoucherKind.CUSTOMER,
        form=FORMS[QuotaKind(quota.kind)] if quota is not None else Form.VOUCHER,
        quota=quota,
        currency=quota.currency if quota is not None else currency_of(partner),
        face_micros=micros,
        usage=terms.usage,
        reach=terms.reach,
        services=narrower("services", terms.services, quota.services if quota is not None else ""),
        products=products,
        payment_mode=terms.payment_mode,
        is_reusable=terms.is_reusable,
        valid_from=valid_from,
        valid_until=valid_until,
        reason=terms.reason,
        issued_at=moment,
        issued_by=by,
        provider_id=partner.provider_id,
        payer_id=partner.payer_id,
        partner=partner,
    )


def put_on(voucher: Voucher, key: str | None = None) -> None:
    """Put its face value on a saved voucher, out of its quota or the provider's own source."""
    purse = quota_purse(voucher.quota) if voucher.quota is not None else source(voucher.provider, voucher.currency)
    order = Order(
        key=f"voucher-issue:{key or uuid4().hex}",
        kind=Kind.VOUCHER_ISSUE,
        debit=purse.pk,
        credit=voucher_purse(voucher).pk,
        micros=voucher.face_micros,
        covered=voucher.quota is not None,
        cause=Cause(table="voucher", row=voucher.pk),
    )
    post([order])


def template_of(caller: Caller, partner: Account, key: int | None) -> VoucherTemplate | None:
    """The partner's template, marked as used from now on; NotVisible when it has none with this key.

    Conflict when it was retired.
    """
    if key is None:
        return None
    found = VoucherTemplate.objects.within(caller.scope).filter(partner=partner, pk=key).first()
    if found is None:
        raise NotVisible("template")
    if found.retired_at is not None:
        raise Conflict("the template was retired")
    if found.issued_at is None:
        found.issued_at = clock.now()
        found.save(update_fields=["issued_at"])
    return found


def terms_of(template: VoucherTemplate, reason: str = "") -> Terms:
    """The terms that a template gives to a voucher that is issued now (tencent:B.5)."""
    moment = clock.now()
    until = template.valid_until
    if until is None:
        assert template.valid_days is not None, "the database keeps one of the two"
        until = max(moment, template.valid_from or moment) + timedelta(days=template.valid_days)
    return Terms(
        valid_from=template.valid_from or moment,
        valid_until=until,
        usage=Usage(template.usage),
        reach=Reach(template.reach),
        products=tuple(template.products.split(",")) if template.products else (),
        payment_mode=PaymentMode(template.payment_mode),
        reason=reason,
    )


def _pool(partner: Account) -> VoucherQuota:
    pool = pool_of(partner)
    if pool is None:
        raise Conflict("there is no voucher pool")
    return locked_quota(pool)


def _check_within(quota: VoucherQuota | None, valid_from: datetime, valid_until: datetime) -> None:
    if quota is None:
        return
    if quota.valid_from is not None and valid_from < quota.valid_from:
        raise Invalid("valid_from", "must not be before the quota's")
    if quota.valid_until is not None and valid_until > quota.valid_until:
        raise Invalid("valid_until", "must not be after the quota's")


def _draft(quota: VoucherQuota, partner: Account, micros: int, terms: Terms, by: str) -> Voucher:
    draft = new_voucher(partner, quota, micros, terms, by)
    draft.partner = partner
    return draft


def _issue_each(
    caller: Caller, quota: VoucherQuota, draft: Voucher, customers: Sequence[str], key: str | None
) -> list[IssueResult]:
    scope = caller.scope.narrowed_to_partner(draft.partner_id)
    left = quota_left([quota])[quota.pk]
    results: list[IssueResult] = []
    orders: list[Order] = []
    vouchers: list[Voucher] = []
    debit = quota_purse(quota).pk
    for account_id in customers:
        try:
            customer = _eligible(get_customer(scope, account_id=account_id), quota)
        except ChannelError as error:
            results.append(IssueResult(account_id, None, error))
            continue
        if left < draft.face_micros:
            results.append(IssueResult(account_id, None, NotCovered(Use.QUOTA)))
            deed = _deed(caller, draft, "the quota is not enough")
            note_failure(deed, quota, customer, draft.face_micros)
            continue
        left -= draft.face_micros
        voucher = _copy(draft, customer)
        vouchers.append(voucher)
        orders.append(_order(voucher, debit, f"{key}:{len(orders)}" if key else uuid4().hex))
        results.append(IssueResult(account_id, voucher))
    post(orders)
    for place, voucher in enumerate(vouchers):
        note_voucher(_deed(caller, draft, draft.reason), voucher, voucher.face_micros, key=key if not place else None)
    return results


def _eligible(customer: Account, quota: VoucherQuota) -> Account:
    is_agency = customer.association_kind == AssociationKind.AGENCY
    if customer.site == Site.CN and quota.kind != QuotaKind.POOL and not is_agency:
        raise NotAgency("coupons go to customers by agency sale alone")
    return customer


def _copy(draft: Voucher, customer: Account) -> Voucher:
    names = [one.attname for one in Voucher._meta.concrete_fields if one.attname not in {"id", "code", "customer_id"}]
    voucher = Voucher(
        customer=customer,
        state=VoucherState.ISSUED,
        **{name: getattr(draft, name) for name in names if name != "state"},
    )
    voucher.partner, voucher.quota = draft.partner, draft.quota
    voucher.save(force_insert=True)
    return voucher


def _order(voucher: Voucher, debit: int, key: str) -> Order:
    return Order(
        key=f"voucher-issue:{key}",
        kind=Kind.VOUCHER_ISSUE,
        debit=debit,
        credit=voucher_purse(voucher).pk,
        micros=voucher.face_micros,
        cause=Cause(table="voucher", row=voucher.pk),
    )


def _deed(caller: Caller, draft: Voucher, remark: str) -> Deed:
    return Deed(operation=Operation.ISSUE, at=draft.issued_at, operator=caller.user_name, remark=remark)
