"""SDK-HMAC-SHA256, as huawei:C3 states it: the signature over method, path, query, headers and body.

The canonical form is rebuilt from the SignedHeaders list, never from a fixed set, because the SDK signs every
header it has at that moment.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote_to_bytes

from openpartner.apikit.call import Call
from openpartner.kit import clock

ALGORITHM = "SDK-HMAC-SHA256"
SKEW_SECONDS = 15 * 60
UNSIGNED = "UNSIGNED-PAYLOAD"
DATE_HEADER = "x-sdk-date"
CONTENT_HASH_HEADER = "x-sdk-content-sha256"
REQUIRED = frozenset({"host", DATE_HEADER})
UNRESERVED = "-_.~"

_DATE = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
_AUTHORIZATION = re.compile(
    r"SDK-HMAC-SHA256 Access=([^,\s]+), ?SignedHeaders=([a-z0-9;\-]+), ?Signature=([0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Authorization:
    """The parts of the Authorization header."""

    access_key: str
    signed_headers: tuple[str, ...]
    signature: str


class BadSignature(Exception):
    """The request is not what its signature says, or carries none that can be checked."""


def parse(header: str) -> Authorization:
    """The parts of an Authorization header; BadSignature when it has another form."""
    found = _AUTHORIZATION.fullmatch(header)
    if found is None:
        raise BadSignature("the Authorization header is not of SDK-HMAC-SHA256")
    names = tuple(found[2].split(";"))
    if len(set(names)) != len(names):
        raise BadSignature("a signed header is named twice")
    if not set(names) >= REQUIRED:
        raise BadSignature("host and x-sdk-date must be among the signed headers")
    return Authorization(found[1], names, found[3])


def check_time(call: Call) -> str:
    """The value of X-Sdk-Date; BadSignature when it is malformed or more than 15 minutes off."""
    date = call.header(DATE_HEADER) or ""
    try:
        # strptime takes what this pattern takes, and twelve microseconds.
        moment = datetime.fromisoformat(date if _DATE.fullmatch(date) else "")
    except ValueError as error:
        raise BadSignature("X-Sdk-Date is not of the form 20260101T000000Z") from error
    if abs((clock.now() - moment).total_seconds()) > SKEW_SECONDS:
        raise BadSignature("X-Sdk-Date is more than 15 minutes off")
    return date


def check(call: Call, authorization: Authorization, secret: str, *, unsigned_allowed: bool) -> None:
    """BadSignature unless the signature fits the request as received, for one of its possible hosts."""
    date = call.header(DATE_HEADER) or ""
    payloads = _payload_hashes(call, unsigned_allowed=unsigned_allowed)
    key = secret.encode()
    for host in call.hosts():
        for payload in payloads:
            canonical = canonical_request(call, authorization.signed_headers, host, payload)
            hashed = hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest()
            expected = hmac.digest(key, f"{ALGORITHM}\n{date}\n{hashed}".encode(), "sha256").hex()
            if hmac.compare_digest(expected, authorization.signature):
                return
    raise BadSignature("the signature does not fit the request")


def canonical_request(call: Call, signed_headers: tuple[str, ...], host: str, payload: str) -> str:
    """The six parts of huawei:C3, each on its line; the headers end with a blank one."""
    return (
        f"{call.method}\n{canonical_path(call.path)}\n{canonical_query(call.query)}\n"
        f"{_canonical_headers(call, signed_headers, host)}\n{';'.join(signed_headers)}\n{payload}"
    )


def canonical_path(path: str) -> str:
    """Each segment percent-encoded once, with a slash at the end. The path is given decoded."""
    if path.isascii() and path.replace("/", "").replace("_", "").replace("-", "").replace(".", "").isalnum():
        encoded = path
    else:
        raw = path.encode("utf-8", "surrogateescape")
        encoded = "/".join(quote(segment, safe=UNRESERVED) for segment in raw.split(b"/"))
    return encoded if encoded.endswith("/") else encoded + "/"


def canonical_query(query: str) -> str:
    """All pairs sorted by key, then value, each percent-encoded once."""
    if not query:
        return ""
    pairs = []
    for part in query.split("&"):
        if not part:
            continue
        name, _, value = part.partition("=")
        pairs.append((_plain(name), _plain(value)))
    pairs.sort()
    return "&".join(f"{quote(name, safe=UNRESERVED)}={quote(value, safe=UNRESERVED)}" for name, value in pairs)


def _plain(text: str) -> bytes:
    return unquote_to_bytes(text.replace("+", " "))


def _canonical_headers(call: Call, names: tuple[str, ...], host: str) -> str:
    lines = []
    for name in sorted(names):
        if name == "host":
            value = host
        else:
            given = call.header(name)
            if given is None:
                raise BadSignature(f"the signed header {name} is missing")
            # The SDK hashes header values as UTF-8; WSGI hands them over as latin-1 text of their bytes.
            value = given if given.isascii() else given.encode("latin-1").decode("utf-8", "surrogateescape")
        lines.append(f"{name}:{value.strip()}\n")
    return "".join(lines)


def _payload_hashes(call: Call, *, unsigned_allowed: bool) -> tuple[str, ...]:
    """What the client may have signed in the body's place; BadSignature when it says something else."""
    actual = hashlib.sha256(call.body).hexdigest()
    given = call.header(CONTENT_HASH_HEADER)
    if given is None or given == actual:
        return (actual,)
    if given == UNSIGNED and unsigned_allowed:
        return (actual, UNSIGNED)
    if not call.body:
        return (actual,)  # without a body the SDK signs the hash of nothing, whatever header it sets beside it
    raise BadSignature("X-Sdk-Content-Sha256 is not the hash of the body")
