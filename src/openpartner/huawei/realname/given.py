"""What the applications of both generations say, as the core takes it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Protocol

from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_INVALID
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import CustomerType, Site
from openpartner.core.verification.commands import submit
from openpartner.core.verification.models import ADDRESS_MAX, NAME_MAX, NUMBER_MAX, Document
from openpartner.core.verification.rules import FILE_MAX, Given
from openpartner.huawei.base import HuaweiRequest, Text64
from openpartner.huawei.realname.faults import told_in_codes
from openpartner.kit.addresses import LINK_MAX

PERSONAL_DOCUMENT, COMPANY_DOCUMENT = 0, 1
FIRST_TIME, PERSON_TO_COMPANY = -1, 1
LEGAL_PERSON = "legalPerson"
FILES_MAX = 4
"""mc_00018: at most four files."""

Name = Annotated[Annotated[str, Meta(max_length=NAME_MAX)], BLANK_IS_INVALID]
Number = Annotated[Annotated[str, Meta(max_length=NUMBER_MAX)], BLANK_IS_INVALID]
Address = Annotated[str, Meta(max_length=ADDRESS_MAX)]
Region = Annotated[str, Meta(max_length=2)]
Platform = Annotated[Text64, BLANK_IS_INVALID]
Files = Annotated[
    list[Annotated[str, Meta(max_length=max(FILE_MAX, LINK_MAX))]], Meta(min_length=1, max_length=FILES_MAX)
]

PERSONAL: dict[int, Document] = {
    3: Document.PASSPORT,
    5: Document.HOME_RETURN_PERMIT,
    6: Document.TAIWAN_PERMIT,
    9: Document.HONG_KONG_MACAO_RESIDENCE,
    10: Document.TAIWAN_RESIDENCE,
}
COMPANY: dict[int, Document] = {
    0: Document.BUSINESS_LICENCE,
    1: Document.INSTITUTION_CERTIFICATE,
    2: Document.SOCIAL_CERTIFICATE,
    3: Document.ENFORCEMENT_CERTIFICATE,
    4: Document.ORGANIZATION_CODE,
    99: Document.OTHER,
}
CALLED = {
    "number": "verified_number",
    "files": "verified_file_url",
    "region": "reg_country",
    "address": "reg_address",
    "legal_person": "enterprise_person",
    "legal_person_number": "enterprise_person",
}
"""What the core's fields are called here."""
PASSPORT_FILES = {Site.CN: 3}
"""The China site asks for the page of the entry stamp as well; other sites for two files."""


class EnterprisePerson(HuaweiRequest):
    """Whom the company's legal person is; the vendor spells it so."""

    legel_name: Name
    legel_id_number: Number
    certifier_role: str | None = None


class LegacyEnterprisePerson(HuaweiRequest, rename="camel"):
    """The same, old."""

    legel_name: Name
    legel_id_number: Number
    certifier_role: str | None = None


class Asked(Protocol):
    """What every application says, in either spelling."""

    __struct_fields__: ClassVar[tuple[str, ...]]
    __struct_encode_fields__: ClassVar[tuple[str, ...]]
    customer_id: str
    identify_type: int
    verified_number: str
    verified_file_url: list[str]


class PersonAsked(Asked, Protocol):
    """An individual's application."""

    name: str
    verified_type: int | None
    change_type: int | None


class CompanyAsked(Asked, Protocol):
    """A company's application."""

    corp_name: str
    certificate_type: int | None
    reg_country: str | None
    reg_address: str | None

    @property
    def enterprise_person(self) -> EnterprisePerson | LegacyEnterprisePerson | None:
        """The legal person."""


def person(caller: Caller, asked: PersonAsked) -> Given:
    """What an individual's application says; Invalid names the field by its spelling."""
    if asked.identify_type != PERSONAL_DOCUMENT:
        # The China site also takes a bank card (4), which only a bank can confirm.
        raise Invalid(_spelt(asked, "identify_type"), "must be 0")
    document = PERSONAL.get(-1 if asked.verified_type is None else asked.verified_type)
    if document is None:
        raise Invalid(_spelt(asked, "verified_type"), "must be 3, 5, 6, 9 or 10")
    if asked.change_type not in {None, FIRST_TIME}:
        raise Invalid(_spelt(asked, "change_type"), "must be -1")
    needed = PASSPORT_FILES.get(caller.site, 2)
    if document is Document.PASSPORT and len(asked.verified_file_url) != needed:
        raise Invalid(_spelt(asked, "verified_file_url"), f"must be {needed} for a passport")
    return Given(
        customer_type=CustomerType.PERSON,
        document=document,
        name=asked.name,
        number=asked.verified_number,
        files=tuple(asked.verified_file_url),
    )


def company(asked: CompanyAsked, *, change_type: int | None = None) -> Given:
    """What a company's application says; Invalid names the field by its spelling. A change has a type, which is 1."""
    if asked.identify_type != COMPANY_DOCUMENT:
        raise Invalid(_spelt(asked, "identify_type"), "must be 1")
    # vendor doc silent: which certificate it is when none is named.
    document = COMPANY.get(99 if asked.certificate_type is None else asked.certificate_type)
    if document is None:
        raise Invalid(_spelt(asked, "certificate_type"), "must be 0, 1, 2, 3, 4 or 99")
    if change_type not in {None, PERSON_TO_COMPANY}:
        raise Invalid(_spelt(asked, "change_type"), "must be 1")
    legal_person = asked.enterprise_person
    if legal_person is not None and legal_person.certifier_role not in {None, "", LEGAL_PERSON}:
        raise Invalid(_spelt(asked, "enterprise_person"), f"has the role {LEGAL_PERSON}")
    return Given(
        customer_type=CustomerType.ENTERPRISE,
        document=document,
        name=asked.corp_name,
        number=asked.verified_number,
        files=tuple(asked.verified_file_url),
        region=asked.reg_country or "",
        address=asked.reg_address or "",
        legal_person=legal_person.legel_name if legal_person else "",
        legal_person_number=legal_person.legel_id_number if legal_person else "",
        is_change=change_type is not None,
    )


def applied(caller: Caller, asked: Asked, given: Given) -> int:
    """Submit it; 1 when somebody has to review it, 0 when nobody has."""
    try:
        with told_in_codes():
            return int(submit(caller, account_id=asked.customer_id, given=given).is_reviewed)
    except Invalid as error:
        name = CALLED.get(error.field, error.field)
        name = "corp_name" if name == "name" and given.customer_type is CustomerType.ENTERPRISE else name
        raise Invalid(_spelt(asked, name), error.why) from error


def _spelt(asked: Asked, name: str) -> str:
    """How the request spells a field."""
    return asked.__struct_encode_fields__[asked.__struct_fields__.index(name)]
