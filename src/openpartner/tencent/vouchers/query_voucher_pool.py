"""QueryVoucherPool: the quota out of which the caller issues vouchers."""

from __future__ import annotations

from decimal import Decimal

from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.purses import own_account
from openpartner.core.vouchers.queries import pool_of_partner
from openpartner.tencent.base import DSR, TencentRequest, TencentResponse
from openpartner.tencent.credit.amounts import number
from openpartner.tencent.registry import operation

ACCOUNT_TYPES = {AccountKind.RESELLER: 1, AccountKind.DISTRIBUTOR: 2, AccountKind.SECOND_LEVEL_RESELLER: 3}


class QueryVoucherPool(TencentRequest):
    """Nothing to say."""


class QueryVoucherPoolResponse(TencentResponse):
    """Whose it is, how much it was and is, and how many vouchers came out of it."""

    agent_name: str
    account_type: int
    total_quota: Decimal
    remaining_quota: Decimal
    issued_num: int


@operation("QueryVoucherPool", kinds=DSR, permission=Permission.VOUCHER_READ, per_second=5, docs="")
def query_voucher_pool(caller: Caller, request: QueryVoucherPool) -> QueryVoucherPoolResponse:  # there is nothing in it
    """The caller's own pool; zeros when nothing was granted yet."""
    pool = pool_of_partner(caller.account)
    return QueryVoucherPoolResponse(
        own_account(caller).legal_name,
        ACCOUNT_TYPES[caller.kind],
        number(pool.total_micros),
        number(pool.left_micros),
        pool.issued,
    )
