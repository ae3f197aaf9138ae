"""SendVerifyCode: a code by SMS, which CreateAccount asks for."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.onboarding.creating import send_code
from openpartner.tencent.base import DSRC, TencentRequest
from openpartner.tencent.errors import UNSUPPORTED_AREA, refused
from openpartner.tencent.onboarding.numbers import is_dialling_code, is_number, is_served, stored
from openpartner.tencent.registry import operation


class SendVerifyCode(TencentRequest):
    """Whose telephone: the dialling code, and the digits behind it."""

    country_code: str
    phone_num: str


@operation("SendVerifyCode", kinds=DSRC, permission=None, per_second=20, docs="product/1085/65907", writes=True)
def send_verify_code(caller: Caller, request: SendVerifyCode) -> None:
    """Send six digits, of use for the account that asked for them alone."""
    if not is_dialling_code(request.country_code):
        raise Invalid("CountryCode", "is no dialling code")
    if not is_served(request.country_code):
        raise refused(UNSUPPORTED_AREA, "Accounts are not created in this country.")
    if not is_number(request.phone_num):
        raise Invalid("PhoneNum", "must be 1 to 32 digits")
    # vendor doc silent: how long a code is good and how many a number gets; ten minutes, fifteen an hour, sixty a day.
    send_code(caller, country_code=stored(request.country_code), mobile=request.phone_num)
