"""The demo's vouchers: pools, a template, vouchers in every state, and quotas of the China site's kind."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256

from django.db.models import Sum

from openpartner.core.access.operators import operator
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.billing.models import BillMonth, CustomerMonth
from openpartner.core.billing.months import first_day
from openpartner.core.vouchers.approvals import apply_for_voucher, approve_voucher
from openpartner.core.vouchers.ending import withdraw_voucher
from openpartner.core.vouchers.expiry import expire_due
from openpartner.core.vouchers.issuing import Terms, issue_to_partner, issue_vouchers, terms_of
from openpartner.core.vouchers.models import Voucher, VoucherQuota
from openpartner.core.vouchers.quotas import NewQuota, change_pool, grant_quota, share_quota
from openpartner.core.vouchers.templates import TemplateValues, save_template
from openpartner.core.vouchers.vocabulary import CODE_LENGTH, Form, QuotaKind, Usage
from openpartner.kit import clock
from openpartner.kit.clock import BEIJING

WHY = "the demo has just made it"
POOL, POOL_OF_RESELLER = Decimal(50_000), Decimal(10_000)
CUSTOMERS_A_PARTNER = 12
"""Those who spent most are given a voucher."""
AMOUNTS = (50, 100, 200, 500)
WEEK, QUARTER = timedelta(days=7), timedelta(days=90)
DAYS_OF_AN_OFFER = 60


def give(caller: Caller, month: int) -> int:
    """Grant pools, issue vouchers and return how many vouchers there are. The month before is published."""
    begun = datetime.combine(first_day(month), time(9), BEIJING)
    found = _best(month - 1)
    rows = Account.objects.everything(reason=WHY).exclude(kind=AccountKind.CUSTOMER)
    partners = list(rows.filter(partner__isnull=False).select_related("partner").order_by("pk"))
    partners.sort(key=lambda one: one.kind == AccountKind.SECOND_LEVEL_RESELLER)  # who fills pools has one first
    with clock.frozen(begun):
        for one in partners:
            assert one.partner is not None, "every partner has somebody above it"
            is_reseller = one.kind == AccountKind.SECOND_LEVEL_RESELLER
            giver = operator(account=one.partner) if is_reseller else caller
            change_pool(giver, partner=one.account_id, amount=POOL_OF_RESELLER if is_reseller else POOL)
            _offer(one, found[one.pk])
        _others(caller, partners[0], found[partners[0].pk])
    with clock.frozen(begun + WEEK):
        expire_due()
    _name_anew()
    return Voucher.objects.everything(reason=WHY).count()


def _best(month: int) -> dict[int, list[str]]:
    """The account ids of those who spent most under their present partner, by partner."""
    months = BillMonth.objects.everything(reason=WHY).filter(month=month).values("pk")
    rows = CustomerMonth.objects.everything(reason=WHY).filter(month__in=months)
    sums = rows.values("partner_id", "customer_id").annotate(spent=Sum("total_micros"))
    keys: dict[int, list[int]] = defaultdict(list)
    for partner, customer, micros in sums.values_list("partner_id", "customer_id", "spent").order_by("-spent", "pk"):
        if micros > 0:
            keys[partner].append(customer)
    found: dict[int, list[str]] = defaultdict(list)
    for partner, customers in keys.items():
        some = customers[: CUSTOMERS_A_PARTNER * 2]
        bound = Account.objects.everything(reason=WHY).filter(pk__in=some, partner=partner)
        ids = dict(bound.values_list("pk", "account_id"))
        found[partner] = [ids[key] for key in some if key in ids][:CUSTOMERS_A_PARTNER]
    return found


def _offer(partner: Account, customers: list[str]) -> None:
    """A template, and a voucher of its terms for each customer; one more that runs out, one that is withdrawn."""
    if not customers:
        return
    caller = operator(account=partner)
    values = TemplateValues(
        name="Autumn offer", usage=Usage.OFFER, amount=Decimal(AMOUNTS[1]), valid_days=DAYS_OF_AN_OFFER
    )
    template = save_template(caller, values=values)
    for place, customer in enumerate(customers):
        amount = Decimal(AMOUNTS[place % len(AMOUNTS)])
        terms = terms_of(template, "a thank you")
        issue_vouchers(caller, customers=[customer], amount=amount, terms=terms, template=template.pk)
    short = Terms(valid_until=clock.now() + WEEK, reason="for one week")
    issue_vouchers(caller, customers=customers[:1], amount=Decimal(AMOUNTS[0]), terms=short)
    mistaken = Terms(valid_until=clock.now() + QUARTER, reason="sent twice")
    (one,) = issue_vouchers(caller, customers=customers[-1:], amount=Decimal(AMOUNTS[0]), terms=mistaken)
    assert one.voucher is not None, one.error
    withdraw_voucher(caller, code=one.voucher.code)


def _others(caller: Caller, partner: Account, customers: list[str]) -> None:
    """A voucher of the provider's, trials that were applied for, and quotas that are shared out."""
    own, until = operator(account=partner), clock.now() + QUARTER
    incentive = Terms(valid_until=until, reason="incentive")
    issue_to_partner(caller, partner=partner.account_id, amount=Decimal(1_000), terms=incentive, form=Form.CASH)
    trial = Terms(valid_until=until, usage=Usage.TRIAL, reason="a trial")
    asked = [apply_for_voucher(own, customer=one, amount=Decimal(300), terms=trial) for one in customers[:3]]
    if asked:
        approve_voucher(caller, code=asked[0].code, for_customer=True)
    for kind in (QuotaKind.VOUCHER, QuotaKind.CASH):
        quota = grant_quota(
            caller, partner=partner.account_id, new=NewQuota(kind=kind, amount=Decimal(5_000), valid_until=until)
        )
    rows = Account.objects.everything(reason=WHY).filter(partner=partner, kind=AccountKind.SECOND_LEVEL_RESELLER)
    resellers = list(rows.order_by("pk").values_list("account_id", flat=True))
    share_quota(own, quota=quota.code, resellers=resellers, amount=Decimal(500))


def _name_anew() -> None:
    """Codes that are the same in every build."""
    for model in (VoucherQuota, Voucher):
        for one in model.objects.everything(reason=WHY).only("pk"):
            digest = sha256(f"demo {model.__name__} {one.pk}".encode()).hexdigest().upper()
            model.objects.everything(reason=WHY).filter(pk=one.pk).update(code=digest[:CODE_LENGTH])
