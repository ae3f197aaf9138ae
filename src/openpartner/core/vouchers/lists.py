"""Lists of codes as columns keep them: joined by commas, each once, in the order given."""

from __future__ import annotations

from collections.abc import Iterable

from openpartner.core.base.errors import Invalid

CODES_MAX = 100
CODE_MAX = 64


def joined(field: str, codes: Iterable[str]) -> str:
    """The column of some codes. Invalid when there are too many, or one is empty, too long or has a comma."""
    given = list(dict.fromkeys(codes))
    if len(given) > CODES_MAX:
        raise Invalid(field, f"must be at most {CODES_MAX} codes")
    for code in given:
        if not code or len(code) > CODE_MAX or "," in code or "\0" in code:
            raise Invalid(field, f"must be codes of 1 to {CODE_MAX} characters without commas")
    return ",".join(given)


def codes(column: str) -> frozenset[str]:
    """The codes of a column."""
    return frozenset(column.split(",")) if column else frozenset()


def narrower(field: str, wanted: Iterable[str], limits: str) -> str:
    """The column of what is wanted, or of the limits when nothing is. Invalid when it goes beyond the limits."""
    own = joined(field, wanted)
    if not own:
        return limits
    if limits and not codes(own) <= codes(limits):
        raise Invalid(field, "must lie within the limits of the quota")
    return own
