"""What the operations on coupons inside an enterprise share."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from openpartner.core.base.errors import ChannelError, Conflict, Invalid, LimitReached, NotVisible
from openpartner.core.vouchers.queries import VoucherRow
from openpartner.huawei.base import HuaweiResponse
from openpartner.huawei.coupons.shapes import NOT_ENOUGH, QUOTA_STATE, UseLimit, use_limits
from openpartner.huawei.errors import NOT_MY_CUSTOMER
from openpartner.kit.clock import utc_second
from openpartner.kit.money import plain

RAISES: dict[type[ChannelError], str] = {
    # vendor doc silent: the code of a stranger or of a coupon that is not one's own; that of a strange customer.
    NotVisible: NOT_MY_CUSTOMER,
    LimitReached: NOT_ENOUGH,
    Conflict: QUOTA_STATE,
}


class SharedCoupon(HuaweiResponse, kw_only=True):
    """What the lists of both directions tell of a coupon."""

    coupon_id: str
    plan_name: str | None = None
    balance: str
    effective_time: str
    expire_time: str
    use_limits: list[UseLimit]


def facts(row: VoucherRow) -> SharedCoupon:
    """A coupon as these lists tell it."""
    voucher, template = row.voucher, row.voucher.template
    return SharedCoupon(
        coupon_id=voucher.code,
        plan_name=template.name if template else None,
        balance=plain(row.left_micros),
        effective_time=utc_second(voucher.valid_from),
        expire_time=utc_second(voucher.valid_until),
        use_limits=use_limits(voucher),
    )


def amount(text: str) -> Decimal:
    """The amount of a text such as 10.00."""
    try:
        return Decimal(text) if text.isascii() else Decimal("nan")
    except InvalidOperation as error:
        raise Invalid("amount", "must be an amount such as 10.00") from error
