"""What was published again: the versions of the months in which a scope has lines, each beside the one before it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import inf
from typing import Any

from django.db.models import Q

from openpartner.core.base.scope import Scope
from openpartner.core.billing.differences import changed_versions
from openpartner.core.billing.models import BillMonth, BillVersion, Reason
from openpartner.core.billing.queries import months
from openpartner.lake.schema import BOOKED_DECIMALS


@dataclass(frozen=True, slots=True)
class Republication:
    """A version of a month and what the version before it held. Figures are of all lines of the month and cloud."""

    key: int
    """The version's."""
    month: int
    cloud: str
    number: int
    published_at: datetime
    reason: str
    is_restated: bool
    """Whether the month was final already."""
    lines: int
    lines_before: int
    total: Decimal
    """Of total_cost."""
    total_before: Decimal
    changes: dict[str, Any]


def republications(scope: Scope, *, only_restated: bool, limit: int) -> list[Republication]:
    """The versions after the first of each month, newest first; perhaps only those of months that were final."""
    seen = {(one.cloud, one.month) for one in months(scope)}
    versions = BillVersion.objects.everything(reason="of the months in which the scope has lines, or had")
    # Who has lost every line of a month is told that too.
    lost = set(versions.filter(pk__in=changed_versions(scope)).values_list("month_id", flat=True))
    candidates = BillMonth.objects.everything(reason="of the same months").filter(
        Q(cloud__in={cloud for cloud, _month in seen}) | Q(pk__in=lost)
    )
    keys = {
        row.pk: row.restated_at is not None for row in candidates if (row.cloud, row.month) in seen or row.pk in lost
    }
    rows = versions.filter(month_id__in=keys, number__gt=1)
    if only_restated:
        restated = [key for key, is_restated in keys.items() if is_restated]
        rows = rows.filter(Q(reason=Reason.RESTATE) | Q(month_id__in=restated))
    found: list[Republication] = []
    before = BillVersion.objects.everything(reason="the versions before them")
    for row in rows.select_related("month").order_by("-published_at", "-pk").iterator(chunk_size=200):
        is_restated = row.reason == Reason.RESTATE or row.number > _made_final(row.month)
        if only_restated and not is_restated:
            continue
        previous = before.get(month=row.month, number=row.number - 1)
        found.append(
            Republication(
                row.pk,
                row.month.month,
                row.month.cloud,
                row.number,
                row.published_at,
                row.reason,
                is_restated,
                row.lines,
                previous.lines,
                _total(row),
                _total(previous),
                json.loads(row.changes),
            )
        )
        if len(found) == limit:
            break
    return found


def _made_final(month: BillMonth) -> float:
    """The number of the version that made a month final; no number is beyond that of an open month."""
    if month.final_at is None:
        return inf
    rows = BillVersion.objects.everything(reason="of a month in which the scope has lines")
    first = rows.filter(month=month, published_at__gte=month.final_at).order_by("number").first()
    return inf if first is None else first.number


def _total(version: BillVersion) -> Decimal:
    """The month's total_cost."""
    return Decimal(int(json.loads(version.totals).get("total_cost", 0))).scaleb(-BOOKED_DECIMALS)
