"""The way of every vendor request: an ordered list of small handlers, then one answer in the dialect's shape."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.db import InterfaceError, OperationalError, connection

from openpartner.apikit import requestlog
from openpartner.apikit.call import Call, Environ, Refused
from openpartner.apikit.idempotency import BadKey, KeyTaken
from openpartner.apikit.operation import Registry
from openpartner.apikit.replay import once
from openpartner.core.base.errors import ChannelError

logger = logging.getLogger("openpartner.gateway")

Handler = Callable[[Call], None]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]

COVERAGE_HEADER = "X-Openpartner-Coverage"
_PHRASES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


class Gateway(ABC):
    """A dialect's chain. The order of the handlers is the contract: each says what it needs before it."""

    registry: Registry
    codes: Mapping[type[ChannelError], str]
    """What a neutral error is called unless the operation's `raises` says otherwise."""

    def __init__(self, handlers: Sequence[Handler]) -> None:
        self._handlers = tuple(handlers)
        self._log: requestlog.RequestLog | None = None
        self._log_opened = False

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; as WSGI."""
        began = time.perf_counter()
        call = Call(environ)
        try:
            for handle in self._handlers:
                self._handle(handle, call)
        except Refused as refused:
            self.refuse(call, refused)
        except ChannelError as error:
            self.refuse(call, self.refused(self._code_for(call, error), error.message))
        except Exception:
            logger.exception("request %s failed", call.request_id)
            self.refuse(call, self.broken())
        self.finish(call)
        headers = [*call.headers_out, ("Content-Length", str(len(call.answer)))]
        start_response(_PHRASES[call.status], headers)
        self._write_log(call, began)
        return (call.answer,)

    def _handle(self, handle: Handler, call: Call) -> None:
        try:
            handle(call)
        except (OperationalError, InterfaceError):
            # PostgreSQL has closed the connection meanwhile: whatever is no write may be asked again on a new one.
            if connection.vendor == "sqlite" or connection.is_usable():
                raise
            connection.close()
            if call.operation is not None and call.operation.writes and handle is self._handlers[-1]:
                raise
            handle(call)

    @abstractmethod
    def refuse(self, call: Call, refused: Refused) -> None:
        """Put an error answer on the call, in the vendor's envelope."""

    @abstractmethod
    def refused(self, code: str, message: str) -> Refused:
        """The vendor's answer with this code."""

    @abstractmethod
    def broken(self) -> Refused:
        """The vendor's answer when we failed ourselves."""

    @abstractmethod
    def finish(self, call: Call) -> None:
        """Add the headers every answer carries."""

    def _code_for(self, call: Call, error: ChannelError) -> str:
        """By the operation's own table first, then by the dialect's; by the nearest class in either."""
        # What is wrong with a key has nothing to do with the operation, whose codes would mislead.
        by_operation = call.operation is not None and not isinstance(error, (BadKey, KeyTaken))
        own = call.operation.raises if call.operation and by_operation else {}
        return next(table[base] for table in (own, self.codes) for base in type(error).__mro__ if base in table)

    def _write_log(self, call: Call, began: float) -> None:
        if not self._log_opened:
            self._log, self._log_opened = requestlog.opened(), True
        if self._log is None:
            return
        caller = call.caller
        self._log.add(
            requestlog.Line(
                at=round(time.time(), 3),
                dialect=self.registry.dialect,
                operation=call.operation.name if call.operation else "",
                account=caller.counted if caller else 0,
                user=(caller.user or 0) if caller else 0,
                key=(caller.key or 0) if caller else 0,
                source=call.source,
                status=call.status,
                code=call.code,
                micros=int((time.perf_counter() - began) * 1_000_000),
                request_id=call.request_id,
                on_behalf_of=caller.account if caller and caller.acting else 0,
            )
        )


def run_operation(call: Call, encode: Callable[[Call, Any], bytes], *, via: str = "") -> None:
    """Run the operation's function and put the encoded result on the call. `via` names the door for a stranger.

    Reads run in autocommit: on SQLite a transaction would queue behind every writer. Writes open theirs in
    `@command`, inside the one that remembers the answer for a repeat.
    """
    operation, caller = call.operation, call.caller
    assert operation is not None
    assert operation.run is not None
    # Whoever is not a caller is only ever let through to an operation that says so itself.
    assert (caller is None) is operation.anonymous

    def run() -> None:
        assert operation.run is not None
        call.answer = encode(call, operation.run(caller or call.stranger(via), call.request))

    if operation.writes and caller is not None:
        once(call, run)
    else:
        run()
    if operation.afterwards is not None:
        later = operation.afterwards(caller, call.request)
        if later is not None:
            call.answer = encode(call, later)
