"""What a submission must look like, whom it may be about, and why one is refused: all as data, without a database.

>>> file_fault("test/abc023.jpg", has_folder=True) is None
True
>>> file_fault("abc023.exe", has_folder=True)
<Fault.FILE_FORMAT: 'the format of a file is not one of jpg, jpeg, bmp, png, gif and pdf'>
>>> file_fault("abc023.jpg", has_folder=False).name
'NO_FOLDER'
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from openpartner.core.base.errors import Conflict, Invalid
from openpartner.core.base.kinds import CustomerType
from openpartner.core.verification.models import ADDRESS_MAX, NAME_MAX, NUMBER_MAX, Document
from openpartner.kit.addresses import is_https_link

FORMATS: Final = ("jpg", "jpeg", "bmp", "png", "gif", "pdf")
"""huawei:D1: the formats of the files of a document."""
FILE_MAX = 512
PERSONAL: Final = frozenset(
    {
        Document.PASSPORT,
        Document.HOME_RETURN_PERMIT,
        Document.TAIWAN_PERMIT,
        Document.HONG_KONG_MACAO_RESIDENCE,
        Document.TAIWAN_RESIDENCE,
        Document.IDENTITY_CARD,
    }
)
FILES: Final[dict[Document, tuple[int, int]]] = {
    Document.PASSPORT: (2, 3),  # the China site asks for the page of the entry stamp as well
    Document.HOME_RETURN_PERMIT: (3, 3),
    Document.TAIWAN_PERMIT: (3, 3),
    Document.HONG_KONG_MACAO_RESIDENCE: (3, 3),
    Document.TAIWAN_RESIDENCE: (3, 3),
    Document.IDENTITY_CARD: (2, 3),
    # Front and back, and both sides of the identity card of the legal person when one is named.
    **{one: (1, 4) for one in Document if one not in PERSONAL},
}
"""How many files a document has at least and at most (huawei:D1)."""
OF_LEGAL_PERSON = 2
_SIGNS_OF_NUMBERS = frozenset(" ()/.-\uff08\uff09")
_REGION = re.compile(r"[A-Z]{2}")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


class Fault(StrEnum):
    """Why a submission is refused although every value of it is well formed."""

    FILE_FORMAT = f"the format of a file is not one of {', '.join(FORMATS[:-1])} and {FORMATS[-1]}"
    NO_FOLDER = "files are named by paths, and the partner has not said in which folder they stand"
    VERIFIED = "the account is verified already, or its verification is in review"
    ATTEMPTS = "the account was submitted as often as it may be"
    NOT_A_PERSON = "only an account that is verified as a person changes to a company"
    HAS_MEMBERS = "an enterprise with members is not verified as a person"
    NUMBER_USED = "as many accounts as may be are verified with this document already"


class VerificationRefused(Conflict):
    """A submission is refused; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody says to be, and by which document."""

    customer_type: CustomerType
    document: Document
    name: str
    number: str
    files: tuple[str, ...]
    region: str = ""
    address: str = ""
    legal_person: str = ""
    legal_person_number: str = ""
    is_change: bool = False
    """A verified person becomes a company."""


def check(given: Given) -> None:
    """Invalid names what is not well formed."""
    is_company = given.customer_type is CustomerType.ENTERPRISE
    if given.customer_type is CustomerType.NONE or (given.is_change and not is_company):
        raise Invalid("customer_type", "is a person or a company; a change leads to a company")
    if (given.document in PERSONAL) is is_company:
        raise Invalid("document", "is not one of such a customer")
    _check_text("name", given.name, NAME_MAX)
    if is_company and not any(sign.isalpha() for sign in given.name):
        raise Invalid("name", "holds a letter: it is not made of digits, signs and spaces alone")
    _check_number("number", given.number)
    if given.region and not _REGION.fullmatch(given.region):
        raise Invalid("region", "is a country code of two capital letters, such as DE")
    if len(given.address) > ADDRESS_MAX or _UNSEEN.search(given.address):
        raise Invalid("address", f"has at most {ADDRESS_MAX} characters, on one line")
    if bool(given.legal_person) is not bool(given.legal_person_number):
        raise Invalid("legal_person", "is given with the number of the identity card, or neither is")
    if given.legal_person:
        _check_text("legal_person", given.legal_person, NAME_MAX)
        _check_number("legal_person_number", given.legal_person_number)
    least, most = FILES[given.document]
    if is_company:
        least, most = (1 + OF_LEGAL_PERSON, most) if given.legal_person else (1, most - OF_LEGAL_PERSON)
    if not least <= len(given.files) <= most:
        needed = str(least) if least == most else f"{least} to {most}"
        raise Invalid("files", f"are {needed} for this document")
    for one in given.files:
        _check_file(one)


def file_fault(name: str, *, has_folder: bool) -> Fault | None:
    """What is wrong with a well-formed name of a file, or None. The file itself is never looked at."""
    path = urlsplit(name).path if is_https_link(name) else name
    if path.rpartition("/")[2].rpartition(".")[2].casefold() not in FORMATS or "." not in path:
        return Fault.FILE_FORMAT
    return None if has_folder or is_https_link(name) else Fault.NO_FOLDER


def masked_number(number: str) -> str:
    """What is left of a document's number: its last two signs.

    >>> masked_number("G12345678")
    '*******78'
    """
    return "*" * max(0, len(number) - 2) + number[-2:] if len(number) > 4 else "*" * len(number)


def _check_text(field: str, value: str, length_max: int) -> None:
    if not value.strip() or len(value) > length_max or _UNSEEN.search(value):
        raise Invalid(field, f"has 1 to {length_max} characters, on one line")


def _check_number(field: str, value: str) -> None:
    # vendor doc silent: which signs a number has. Letters and digits, with signs between them.
    is_number = value.strip() == value and any(sign.isalnum() for sign in value)
    if len(value) > NUMBER_MAX or not is_number or any(not (s.isalnum() or s in _SIGNS_OF_NUMBERS) for s in value):
        raise Invalid(field, f"has 1 to {NUMBER_MAX} letters and digits")


def _check_file(name: str) -> None:
    """A path below a folder, or a whole https address; nothing that leads elsewhere."""
    if is_https_link(name):
        return
    is_path = 1 <= len(name) <= FILE_MAX and not _UNSEEN.search(name) and not set(name) & set(":\\?#%<>\"'")
    if not is_path or any(part in {"", ".", ".."} for part in name.split("/")):
        raise Invalid("files", "is a path such as test/abc023.jpg, or an https address")
