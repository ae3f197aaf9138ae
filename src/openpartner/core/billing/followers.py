"""What else changes with a publication: capabilities above this one register here and write in its transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from openpartner.core.base.caller import Caller
from openpartner.core.billing.models import BillMonth, BillVersion, MonthState
from openpartner.core.billing.spend import Changed


@dataclass(frozen=True, slots=True)
class Published:
    """A publication: the month as it is from now on, what it was before, and whose sums are different."""

    month: BillMonth
    version: BillVersion
    was: MonthState
    changed: Sequence[Changed]


FOLLOWERS: list[Callable[[Caller, Published], None]] = []
"""Called in the order of registration. One that raises undoes the publication."""
