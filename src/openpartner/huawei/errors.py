"""Huawei's error codes: one table from neutral errors, and the three envelopes."""

from __future__ import annotations

from http import HTTPStatus

from openpartner.apikit.call import Refused
from openpartner.apikit.codec import encode
from openpartner.core.base.errors import (
    ChannelError,
    Conflict,
    Invalid,
    LimitReached,
    NotAllowed,
    NotVisible,
    TooSoon,
    Unavailable,
)

PARAMETER = "CBC.0100"
ACCESS_DENIED = "CBC.0151"
TOKEN = "CBC.0154"  # noqa: S105  # a code, not a secret
NOT_ALLOWED = "CBC.0155"
OTHER_SITE = "CBC.0156"
OTHER = "CBC.0999"
RESULT_LATE = "CBC.99000050"
NOT_MY_CUSTOMER = "CBC.99000035"
NOT_MY_RESELLER = "CBC.99000037"

UNAUTHORIZED = "IAM.401"
"""Ours, for the request log: Keystone's envelope carries the status alone."""

UNAUTHENTICATED = "IAM.401.1"
"""Likewise, for a request of IAM's own that proves nobody."""

NO_SUCH_API = "APIG.0101"
BAD_AUTHENTICATION = "APIG.0301"
THROTTLED = "APIG.0308"
TOO_LARGE = "APIG.0201"

STATUSES: dict[str, int] = {
    PARAMETER: HTTPStatus.BAD_REQUEST,
    ACCESS_DENIED: HTTPStatus.FORBIDDEN,
    NOT_ALLOWED: HTTPStatus.FORBIDDEN,
    TOKEN: HTTPStatus.UNAUTHORIZED,
    UNAUTHORIZED: HTTPStatus.UNAUTHORIZED,
    UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    OTHER_SITE: HTTPStatus.FORBIDDEN,
    OTHER: HTTPStatus.INTERNAL_SERVER_ERROR,
    RESULT_LATE: HTTPStatus.INTERNAL_SERVER_ERROR,
    NOT_MY_CUSTOMER: HTTPStatus.BAD_REQUEST,
    NOT_MY_RESELLER: HTTPStatus.BAD_REQUEST,
    NO_SUCH_API: HTTPStatus.NOT_FOUND,
    BAD_AUTHENTICATION: HTTPStatus.UNAUTHORIZED,
    THROTTLED: HTTPStatus.TOO_MANY_REQUESTS,
    TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
"""HTTP status of each code we answer (huawei:C8); codes not listed are 400."""

CODES: dict[type[ChannelError], str] = {
    Invalid: PARAMETER,
    NotVisible: NOT_MY_CUSTOMER,
    NotAllowed: ACCESS_DENIED,
    Conflict: PARAMETER,
    LimitReached: PARAMETER,
    TooSoon: "CBC.99008040",
    Unavailable: OTHER,
}
"""What a neutral error is called unless the operation's `raises` says otherwise."""


def refused(code: str, message: str, headers: tuple[tuple[str, str], ...] = ()) -> Refused:
    """An error answer with the status its code is documented with."""
    return Refused(code, message, STATUSES.get(code, HTTPStatus.BAD_REQUEST), headers)


def bss_envelope(code: str, message: str) -> bytes:
    """The envelope of BSS operations, v1.0 and later."""
    return encode({"error_code": code, "error_msg": message})


def gateway_envelope(code: str, message: str, request_id: str) -> bytes:
    """The envelope of the API gateway in front of BSS."""
    return encode({"error_code": code, "error_msg": message, "request_id": request_id})


def iam_envelope(status: int, message: str) -> bytes:
    """The envelope of IAM (Keystone)."""
    return encode({"error": {"code": status, "message": message, "title": HTTPStatus(status).phrase}})
