"""What clouds call the kinds of charges, beside what a bill line calls them.

A cloud has several codes for one kind of ours: `prepay_purchase` and `pre_purchase` are both a purchase. The first one
in the seed is how a line of ours is spelled that came without a code.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from openpartner.core.catalogue.entries import seed


@dataclass(frozen=True, slots=True)
class ChargeCode:
    """One code with its names. `charging` and `action` are the values a bill line has; empty where the code says none.

    A code may be empty: some kinds have a name on bills and no code.
    """

    code: str
    name_en: str
    name_zh: str
    action: str
    charging: str

    def name(self, language: str) -> str:
        """The name in Chinese where `language` begins with zh, else in English."""
        return self.name_zh if language.startswith("zh") else self.name_en


@cache
def charging_codes(cloud: str) -> tuple[ChargeCode, ...]:
    """How a cloud spells the ways of charging: prepaid, postpaid ...; empty for a cloud without a seed."""
    return tuple(ChargeCode(code, en, zh, "", charging) for code, en, zh, charging in seed(cloud).get("charging", ()))


@cache
def action_codes(cloud: str) -> tuple[ChargeCode, ...]:
    """How a cloud spells what lines are about: purchase, usage, refund ...; empty for a cloud without a seed."""
    return tuple(ChargeCode(*row) for row in seed(cloud).get("action", ()))


def charging_spelled(cloud: str, charging: str) -> ChargeCode | None:
    """A cloud's spelling of a line's way of charging, or None."""
    return next((one for one in charging_codes(cloud) if one.charging == charging), None)


def action_of_code(cloud: str, code: str) -> ChargeCode | None:
    """The kind of charge behind a cloud's code, or None."""
    return _actions_by_code(cloud).get(code)


def action_spelled(cloud: str, action: str) -> ChargeCode | None:
    """A cloud's spelling of what a line is about, or None where it has none."""
    return next((one for one in action_codes(cloud) if one.action == action), None)


@cache
def _actions_by_code(cloud: str) -> dict[str, ChargeCode]:
    return {one.code: one for one in action_codes(cloud)}
