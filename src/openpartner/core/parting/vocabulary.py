"""The states of requests to end an association and of migrations, and which may follow which."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models


class Side(models.TextChoices):
    """One of the two ends of an association."""

    PARTNER = "partner"
    CUSTOMER = "customer"

    @property
    def other(self) -> Side:
        """The end that is asked when this one asks."""
        return Side.CUSTOMER if self is Side.PARTNER else Side.PARTNER


class RequestState(models.TextChoices):
    """Where a request to end an association stands (tencent:A.2, huawei:A3)."""

    REQUESTED = "requested"
    AGREED = "agreed"
    APPROVED_BY_TIME = "approved-by-time"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # the association ended otherwise
    DONE = "done"
    FAILED = "failed"  # time had approved it, but something stood in the way


REQUEST_TRANSITIONS: Mapping[RequestState, frozenset[RequestState]] = {
    RequestState.REQUESTED: frozenset(
        {
            RequestState.AGREED,
            RequestState.APPROVED_BY_TIME,
            RequestState.REFUSED,
            RequestState.WITHDRAWN,
            RequestState.LAPSED,
        }
    ),
    # What stands in the way is told to whoever agrees, and nothing changes; time cannot be told.
    RequestState.AGREED: frozenset({RequestState.DONE}),
    RequestState.APPROVED_BY_TIME: frozenset({RequestState.DONE, RequestState.FAILED}),
    RequestState.REFUSED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
    RequestState.LAPSED: frozenset(),
    RequestState.DONE: frozenset(),
    RequestState.FAILED: frozenset(),
}


class MigrationState(models.TextChoices):
    """Where the migration of a customer to another partner stands (tencent:A.2)."""

    WAITS_FOR_CUSTOMER = "waits-for-customer"
    WAITS_FOR_PARTNER = "waits-for-partner"
    WAITS_FOR_PROVIDER = "waits-for-provider"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    LAPSED = "lapsed"  # the association ended otherwise
    DONE = "done"
    FAILED = "failed"  # everybody had agreed, but the receiver cannot take the customer


ENDINGS = frozenset({MigrationState.REFUSED, MigrationState.WITHDRAWN, MigrationState.EXPIRED, MigrationState.LAPSED})
"""What can happen to a migration whomever it waits for."""
MIGRATION_TRANSITIONS: Mapping[MigrationState, frozenset[MigrationState]] = {
    MigrationState.WAITS_FOR_CUSTOMER: ENDINGS | {MigrationState.WAITS_FOR_PARTNER},
    # Without a review by the provider the transferring partner's word is the last.
    MigrationState.WAITS_FOR_PARTNER: ENDINGS
    | {MigrationState.WAITS_FOR_PROVIDER, MigrationState.DONE, MigrationState.FAILED},
    MigrationState.WAITS_FOR_PROVIDER: ENDINGS | {MigrationState.DONE, MigrationState.FAILED},
    **dict.fromkeys([*sorted(ENDINGS), MigrationState.DONE, MigrationState.FAILED], frozenset()),
}
OPEN = frozenset(state for state, following in MIGRATION_TRANSITIONS.items() if following)


class EndedBy(models.TextChoices):
    """How an association has ended."""

    AGREEMENT = "agreement"
    TIME = "time"
    MIGRATION = "migration"
    OTHERWISE = "otherwise"  # by the provider, an import, or before requests were kept


class ConsentState(models.TextChoices):
    """What somebody has answered who was asked to let a customer move."""

    WAITING = "waiting"
    GIVEN = "given"
    REFUSED = "refused"
    VOID = "void"  # the migration ended otherwise


CONSENT_TRANSITIONS: Mapping[ConsentState, frozenset[ConsentState]] = {
    ConsentState.WAITING: frozenset({ConsentState.GIVEN, ConsentState.REFUSED, ConsentState.VOID}),
    ConsentState.GIVEN: frozenset(),
    ConsentState.REFUSED: frozenset(),
    ConsentState.VOID: frozenset(),
}
