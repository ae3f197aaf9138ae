"""What association records can be narrowed by (huawei:B7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from openpartner.core.base.kinds import AssociationKind


class AssociationState(StrEnum):
    """Whether an association still holds."""

    CURRENT = "current"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationFilter:
    """Conditions that must all hold; None means no condition."""

    text: str | None = None  # part of a name of the customer, or its uin or account id
    uin: int | None = None
    partner: int | None = None  # primary key
    kind: AssociationKind | None = None
    state: AssociationState | None = None
    begun_from: datetime | None = None  # inclusive, like the next three
    begun_until: datetime | None = None
    ended_from: datetime | None = None
    ended_until: datetime | None = None
