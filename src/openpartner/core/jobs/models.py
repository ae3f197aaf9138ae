"""Jobs: leased, checkpointed, fenced and cancellable, on either database."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from openpartner.core.base.scoped import ScopedManager, ScopedModel


class JobState(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(ScopedModel):
    """One piece of work. `cursor` is its checkpoint; the lease says until when its worker is believed alive.

    `worker` is the fence: a token that names one claim of one process, so that whoever lost the job, even to a
    process with the same number, cannot write to it.
    """

    kind = models.CharField(max_length=48)
    args = models.TextField(default="{}")
    caller = models.TextField(default="{}")
    state = models.CharField(max_length=12, choices=JobState.choices, default=JobState.QUEUED)
    run_at = models.BigIntegerField()  # unix seconds, compared in SQL on both databases
    lease = models.BigIntegerField(default=0)
    worker = models.CharField(max_length=80, blank=True)
    attempt = models.SmallIntegerField(default=0)
    cursor = models.TextField(blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    cancel = models.BooleanField(default=False)
    result = models.TextField(blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    account = models.BigIntegerField(null=True)  # whose job it is; None for the system's
    user = models.BigIntegerField(null=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {
        **dict.fromkeys(("provider", "payer", "partner", "customer"), "account"),
        "manager": "user",
    }

    class Meta:
        """Claimed in order of time; listed by account, newest first."""

        db_table = "job"
        indexes: ClassVar = [
            models.Index(fields=["state", "run_at"], name="job_claim"),
            models.Index(fields=["account", "-id"], name="job_of_account"),
        ]

    def __str__(self) -> str:
        """Kind and state."""
        return f"{self.kind} {self.state}"


class Tick(models.Model):
    """One slot of recurring work: whoever inserts the row runs it."""

    name = models.CharField(max_length=48)
    slot = models.BigIntegerField()

    class Meta:
        """Each slot once."""

        db_table = "tick"
        constraints: ClassVar = [models.UniqueConstraint(fields=["name", "slot"], name="tick_once")]

    def __str__(self) -> str:
        """Name and slot."""
        return f"{self.name} {self.slot}"


class ResultFile(ScopedModel):
    """A file that waits to be fetched. Its link is known by hash alone, and bound to an account and a time."""

    account = models.BigIntegerField()
    user = models.BigIntegerField(null=True)
    permission = models.CharField(max_length=48)  # what fetching it needs, asked again each time
    name = models.CharField(max_length=200)  # what the person sees; never a path
    stored = models.CharField(max_length=32, unique=True)  # generated
    size = models.BigIntegerField()
    link_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {
        **dict.fromkeys(("provider", "payer", "partner", "customer"), "account"),
        "manager": "user",
    }

    class Meta:
        """Found by the hash of its link."""

        db_table = "result_file"

    def __str__(self) -> str:
        """The name that the person sees."""
        return self.name
