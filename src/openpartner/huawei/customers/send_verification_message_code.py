"""Sending a code to a customer that is to be created: POST /v2/bases/verificationcode/send (huawei:D1, mc_00024)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_ABSENT, NULL_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import Site
from openpartner.core.base.permissions import Permission
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, Text64
from openpartner.huawei.customers.codes import CHINESE, MAIL, REGISTRATION, SMS, language_of, life_of, mail, text
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.addresses import ADDRESS_MAX


class SendVerificationMessageCode(HuaweiRequest):
    """The body: by mail (2), on the China site by SMS (1)."""

    receiver_type: int
    timeout: Annotated[int | None, NULL_IS_ABSENT] = None
    email: Annotated[Annotated[str, Meta(max_length=ADDRESS_MAX)] | None, BLANK_IS_ABSENT] = None
    mobile_phone: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    lang: Annotated[str | None, BLANK_IS_ABSENT] = None
    scene: Annotated[int | None, NULL_IS_ABSENT] = None


@operation(
    "SendVerificationMessageCode",
    route="POST /v2/bases/verificationcode/send",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CUSTOMER_CREATE,
    per_second=PER_SECOND,
    docs="bpconsole/mc_00024",
    writes=True,
)
def send_verification_message_code(caller: Caller, request: SendVerificationMessageCode) -> None:
    """Send the code; the answer says nothing about whose address it is."""
    way = SMS if caller.site is Site.CN else MAIL
    if request.receiver_type != way:
        raise Invalid("receiver_type", f"must be {way}")
    if request.scene not in {None, REGISTRATION}:
        # 18 is for bank cards, which only a bank can confirm.
        raise Invalid("scene", f"must be {REGISTRATION}")
    life = life_of("timeout", request.timeout)
    language = language_of(caller, "lang", request.lang)
    if way == SMS:
        if request.mobile_phone is None:
            raise Invalid("mobile_phone", "is missing")
        # An SMS says ten minutes, whatever life was asked for: its code is good for no other.
        text(caller, CHINESE, request.mobile_phone)
    else:
        if request.email is None:
            raise Invalid("email", "is missing")
        mail(caller, request.email, life=life, language=language)
