"""What a master may take back from a member (China site; huawei:D7a)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_INVALID
from openpartner.core.balances.enterprise import reclaimable
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.huawei.balances.purses import MAJOR_UNIT, WITH_MEMBER, is_cash
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.bills.wire import Limit, Offset
from openpartner.huawei.registry import PER_SECOND, operation


class ListEnterpriseMultiAccount(HuaweiRequest):
    """The query; pages are for credit accounts."""

    sub_customer_id: Annotated[Text64, BLANK_IS_INVALID]
    balance_type: Annotated[Text64, BLANK_IS_INVALID]
    offset: Offset = 0
    limit: Limit = 10


class RetrieveAmountInfoV2(HuaweiResponse):
    """One account; balances of credit and times of expiry belong to credit accounts."""

    avail_retrieve_amount: Decimal
    measure_id: int
    currency: str


class ListEnterpriseMultiAccountResponse(HuaweiResponse):
    """The accounts and how many there are."""

    total_count: int
    amount_infos: list[RetrieveAmountInfoV2]


@operation(
    "ListEnterpriseMultiAccount",
    route="GET /v2/enterprises/multi-accounts/retrieve-amount",
    kinds=CUSTOMER,
    permission=Permission.CUSTOMER_READ,
    per_second=PER_SECOND,
    docs="",
    raises=WITH_MEMBER,
)
def list_enterprise_multi_account(
    caller: Caller, request: ListEnterpriseMultiAccount
) -> ListEnterpriseMultiAccountResponse:
    """The cash account; nobody has a credit account here."""
    found = reclaimable(caller, request.sub_customer_id)
    if not is_cash(request.balance_type):
        return ListEnterpriseMultiAccountResponse(0, [])
    return ListEnterpriseMultiAccountResponse(1, [RetrieveAmountInfoV2(found.amount, MAJOR_UNIT, found.currency)])
