"""What the lake holds, for whoever runs the installation: months, files, and what waits to be deleted or mapped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet, Sum

from openpartner.core.base.scope import Scope
from openpartner.core.billing.manifest import MonthInfo
from openpartner.core.billing.models import BillFile, BillMonth, BillSpan, MonthState
from openpartner.lake.schema import UNPLACED


class Amount(NamedTuple):
    """How many files, lines and bytes."""

    files: int
    lines: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthStatus:
    """How a bill month of one cloud stands in the lake."""

    cloud: str
    month: int
    word: str
    """estimated, final or restated."""
    version: int
    published_at: datetime | None
    current: Amount
    replaced: Amount
    """Kept until nobody reads them any more."""
    staged: Amount
    """Written by an attempt that has not published them, or never will."""
    unassigned_lines: int


def month_statuses(scope: Scope) -> list[MonthStatus]:
    """Every month that something was published or staged for, newest first. The provider's."""
    rows = BillMonth.objects.within(scope).order_by("-month", "cloud")
    return [_status(row) for row in rows]


def _status(row: BillMonth) -> MonthStatus:
    files = BillFile.objects.everything(reason="of a month within the scope").filter(month=row)
    current = files.filter(Q(until__isnull=True) | Q(until__gt=row.version), since__lte=row.version)
    spans = BillSpan.objects.everything(reason="of its files").filter(
        payer=UNPLACED, file__in=list(current.values_list("pk", flat=True))
    )
    return MonthStatus(
        cloud=row.cloud,
        month=row.month,
        word=_word(row),
        version=row.version,
        published_at=row.published_at,
        current=_amount(current),
        replaced=_amount(files.filter(until__lte=row.version)),
        staged=_amount(files.filter(since__isnull=True)),
        unassigned_lines=spans.aggregate(rows=Sum("rows"))["rows"] or 0,
    )


def _word(row: BillMonth) -> str:
    if row.published_at is None:
        return ""
    state = MonthState(row.state)
    return MonthInfo(row.cloud, row.month, state, row.version, row.published_at, row.final_at, row.restated_at).word


def _amount(files: QuerySet[BillFile]) -> Amount:
    found = files.aggregate(files=Count("id"), rows=Sum("lines"), size=Sum("size"))
    return Amount(found["files"], found["rows"] or 0, found["size"] or 0)
