"""A partner's monthly bill: GET /v2/bills/partner-bills/postpaid-bill-summary (mb_00003)."""

from __future__ import annotations

from decimal import Decimal

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse
from openpartner.huawei.bills.partner_month import partner_month
from openpartner.huawei.bills.wire import Cycle
from openpartner.huawei.registry import PER_SECOND, operation


class ListPostpaidBillSum(HuaweiRequest):
    """The query."""

    bill_cycle: Cycle


class ListPostpaidBillSumResponse(HuaweiResponse):
    """What is due is the sum of the three; tax stands beside it (huawei:F23)."""

    bill_cycle: str
    initial_amount_due: Decimal
    consume_amount: Decimal
    refunds: Decimal
    adjustments: Decimal
    tax_amount: Decimal
    currency: str


@operation(
    "ListPostpaidBillSum",
    route="GET /v2/bills/partner-bills/postpaid-bill-summary",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.BILL_READ,
    per_second=PER_SECOND,
    docs="bpconsole/mb_00003",
)
def list_postpaid_bill_sum(caller: Caller, request: ListPostpaidBillSum) -> ListPostpaidBillSumResponse:
    """What the caller owes the provider for a finished month, its resellers' customers included."""
    bill = partner_month(caller, "bill_cycle", request.bill_cycle)
    return ListPostpaidBillSumResponse(
        request.bill_cycle, bill.due, bill.spent, bill.refunded, bill.adjusted, bill.tax, bill.currency
    )
