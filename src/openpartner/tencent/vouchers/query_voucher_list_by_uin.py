"""QueryVoucherListByUin: the vouchers of customers, by their opaque codes."""

from __future__ import annotations

from decimal import Decimal

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.queries import VoucherRow, vouchers_of
from openpartner.tencent.base import DSR, TencentRequest, TencentResponse
from openpartner.tencent.credit.amounts import number
from openpartner.tencent.registry import operation
from openpartner.tencent.vouchers.shapes import (
    OLD_STATUS_OF,
    OLD_STATUSES,
    ClientUins,
    Named,
    own_customers,
    said,
)


class QueryVoucherListByUin(TencentRequest):
    """Whose vouchers, and in which state."""

    client_uins: ClientUins
    status: Named = None


class CodedVoucher(TencentResponse):
    """One voucher by its code (tencent:F.6)."""

    voucher_id: str
    voucher_status: str
    total_amount: Decimal
    remain_amount: Decimal

    @classmethod
    def of(cls, row: VoucherRow) -> CodedVoucher:
        voucher = row.voucher
        return cls(voucher.code, OLD_STATUS_OF[row.standing], number(voucher.face_micros), number(row.shown_micros))


class CustomerVouchers(TencentResponse):
    """The vouchers of one customer."""

    client_uin: int
    total_count: int
    data: list[CodedVoucher]


class QueryVoucherListByUinResponse(TencentResponse):
    """A row for each customer, in the order asked for."""

    data: list[CustomerVouchers]


@operation("QueryVoucherListByUin", kinds=DSR, permission=Permission.VOUCHER_READ, per_second=5, docs="")
def query_voucher_list_by_uin(caller: Caller, request: QueryVoucherListByUin) -> QueryVoucherListByUinResponse:
    """The caller's own vouchers of its direct customers, the newest first; not paged."""
    standings = said("Status", OLD_STATUSES, request.status) or frozenset(OLD_STATUS_OF)
    customers = own_customers(caller, request.client_uins)
    found = vouchers_of(caller.own(), caller.account, customers.values(), standings)
    rows = {uin: [CodedVoucher.of(row) for row in found.get(key, ())] for uin, key in customers.items()}
    return QueryVoucherListByUinResponse([CustomerVouchers(uin, len(data), data) for uin, data in rows.items()])
