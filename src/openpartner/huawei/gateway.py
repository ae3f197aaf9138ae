"""Huawei's chain: size, route 404, authentication 401, rate 429, parameters 400, kind and permission 403, run."""

from __future__ import annotations

from functools import cached_property
from http import HTTPStatus
from typing import Any

from django.conf import settings

from openpartner.apikit.call import Call, Refused
from openpartner.apikit.codec import NotJson, build, decode_object, encode
from openpartner.apikit.gateway import COVERAGE_HEADER, Gateway, run_operation
from openpartner.apikit.limits import count_failure, over_rate, too_many_failures
from openpartner.apikit.operation import Answer
from openpartner.apikit.presence import settle, settle_query
from openpartner.core.access.keys import note_used
from openpartner.core.access.signers import caller_by_token, find_signer
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import AccountKind
from openpartner.huawei import errors, signing
from openpartner.huawei.errors import refused
from openpartner.huawei.iam.bodies import ISSUING, token_in
from openpartner.huawei.query import query_values
from openpartner.huawei.registry import REGISTRY
from openpartner.huawei.routes import Routes

BODY_MAX = 12 * 1024 * 1024
"""huawei:C3: 12 MB for signed calls."""
IAM_PREFIXES = ("/v3/auth/", "/v3/projects", "/v5/", "/v3.0/")
LANGUAGES = frozenset({"en", "zh"})
"""huawei:C5: zh_CN and en_US; any other is as if none were asked for, and each page says what that means."""
IGNORED_PATH_VALUES = frozenset({"partner_id", "domain_id"})
"""huawei:F22: not verified by the vendor, and never an authorization."""


