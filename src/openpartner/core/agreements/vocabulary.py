"""The words of agreements: what is agreed on, the states of an acceptance, and which state follows which."""

from __future__ import annotations

from django.db import models

from openpartner.core.base.kinds import PARTNER_KINDS, AccountKind


class Agreement(models.TextChoices):
    """What is agreed on. Each has versions of its own."""

    CUSTOMER_AGREEMENT = "customer-agreement", "customer agreement"
    """Between the provider and whoever registers as a customer."""
    PRIVACY_STATEMENT = "privacy-statement", "privacy statement"
    PARTNER_CONTRACT = "partner-contract", "partner contract"
    """With an end: renewed from year to year (tencent:A.1)."""
    COMMITMENT_LETTER = "commitment-letter", "commitment letter"
    """What a partner commits itself to before it asks a customer to act for it (huawei:B10)."""
    AUTHORIZATION_LETTER = "authorization-letter", "authorization letter"
    """What a customer signs each time it lets its partner act for it (huawei:B10)."""


EVERYBODY = PARTNER_KINDS | {AccountKind.CUSTOMER}

PARTIES: dict[Agreement, frozenset[AccountKind]] = {
    Agreement.CUSTOMER_AGREEMENT: frozenset({AccountKind.CUSTOMER}),
    Agreement.PRIVACY_STATEMENT: EVERYBODY,
    Agreement.PARTNER_CONTRACT: PARTNER_KINDS,
    Agreement.COMMITMENT_LETTER: PARTNER_KINDS,
    Agreement.AUTHORIZATION_LETTER: frozenset({AccountKind.CUSTOMER}),
}
"""Accounts of which kinds the provider asks to accept it."""

EACH_TIME = frozenset({Agreement.AUTHORIZATION_LETTER})
"""Accepted anew for each thing it is about, and asked for by whoever needs it: no page asks for it by itself."""


class AcceptanceState(models.TextChoices):
    """Where an acceptance stands."""

    IN_FORCE = "in-force", "in force"
    ENDING = "ending", "not to be renewed"
    """Holds until its last day; its account asked that nothing follows."""
    RENEWED = "renewed", "renewed"
    """Holds until its last day; the next period follows."""
    REPLACED = "replaced", "replaced by a newer version"
    ENDED = "ended", "ended"
    """Its last day passed and nothing follows."""
    WITHDRAWN = "withdrawn", "withdrawn"


TRANSITIONS: dict[AcceptanceState, frozenset[AcceptanceState]] = {
    AcceptanceState.IN_FORCE: frozenset(
        {
            AcceptanceState.ENDING,
            AcceptanceState.RENEWED,
            AcceptanceState.REPLACED,
            AcceptanceState.ENDED,
            AcceptanceState.WITHDRAWN,
        }
    ),
    AcceptanceState.ENDING: frozenset(
        {
            AcceptanceState.IN_FORCE,
            AcceptanceState.RENEWED,
            AcceptanceState.REPLACED,
            AcceptanceState.ENDED,
            AcceptanceState.WITHDRAWN,
        }
    ),
    AcceptanceState.RENEWED: frozenset({AcceptanceState.REPLACED}),
    AcceptanceState.REPLACED: frozenset(),
    AcceptanceState.ENDED: frozenset(),
    AcceptanceState.WITHDRAWN: frozenset(),
}
"""Every move there is."""

OPEN = (AcceptanceState.IN_FORCE, AcceptanceState.ENDING)
"""What may still be renewed, replaced or ended; one of each agreement and thing at a time."""
HOLDING = (*OPEN, AcceptanceState.RENEWED)
"""What binds while its time lasts."""
