"""What both generations of creating a customer share: the rules of names and passwords, codes, and the answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings

from openpartner.apikit.call import Counted, Refused
from openpartner.core.access.codes import Verdict
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import AssociationKind, Site
from openpartner.core.customers.registration import has_mobile
from openpartner.core.eligibility.causes import Barred, Cause
from openpartner.core.onboarding.creating import check_code
from openpartner.core.onboarding.creations import Late, create_bound, created_before, settled
from openpartner.core.onboarding.mailed_codes import check_account_code
from openpartner.core.onboarding.models import Creation
from openpartner.core.onboarding.registering import NewAccount
from openpartner.huawei.errors import PARAMETER, refused
from openpartner.kit.addresses import is_address

NAME = re.compile(r"[a-zA-Z_-][a-zA-Z0-9_-]{4,31}")
RESERVED_PREFIXES = ("op_", "shadow_")
PASSWORD_MIN, PASSWORD_MAX = 8, 128
PASSWORD_CLASSES = tuple(re.compile(one) for one in ("[A-Z]", "[a-z]", "[0-9]", "[^A-Za-z0-9]"))
CLASSES_MIN = 2
REGION = re.compile(r"[A-Z]{2}")
CHINA = "CN"
CHINESE_MOBILE = re.compile(r"1[0-9]{10}")
REFERRAL = "1"

CODE_EXPIRED, CODE_TRIED_TOO_OFTEN, CODE_WRONG = "CBC.99004008", "CBC.99004009", "CBC.99004010"
NUMBER_TAKEN = "CBC.99000039"
MOBILE_MALFORMED = "CBC.5017"
VERDICTS: dict[Verdict, str] = {
    Verdict.EXPIRED: CODE_EXPIRED,
    Verdict.EXHAUSTED: CODE_TRIED_TOO_OFTEN,
    Verdict.WRONG: CODE_WRONG,
}
"""The China site's page of mc_00016 has a code for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A customer that is to be created, as either generation asks for it; None is what was not given."""

    number: str
    platform: str
    area: str | None
    name: str | None
    email: str | None
    country_code: str
    mobile: str | None
    code: str | None
    password: str | None
    kind: AssociationKind
    reseller: str | None = None
    names: tuple[str, str, str]
    """What the request calls the area, the e-mail address and the code."""


def created(caller: Caller, wanted: Wanted) -> Creation:
    """The account that is created, or was before for this number of the partner's own."""
    in_area, in_email, in_code = wanted.names
    _check_name(wanted.name)
    _check_password(wanted)
    if wanted.area is not None and not REGION.fullmatch(wanted.area):
        raise Invalid(in_area, "must be a country code of two capital letters, such as MX")
    if wanted.email and not is_address(wanted.email):
        raise Invalid(in_email, "is not an e-mail address")
    before = created_before(caller, platform=wanted.platform, number=wanted.number, reseller=wanted.reseller)
    if before is not None:
        if wanted.name and wanted.name != before.account.account_name:
            raise refused(NUMBER_TAKEN, "This number of your own has an account of another name already.")
        return before  # sending it again is how the mapping is learned
    if (wanted.email or wanted.mobile) and not wanted.code:
        raise Invalid(in_code, "is needed with an e-mail address or a mobile number")
    new = NewAccount(
        account_name=wanted.name or "",
        email=(wanted.email or "").casefold(),
        country_code=wanted.country_code if wanted.mobile else "",
        mobile=wanted.mobile or "",
        region=wanted.area or "",
        external_id=wanted.number,
        external_platform=wanted.platform,
        language="zh" if caller.site is Site.CN else caller.language,
    )
    # vendor doc silent: whose number "exists", since several accounts may have one; another customer's of the caller.
    if wanted.mobile and has_mobile(caller.own(), wanted.country_code, wanted.mobile):
        raise told(Barred(Cause.PHONE_EXISTS))
    _use_code(caller, wanted)
    try:
        return create_bound(
            caller,
            new,
            password=wanted.password,
            kind=wanted.kind,
            suspend=settings.OPENPARTNER.suspend_created_customers,
            reseller=wanted.reseller,
        )
    except Barred as error:
        raise told(error) from error


def awaited(caller: Caller, *, platform: str, number: str, reseller: str | None) -> Creation | None:
    """The account once a worker has bound it; None while that is not known after some seconds."""
    made = created_before(caller, platform=platform, number=number, reseller=reseller)
    assert made is not None
    try:
        return settled(made)
    except Late:
        return None
    except Barred as error:
        raise told(error) from error


def kind_of(caller: Caller, cooperation_type: str | None) -> AssociationKind:
    """How a new customer is associated: 1 asks for referral; else by the site's other way (huawei:A2, mc_00016)."""
    if cooperation_type == REFERRAL:
        return AssociationKind.REFERRAL
    return AssociationKind.AGENCY if caller.site is Site.CN else AssociationKind.RESALE


def check_chinese(mobile: str) -> None:
    """Refuse what is no mobile number of China, the only ones the China site takes (mc_00016)."""
    if not CHINESE_MOBILE.fullmatch(mobile):
        raise refused(MOBILE_MALFORMED, "The mobile number must be one of China, of 11 digits.")


def told(error: Barred) -> Refused:
    """What keeps the account from being created or bound, by its code."""
    return refused(error.told.huawei or PARAMETER, error.message)


def _use_code(caller: Caller, wanted: Wanted) -> None:
    """Refuse a code that is not the right one. Its try is counted for good, so nothing may be written before."""
    if not wanted.code:
        return
    # vendor doc silent: whose code it is when both are given; that of the address.
    if wanted.email:
        verdict = check_account_code(caller, email=wanted.email, code=wanted.code)
    else:
        verdict = check_code(caller, country_code=wanted.country_code, mobile=wanted.mobile or "", code=wanted.code)
    if verdict is not Verdict.GOOD:
        raise Counted(VERDICTS[verdict], "The verification code is wrong, was used or has expired.", 400)


def _check_name(name: str | None) -> None:
    if name is None:
        return
    if not NAME.fullmatch(name) or name.startswith(RESERVED_PREFIXES):
        raise told(Barred(Cause.NAME_INVALID))


def _check_password(wanted: Wanted) -> None:
    """mc_00016: eight signs of two kinds, neither the name nor its reverse, and not the address in it."""
    password = wanted.password
    if password is None:
        return
    folded, name = password.casefold(), (wanted.name or "").casefold()
    contact = (wanted.email or wanted.mobile or "").casefold()
    kinds = sum(1 for one in PASSWORD_CLASSES if one.search(password))
    is_fine = (
        PASSWORD_MIN <= len(password) <= PASSWORD_MAX
        and password.isprintable()
        and kinds >= CLASSES_MIN
        and not (name and folded in {name, name[::-1]})
        and not (contact and contact in folded)
    )
    if not is_fine:
        raise told(Barred(Cause.PASSWORD_INVALID))
