"""One vendor operation: what it is called, who may call it, what it takes and gives, and the function behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, Generic, TypeVar, cast, get_args, get_origin, get_type_hints

import msgspec

from openpartner.core.base.errors import ChannelError
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission

Run = Callable[[Any, Any], Any]
"""Takes the caller (of an anonymous operation: the stranger) and the request; returns the response."""
Afterwards = Callable[[Any, Any], Any]
"""Takes the caller and the request when the write is committed; returns another response, or None."""

Body = TypeVar("Body")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """Who asks an anonymous operation: nobody is known yet, only where the request comes from."""

    source: str
    via: str
    request_id: str
    language: str


@dataclass(frozen=True, slots=True)
class Answer(Generic[Body]):
    """A response that needs more than a body: its own HTTP status, or headers."""

    body: Body
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A registered operation. `run is None` means declared: known, but not available in this release."""

    name: str
    method: str
    path: str
    kinds: frozenset[AccountKind]
    permission: Permission | None
    per_second: int
    docs: str
    request: type[msgspec.Struct]
    response: type[msgspec.Struct] | None
    run: Run | None
    writes: bool = False
    raises: Mapping[type[ChannelError], str] = field(default_factory=dict)
    pending: tuple[str, ...] = ()
    """Response fields whose capability is not built yet: listed in the coverage, never made up."""
    source: str = "body"
    """Where the parameters travel: `body`, `query`, or `path` values besides either."""
    anonymous: bool = False
    """Asked by a stranger: this is how one becomes a caller. Such an operation has no kinds and no permission."""
    keeps_secret: bool = False
    """Its answer holds a secret: it is not kept for a repeat, which is refused instead."""
    only_for: Callable[[bytes], bool] | None = None
    """Whether a body is for it, where several operations share a route; one of them is for all the others."""
    language: str = "en"
    """What it answers in when the request names no language: `en` or `zh`, as its page says."""
    afterwards: Afterwards | None = None
    """What a write waits for that others do with what it has committed. Asked again for a repeat of the write."""


class Registry:
    """The operations of one dialect by name; filled by the decorator as modules are imported."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.operations: dict[str, Operation] = {}

    def operation(  # noqa: PLR0913  # these are the facts of a vendor's page, each once
        self,
        name: str,
        *,
        route: str,
        kinds: Iterable[AccountKind],
        permission: Permission | None,
        per_second: int,
        docs: str,
        writes: bool = False,
        raises: Mapping[type[ChannelError], str] | None = None,
        pending: Iterable[str] = (),
        anonymous: bool = False,
        keeps_secret: bool = False,
        only_for: Callable[[bytes], bool] | None = None,
        language: str = "en",
        afterwards: Afterwards | None = None,
    ) -> Callable[[Run], Run]:
        """Register a function `(caller, request) -> response`; its annotations name the wire structs.

        An anonymous one is `(stranger, request) -> response`.
        """

        def decorate(run: Run) -> Run:
            hints = get_type_hints(run)
            method, _, path = route.partition(" ")
            self.add(
                Operation(
                    name=name,
                    method=method,
                    path=path,
                    kinds=frozenset(kinds),
                    permission=permission,
                    per_second=per_second,
                    docs=docs,
                    request=hints["request"],
                    response=_body_of(hints["return"]),
                    run=run,
                    writes=writes,
                    raises=raises or {},
                    pending=tuple(pending),
                    source="query" if method in {"GET", "DELETE"} else "body",
                    anonymous=anonymous,
                    keeps_secret=keeps_secret,
                    only_for=only_for,
                    language=language,
                    afterwards=afterwards,
                )
            )
            return run

        return decorate

    def add(self, operation: Operation) -> None:
        """Put an operation under its name, which must be free."""
        assert operation.name not in self.operations, operation.name
        assert not (operation.anonymous and (operation.kinds or operation.permission)), operation.name
        self.operations[operation.name] = operation


def _body_of(hint: object) -> type[msgspec.Struct] | None:
    """The struct an operation answers with, taken out of its wrapper; None when it answers nothing."""
    if hint is type(None):
        return None
    if get_origin(hint) is UnionType:  # a struct, or nothing to say
        (hint,) = (one for one in get_args(hint) if one is not type(None))
    return cast(type[msgspec.Struct], get_args(hint)[0] if get_origin(hint) is Answer else hint)