class HuaweiGateway(Gateway):
    """Speaks BSS, and the few calls of IAM and STS the SDK needs."""

    registry = REGISTRY
    codes = errors.CODES

    def __init__(self) -> None:
        super().__init__(
            [
                self.read_body,  # before anything else looks at it
                self.find_operation,  # an unknown route is the gateway's 404, told to strangers too
                self.authenticate,  # over the raw body and the Host as sent
                self.take_from_limit,  # after authentication, so strangers cannot spend it
                self.decode_request,  # bare, empty and null settled; decimals exact
                self.check_kind,  # the operation's kinds and permission, not the handler's memory
                self.run,
            ]
        )

    @cached_property
    def routes(self) -> Routes:
        """Built once, when every operation has registered."""
        return Routes(REGISTRY.operations.values())

    def read_body(self, call: Call) -> None:
        """Read at most 12 MB."""
        if not call.read_body(BODY_MAX):
            raise refused(errors.TOO_LARGE, f"The request body is larger than {BODY_MAX} bytes.")

    def find_operation(self, call: Call) -> None:
        """Set the operation of method and path."""
        found = self.routes.find(call.method, call.path, call.body)
        if found is None:
            raise refused(
                errors.NO_SUCH_API, f"The API does not exist or has not been published: {call.method} {call.path}"
            )
        call.operation, call.path_values = found
        asked = (call.header("X-Language") or "").casefold()[:2]
        call.language = asked if asked in LANGUAGES else call.operation.language

    def authenticate(self, call: Call) -> None:
        """Set the caller from the signature when there is one, else from the token (huawei:C4)."""
        assert call.operation is not None
        source = call.source
        if too_many_failures(source):
            raise refused(errors.THROTTLED, "Too many failed sign-ins from this address; wait a minute.", RETRY_LATER)
        if call.operation.anonymous:
            return  # this is where a token is asked for
        # An empty one is how the SDK is kept from signing, where a token shall count.
        authorization = call.header("Authorization") or None
        token = call.header("X-Auth-Token") or token_in(call)
        if authorization is None and token is None:
            raise self._unauthenticated(call, "no signature and no token")
        try:
            if authorization is not None:
                self._by_signature(call, authorization)
            else:
                self._by_token(call, token or "")
        except signing.BadSignature as error:
            count_failure(source)
            raise self._unauthenticated(call, str(error)) from error

    def take_from_limit(self, call: Call) -> None:
        """Count the call against the account's rate for the operation, a stranger's against its address."""
        assert call.operation is not None
        who = call.source if call.caller is None else call.caller.counted
        over = over_rate(who, call.operation.name, call.operation.per_second)
        if over is not None:
            raise refused(
                errors.THROTTLED,
                f"The throttling threshold has been reached: policy user over ratelimit,limit:{over[1]},time:1 second.",
                RETRY,
            )

    def decode_request(self, call: Call) -> None:
        """Build the operation's request struct from body or query and path."""
        operation = call.operation
        assert operation is not None
        values: dict[str, Any]
        if operation.source == "query":
            values = settle_query(query_values(call.query, operation.request), operation.request)
        else:
            try:
                values = settle(decode_object(call.body), operation.request)
            except NotJson as error:
                raise Invalid("body", str(error)) from error
        for name, value in call.path_values.items():
            if name not in IGNORED_PATH_VALUES:
                values[name] = value
            elif value.startswith("{"):
                raise Invalid(name, "is not filled in")  # the SDK leaves the braces when it has no domain id
        call.request = build(values, operation.request, strict=operation.source != "query")

    def check_kind(self, call: Call) -> None:
        """403 unless the caller's kind and permissions admit the operation; 404 when it is only declared."""
        operation, caller = call.operation, call.caller
        assert operation is not None
        if not operation.anonymous:
            assert caller is not None
            if caller.kind not in operation.kinds and not self._widened(caller.kind, operation.kinds):
                raise refused(errors.ACCESS_DENIED, f"A {caller.kind.label} may not call {operation.name}.")
            if operation.permission is not None and operation.permission not in caller.permissions:
                raise refused(errors.ACCESS_DENIED, f"The user lacks the permission {operation.permission}.")
        if operation.run is None:
            raise refused(
                errors.NO_SUCH_API,
                f"{operation.name} is known but not available in this release of Open Partner Center.",
                ((COVERAGE_HEADER, "declared"),),
            )

    def run(self, call: Call) -> None:
        """Run the operation; nothing to say is 204 without a body (huawei:F7)."""
        run_operation(call, self._encode, via="huawei")

    def refuse(self, call: Call, refused: Refused) -> None:
        """One of the three envelopes, by who speaks: the gateway, IAM or BSS."""
        call.status, call.code = refused.status, refused.code
        if refused.code == errors.UNAUTHORIZED:
            count_failure(call.source)  # a password guessed wrong weighs what a wrong signature weighs
        call.headers_out.extend(refused.headers)
        if refused.code.startswith("APIG."):
            call.answer = errors.gateway_envelope(refused.code, refused.message, call.request_id)
        elif call.path.startswith(IAM_PREFIXES):
            call.answer = errors.iam_envelope(refused.status, refused.message)
        else:
            call.answer = errors.bss_envelope(refused.code, refused.message)

    def refused(self, code: str, message: str) -> Refused:
        """With the status that the code is documented with."""
        return refused(code, message)

    def broken(self) -> Refused:
        """500 CBC.0999."""
        return refused(errors.OTHER, "The service failed; nothing was changed. Quote the request id when you ask.")

    def finish(self, call: Call) -> None:
        """Content type and request id on every answer, 204 and errors too."""
        if call.answer:
            call.headers_out.append(("Content-Type", "application/json"))
        call.headers_out.append(("X-Request-Id", call.request_id))

    @staticmethod
    def _encode(call: Call, response: object) -> bytes:
        if isinstance(response, Answer):
            call.status = response.status
            call.headers_out.extend(response.headers)
            response = response.body
        if response is None:
            call.status = HTTPStatus.NO_CONTENT
            return b""
        return encode(response)

    def _by_signature(self, call: Call, header: str) -> None:
        assert call.operation is not None
        authorization = signing.parse(header)
        signing.check_time(call)
        unsigned_allowed = settings.OPENPARTNER.allow_unsigned_payload or (not call.operation.writes and not call.body)
        signer = find_signer(authorization.access_key)
        secret = signer.secret if signer else "nobody signs with this secret"
        signing.check(call, authorization, secret, unsigned_allowed=unsigned_allowed)
        if signer is None or not signer.is_usable_beside(call.header("X-Security-Token") or None):
            raise signing.BadSignature("the signature does not fit the request")
        caller = signer.signed_by(via="huawei", request_id=call.request_id, language=call.language)
        if caller is None:
            raise signing.BadSignature("the authorization behind the temporary key has ended")
        call.signature, call.caller = authorization.signature, caller
        note_used(signer.key, signer.last_used)

    def _by_token(self, call: Call, token: str) -> None:
        caller = caller_by_token(token, via="huawei", request_id=call.request_id, language=call.language)
        if caller is None:
            raise signing.BadSignature("the token is invalid or expired")
        call.caller = caller

    @staticmethod
    def _unauthenticated(call: Call, why: str) -> Refused:
        """401 in the words of who is asked: IAM, where tokens and keys are made, or the gateway before the rest."""
        if call.path in ISSUING:
            return refused(errors.UNAUTHENTICATED, f"The request you have made requires authentication: {why}.")
        return refused(errors.BAD_AUTHENTICATION, f"Incorrect IAM authentication information: {why}.")

    @staticmethod
    def _widened(kind: AccountKind, kinds: frozenset[AccountKind]) -> bool:
        """huawei:F27: the vendor refuses second-level resellers; a setting lets them in for their own customers."""
        return (
            settings.OPENPARTNER.serve_second_level_resellers
            and kind is AccountKind.SECOND_LEVEL_RESELLER
            and AccountKind.RESELLER in kinds
        )


RETRY = (("Retry-After", "1"),)
RETRY_LATER = (("Retry-After", "60"),)
