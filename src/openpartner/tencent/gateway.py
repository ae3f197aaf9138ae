"""Tencent's chain, in the order of tencent:C.6, and its one envelope: HTTP 200, application/json, RequestId always."""

from __future__ import annotations

import hashlib
import logging
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.db import InterfaceError, OperationalError

from openpartner.apikit.call import Call, Refused
from openpartner.apikit.codec import NotJson, decode_object, encode
from openpartner.apikit.gateway import COVERAGE_HEADER, Gateway, Handler, run_operation
from openpartner.apikit.limits import count_failure, over_rate, too_many_failures
from openpartner.core.access.keys import note_used
from openpartner.core.access.signers import Signer, find_signer
from openpartner.core.base.errors import ChannelError
from openpartner.core.eligibility.causes import Barred
from openpartner.tencent import errors, signing
from openpartner.tencent.errors import missing, refused
from openpartner.tencent.parameters import read
from openpartner.tencent.registry import REGISTRY

logger = logging.getLogger("openpartner.gateway")

VERSION = "2022-09-28"
GET_MAX = 32 * 1024
V1_POST_MAX = 1024 * 1024
TC3_POST_MAX = 10 * 1024 * 1024
"""tencent:C.1: 32 KB for GET, 1 MB for POST with v1, 10 MB with TC3."""
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
COMMON = frozenset({*signing.V1_COMMON, *signing.V1_OPTIONAL})
SIGNED_BY_HEADER = "HTTP_AUTHORIZATION"
TC3_HEADERS = {name: f"HTTP_X_TC_{name.upper()}" for name in ("Action", "Version", "Language", "Token")}
DECOY = "nobody signs with this secret"


