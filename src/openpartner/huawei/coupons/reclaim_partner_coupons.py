"""Taking a coupon back: POST /v2/promotions/benefits/partner-coupons/reclaim (huawei:D7a)."""

from __future__ import annotations

from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.ending import reclaim_voucher
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, Text64
from openpartner.huawei.coupons.shapes import RAISES, Code, seller_named
from openpartner.huawei.registry import PER_SECOND, operation


class ReclaimPartnerCoupons(HuaweiRequest):
    """The body."""

    coupon_id: Code
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None


@operation(
    "ReclaimPartnerCoupons",
    route="POST /v2/promotions/benefits/partner-coupons/reclaim",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.VOUCHER_WRITE,
    per_second=PER_SECOND,
    docs="",
    writes=True,
    raises=RAISES,
    language="zh",
)
def reclaim_partner_coupons(caller: Caller, request: ReclaimPartnerCoupons) -> None:
    """Take back all that is left of a usable coupon (huawei:E4).

    vendor doc silent: the code of a coupon that is not there or cannot be used; that of a quota in a wrong state.
    """
    reclaim_voucher(caller, code=request.coupon_id, seller=seller_named(caller, request.indirect_partner_id))
