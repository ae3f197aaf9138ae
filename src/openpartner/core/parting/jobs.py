"""What time decides: requests that nobody answered, and migrations that took too long."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from django.db.models import QuerySet

from openpartner.core.accounts.models import Account
from openpartner.core.base.errors import Conflict, NotVisible
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.jobs.registry import job
from openpartner.core.jobs.schedule import recurring
from openpartner.core.jobs.work import Work
from openpartner.core.parting.migrating import expire_migration
from openpartner.core.parting.models import Migration, UnbindRequest
from openpartner.core.parting.moves import in_name_of
from openpartner.core.parting.unbinding import approve_by_time
from openpartner.core.parting.vocabulary import OPEN, RequestState
from openpartner.kit import clock

PASS = "parting.pass-time"  # noqa: S105  # a job's name
EVERY_SECONDS = 60
AT_ONCE = 200
WHY = "time passes for everybody"


@recurring(PASS, every_seconds=EVERY_SECONDS)
def pass_time_if_needed() -> None:
    """Enqueue the work when something's time has come: an idle installation gathers no jobs."""
    if requests_due().exists() or migrations_due().exists():
        enqueue(None, PASS, {})


@job(PASS)
def pass_time(work: Work) -> None:
    """Approve requests that nobody answered in time, and end migrations that took too long, each in its own step."""
    done = work.done
    for request in list(requests_due()[:AT_ONCE]):
        with work.step():
            _unless_answered(approve_by_time, request.partner, request.pk)
            done += 1
            work.checkpoint("", done=done)
    for migration in list(migrations_due()[:AT_ONCE]):
        with work.step():
            _unless_answered(expire_migration, migration.partner, migration.pk)
            done += 1
            work.checkpoint("", done=done)


def requests_due() -> QuerySet[UnbindRequest]:
    """Requests whose time to be answered has passed, the oldest first."""
    rows = UnbindRequest.objects.everything(reason=WHY).select_related("partner")
    return rows.filter(state=RequestState.REQUESTED, due_at__lte=clock.now()).order_by("due_at", "pk")


def migrations_due() -> QuerySet[Migration]:
    """Migrations that have waited too long for somebody, the oldest first."""
    rows = Migration.objects.everything(reason=WHY).select_related("partner")
    return rows.filter(state__in=OPEN, expires_at__lte=clock.now()).order_by("expires_at", "pk")


def _unless_answered(act: Callable[..., object], account: Account, number: int) -> None:
    """Do it, unless somebody was quicker."""
    with contextlib.suppress(Conflict, NotVisible):
        act(in_name_of(account), number=number)
