"""A code to a member's telephone: POST /v2/enterprises/multi-accounts/sm-verification-code (huawei:D7a)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_ABSENT, BLANK_IS_INVALID, NULL_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, LimitReached, TooSoon
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.organizations import NotMaster, UnifiedMember
from openpartner.core.onboarding.members import NotSent, send_member_code
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, Text64
from openpartner.huawei.enterprises.masters import LANGUAGES, NOT_A_MASTER, UNIFIED_MEMBER, telephone
from openpartner.huawei.registry import PER_SECOND, operation

TOO_MANY = "CBC.99000082"
NOT_SENT = "CBC.99004003"
MINUTES, MINUTES_MAX, MINUTES_BEYOND = 10, 60, 5
"""Ten without a number; above sixty it is five (huawei:D1, as of the other codes)."""
NAME_KEY = "sub_customer_name"


class TemplateArgs(msgspec.Struct, kw_only=True):
    """One value of the text."""

    key: Annotated[Text64, BLANK_IS_INVALID]
    value: Annotated[Text64, BLANK_IS_INVALID]


class SendSmsVerificationCode(HuaweiRequest):
    """The body."""

    mobile_phone: Annotated[Annotated[str, Meta(max_length=32)], BLANK_IS_INVALID]
    sm_template_args: Annotated[list[TemplateArgs], Meta(min_length=1, max_length=10)]
    timeout: Annotated[Annotated[int, Meta(ge=1)], NULL_IS_ABSENT] = MINUTES
    language: Annotated[Text64 | None, BLANK_IS_ABSENT] = None


@operation(
    "SendSmsVerificationCode",
    route="POST /v2/enterprises/multi-accounts/sm-verification-code",
    kinds=CUSTOMER,
    permission=Permission.MEMBER_MANAGE,
    per_second=PER_SECOND,
    docs="",
    writes=True,
    raises={
        UnifiedMember: UNIFIED_MEMBER,
        NotMaster: NOT_A_MASTER,
        NotSent: NOT_SENT,
        TooSoon: TOO_MANY,
        LimitReached: TOO_MANY,
    },
)
def send_sms_verification_code(caller: Caller, request: SendSmsVerificationCode) -> None:
    """Send a code to the telephone of who will be a member."""
    names = [one.value for one in request.sm_template_args if one.key == NAME_KEY]
    if len(names) != len(request.sm_template_args) or len(names) != 1:
        raise Invalid("sm_template_args", f"has {NAME_KEY} alone")
    if request.language is not None and request.language.casefold() not in LANGUAGES:
        raise Invalid("language", "must be zh-cn or en-us")
    country, number = telephone("mobile_phone", request.mobile_phone)
    minutes = request.timeout if request.timeout <= MINUTES_MAX else MINUTES_BEYOND
    send_member_code(
        caller,
        country_code=country,
        mobile=number,
        life=timedelta(minutes=minutes),
        language=LANGUAGES.get((request.language or "").casefold(), caller.language),
        member=names[0],
    )
