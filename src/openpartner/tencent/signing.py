"""TC3-HMAC-SHA256 and v1 (HmacSHA1, HmacSHA256), as tencent:C.2 to tencent:C.4 state them.

A claim is read first, from headers or from parameters; the key is looked up; then the claim is checked against the
request as received, so that an unknown key and a wrong signature can be told apart, as the vendor does.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from openpartner.apikit.call import Call
from openpartner.kit import clock
from openpartner.tencent import errors
from openpartner.tencent.errors import missing, refused, wrong_type

ALGORITHM = "TC3-HMAC-SHA256"
SKEW_SECONDS = 300
SECONDS_OF_DAY = 86_400
UNSIGNED = "UNSIGNED-PAYLOAD"
CONTENT_HASH_HEADER = "X-TC-Content-SHA256"
REQUIRED_HEADERS = frozenset({"content-type", "host"})
TC3_COMMON = (
    ("Action", "HTTP_X_TC_ACTION"),
    ("Version", "HTTP_X_TC_VERSION"),
    ("Timestamp", "HTTP_X_TC_TIMESTAMP"),
)
V1_COMMON = ("Action", "Version", "Timestamp", "Nonce", "SecretId", "Signature")
"""What every v1 request carries; MissingParameter names the first that it does not."""
V1_OPTIONAL = ("Region", "SignatureMethod", "Language", "Token", "RequestClient")

# The service of the scope is taken as signed: clients derive it from the host they were pointed at.
_AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 Credential=([^/,\s]{1,128})/(\d{4}-\d\d-\d\d)/([^/,\s]{1,128})/tc3_request, ?"
    r"SignedHeaders=([a-z0-9;\-]{1,1024}), ?Signature=([0-9a-f]{64})",
    re.ASCII,
)
_TIMESTAMP = re.compile(r"[0-9]{1,10}")
_NONCE = re.compile(r"[0-9]{1,20}")
# vendor doc silent: v1 joins raw values, so a parameter could be hidden in the value before it without changing the
# signed text; a value that could hide one is refused.
_HIDDEN = "&(" + "|".join((*V1_COMMON, *V1_OPTIONAL)) + r"{})(\.[A-Za-z0-9.]+)?="

BAD_SIGNATURE = "The provided credentials could not be validated. Please check your signature is correct."


class BadSignature(Exception):
    """The signature does not fit the request."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who says to have signed, when and how."""

    secret_id: str
    timestamp: str
    signature: str
    signed_headers: tuple[str, ...] = ()
    scope: str = ""
    service: str = ""


def read_claim(call: Call) -> Claim:
    """The claim of a request; Refused when a common parameter is missing or malformed."""
    authorization = call.header("Authorization")
    return _v1_claim(call.parameters) if authorization is None else _tc3_claim(call, authorization)


def check(call: Call, claim: Claim, secret: str, *, unsigned_allowed: bool) -> None:
    """BadSignature unless the signature fits the request as received, for one of its possible hosts."""
    if claim.scope:
        _check_tc3(call, claim, secret, unsigned_allowed=unsigned_allowed)
    else:
        _check_v1(call, claim, secret)


def check_time(claim: Claim) -> None:
    """Refused when the timestamp is more than 300 seconds off."""
    if abs(clock.epoch_seconds() - int(claim.timestamp)) > SKEW_SECONDS:
        raise refused(
            errors.SIGNATURE_EXPIRE,
            "Signature expired. Timestamp and server time cannot differ by more than five minutes.",
        )


