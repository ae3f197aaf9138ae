"""The conditions that actions on bills share: pay mode, transaction type, and whether a bill is confirmed."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from openpartner.apikit.presence import On, Presence
from openpartner.core.base.caller import Caller
from openpartner.core.base.scope import Scope
from openpartner.core.billing.months import month_of
from openpartner.core.billing.queries import BillFilter
from openpartner.core.credit.confirmations import is_paid
from openpartner.tencent.bills.codes import of_pay_modes, of_transaction_types

BLANK = Presence(null=On.REJECT, empty=On.ABSENT)
"""What the SDK omits, a form sends empty."""
PayMode = Annotated[Literal["prePay", "postPay"] | None, BLANK]
ActionType = Annotated[
    Literal[
        "prepay_purchase",
        "prepay_renew",
        "prepay_modify",
        "prepay_return",
        "postpay_deduct",
        "postpay_deduct_h",
        "postpay_deduct_d",
        "postpay_deduct_m",
        "postpay_deduct_s",
        "offline_deduct",
        "online_deduct",
        "recon_deduct",
        "recon_increase",
        "recon_guarantee",
        "ripay_purchase",
        "ri_hour_pay",
        "svp_hour_pay",
        "pre_purchase",
        "prePurchase",
        "pre_renew",
        "preRenew",
        "pre_upgrade",
        "preUpgrade",
        "pre_downgrade",
        "preDowngrade",
    ]
    | None,
    BLANK,
]
"""All 25 codes, wherever one is taken (tencent:F.11)."""
IsConfirmed = Annotated[Literal["0", "1", "2"] | None, BLANK]
EITHER, PAID = "0", "1"


def is_nothing(caller: Caller, is_confirmed: str | None, customer: int, month: str) -> bool:
    """Whether a filter on confirmation leaves nothing of a bill; "0" does not distinguish (tencent:F.12).

    A bill is paid as a whole: of a month that was restated after it was confirmed something is unpaid, so it is.
    """
    if is_confirmed in {None, EITHER}:
        return False
    return is_paid(customer, caller.account, month_of(month)) is not (is_confirmed == PAID)


def of_customer(
    scope: Scope, month: str, customer: int | None, pay_mode: str | None = None, action_type: str | None = None
) -> BillFilter:
    """The lines of a month, of a customer if one is named, under the conditions that are given."""
    where = BillFilter.month(month_of(month), customer=customer)
    equal: dict[str, tuple[str, ...]] = {}
    if action_type is not None:
        equal |= of_transaction_types(scope, where, (action_type,))
    if pay_mode is not None:
        equal |= of_pay_modes((pay_mode,))
    return replace(where, equal=equal) if equal else where
