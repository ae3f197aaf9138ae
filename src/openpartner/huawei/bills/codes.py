"""Huawei's codes of a charge, and what they are in the lake; both ways, for every value (huawei:E5).

A line of Huawei's own keeps the code it came with. A line of another cloud has the code of its neutral action.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from openpartner.core.catalogue.charges import action_codes, charging_codes
from openpartner.core.catalogue.entries import HUAWEI
from openpartner.lake.schema import ADJUSTMENTS, REFUNDS, Action, Charging

CHARGE_MODES: Final[Mapping[str, int]] = {
    **{one.charging: int(one.code) for one in charging_codes(HUAWEI)},
    Charging.OTHER: 3,  # vendor doc silent: a charge that is none of the four; it is billed when it is used
}
ACTIONS: Final[Mapping[int, Action]] = {int(one.code): Action(one.action) for one in action_codes(HUAWEI)}
"""The neutral action of each bill type that Huawei knows."""
BILL_TYPES: Final[Mapping[str, int]] = {
    **{action: code for code, action in reversed(list(ACTIONS.items()))},  # the first code of an action spells it
    # What Huawei has no code for: the nearest of its own.
    Action.USAGE_DAILY: 5,
    Action.SPOT: 5,
    Action.RESERVATION_FEE: 1,
    Action.RESERVATION_HOURLY: 12,
    Action.ROUNDING: 16,
}
"""The bill type of a detail for each neutral action."""
ORDERS: Final = frozenset({1, 2, 3, 4, 8, 103})
"""The bill types whose trade is an order; the trade of every other one is a transaction."""

SPENT, REFUNDED, ADJUSTED = 1, 2, 3
"""The bill types of a monthly sum."""
OLD_SUM_TYPES: Final[Mapping[int, int]] = {SPENT: 0, REFUNDED: 1, ADJUSTED: 2}
"""What older operations call the same: they count from 0."""
_OF_TAXES: Final = {"100": REFUNDED, "101": ADJUSTED, "102": ADJUSTED}

CHARGINGS: Final[Mapping[int, tuple[str, ...]]] = {
    code: tuple(str(charging) for charging, mode in CHARGE_MODES.items() if mode == code)
    for code in sorted(set(CHARGE_MODES.values()))
}
"""What a charge mode stands for in the lake."""
_KEPT: Final = {str(code): code for code in ACTIONS}
_EQUAL: Final[Mapping[int, tuple[str, ...]]] = {
    code: tuple(str(action) for action, one in BILL_TYPES.items() if one == code) for code in ACTIONS
}

Conditions = dict[str, tuple[str, ...]]


def charge_mode(charging: str | None) -> int:
    """The charge mode of a line."""
    return CHARGE_MODES.get(charging or "", CHARGE_MODES[Charging.OTHER])


def bill_type(action: str | None, action_code: str | None) -> int:
    """The bill type of a line as a detail."""
    kept = _KEPT.get(action_code or "")
    return kept if kept is not None else BILL_TYPES.get(action or "", BILL_TYPES[Action.USAGE])


def sum_type(action: str | None, action_code: str | None) -> int:
    """The bill type of a line within a monthly sum: spent, refunded or adjusted. A tax goes with what it is of."""
    if action == Action.TAX:
        return _OF_TAXES.get(action_code or "", SPENT)
    if action in REFUNDS:
        return REFUNDED
    return ADJUSTED if action in ADJUSTMENTS else SPENT


def of_bill_type(code: int) -> tuple[Conditions, Conditions]:
    """What the lines of a bill type have, and what they have not, by column.

    Lines that keep a code are told by it, others by their action: Huawei's finer codes share an action with a coarser
    one, so they are named for themselves and left out of what the action stands for.
    """
    if _EQUAL[code]:
        others = tuple(kept for kept, one in _KEPT.items() if one != code)
        return {"action": _EQUAL[code]}, {"action_code": others}
    return {"action_code": (str(code),)}, {}


def trade_of(code: int, order_id: str | None, transaction_id: str | None) -> str:
    """The trade of a line: its order where the bill type has one, otherwise the transaction (huawei:E5, mbc_00004)."""
    first, second = (order_id, transaction_id) if code in ORDERS else (transaction_id, order_id)
    return first or second or ""
