"""The columns of an import file: how each is called, what it may hold and what it means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import IntegerChoices
from django.utils.translation import gettext_noop as _

from openpartner.core.accounts.models import LABEL_SEPARATOR
from openpartner.core.base.kinds import AccountKind, AssociationKind, CustomerType, Site, Suspension, Verification
from openpartner.core.catalogue import countries, industries
from openpartner.kit.ids import UIN_MAX, is_account_id

OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
LABELS_MAX = 64
EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
MOBILE_FILLERS = str.maketrans("", "", " -()./")
NUMBER_DIGITS_MAX = 15
"""Spreadsheets keep no more digits of a number."""

Read = Callable[[str], Any]


class BadCell(ValueError):
    """The text cannot stand in this column; the message says why."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file. `read` returns the value for the account's column `field` or raises BadCell."""

    name: str
    field: str
    read: Read
    says: str


def _text(length_max: int) -> Read:
    def read(text: str) -> str:
        if len(text) > length_max:
            raise BadCell(f"is longer than {length_max} characters")
        return text

    return read


def _choice(names: Mapping[str, int]) -> Read:
    def read(text: str) -> int:
        found = names.get(text, names.get(re.sub(r"[\s_-]+", " ", text.casefold())))
        if found is None:
            raise BadCell(f"is not one of {', '.join(name for name in names if not name.lstrip('-').isdigit())}")
        return found

    return read


def _named(choices: type[IntegerChoices]) -> dict[str, int]:
    """Labels and numbers of an enumeration, as people and as Huawei write them."""
    names = {str(choice.label).replace("-", " "): int(choice.value) for choice in choices}
    return names | {str(choice.value): int(choice.value) for choice in choices}


def _uin(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= UIN_MAX or text.startswith("0"):
        raise BadCell("is not a number of 1 to 18 digits")
    return int(text)


def _account_id(text: str) -> str:
    if not is_account_id(text.lower()):
        raise BadCell("is not 32 hexadecimal digits")
    return text.lower()


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadCell("is not a time such as 2024-03-01, 2024-03-01 10:00:00 or 2024-03-01T10:00:00Z") from error
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    if moment < OLDEST:
        raise BadCell(f"lies before {OLDEST:%F}")
    return moment.replace(microsecond=0)


def _country_code(text: str) -> str:
    digits = text.removeprefix("+").removeprefix("00")
    if not digits.isdigit() or not countries.by_dialling_code(digits):
        raise BadCell("is not a dialling code such as 0086")
    return f"00{digits}"


def _mobile(text: str) -> str:
    digits = text.translate(MOBILE_FILLERS)
    if not (digits.isascii() and digits.isdigit() and 4 <= len(digits) <= 20):
        raise BadCell("is not a number of 4 to 20 digits; the country stands in country_code")
    return digits


def _email(text: str) -> str:
    if len(text) > 254 or not EMAIL.fullmatch(text):
        raise BadCell("is not an e-mail address")
    return text


def _region(text: str) -> str:
    code = text.upper()
    if countries.by_iso2(code) is None:
        raise BadCell("is not a country of two letters such as DE")
    return code


def _industry(text: str) -> str:
    if industries.section(text) is None and industries.division(text) is None:
        raise BadCell("is not an industry such as kghy_10 or kghy_1005")
    return text


def _level(text: str) -> str:
    if not re.fullmatch(r"V[0-9]", text.upper()):
        raise BadCell("is not a level from V0 to V9")
    return text.upper()


def _labels(text: str) -> str:
    joined = LABEL_SEPARATOR.join(sorted({label.strip() for label in text.split(LABEL_SEPARATOR) if label.strip()}))
    if len(joined) > LABELS_MAX:
        raise BadCell(f"are longer than {LABELS_MAX} characters together")
    return joined


def _truth(text: str) -> bool:
    match text.casefold():
        case "yes" | "true" | "1":
            return True
        case "no" | "false" | "0":
            return False
        case _:
            raise BadCell("is neither yes nor no")


def _site(text: str) -> str:
    if text.lower() not in Site.values:
        raise BadCell(f"is not one of {', '.join(Site.values)}")
    return text.lower()


KINDS = {
    kind: number
    for kind, number in _named(AccountKind).items()
    if number != AccountKind.PROVIDER and not kind.isdigit()
}
COLUMNS = (
    Column("kind", "kind", _choice(KINDS), _("distributor, reseller, second-level reseller or customer")),
    Column("uin", "uin", _uin, _("number of 1 to 18 digits")),
    Column("account_id", "account_id", _account_id, _("32 hexadecimal digits")),
    Column("account_name", "account_name", _text(128), _("login name, unique in the whole channel")),
    Column("legal_name", "legal_name", _text(200), _("name of the company or person")),
    Column(
        "partner", "partner_reference", _text(128), _("uin, account id or account name of the partner it is bound to")
    ),
    Column(
        "association_type", "association_kind", _choice(_named(AssociationKind)), _("referral, agency sale or resale")
    ),
    Column("associated_at", "associated_at", _moment, _("since when it is bound")),
    Column("site", "site", _site, _("intl, cn or eu; of distributors and resellers")),
    Column("country_code", "country_code", _country_code, _("dialling code, 0086 or 86")),
    Column("mobile", "mobile", _mobile, _("digits without the country")),
    Column("email", "email", _email, _("e-mail address")),
    Column("region", "region", _region, _("country, two letters of ISO 3166")),
    Column("industry", "industry", _industry, _("section or division such as kghy_1005")),
    Column("customer_type", "customer_type", _choice(_named(CustomerType)), _("person or enterprise")),
    Column("customer_level", "customer_level", _level, _("V0 to V9")),
    Column(
        "verification", "verification", _choice(_named(Verification)), _("not verified, in review, rejected, verified")
    ),
    Column("verified_at", "verified_at", _moment, _("when it was verified")),
    Column("registered_at", "registered_at", _moment, _("when the account was opened")),
    Column("labels", "labels", _labels, _("the partner's labels, joined by commas; 64 characters together")),
    Column("remark", "remark", _text(255), _("the partner's remark")),
    Column("external_id", "external_id", _text(128), _("the partner's own number for the account")),
    Column("external_platform", "external_platform", _text(64), _("the system that number belongs to")),
    Column("suspension", "suspension", _choice(_named(Suspension)), _("not suspended, account, account and resources")),
    Column("suspended_at", "suspended_at", _moment, _("since when")),
    Column("bills_visible", "bills_visible", _truth, _("yes or no: may the customer see its own bills")),
    Column("account_manager", "manager_email", _email, _("e-mail of a user of the partner")),
)
BY_NAME = {column.name: column for column in COLUMNS}


def spelled(value: object) -> str:
    """The text of a spreadsheet's cell. BadCell when the spreadsheet has lost digits of a number."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float():
            if abs(value) >= 10**NUMBER_DIGITS_MAX:
                raise BadCell(f"is a number of more than {NUMBER_DIGITS_MAX} digits: format the column as text")
            return str(int(value)) if value == int(value) else str(value)
        case datetime():
            # Seconds are fractions of a day in a spreadsheet, and come back a little off.
            return (value + timedelta(milliseconds=500)).replace(microsecond=0).isoformat(" ")
        case _:
            return cleaned(str(value))


def cleaned(text: str) -> str:
    """The text without space around it. BadCell when it holds what no column may: control characters."""
    text = text.strip()
    if not text.isprintable() and any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in text):
        raise BadCell("holds a control character")
    return text