class TencentGateway(Gateway):
    """Speaks intlpartnersmgt, version 2022-09-28."""

    registry = REGISTRY
    codes = errors.CODES

    def __init__(self) -> None:
        super().__init__(
            [
                self.read_request,  # method, size and encoding, before anything is believed
                self.authenticate,  # common parameters, key, signature, time
                self.find_operation,  # after the signature: strangers learn nothing about actions
                self.take_from_limit,  # after authentication, so strangers cannot spend it
                self.check_permission,  # of the user
                self.decode_request,  # the schema
                self.check_kind,  # of the account, and whether the operation is only declared
                self.run,
            ]
        )

    def read_request(self, call: Call) -> None:
        """Read the body within its limit, and the parameters of a query or form."""
        signed_by_header = SIGNED_BY_HEADER in call.environ
        if call.method not in {"GET", "POST"}:
            raise refused(errors.UNSUPPORTED_PROTOCOL, "Only the methods GET and POST are supported.")
        post_max = TC3_POST_MAX if signed_by_header else V1_POST_MAX
        limit = GET_MAX if call.method == "GET" else post_max
        if (call.method == "GET" and len(call.query) > limit) or not call.read_body(limit):
            raise refused(errors.TOO_LARGE, f"The request is larger than {limit} bytes.")
        if call.method == "GET":
            if call.body:
                raise refused(errors.INVALID_REQUEST, "A GET request carries no body.")
            call.parameters = flat_values(call.query)
            return
        media = (call.header("Content-Type") or "").partition(";")[0].strip().casefold()
        if media == FORM and not signed_by_header:
            # Everything is signed or refused: what a query adds becomes a parameter like those of the form.
            call.parameters = flat_values("&".join(filter(None, (call.query, _text(call.body)))))
        elif media != JSON:
            # vendor doc silent: multipart is for other products; the answer is the one for a wrong protocol.
            raise refused(
                errors.UNSUPPORTED_PROTOCOL, f"POST takes {JSON} with {signing.ALGORITHM}, or {FORM} with v1."
            )
        elif not signed_by_header:
            raise missing("Authorization")

    def authenticate(self, call: Call) -> None:
        """Set the caller from a TC3 or v1 signature."""
        claim = signing.read_claim(call)
        call.language = "zh" if (_common(call, "Language") or "").casefold().startswith("zh") else "en"
        # Looked up for its rule on unsigned payloads; whether it exists is told only after the signature.
        call.operation = REGISTRY.operations.get(_common(call, "Action") or "")
        source = call.source
        if too_many_failures(source):
            raise refused(errors.SOURCE_THROTTLED, "Too many failed signatures from this address; wait a minute.")
        signer = find_signer(claim.secret_id)
        try:
            self._check(call, claim, signer)
        except Refused:
            count_failure(source)
            raise
        assert signer is not None
        signing.check_time(claim)
        if _common(call, "Token"):
            raise refused(errors.TOKEN_FAILURE, "The token is invalid: this service issues no temporary credentials.")
        call.signature = claim.signature
        if call.header(signing.CONTENT_HASH_HEADER) == signing.UNSIGNED:
            # The signature says nothing about such a body, so it alone would take another write for a replay.
            call.signature += hashlib.sha256(call.body).hexdigest()
        call.caller = signer.caller(via="tencent", request_id=call.request_id, language=call.language)
        note_used(signer.key, signer.last_used)

    def find_operation(self, call: Call) -> None:
        """InvalidAction, then NoSuchVersion."""
        if call.operation is None:
            raise refused(errors.INVALID_ACTION, f"The request action=`{_common(call, 'Action')}` is invalid.")
        if (version := _common(call, "Version")) != VERSION:
            raise refused(
                errors.NO_SUCH_VERSION,
                f"The specified api version=`{version}` does not exist in service=`intlpartnersmgt`.",
            )
        # vendor doc silent: no action is regional (tencent:C.1), so whatever Region says is ignored.

    def take_from_limit(self, call: Call) -> None:
        """Count the call against the account's rate for the action."""
        assert call.caller is not None
        assert call.operation is not None
        over = over_rate(call.caller.account, call.operation.name, call.operation.per_second)
        if over is not None:
            raise errors.over_limit(*over)

    def check_permission(self, call: Call) -> None:
        """What CAM decides upstream. An account of the wrong kind is left to `check_kind`, whatever its users may."""
        operation, caller = call.operation, call.caller
        assert operation is not None
        assert caller is not None
        if (
            operation.permission is not None
            and caller.kind in operation.kinds
            and operation.permission not in caller.permissions
        ):
            raise refused(
                errors.NO_CAM, f"The request is not authorized: it needs the permission {operation.permission}."
            )

    def decode_request(self, call: Call) -> None:
        """Build the action's request struct from JSON or from flat parameters."""
        operation = call.operation
        assert operation is not None
        if call.method == "GET" or call.parameters:
            signed_by_header = SIGNED_BY_HEADER in call.environ
            values = {
                name: value
                for name, value in call.parameters.items()
                # With TC3 the common parameters are headers, and `Action` in a query is just an unknown parameter.
                if signed_by_header or name not in COMMON
            }
            call.request = read(values, operation.request, dotted=True)
            return
        try:
            decoded = decode_object(call.body)
        except NotJson as error:
            raise refused(errors.INVALID_PARAMETER, f"The request is not valid: {error}.") from error
        # No database keeps NUL in a text; JSON can only spell it like this.
        call.request = read(decoded, operation.request, dotted=False, walk=b"\\u0000" in call.body)

    def check_kind(self, call: Call) -> None:
        """UinNoAuth unless the caller's kind is admitted; UnsupportedOperation when the action is only declared."""
        operation, caller = call.operation, call.caller
        assert operation is not None
        assert caller is not None
        if caller.kind not in operation.kinds:
            code = operation.raises.get(errors.WrongKind, errors.NO_AUTH)
            if not caller.kind.is_partner:
                code = operation.raises.get(errors.NoPartner, code)
            raise refused(code, f"A {caller.kind.label} may not call {operation.name}.")
        if operation.run is None:
            raise refused(
                errors.UNSUPPORTED,
                f"{operation.name} is known but not available in this release of Open Partner Center.",
                ((COVERAGE_HEADER, "declared"),),
            )

    def run(self, call: Call) -> None:
        """Run the operation and wrap its answer."""
        run_operation(call, _wrapped)

    def refuse(self, call: Call, refused: Refused) -> None:
        """The one envelope of errors; their status is 200 too."""
        call.code = refused.code
        call.headers_out.extend(refused.headers)
        error = {"Code": refused.code, "Message": refused.message}
        call.answer = encode({"Response": {"Error": error, "RequestId": call.request_id}})

    def refused(self, code: str, message: str) -> Refused:
        """With status 200, like every answer."""
        return refused(code, message)

    def _code_for(self, call: Call, error: ChannelError) -> str:
        """A cause has one code whatever the action, where the vendor has a word for it at all."""
        if isinstance(error, Barred) and error.told.tencent:
            return error.told.tencent
        return super()._code_for(call, error)

    def broken(self) -> Refused:
        """InternalError."""
        return refused(errors.INTERNAL, "The service failed; nothing was changed. Quote the request id when you ask.")

    def finish(self, call: Call) -> None:
        """Exactly this type: with a charset the Python SDK takes an error for an empty answer (tencent:C.6)."""
        call.headers_out.append(("Content-Type", JSON))

    def _handle(self, handle: Handler, call: Call) -> None:
        try:
            super()._handle(handle, call)
        except (OperationalError, InterfaceError) as error:
            logger.exception("request %s: the database did not answer", call.request_id)
            raise refused(errors.BUSY, "The service is busy. Please try again later.") from error

    @staticmethod
    def _check(call: Call, claim: signing.Claim, signer: Signer | None) -> None:
        writes = call.operation is not None and call.operation.writes
        unsigned_allowed = settings.OPENPARTNER.allow_unsigned_payload or not writes
        try:
            # An unknown key costs what a known one costs.
            signing.check(call, claim, signer.secret if signer else DECOY, unsigned_allowed=unsigned_allowed)
            fits = True
        except signing.BadSignature:
            fits = False
        if signer is None or not signer.usable:
            raise refused(
                errors.SECRET_ID_NOT_FOUND, "The SecretId is not found, please ensure that your SecretId is correct."
            )
        if not fits:
            raise refused(errors.SIGNATURE_FAILURE, signing.BAD_SIGNATURE)


