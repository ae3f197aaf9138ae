"""What a partner may do in the name of its customer, how an authorization stands, and why one ends (huawei:B10)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.db import models

from openpartner.core.base.permissions import Permission
from openpartner.core.customers.models import Right


class Work(StrEnum):
    """One thing a customer can authorize its partner to do."""

    ORDERS = "orders"
    OPERATIONS = "operations"


READS = frozenset({Permission.CUSTOMER_READ, Permission.ORDER_READ})
PERMISSIONS: dict[Work, frozenset[Permission]] = {
    Work.ORDERS: READS | {Permission.ORDER_WRITE, Permission.CREDIT_READ, Permission.VOUCHER_READ},
    Work.OPERATIONS: READS | {Permission.BILL_READ},
}
"""What each opens in the customer's account: to order one sees what can be paid with, to operate what it costs.

Never what is the customer's own to say or to keep: its consents, people, keys, audit log and personal data in full.
"""
RIGHTS: dict[Work, Right] = {Work.ORDERS: Right.ORDERS_ON_BEHALF, Work.OPERATIONS: Right.OPERATIONS_ON_BEHALF}
"""What a second-level reseller needs of its distributor before it may ask."""


class State(models.TextChoices):
    """Where an authorization stands."""

    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    REVOKED = "revoked"
    ENDED = "ended"


TRANSITIONS: dict[State, frozenset[State]] = {
    State.REQUESTED: frozenset({State.GRANTED, State.REFUSED, State.ENDED}),
    State.GRANTED: frozenset({State.REVOKED, State.ENDED}),
    State.REFUSED: frozenset(),
    State.REVOKED: frozenset(),
    State.ENDED: frozenset(),
}
"""Every move there is."""
OPEN = (State.REQUESTED, State.GRANTED)


class EndCause(models.TextChoices):
    """Why an authorization ended without the customer's refusing or revoking it."""

    RELEASED = "association-ended", "the association ended"
    RIGHT = "right-withdrawn", "the distributor withdrew the right"
    GIVEN_BACK = "given-back", "the partner gave it back"
    WITHDRAWN = "request-withdrawn", "the partner withdrew its request"
    REPLACED = "replaced", "a newer authorization replaced it"
    LAPSED = "lapsed", "nobody answered in time"


def joined(works: Iterable[Work]) -> str:
    """The stored spelling of a set of works."""
    return ",".join(sorted(works))


def works_in(stored: str) -> frozenset[Work]:
    """The works behind a stored spelling."""
    return frozenset(Work(name) for name in stored.split(",") if name)


def permissions_for(works: Iterable[Work]) -> frozenset[Permission]:
    """Everything that these works open."""
    return frozenset(permission for work in works for permission in PERMISSIONS[work])
