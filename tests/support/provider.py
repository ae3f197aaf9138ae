"""An OpenID Connect provider of the tests: it approves everybody at once and says what it is told to say.

After OpenID Connect Core 1.0 and RFC 7636: it issues a code for the challenge it was shown, and gives an identity
token for that code once, to who knows the client's secret and the verifier.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "openpartner", "a secret of the client"


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name in the base
        """Say nothing."""


@dataclass
class Provider:
    """Started by `with`. Its fields are what it says of the person; tests change them to see it refused."""

    subject: str = "subject-1"
    email: str | None = "dora@example.com"
    email_verified: object = True
    changes: dict[str, Any] = field(default_factory=dict)
    """Claims of the identity token to replace, or with None to leave out."""
    signing: str = "RS256"
    error: str = ""
    in_userinfo: bool = False
    """Whether the e-mail is told by the userinfo endpoint only."""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    published: RSAKey | None = None
    """The key it publishes, if not the one it signs with."""
    asked: dict[str, str] = field(default_factory=dict)
    """What the last authorization request said."""
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        """Its name, which is also its address."""
        return f"http://localhost:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Listen on a free loopback port."""
        self._server: WSGIServer = make_server("localhost", 0, self._answer, handler_class=_Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        query = dict(parse_qsl(environ["QUERY_STRING"]))
        match environ["PATH_INFO"]:
            case "/.well-known/openid-configuration":
                return self._json(start, self._metadata())
            case "/jwks":
                return self._json(start, {"keys": [(self.published or self.key).as_dict(private=False)]})
            case "/authorize":
                return self._approve(start, query)
            case "/token":
                body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
                return self._token(start, dict(parse_qsl(body)), environ.get("HTTP_AUTHORIZATION", ""))
            case "/userinfo":
                return self._json(start, {"sub": self.subject, **self._email()})
        start("404 Not Found", [])
        return [b""]

    def _metadata(self) -> dict[str, object]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }

    def _approve(self, start: Callable[..., Any], query: dict[str, str]) -> Iterable[bytes]:
        self.asked = query
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        told = {"error": self.error} if self.error else {"code": code}
        start("302 Found", [("Location", f"{query['redirect_uri']}?{urlencode({**told, 'state': query['state']})}")])
        return [b""]

    def _token(self, start: Callable[..., Any], given: dict[str, str], authorization: str) -> Iterable[bytes]:
        asked = self._codes.pop(given.get("code", ""), None)
        basic = "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or asked.get("code_challenge_method") != "S256"
            or challenge.decode().rstrip("=") != asked.get("code_challenge")
            or given.get("redirect_uri") != asked["redirect_uri"]
            or authorization.replace("%20", " ") not in {basic, _encoded_basic()}
        ):
            return self._json(start, {"error": "invalid_grant"}, "400 Bad Request")
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": asked.get("nonce"),
            **({} if self.in_userinfo else self._email()),
            **self.changes,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.signing == "none":
            parts = [json.dumps({"alg": "none"}), json.dumps(claims)]
            signed = ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts) + "."
        else:
            signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        answer = {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "expires_in": 300}
        return self._json(start, {**answer, "id_token": signed})

    def _email(self) -> dict[str, object]:
        return {} if self.email is None else {"email": self.email, "email_verified": self.email_verified}

    @staticmethod
    def _json(start: Callable[..., Any], body: object, status: str = "200 OK") -> Iterable[bytes]:
        start(status, [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]


def _encoded_basic() -> str:
    """RFC 6749, 2.3.1: both halves may be form-encoded first."""
    pair = urlencode({CLIENT_ID: CLIENT_SECRET}).replace("=", ":")
    return "Basic " + base64.b64encode(pair.encode()).decode()
