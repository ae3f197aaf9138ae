"""The words of authorizations, shared by the pages of partners and of customers."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from openpartner.core.on_behalf.models import Authorization
from openpartner.core.on_behalf.vocabulary import EndCause, Work
from openpartner.listings.authorizations import CAUSES, STATES, TONES, WORKS
from openpartner.listings.declare import Words

MEANINGS: dict[Work, tuple[Words, ...]] = {
    Work.ORDERS: (
        _("Orders: see the account, its orders, what it can pay with, and place, change, pay and cancel orders."),
    ),
    Work.OPERATIONS: (_("Operations: see the account, its orders and resources, and what they cost."),),
}
"""What each work lets the partner do, a sentence each."""
NEVER: tuple[Words, ...] = (
    _("Never: people, keys and roles, agreements and authorizations, personal data in full, the audit log."),
)


def told_works(works: Iterable[Work]) -> list[Words]:
    """The works by name, in one order."""
    given = frozenset(works)
    return [WORKS[work] for work in Work if work in given]


def meanings(works: Iterable[Work]) -> list[Words]:
    """What these works open, and what none of them does."""
    given = frozenset(works)
    return [*(told for work in Work if work in given for told in MEANINGS[work]), *NEVER]


def state_of(row: Authorization) -> tuple[Words, str]:
    """The state's word and tone."""
    return STATES[row.state], TONES[row.state]


def cause_of(row: Authorization) -> Words:
    """Why it ended by itself; empty when it did not."""
    return CAUSES[EndCause(row.cause)] if row.cause else ""
