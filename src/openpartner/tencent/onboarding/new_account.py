"""What CreateAccount takes, and its field checks in the order in which the first that fails is told.

An empty field comes before a malformed one, and that before one whose content is wrong (tencent:D.1); within each step
the order is that of the fields. Where the vendor has no code for a field, the general one is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import On, Presence
from openpartner.core.base.kinds import CustomerType
from openpartner.core.catalogue.countries import by_iso2
from openpartner.core.catalogue.industries import division
from openpartner.core.onboarding.creating import REMARK_MAX
from openpartner.kit.addresses import is_address
from openpartner.tencent.base import TencentRequest
from openpartner.tencent.errors import INVALID_VALUE, UNSUPPORTED_AREA, refused
from openpartner.tencent.onboarding.numbers import DIALLING_CODE, is_dialling_code, is_number, is_served

Blank = Presence(null=On.REJECT, empty=On.ABSENT)
ACCOUNT_TYPES: dict[str, CustomerType] = {
    "personal": CustomerType.PERSON,
    "company": CustomerType.ENTERPRISE,
    "business": CustomerType.ENTERPRISE,  # tencent:F.8: every example of the vendor says so
}
PASSWORD = re.compile(r"[!-~]{8,20}")
PASSWORD_PARTS = [re.compile(part) for part in (r"[0-9]", r"[A-Za-z]", r"[!@#$%^&*()]")]
AREA = re.compile(r"[A-Z]{2}")
NAME_MIN, NAME_MAX = 2, 200


class CreateAccount(TencentRequest):
    """Who the customer is. An empty text has a code of its own, so no type refuses one."""

    account_type: str
    mail: str
    password: str
    confirm_password: str
    phone_num: str
    country_code: str
    area: str
    verify_code: str
    trade_one: str
    trade_two: str
    # vendor doc silent: what becomes of it; it is kept as the partner's remark, whose length it has.
    extended: Annotated[Annotated[str, Meta(max_length=REMARK_MAX)] | None, Blank] = None
    customer_name: Annotated[str | None, Blank] = None


Check = Callable[[CreateAccount], bool]

EMPTY: tuple[tuple[Check, str], ...] = (
    (lambda asked: asked.account_type == "", "InvalidParameterValue.AccountTypeEmpty"),
    (lambda asked: asked.mail == "", "InvalidParameterValue.MailEmpty"),
    (lambda asked: asked.password == "", "InvalidParameterValue.PasswordEmpty"),
    (lambda asked: asked.phone_num == "", "InvalidParameterValue.PhoneNumEmpty"),
    (lambda asked: asked.country_code == "", "InvalidParameterValue.CountryCodeEmpty"),
    (lambda asked: asked.area == "", "InvalidParameterValue.AreaEmpty"),
    (lambda asked: "" in (asked.trade_one, asked.trade_two), "InvalidParameterValue.TradeInfoEmpty"),
)
MALFORMED: tuple[tuple[Check, str], ...] = (
    (lambda asked: not is_address(asked.mail), "InvalidParameter.MailFormatIncorrect"),
    (lambda asked: not PASSWORD.fullmatch(asked.password), "InvalidParameter.PasswordFormatIncorrect"),
    (lambda asked: not is_number(asked.phone_num), "InvalidParameter.PhoneNumFormatIncorrect"),
    (lambda asked: not DIALLING_CODE.fullmatch(asked.country_code), "InvalidParameter.CountryCodeFormatIncorrect"),
    (lambda asked: not AREA.fullmatch(asked.area), "InvalidParameter.AreaFormatIncorrect"),
)
WRONG: tuple[tuple[Check, str], ...] = (
    (lambda asked: asked.account_type not in ACCOUNT_TYPES, "InvalidParameter.AccountTypeContentIncorrect"),
    (
        lambda asked: not all(part.search(asked.password) for part in PASSWORD_PARTS),
        "InvalidParameter.PasswordContentIncorrect",
    ),
    (lambda asked: asked.confirm_password != asked.password, "InvalidParameter.ConfirmPasswordContentIncorrect"),
    (lambda asked: not is_dialling_code(asked.country_code), "InvalidParameter.CountryCodeContentIncorrect"),
    (lambda asked: not is_served(asked.country_code), UNSUPPORTED_AREA),
    (lambda asked: not _is_of_row(asked), "InvalidParameter.AreaContentIncorrect"),
    (lambda asked: not _is_trade(asked), "FailedOperation.TradeInfoIncorrect"),
    (lambda asked: not _is_name(asked.customer_name), INVALID_VALUE),
)

MESSAGES = {
    "AccountTypeEmpty": "AccountType must not be empty.",
    "MailEmpty": "Mail must not be empty.",
    "PasswordEmpty": "Password must not be empty.",
    "PhoneNumEmpty": "PhoneNum must not be empty.",
    "CountryCodeEmpty": "CountryCode must not be empty.",
    "AreaEmpty": "Area must not be empty.",
    "TradeInfoEmpty": "TradeOne and TradeTwo must not be empty.",
    "MailFormatIncorrect": "Mail is no e-mail address.",
    "PasswordFormatIncorrect": "Password must be 8 to 20 letters, digits and symbols without a space.",
    "PhoneNumFormatIncorrect": "PhoneNum must be 1 to 32 digits.",
    "CountryCodeFormatIncorrect": "CountryCode must be digits, such as 852.",
    "AreaFormatIncorrect": "Area must be two capital letters, such as HK.",
    "AccountTypeContentIncorrect": "AccountType must be personal or company.",
    "PasswordContentIncorrect": "Password must have a digit, a letter and one of !@#$%^&*().",
    "ConfirmPasswordContentIncorrect": "ConfirmPassword must be the same as Password.",
    "CountryCodeContentIncorrect": "CountryCode is no dialling code; GetCountryCodes lists them.",
    "UnSupportArea": "Accounts are not created in this country.",
    "AreaContentIncorrect": "Area must be of the same row of GetCountryCodes as CountryCode.",
    "TradeInfoIncorrect": "TradeTwo must be a child of TradeOne in GetTradeConfigList.",
    INVALID_VALUE: "CustomerName must be 2 to 200 characters and more than digits.",
}
"""What each code says, by its last part."""


def check(asked: CreateAccount) -> None:
    """Refuse the first field that is empty, else malformed, else wrong."""
    for step in (EMPTY, MALFORMED, WRONG):
        for is_faulty, code in step:
            if is_faulty(asked):
                raise refused(code, MESSAGES[code.rpartition(".")[2]])


def _is_of_row(asked: CreateAccount) -> bool:
    country = by_iso2(asked.area)
    return country is not None and country.dialling_code == asked.country_code


def _is_trade(asked: CreateAccount) -> bool:
    found = division(asked.trade_two)
    return found is not None and found.section_id == asked.trade_one


def _is_name(name: str | None) -> bool:
    # vendor doc silent: the code for a bad name, which came later than the page's list; and without one it is empty.
    if name is None:
        return True
    plain = name.strip()
    return len(plain) >= NAME_MIN and len(name) <= NAME_MAX and not plain.isdigit() and name.isprintable()