def _tc3_claim(call: Call, authorization: str) -> Claim:
    for name, header in TC3_COMMON:
        if not call.environ.get(header):
            raise missing(name)
    timestamp = call.environ["HTTP_X_TC_TIMESTAMP"]
    if not _TIMESTAMP.fullmatch(timestamp):
        raise wrong_type("Timestamp", "uint64")
    found = _AUTHORIZATION.fullmatch(authorization)
    if found is None:
        raise refused(errors.INVALID_AUTHORIZATION, "The request header `Authorization` is not of TC3-HMAC-SHA256.")
    secret_id, date, service, signed, signature = found.groups()
    names = tuple(signed.split(";"))
    if len(set(names)) != len(names) or not set(names) >= REQUIRED_HEADERS:
        raise refused(errors.INVALID_AUTHORIZATION, "SignedHeaders must name content-type and host, each header once.")
    if date != _utc_date(int(timestamp) // SECONDS_OF_DAY):
        raise refused(errors.INVALID_AUTHORIZATION, "The date of the credential is not the UTC date of the timestamp.")
    return Claim(secret_id, timestamp, signature, names, f"{date}/{service}/tc3_request", service)


def _v1_claim(parameters: dict[str, Any]) -> Claim:
    for name in V1_COMMON:
        if not parameters.get(name):
            raise missing(name)
    if not _TIMESTAMP.fullmatch(parameters["Timestamp"]):
        raise wrong_type("Timestamp", "uint64")
    if not _NONCE.fullmatch(parameters["Nonce"]):
        raise wrong_type("Nonce", "uint64")
    return Claim(parameters["SecretId"], parameters["Timestamp"], parameters["Signature"])


def _check_tc3(call: Call, claim: Claim, secret: str, *, unsigned_allowed: bool) -> None:
    payload = _payload_hash(call, unsigned_allowed=unsigned_allowed)
    signed = ";".join(claim.signed_headers)
    key = _hmac(f"TC3{secret}".encode(), claim.scope[: len("2026-11-20")])
    key = _hmac(_hmac(key, claim.service), "tc3_request")
    for headers in _canonical_headers(call, claim.signed_headers):
        canonical = f"{call.method}\n/\n{call.query}\n{headers}\n{signed}\n{payload}"
        hashed = hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest()
        expected = _hmac(key, f"{ALGORITHM}\n{claim.timestamp}\n{claim.scope}\n{hashed}")
        if hmac.compare_digest(expected.hex(), claim.signature):
            return
    raise BadSignature


def _canonical_headers(call: Call, names: tuple[str, ...]) -> Iterator[str]:
    """The possible texts: for each host with values in lower case, as documented, then as received (tencent:C.3)."""
    values = {}
    for name in names:
        given = call.header(name)
        if given is None:
            raise BadSignature
        values[name] = (
            given if given.isascii() else given.encode("latin-1").decode("utf-8", "surrogateescape")
        ).strip()
    tried = set()
    for host in call.hosts():
        values["host"] = host
        for spelled in (str.lower, str):
            text = "".join([f"{name}:{spelled(values[name])}\n" for name in names])
            if text not in tried:
                tried.add(text)
                yield text


@lru_cache(maxsize=16)
def _utc_date(day: int) -> str:
    return datetime.fromtimestamp(day * SECONDS_OF_DAY, UTC).strftime("%Y-%m-%d")


def _payload_hash(call: Call, *, unsigned_allowed: bool) -> str:
    actual = hashlib.sha256(call.body).hexdigest()
    given = call.header(CONTENT_HASH_HEADER)
    if given is None or given.lower() == actual:
        return actual
    if given == UNSIGNED and unsigned_allowed:
        return _UNSIGNED_HASH  # the literal text takes the payload's place and is hashed like it
    raise BadSignature


def _check_v1(call: Call, claim: Claim, secret: str) -> None:
    parameters = call.parameters
    fields = call.operation.request.__struct_encode_fields__ if call.operation else ()
    hidden = re.compile(_HIDDEN.format("".join(f"|{name}" for name in fields)))
    if any(hidden.search(value) for value in parameters.values()):
        raise BadSignature
    # The SDK signs `_` in names as `.`; no parameter has one, so names are taken as they are: none can be renamed.
    joined = "&".join(f"{name}={parameters[name]}" for name in sorted(parameters) if name != "Signature")
    digest: Callable[..., Any] = hashlib.sha256 if parameters.get("SignatureMethod") == "HmacSHA256" else hashlib.sha1
    given = claim.signature.encode("utf-8", "surrogateescape")
    for host in call.hosts():
        signed = f"{call.method}{host}/?{joined}".encode("utf-8", "surrogateescape")
        if hmac.compare_digest(base64.b64encode(hmac.new(secret.encode(), signed, digest).digest()), given):
            return
    raise BadSignature


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")  # one call of OpenSSL; an HMAC object costs twice as much


_UNSIGNED_HASH = hashlib.sha256(UNSIGNED.encode()).hexdigest()
