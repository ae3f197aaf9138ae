"""What stands beside every figure of a bill: of what state it is, and as of when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openpartner.core.billing.months import month_text
from openpartner.listings.bill_figures import AsOf
from openpartner.listings.bill_words import STATE_TONES, STATES
from openpartner.listings.declare import Words


@dataclass(frozen=True, slots=True)
class State:
    """A state with its word and colour, and when the figures last changed."""

    word: Words
    tone: str
    at: datetime | None
    period: str
    """The months that the figures are of."""


def shown_state(found: AsOf, first: int, last: int) -> State:
    """The state of some months for a page; without a word when nothing has been published."""
    period = month_text(first) if first == last else f"{month_text(first)} – {month_text(last)}"
    return State(STATES.get(found.state, ""), STATE_TONES.get(found.state, "calm"), found.at, period)
