"""What a suspension stops, as data (huawei:E2): for pages that spell it out, and for whoever sells and meters."""

from __future__ import annotations

from enum import StrEnum

from django.conf import settings

from openpartner.core.base.kinds import Suspension


class Means(StrEnum):
    """How a resource is paid for."""

    PREPAID = "yearly/monthly"
    POSTPAID = "pay-per-use"


class Act(StrEnum):
    """What a customer may want to do."""

    VIEW = "view"
    RENAME = "rename"
    BUY = "buy"
    RENEW = "renew"
    CHANGE = "change the specification"
    SWITCH = "switch the way of paying"
    OPERATE = "operate"
    DELETE = "delete"
    UNSUBSCRIBE = "unsubscribe"
    USE = "use what runs already"


EVERYTHING = frozenset(Act)
LOOKING = frozenset({Act.VIEW, Act.RENAME})

ALLOWED: dict[Suspension, dict[Means, frozenset[Act]]] = {
    Suspension.NONE: dict.fromkeys(Means, EVERYTHING),
    Suspension.ACCOUNT: {
        Means.PREPAID: LOOKING | {Act.UNSUBSCRIBE, Act.USE},
        # Charges go on, so what runs goes on.
        Means.POSTPAID: LOOKING | {Act.USE},
    },
    Suspension.ACCOUNT_AND_RESOURCES: {
        Means.PREPAID: LOOKING | {Act.UNSUBSCRIBE, Act.USE},
        Means.POSTPAID: LOOKING,
    },
}
"""What each level leaves, by the newest wording of huawei:E2; `allowed` reads it with the installation's choice."""

CHARGED: dict[Suspension, bool] = {
    Suspension.NONE: True,
    Suspension.ACCOUNT: True,
    Suspension.ACCOUNT_AND_RESOURCES: False,
}
"""Whether pay-per-use goes on costing."""

RETAINED: dict[Suspension, bool] = {
    Suspension.NONE: False,
    Suspension.ACCOUNT: False,
    Suspension.ACCOUNT_AND_RESOURCES: True,
}
"""Whether pay-per-use resources wait for a deadline, after which they are released and their data is deleted."""


def allowed(level: Suspension, means: Means) -> frozenset[Act]:
    """What a customer at this level may do with resources paid for in this way.

    Two wordings of the vendor differ on prepaid resources of a resource freeze; the newer one, that they stay usable,
    holds unless OPENPARTNER_FREEZE_STOPS_PREPAID says otherwise (huawei:F13).
    """
    left = ALLOWED[level][means]
    stops = level is Suspension.ACCOUNT_AND_RESOURCES and settings.OPENPARTNER.freeze_stops_prepaid
    return left - {Act.USE} if stops else left
