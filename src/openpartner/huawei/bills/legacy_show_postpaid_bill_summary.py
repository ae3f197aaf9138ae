"""A partner's monthly bill, old: GET /v1.0/{partner_id}/partner/account-mgr/postpaid-bill-summary (mb_00001)."""

from __future__ import annotations

from decimal import Decimal

from msgspec import field

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.queries import Dimension
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse, LegacyResponse
from openpartner.huawei.bills import codes
from openpartner.huawei.bills.legacy import pay_method
from openpartner.huawei.bills.names import resource_type
from openpartner.huawei.bills.partner_month import PartnerMonth, partner_month, sum_type_of
from openpartner.huawei.bills.wire import MAJOR_UNIT, Cycle
from openpartner.huawei.registry import PER_SECOND, operation

D = Dimension


class LegacyShowPostpaidBillSummary(HuaweiRequest):
    """The query; `partner_id` is not verified."""

    consume_month: Cycle


class PostpaidBillInfo(HuaweiResponse, rename="camel"):
    """One product, charged one way: what customers were charged, less coupons, and what the partner owes."""

    bill_type: str
    cloud_service_type_code: str
    resource_type_code: str
    pay_method: str
    credit_debt_amount: Decimal
    customer_amount_due: Decimal
    partner_amount: Decimal


class LegacyShowPostpaidBillSummaryResponse(LegacyResponse):
    """Write-offs and unsubscriptions are negative."""

    bill_cycle: str = field(name="billCycle")
    credit_debt_amount: Decimal = field(name="creditDebtAmount")
    consume_amount: Decimal = field(name="consumeAmount")
    writeoff_debt: Decimal = field(name="writeoffdebt")
    unsubscribe_amount: Decimal = field(name="unsubscribeAmount")
    tax_amount: Decimal = field(name="taxAmount")
    bills: list[PostpaidBillInfo] = field(name="billList")
    measure_id: int = field(name="measureId")
    currency: str


@operation(
    "LegacyShowPostpaidBillSummary",
    route="GET /v1.0/{partner_id}/partner/account-mgr/postpaid-bill-summary",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.BILL_READ,
    per_second=PER_SECOND,
    docs="bpconsole/mb_00001",
    pending=("unclearedAmount", "dueDate"),
)
def legacy_show_postpaid_bill_summary(
    caller: Caller, request: LegacyShowPostpaidBillSummary
) -> LegacyShowPostpaidBillSummaryResponse:
    """What the caller owes the provider for a finished month, with its products."""
    by = (D.CLOUD, D.SERVICE, D.RESOURCE_TYPE, D.PRODUCT, D.CHARGING)
    bill = partner_month(caller, "consume_month", request.consume_month, by)
    return LegacyShowPostpaidBillSummaryResponse(
        bill_cycle=request.consume_month,
        credit_debt_amount=bill.due,
        consume_amount=bill.spent,
        writeoff_debt=bill.adjusted,
        unsubscribe_amount=bill.refunded,
        tax_amount=bill.tax,
        bills=_bills(bill),
        measure_id=MAJOR_UNIT,
        currency=bill.currency,
    )


def _bills(bill: PartnerMonth) -> list[PostpaidBillInfo]:
    found: dict[tuple[str, str, str, str], list[Decimal]] = {}
    for group in bill.groups:
        of = group.codes
        kind = resource_type(of[D.CLOUD], of[D.RESOURCE_TYPE], None, of[D.PRODUCT], None, "en")
        bill_type = str(codes.OLD_SUM_TYPES[sum_type_of(group)])
        key = (bill_type, of[D.SERVICE], kind.code, pay_method(of[D.CHARGING]))
        cost, _tax, charged, due = group.sums
        known = found.setdefault(key, [Decimal(0)] * 3)
        for place, amount in enumerate((charged, due, cost)):
            known[place] += amount
    return [PostpaidBillInfo(*key, *amounts) for key, amounts in sorted(found.items())]
