"""Sending a code, old: POST /v1.0/{partner_id}/partner/common-mgr/verificationcode (zh-cn_topic_0118172609)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_ABSENT, NULL_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, LegacyResponse, Text64
from openpartner.huawei.customers.codes import CHINESE, MAIL, REGISTRATION, SMS, language_of, life_of, mail, text
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.addresses import ADDRESS_MAX


class LegacySendVerificationCode(HuaweiRequest, rename="camel"):
    """The body; `partner_id` is not verified (huawei:F22)."""

    receiver_type: Annotated[int | None, NULL_IS_ABSENT] = None
    timeout: Annotated[int | None, NULL_IS_ABSENT] = None
    email: Annotated[Annotated[str, Meta(max_length=ADDRESS_MAX)] | None, BLANK_IS_ABSENT] = None
    mobile_phone: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    country_code: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    lang: Annotated[str | None, BLANK_IS_ABSENT] = None
    scene: Annotated[str | None, BLANK_IS_ABSENT] = None


@operation(
    "LegacySendVerificationCode",
    route="POST /v1.0/{partner_id}/partner/common-mgr/verificationcode",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CUSTOMER_CREATE,
    per_second=PER_SECOND,
    docs="bpconsole/zh-cn_topic_0118172609",
    writes=True,
)
def legacy_send_verification_code(caller: Caller, request: LegacySendVerificationCode) -> LegacyResponse:
    """Send the code by SMS (1) or mail (2)."""
    # vendor doc silent: the way when none is named; the one whose address is there.
    way = request.receiver_type or (SMS if request.mobile_phone is not None else MAIL)
    if way not in {SMS, MAIL}:
        raise Invalid("receiverType", "must be 1 or 2")
    if request.scene not in {None, str(REGISTRATION)}:
        raise Invalid("scene", f"must be {REGISTRATION}")
    life = life_of("timeout", request.timeout)
    language = language_of(caller, "lang", request.lang)
    if way == SMS:
        if request.mobile_phone is None:
            raise Invalid("mobilePhone", "is missing")
        text(caller, request.country_code or CHINESE, request.mobile_phone)
    else:
        if request.email is None:
            raise Invalid("email", "is missing")
        mail(caller, request.email, life=life, language=language)
    return LegacyResponse()
