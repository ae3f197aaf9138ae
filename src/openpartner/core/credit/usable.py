"""What pays beside credit: vouchers. The capability that keeps them registers here when its app is ready."""

from __future__ import annotations

from collections.abc import Callable, Collection

Usable = Callable[[Collection[int]], dict[int, int]]
"""What customers, by primary key, still have in usable vouchers, in millionths."""
USABLE: list[Usable] = []


def usable_of(customers: Collection[int]) -> dict[int, int]:
    """The same over everything that is registered; nobody has any where nothing is."""
    found = dict.fromkeys(customers, 0)
    for ask in USABLE:
        for customer, micros in ask(customers).items():
            found[customer] += micros
    return found
