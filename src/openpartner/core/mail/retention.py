"""What becomes of mails later: the log forgets them, and those that nobody delivers any more are given up."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, TextField, Value, When

from openpartner.core.jobs.models import Job, JobState
from openpartner.core.mail.models import MailState, OutgoingMail
from openpartner.core.mail.sinks import folder
from openpartner.kit import clock

KEPT_FOR = timedelta(days=90)
"""How long the log remembers a mail, and the file sink its file."""
SURELY_COMMITTED = timedelta(minutes=10)
DELETED_AT_ONCE = 2000
DIED = "the worker died while delivering it"


def anything_to_forget() -> bool:
    """Whether a mail is old or given up: two indexed queries."""
    return _old().exists() or _forsaken().exists()


def forget_old() -> int:
    """Delete up to two thousand mails settled more than 90 days ago; returns how many."""
    keys = list(_old().values_list("pk", flat=True)[:DELETED_AT_ONCE])
    return _old().filter(pk__in=keys).delete()[0] if keys else 0


def forget_files() -> int:
    """Delete the file sink's files older than 90 days; returns how many."""
    before = (clock.now() - KEPT_FOR).timestamp()
    old = [file for file in folder().glob("*.eml") if file.stat().st_mtime < before]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def give_up_forsaken() -> int:
    """Fail the mails that no job will deliver, because their worker died in the last attempt; returns how many."""
    error = Case(When(error="", then=Value(DIED)), default=F("error"), output_field=TextField())
    return _forsaken().update(state=MailState.FAILED, error=error, text="", settled_at=clock.now())


def _old() -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.everything(reason="old mails are nobody's").filter(
        settled_at__lt=clock.now() - KEPT_FOR
    )


def _forsaken() -> QuerySet[OutgoingMail]:
    live = Job.objects.everything(reason="the mail names its job").filter(
        pk=OuterRef("job"), state__in=(JobState.QUEUED, JobState.RUNNING)
    )
    return OutgoingMail.objects.everything(reason="forsaken mails are nobody's").filter(
        ~Exists(live), Q(state=MailState.WAITING), created_at__lt=clock.now() - SURELY_COMMITTED
    )
