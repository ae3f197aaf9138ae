"""What a master may transfer to its members (China site; huawei:D7a)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_INVALID
from openpartner.core.balances.enterprise import transferable
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.huawei.balances.purses import MAJOR_UNIT, is_cash
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.bills.wire import Limit, Offset
from openpartner.huawei.registry import PER_SECOND, operation


class ShowMultiAccountTransferAmount(HuaweiRequest):
    """The query; pages are for credit accounts."""

    balance_type: Annotated[Text64, BLANK_IS_INVALID]
    offset: Offset = 0
    limit: Limit = 10


class TransferAmountInfoV2(HuaweiResponse):
    """One account; balances of credit and times of expiry belong to credit accounts."""

    avail_transfer_amount: Decimal
    measure_id: int
    currency: str


class ShowMultiAccountTransferAmountResponse(HuaweiResponse):
    """The accounts and how many there are."""

    total_count: int
    amount_infos: list[TransferAmountInfoV2]


@operation(
    "ShowMultiAccountTransferAmount",
    route="GET /v2/enterprises/multi-accounts/transfer-amount",
    kinds=CUSTOMER,
    permission=Permission.CUSTOMER_READ,
    per_second=PER_SECOND,
    docs="oce/ep_00018",
)
def show_multi_account_transfer_amount(
    caller: Caller, request: ShowMultiAccountTransferAmount
) -> ShowMultiAccountTransferAmountResponse:
    """The cash account; nobody has a credit account here."""
    if not is_cash(request.balance_type):
        return ShowMultiAccountTransferAmountResponse(0, [])
    found = transferable(caller)
    return ShowMultiAccountTransferAmountResponse(1, [TransferAmountInfoV2(found.amount, MAJOR_UNIT, found.currency)])
