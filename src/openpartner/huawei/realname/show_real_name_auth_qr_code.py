"""Where the calling customer goes on with its authentication: GET /v2/customers/real-name-auth-qrcode (China site).

The vendor's address opens a check of the face, once and for ten minutes. Ours is the account's own page of the console,
which asks for a sign-in; it is no secret, so it does not wear out.
"""

from __future__ import annotations

from django.conf import settings

from openpartner.core.base.caller import Caller
from openpartner.core.verification.notices import OWN_PAGE
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse
from openpartner.huawei.registry import PER_SECOND, operation


class ShowRealNameAuthQrCode(HuaweiRequest):
    """No parameters."""


class ShowRealNameAuthQrCodeResponse(HuaweiResponse):
    """The address that the code holds."""

    qr_code_url: str


@operation(
    "ShowRealNameAuthQrCode",
    route="GET /v2/customers/real-name-auth-qrcode",
    kinds=CUSTOMER,
    permission=None,
    per_second=PER_SECOND,
    docs="",
)
def show_real_name_auth_qr_code(caller: Caller, request: ShowRealNameAuthQrCode) -> ShowRealNameAuthQrCodeResponse:
    """The same page for everybody: whose it shows is decided by who signs in."""
    del caller, request
    return ShowRealNameAuthQrCodeResponse(f"{settings.OPENPARTNER.url}{OWN_PAGE}")
