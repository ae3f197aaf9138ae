"""What bodies of IAM say before they are decoded: which operation of a route is meant, and by whose token."""

from __future__ import annotations

from typing import Any

from openpartner.apikit.call import Call
from openpartner.apikit.codec import NotJson, decode_object

TOKENS = "/v3/auth/tokens"
SECURITY_TOKENS = "/v3.0/OS-CREDENTIAL/securitytokens"
ISSUING = frozenset({TOKENS, SECURITY_TOKENS})
ASSUME_ROLE = "assume_role"


def is_by_agency(body: bytes) -> bool:
    """Whether the body asks to take on the role that another account has delegated."""
    methods = _identity(body).get("methods")
    return isinstance(methods, list) and ASSUME_ROLE in methods


def token_in(call: Call) -> str | None:
    """The token that a request for temporary keys carries in its body; IAM takes it there too."""
    if call.path != SECURITY_TOKENS:
        return None
    token = _identity(call.body).get("token")
    found = token.get("id") if isinstance(token, dict) else None
    return found if isinstance(found, str) and found else None


def _identity(body: bytes) -> dict[str, Any]:
    try:
        auth = decode_object(body).get("auth")
    except NotJson:
        return {}
    found = auth.get("identity") if isinstance(auth, dict) else None
    return found if isinstance(found, dict) else {}
