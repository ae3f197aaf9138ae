"""What becomes of messages later: the log forgets them, and those that nobody delivers any more are given up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Generic, TypeVar

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, TextField, Value, When

from openpartner.core.jobs.models import Job, JobState
from openpartner.core.outgoing.models import Outgoing, OutgoingState
from openpartner.kit import clock

Message = TypeVar("Message", bound=Outgoing)

KEPT_FOR = timedelta(days=90)
"""How long a log remembers a message, and the file sink its file."""
SURELY_COMMITTED = timedelta(minutes=10)
DELETED_AT_ONCE = 2000
DIED = "the worker died while delivering it"


@dataclass(frozen=True, slots=True)
class Retention(Generic[Message]):
    """What upkeep asks of an outbox; `folder` is where its file sink writes, `pattern` what is its own there."""

    outbox: type[Message]
    folder: Callable[[], Path]
    pattern: str

    def anything_to_forget(self) -> bool:
        """Whether a message is old or given up: two indexed queries."""
        return self._old().exists() or self._forsaken().exists()

    def forget_old(self) -> int:
        """Delete up to two thousand messages settled more than 90 days ago; returns how many."""
        keys = list(self._old().values_list("pk", flat=True)[:DELETED_AT_ONCE])
        return self._old().filter(pk__in=keys).delete()[0] if keys else 0

    def forget_files(self) -> int:
        """Delete the file sink's files older than 90 days; returns how many."""
        before = (clock.now() - KEPT_FOR).timestamp()
        old = [file for file in self.folder().glob(self.pattern) if file.stat().st_mtime < before]
        for file in old:
            file.unlink(missing_ok=True)
        return len(old)

    def give_up_forsaken(self) -> int:
        """Fail the messages that no job will deliver, since their worker died in the last attempt; returns how many."""
        error = Case(When(error="", then=Value(DIED)), default=F("error"), output_field=TextField())
        return self._forsaken().update(state=OutgoingState.FAILED, error=error, text="", settled_at=clock.now())

    def _old(self) -> QuerySet[Message]:
        rows = self.outbox.objects.everything(reason="old messages are nobody's")
        return rows.filter(settled_at__lt=clock.now() - KEPT_FOR)

    def _forsaken(self) -> QuerySet[Message]:
        live = Job.objects.everything(reason="the message names its job").filter(
            pk=OuterRef("job"), state__in=(JobState.QUEUED, JobState.RUNNING)
        )
        return self.outbox.objects.everything(reason="forsaken messages are nobody's").filter(
            ~Exists(live), Q(state=OutgoingState.WAITING), created_at__lt=clock.now() - SURELY_COMMITTED
        )