def flat_values(text: str) -> dict[str, str]:
    """The parameters of a query or form; Refused when one has no `=`, comes twice or is not UTF-8."""
    values: dict[str, str] = {}
    for part in filter(None, text.split("&")):
        name, equals, value = part.partition("=")
        if not equals:
            raise refused(errors.INVALID_PARAMETER, "Url key and value should be splited by `=`.")
        name, value = _plain(name), _plain(value)
        if name in values:
            raise refused(errors.INVALID_PARAMETER, f"The parameter `{name}` is given twice.")
        values[name] = value
    return values


def _plain(text: str) -> str:
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode()
    except UnicodeDecodeError as error:
        raise refused(errors.INVALID_PARAMETER, "The parameters are not UTF-8.") from error


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise refused(errors.INVALID_PARAMETER, "The request body is not UTF-8.") from error


def _common(call: Call, name: str) -> str | None:
    """A common parameter, from the headers of TC3 or the parameters of v1."""
    if SIGNED_BY_HEADER in call.environ:
        return call.environ.get(TC3_HEADERS[name])
    return call.parameters.get(name)


def _wrapped(call: Call, response: object) -> bytes:
    """The answer's JSON spliced into the envelope: one encoding, no second object."""
    tail = b'"RequestId":"' + call.request_id.encode() + b'"}}'
    inner = encode(response) if response is not None else b"{}"
    return b'{"Response":' + inner[:-1] + (b"," if len(inner) > len(b"{}") else b"") + tail
