"""One request on its way through a dialect's chain, and the answer it gathers."""

from __future__ import annotations

import ipaddress
from typing import Any

from django.conf import settings

from openpartner.apikit.operation import Operation, Stranger
from openpartner.core.base.caller import Caller
from openpartner.kit import ids

Environ = dict[str, Any]
DISCARD_MAX = 32 * 1024 * 1024
"""Bytes of a body that is too large which are still taken, so that the client gets to read why."""


class Refused(Exception):
    """An answer of the gateway itself, already in the dialect's words."""

    def __init__(self, code: str, message: str, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.headers = headers


class Counted(Refused):
    """A refusal after which what was counted stays: a write that only counted a try is not taken back.

    Raise it outside of every command, whose own writes never stay when it fails.
    """


class Call:
    """The request as received, what the handlers learn about it, and the answer."""

    __slots__ = (
        "answer",
        "body",
        "caller",
        "code",
        "environ",
        "headers_out",
        "language",
        "method",
        "operation",
        "parameters",
        "path",
        "path_values",
        "query",
        "replayable",
        "request",
        "request_id",
        "signature",
        "status",
    )

    def __init__(self, environ: Environ) -> None:
        self.environ = environ
        self.method: str = environ["REQUEST_METHOD"]
        # WSGI hands the decoded path as latin-1 text of its bytes.
        self.path: str = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "surrogateescape")
        self.query: str = environ.get("QUERY_STRING", "")
        self.body: bytes = b""
        self.request_id: str = ids.mint_request_id()
        self.caller: Caller | None = None
        self.operation: Operation | None = None
        self.parameters: dict[str, Any] = {}
        self.path_values: dict[str, str] = {}
        self.request: Any = None
        self.language: str = "en"
        self.signature: str = ""
        self.replayable: bool = False
        self.status: int = 200
        self.answer: bytes = b""
        self.headers_out: list[tuple[str, str]] = []
        self.code: str = ""

    def stranger(self, via: str) -> Stranger:
        """Who asks when nobody has signed in yet."""
        return Stranger(source=self.source, via=via, request_id=self.request_id, language=self.language)

    def header(self, name: str) -> str | None:
        """The value of a request header, or None."""
        key = name.upper().replace("-", "_")
        if key in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            return self.environ.get(key) or None
        return self.environ.get(f"HTTP_{key}")

    def read_body(self, limit: int) -> bool:
        """Read the body; False when it is larger than the limit, of which nothing is kept."""
        length = self.environ.get("CONTENT_LENGTH")
        if length and (not length.isdigit() or int(length) > limit):
            self._discard()
            return False
        if length == "0" or (not length and not self.environ.get("HTTP_TRANSFER_ENCODING")):
            return True
        self.body = self.environ["wsgi.input"].read(limit + 1)
        if len(self.body) <= limit:
            return True
        self.body = b""
        self._discard()
        return False

    def _discard(self) -> None:
        """Take what the client still sends, within reason: while it is sending it reads no answer."""
        left = DISCARD_MAX
        while left > 0 and (chunk := self.environ["wsgi.input"].read(65_536)):
            left -= len(chunk)

    @property
    def source(self) -> str:
        """The address the request comes from; a trusted proxy's word counts, nobody else's."""
        peer = self.peer
        if self.through_trusted_proxy:
            # The last hop that is not a proxy of ours: everything before it the client may have written itself.
            for hop in reversed((self.header("X-Forwarded-For") or "").split(",")):
                if hop.strip() and not is_trusted(hop.strip()):
                    return hop.strip()
        return peer

    @property
    def peer(self) -> str:
        """The address of the other end of the connection."""
        return str(self.environ.get("REMOTE_ADDR", ""))

    @property
    def through_trusted_proxy(self) -> bool:
        """Whether the other end is a proxy the operator named."""
        return bool(settings.OPENPARTNER.trusted_proxies) and is_trusted(self.peer)

    def hosts(self) -> list[str]:
        """The Host values a client may have signed: as received, without the port, and as a trusted proxy saw it."""
        received = self.environ.get("HTTP_HOST", "")
        found = [received]
        if self.through_trusted_proxy and (forwarded := self.header("X-Forwarded-Host")):
            found.insert(0, forwarded)
        for host in list(found):
            bare, colon, port = host.rpartition(":")
            if colon and port.isdigit():
                found.append(bare)
        return found


def is_trusted(address: str) -> bool:
    """Whether an address is one of the operator's proxies."""
    try:
        parsed = ipaddress.ip_address(address.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return any(parsed in network for network in settings.OPENPARTNER.proxies)
