"""A window on a list and what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")
OFFSET_MAX = 2**62
"""What databases take, with room for the limit."""


@dataclass(frozen=True, slots=True)
class Slice:
    """`limit` rows after skipping `offset`."""

    offset: int
    limit: int

    def __post_init__(self) -> None:
        assert self.offset >= 0
        assert self.limit >= 1

    @classmethod
    def page(cls, number: int, size: int) -> Slice:
        """The slice of a 1-based page. A page beyond all counting is as empty as one just past the end."""
        return cls(min((number - 1) * size, OFFSET_MAX), size)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one slice and how many rows the whole list has."""

    items: list[Row]
    total: int
    more: bool = False
    """Whether `total` is only as far as anybody counted: there are at least so many."""
