"""Transfers and reclaims of a partner: GET /v3/accounts/partner-accounts/adjust-records (China site; huawei:D7a)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from openpartner.apikit.presence import BLANK_IS_ABSENT
from openpartner.core.accounts.models import Account
from openpartner.core.balances.models import BalanceMovement, MovementKind
from openpartner.core.balances.queries import GIVEN, MovementFilter, movements
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.huawei.balances.purses import DETAILS, MAJOR_UNIT, holder_named
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Instant, Text64, instant
from openpartner.huawei.bills.wire import Limit, Offset
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.clock import utc_second
from openpartner.kit.money import plain
from openpartner.kit.slices import Slice

SECOND = timedelta(seconds=1)
OPERATIONS = {DETAILS[kind]: frozenset({kind}) for kind in sorted(GIVEN)}


class ListPartnerAdjustRecords(HuaweiRequest):
    """The query; whatever is blank is no condition."""

    customer_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    operation_type: Annotated[
        Literal["SOURCE_OPERATION_BEADJUST", "SOURCE_OPERATION_BERETRIEVE", "SOURCE_OPERATION_BEUNBIND"] | None,
        BLANK_IS_ABSENT,
    ] = None
    operation_time_begin: Annotated[Instant | None, BLANK_IS_ABSENT] = None
    operation_time_end: Annotated[Instant | None, BLANK_IS_ABSENT] = None
    trans_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    offset: Offset = 0
    limit: Limit = 10
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None


class AdjustRecordV3(HuaweiResponse):
    """One movement between the partner and its customer or reseller."""

    customer_id: str
    customer_name: str
    operation_type: str
    amount: str
    currency: str
    operation_time: str
    measure_id: int
    trans_id: str
    memo: str


class ListPartnerAdjustRecordsResponse(HuaweiResponse):
    """A page of movements, newest first, and how many there are."""

    records: list[AdjustRecordV3]
    total_count: int


@operation(
    "ListPartnerAdjustRecords",
    route="GET /v3/accounts/partner-accounts/adjust-records",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CREDIT_READ,
    per_second=PER_SECOND,
    docs="",
    pending=("records[].apply_scene",),
)
def list_partner_adjust_records(caller: Caller, request: ListPartnerAdjustRecords) -> ListPartnerAdjustRecordsResponse:
    """What the caller transferred and took back, or a distributor's reseller; the end of an association too."""
    holder = holder_named(caller, request.indirect_partner_id)
    begin, end = request.operation_time_begin, request.operation_time_end
    where = MovementFilter(
        kinds=OPERATIONS[request.operation_type] if request.operation_type is not None else GIVEN,
        since=instant("operation_time_begin", begin) if begin is not None else None,
        before=instant("operation_time_end", end) + SECOND if end is not None else None,
        number=request.trans_id,
        other=request.customer_id,
    )
    found = movements(holder, where, Slice(request.offset, request.limit))
    return ListPartnerAdjustRecordsResponse([_record(one, holder) for one in found.items], found.total)


def _record(one: BalanceMovement, holder: Account) -> AdjustRecordV3:
    other = one.source if one.target_id == holder.pk else one.target
    return AdjustRecordV3(
        other.account_id,
        other.legal_name,
        DETAILS[MovementKind(one.kind)],
        plain(one.micros),
        one.currency,
        utc_second(one.at),
        MAJOR_UNIT,
        one.number,
        one.memo,
    )
