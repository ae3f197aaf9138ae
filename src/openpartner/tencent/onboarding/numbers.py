"""Telephone numbers as this vendor writes them: a dialling code without 00, and the digits behind it."""

from __future__ import annotations

import re

from openpartner.core.catalogue.countries import by_dialling_code
from openpartner.tencent.catalogue.get_country_codes import REFUSED_CODES

NUMBER = re.compile(r"[0-9]{1,32}")
DIALLING_CODE = re.compile(r"[0-9]{1,8}")


def is_number(text: str) -> bool:
    """Whether a text is 1 to 32 digits (tencent:D.1)."""
    return NUMBER.fullmatch(text) is not None


def is_served(code: str) -> bool:
    """Whether accounts are created with this dialling code (tencent:D.1)."""
    return code not in REFUSED_CODES


def is_dialling_code(code: str) -> bool:
    """Whether any country has this dialling code."""
    return bool(by_dialling_code(code))


def stored(code: str) -> str:
    """The dialling code as accounts keep it: `852` is `00852`."""
    return f"00{code}"
