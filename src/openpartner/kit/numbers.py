"""Telephone numbers that an SMS can be sent to."""

from __future__ import annotations

import re

_COUNTRY = re.compile(r"(?:\+|00)?([1-9][0-9]{0,3})")
_NUMBER = re.compile(r"[0-9]{1,32}")
DIGITS_MAX = 15
"""Of a number with its country (E.164)."""


def international(country: str, number: str) -> str:
    """The number as it is dialled from anywhere, `+4915112345678`; empty when the two make no number.

    `country` is a dialling code as either vendor writes it: `49`, `+49` or `0049`. Nothing is guessed about `number`:
    a leading zero stays, for in some countries it belongs to the number.
    """
    code = _COUNTRY.fullmatch(country)
    if code is None or not _NUMBER.fullmatch(number) or len(code[1]) + len(number) > DIGITS_MAX:
        return ""
    return f"+{code[1]}{number}"
