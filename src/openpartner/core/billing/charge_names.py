"""What a line's way of charging and its action are called on Tencent's bills, whichever cloud the line is of.

The codes and their names stand in the catalogue; a line has exactly one of each, so that sums by them are whole.
"""

from __future__ import annotations

from functools import lru_cache

from openpartner.core.catalogue.charges import (
    ChargeCode,
    action_codes,
    action_of_code,
    action_spelled,
    charging_codes,
    charging_spelled,
)
from openpartner.core.catalogue.entries import TENCENT
from openpartner.lake.schema import Action, Charging

CODES = tuple(one.code for one in action_codes(TENCENT) if one.code)
WITHOUT_CODE = {
    # vendor doc silent: other clouds know more kinds than the vendor has codes for. Each of these codes is also how its
    # own kind is spelled, on which filters by code count.
    Action.REFUND_OF_CHANGE: "prepay_return",
    Action.SUPPORT_PLAN: "postpay_deduct_m",
    Action.TAX: "recon_deduct",
    Action.ROUNDING: "recon_deduct",
}
POSTPAID = next(one for one in charging_codes(TENCENT) if one.charging == Charging.POSTPAID)


@lru_cache(maxsize=4096)
def transaction_type(action: str | None, action_code: str | None) -> ChargeCode:
    """A line's transaction type: its own code if the vendor knows it, else that of what it is about."""
    known = action_of_code(TENCENT, action_code) if action_code else None
    if known is None:
        neutral = Action(action or Action.USAGE)
        known = action_spelled(TENCENT, neutral) or action_of_code(TENCENT, WITHOUT_CODE[neutral])
    assert known is not None
    return known


@lru_cache(maxsize=4096)
def billing_mode(charging: str | None) -> ChargeCode:
    """A line's billing mode; reserved instances and savings plans have a name and no code (tencent:E.6)."""
    return charging_spelled(TENCENT, charging or Charging.OTHER) or POSTPAID
