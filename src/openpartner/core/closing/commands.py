"""Asking for a bill month to be closed."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, NotVisible
from openpartner.core.base.scope import Scope
from openpartner.core.billing.imports import must_be_provider
from openpartner.core.billing.models import BillMonth, MonthState
from openpartner.core.billing.months import first_day, month_text
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.jobs.models import Job
from openpartner.kit import clock

KIND = "bill.close"


def close_month(caller: Caller, *, cloud: str, month: int) -> Job:
    """Enqueue the closing of a cloud's bill month and return the job; the event is written when it is published.

    NotAllowed but for the provider's own people who may import, NotVisible when nothing is published for the month,
    Conflict when it has not ended yet or is closed already.
    """
    provider = must_be_provider(caller)
    rows = BillMonth.objects.within(Scope(provider=provider))
    row = rows.filter(cloud=cloud, month=month, version__gt=0).first()
    if row is None:
        raise NotVisible("month of bills")
    check_open(row)
    if clock.now().astimezone(clock.BEIJING).date() < first_day(month + 1):
        raise Conflict(f"{month_text(month)} has not ended yet")
    return enqueue(caller, KIND, {"month": row.pk})


def check_open(month: BillMonth) -> None:
    """Conflict when a month is closed."""
    if month.state != MonthState.OPEN:
        raise Conflict(f"{month_text(month.month)} of {month.cloud} is closed already")
