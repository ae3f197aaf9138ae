"""From method and path to operation: exact paths by one look-up, templated ones by their segments."""

from __future__ import annotations

from collections.abc import Iterable

from openpartner.apikit.operation import Operation

Found = tuple[Operation, dict[str, str]]


class Routes:
    """All routes of all sites. A path that several operations document is decided by the first registered.

    Those that say which bodies are theirs are asked before.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._only: dict[tuple[str, str], list[Operation]] = {}
        self._exact: dict[tuple[str, str], Operation] = {}
        self._templated: dict[tuple[str, int], list[tuple[list[str], Operation]]] = {}
        for operation in operations:
            if operation.only_for is not None:
                self._only.setdefault((operation.method, operation.path), []).append(operation)
            elif "{" not in operation.path:
                self._exact.setdefault((operation.method, operation.path), operation)
            else:
                segments = operation.path.split("/")
                self._templated.setdefault((operation.method, len(segments)), []).append((segments, operation))

    def find(self, method: str, path: str, body: bytes = b"") -> Found | None:
        """The operation at a path with its path values, or None; by the body where operations share the path."""
        for one in self._only.get((method, path), ()):
            if one.only_for is not None and one.only_for(body):
                return one, {}
        if (operation := self._exact.get((method, path))) is not None:
            return operation, {}
        segments = path.split("/")
        # The server hands the path over decoded, so an encoded slash inside a last value looks like a segment more:
        # templates of fewer segments take the rest of the path as that value, the longest template first.
        for length in range(len(segments), 2, -1):
            for template, operation in self._templated.get((method, length), ()):
                if length < len(segments) and not (template[-1].startswith("{") and segments[-1]):
                    continue
                values = _match(template, [*segments[: length - 1], "/".join(segments[length - 1 :])])
                if values is not None:
                    return operation, values
        return None


def _match(template: list[str], segments: list[str]) -> dict[str, str] | None:
    values = {}
    for expected, given in zip(template, segments, strict=True):
        if expected.startswith("{"):
            if not given:
                return None
            values[expected[1:-1]] = given
        elif expected != given:
            return None
    return values
