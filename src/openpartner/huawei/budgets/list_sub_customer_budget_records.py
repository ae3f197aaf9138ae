"""What was done about a customer's budget: GET /v2/partners/sub-customers/budget/records (huawei:D3, mt_01007)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_ABSENT, BLANK_IS_INVALID
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.budgets.models import BudgetKind, BudgetOperation
from openpartner.core.budgets.queries import get_budgeted, records
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, OFFSET_MAX, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.bills.wire import CURRENCIES
from openpartner.huawei.budgets.sellers import KIND_NAMES, KINDS, MAJOR_UNIT, RAISES, seller_named, two_places
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.clock import utc_second
from openpartner.kit.slices import Slice

OPERATIONS = {"SETTING": BudgetOperation.SETTING, "DELETE": BudgetOperation.DELETE}
OPERATION_NAMES = {one: name for name, one in OPERATIONS.items()}


class ListSubCustomerBudgetRecords(HuaweiRequest):
    """The query; blank and empty operations and types are refused (huawei:C9)."""

    customer_id: Annotated[Text64, BLANK_IS_INVALID]
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    operation_type: Annotated[Literal["SETTING", "DELETE"] | None, BLANK_IS_INVALID] = None
    budget_type: Annotated[Literal["MONTHLY", "PACKAGE"] | None, BLANK_IS_INVALID] = None
    offset: Annotated[int, Meta(ge=0, le=OFFSET_MAX)] = 0
    limit: Annotated[int, Meta(ge=1, le=100)] = 10


class BudgetRecordInfo(HuaweiResponse):
    """One setting or deletion."""

    budget_amount: Decimal
    operation_type: str
    operation_time: str
    operator: str
    budget_type: str
    partner_corp_name: str
    partner_account_name: str


class ListSubCustomerBudgetRecordsResponse(HuaweiResponse):
    """A page of records, newest first, and how many there are."""

    total_count: int
    measure_id: int
    currency: str
    record_list: list[BudgetRecordInfo]


@operation(
    "ListSubCustomerBudgetRecords",
    route="GET /v2/partners/sub-customers/budget/records",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CREDIT_READ,
    per_second=PER_SECOND,
    docs="bpconsole/mt_01007",
    raises=RAISES,
)
def list_sub_customer_budget_records(
    caller: Caller, request: ListSubCustomerBudgetRecords
) -> ListSubCustomerBudgetRecordsResponse:
    """The records of one of the caller's customers, or of a distributor's reseller's."""
    seller = seller_named(caller, request.indirect_partner_id)
    customer = get_budgeted(seller, request.customer_id)
    found = records(
        seller,
        customer,
        Slice(request.offset, request.limit),
        OPERATIONS[request.operation_type] if request.operation_type is not None else None,
        KINDS[request.budget_type] if request.budget_type is not None else None,
    )
    return ListSubCustomerBudgetRecordsResponse(
        found.total,
        MAJOR_UNIT,
        CURRENCIES[caller.site],
        [
            BudgetRecordInfo(
                two_places(one.amount),
                OPERATION_NAMES[BudgetOperation(one.operation)],
                utc_second(one.at),
                one.operator,
                KIND_NAMES[BudgetKind(one.kind)],
                one.partner.legal_name,
                one.partner.account_name,
            )
            for one in found.items
        ],
    )
