"""What the operations of enterprise masters have in common: codes, numbers and telephones."""

from __future__ import annotations

import re
from collections.abc import Mapping

from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid

NOT_A_MASTER = "CBC.70300008"
UNIFIED_MEMBER = "CBC.70300009"
CHINA = "0086"
NUMBER_MAX = 20
_DIGITS = re.compile(r"[0-9]{1,20}")
_WITH_COUNTRY = re.compile(r"(00[0-9]{1,4}|\+[0-9]{1,4})-([0-9]{1,20})")
_NODE = re.compile(r"[0-9]{1,20}")
LANGUAGES: Mapping[str, str] = {"zh-cn": "zh", "en-us": "en"}


def own_account(caller: Caller) -> Account:
    """The calling master's row."""
    return Account.objects.everything(reason="the caller itself").get(pk=caller.account)


def node(field: str, text: str) -> int:
    """The number of an organization, which is digits alone."""
    if not _NODE.fullmatch(text):
        raise Invalid(field, "must be digits alone")
    return int(text)


def telephone(field: str, text: str) -> tuple[str, str]:
    """Dialling code and digits of a number: `13800138000` is one of China's, `0049-15112345678` says whose it is.

    vendor doc silent: numbers of other countries; written as where else the vendor wants a country.
    """
    if _DIGITS.fullmatch(text):
        return CHINA, text
    found = _WITH_COUNTRY.fullmatch(text)
    if found is None:
        raise Invalid(field, "must be a telephone number such as 13800138000")
    return found[1].replace("+", "00"), found[2]
