"""Tencent's error codes: one table from neutral errors, and the messages that tools read."""

from __future__ import annotations

from openpartner.apikit.call import Refused
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

INVALID_AUTHORIZATION = "AuthFailure.InvalidAuthorization"
SECRET_ID_NOT_FOUND = "AuthFailure.SecretIdNotFound"  # noqa: S105  # a code, not a secret
SIGNATURE_EXPIRE = "AuthFailure.SignatureExpire"
SIGNATURE_FAILURE = "AuthFailure.SignatureFailure"
TOKEN_FAILURE = "AuthFailure.TokenFailure"  # noqa: S105  # likewise
NO_CAM = "AuthFailure.UnauthorizedOperation"
INTERNAL = "InternalError"
INVALID_ACTION = "InvalidAction"
INVALID_PARAMETER = "InvalidParameter"
INVALID_VALUE = "InvalidParameterValue"
INVALID_REQUEST = "InvalidRequest"
MISSING = "MissingParameter"
NO_SUCH_VERSION = "NoSuchVersion"
THROTTLED = "RequestLimitExceeded"
SOURCE_THROTTLED = "RequestLimitExceeded.IPLimitExceeded"
TOO_LARGE = "RequestSizeLimitExceeded"
UNKNOWN = "UnknownParameter"
UNSUPPORTED = "UnsupportedOperation"
UNSUPPORTED_PROTOCOL = "UnsupportedProtocol"

CODE_ILLEGAL = "FailedOperation.VerificationCodeIllegal"
UIN_NOT_RESELLER = "FailedOperation.UinNotReseller"
UNAUTHORIZED = "UnauthorizedOperation"
UNSUPPORTED_AREA = "InvalidParameterValue.UnSupportArea"
BAD_PAGE = "InvalidParameter.Page"
BAD_UIN = "InvalidParameterValue.InvalidUin"
BAD_UIN_OF_RESELLER = "FailedOperation.InvalidSubAgentUin"
UIN_INVALID = "FailedOperation.UinInvalid"
BAD_UIN_LIST = "InvalidParameterValue.UinList"
BUSY = "OperationDenied.ServiceBusy"
CREDIT_OUT_OF_RANGE = "InvalidParameterValue.CreditAmountOutOfRange"
FAILED = "FailedOperation"
NO_AUTH = "UnauthorizedOperation.UinNoAuth"
NOT_COVERED = "FailedOperation.BalanceInsufficient"
NOT_MY_CUSTOMER = "UnauthorizedOperation.NotCustomerUin"
UIN_NOT_AGENT = "FailedOperation.UinNotAgent"
VOUCHER_OUT_OF_RANGE = "InvalidParameterValue.VoucherAmountOutOfRange"


class WrongKind(NotAllowed):
    """An account of this kind may not call the operation. Its code is UinNoAuth unless the page lists another."""


class NoPartner(WrongKind):
    """The account is no partner at all, where the page has a code for that beside the one for partners."""


CODES: dict[type[ChannelError], str] = {
    Invalid: INVALID_VALUE,
    NotVisible: NO_AUTH,
    NotAllowed: NO_AUTH,
    Conflict: FAILED,
    LimitReached: "LimitExceeded",
    TooSoon: THROTTLED,
    Unavailable: INTERNAL,
}
"""What a neutral error is called unless the operation's `raises` says otherwise."""


def refused(code: str, message: str, headers: tuple[tuple[str, str], ...] = ()) -> Refused:
    """An error answer; its status is 200 like every other (tencent:C.6)."""
    return Refused(code, message, 200, headers)


def missing(name: str) -> Refused:
    """A required parameter is not there."""
    return refused(MISSING, f"The request is missing a required parameter `{name}`.")


def wrong_type(path: str, kind: str) -> Refused:
    """A value is of another type; `kind` is the type that was expected."""
    return refused(
        INVALID_PARAMETER, f"The value type of parameter `{path}` is not valid, input type should be `{kind}`."
    )


def unknown(path: str) -> Refused:
    """A parameter the operation does not define."""
    return refused(UNKNOWN, f"The parameter `{path}` is not recognized.")


def over_limit(calls: int, limit: int) -> Refused:
    """Too often; both numbers stand in back quotes, because tools parse them."""
    return refused(
        THROTTLED,
        f"Your current request times equals to `{calls}` in a second, which exceeds the frequency limit `{limit}` for a"
        " second. Please reduce the frequency of calls.",
    )
