"""What purchases ask of capabilities above credit, which register here when their apps are ready.

Vouchers pay beside credit; a paying partner that owes too much is barred, and its customers with it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from openpartner.core.accounts.models import Account

Usable = Callable[[Collection[int]], dict[int, int]]
"""What customers, by primary key, still have in usable vouchers, in millionths."""
USABLE: list[Usable] = []
BARRED: list[Callable[[Account], bool]] = []
"""Whether a paying partner owes more than it may."""


def usable_of(customers: Collection[int]) -> dict[int, int]:
    """The same over everything that is registered; nobody has any where nothing is."""
    found = dict.fromkeys(customers, 0)
    for ask in USABLE:
        for customer, micros in ask(customers).items():
            found[customer] += micros
    return found


def is_barred(payer: Account) -> bool:
    """Whether anything that is registered bars a paying partner."""
    return any(bars(payer) for bars in BARRED)
