"""Taking a job, keeping it and letting go of it: each one conditional UPDATE, fenced by the claim's token."""

from __future__ import annotations

import json
import os
import secrets
import socket
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, F, TextField, Value, When

from openpartner.core.jobs.models import Job, JobState
from openpartner.kit import clock

LEASE_SECONDS = 60
"""A worker that has not been heard of for this long is believed dead."""
ATTEMPTS_MAX = 5
BACKOFF_SECONDS = (5, 15, 60, 240)
"""Pause after the first failed attempt, after the second, and so on."""
ERROR_LENGTH_MAX = 4000
DIED = "the worker died while running it"


class Interrupted(BaseException):
    """The job must end here. Not an Exception, so that no `except Exception` of a step swallows it."""


class Lost(Interrupted):
    """Another worker has taken the job over; nothing more may be written."""


class Cancelled(Interrupted):
    """Somebody asked for the job to be cancelled."""


class Stopped(Interrupted):
    """The worker has been asked to stop; another goes on from the checkpoint."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that is ours until its lease ends, as it was when we took it."""

    id: int
    kind: str
    args: dict[str, Any]
    caller: dict[str, Any]
    cursor: str
    done: int
    total: int
    attempt: int
    cancel: bool
    token: str
    lease_seconds: int


DUE = "(state = 'queued' AND run_at <= %s OR state = 'running' AND lease < %s)"
SAVE = """UPDATE job SET cursor = %s, done = %s, total = %s, lease = %s
          WHERE id = %s AND worker = %s AND state = 'running' RETURNING cancel"""
RENEW = "UPDATE job SET lease = %s WHERE id = %s AND worker = %s AND state = 'running' RETURNING cancel"


def process_token() -> str:
    """A name for this process that no other, earlier or later, has: the claim's attempt is added to it."""
    return f"{socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(6)}"


def anything_due(kinds: list[str]) -> bool:
    """Whether a claim would find something. One indexed read, so that an idle worker takes no write lock."""
    now = clock.epoch_seconds()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM job WHERE {DUE} AND (attempt >= %s OR kind IN ({_marks(kinds)})) LIMIT 1",  # noqa: S608  # constants and placeholders
            [now, now, ATTEMPTS_MAX, *kinds],
        )
        return cursor.fetchone() is not None


def claim(process: str, kinds: list[str], lease_seconds: int = LEASE_SECONDS) -> Claim | None:
    """Take the oldest due job of one of these kinds, or one whose worker died; None when there is none."""
    now = clock.epoch_seconds()
    skip_locked = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    with transaction.atomic(), connection.cursor() as cursor:
        _bury(now)
        cursor.execute(
            "UPDATE job SET state = 'running', lease = %s, attempt = attempt + 1,"  # noqa: S608  # constants and placeholders
            " worker = %s || '#' || CAST(attempt + 1 AS text)"
            f" WHERE id = (SELECT id FROM job WHERE {DUE} AND attempt < %s AND kind IN ({_marks(kinds)})"
            f" ORDER BY run_at, id LIMIT 1 {skip_locked})"
            " RETURNING id, kind, args, caller, cursor, done, total, attempt, cancel, worker",
            [now + lease_seconds, process, now, now, ATTEMPTS_MAX, *kinds],
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    job, kind, args, caller, at, done, total, attempt, cancel, token = rows[0]
    return Claim(
        job, kind, json.loads(args), json.loads(caller), at, done, total, attempt, bool(cancel), token, lease_seconds
    )


def save(claim: Claim, cursor: str, done: int, total: int) -> None:
    """Progress, heartbeat, fence and cancellation in one statement: raises Lost or Cancelled."""
    assert connection.in_atomic_block
    _keep(SAVE, [cursor, done, total, clock.epoch_seconds() + claim.lease_seconds, claim.id, claim.token])


def heartbeat(claim: Claim) -> None:
    """Renew the lease; raises Lost or Cancelled."""
    with transaction.atomic():
        _keep(RENEW, [clock.epoch_seconds() + claim.lease_seconds, claim.id, claim.token])


def finish(claim: Claim, result: dict[str, Any]) -> None:
    """Mark the job as done; raises Lost."""
    text = json.dumps(result, ensure_ascii=False) if result else ""
    _end(claim, state=JobState.DONE, result=text, error="", finished_at=clock.now())


def cancelled(claim: Claim) -> None:
    """Mark the job as cancelled; raises Lost."""
    _end(claim, state=JobState.CANCELLED, finished_at=clock.now())


def fail(claim: Claim, error: str, *, final: bool = False, pause_seconds: int = 0) -> JobState:
    """Keep the error and try again after a pause, or not at all after the last attempt. Returns the new state.

    The pause grows with each attempt and is at least `pause_seconds`. Raises Lost.
    """
    error = error[:ERROR_LENGTH_MAX]
    if final or claim.attempt >= ATTEMPTS_MAX:
        _end(claim, state=JobState.FAILED, error=error, finished_at=clock.now())
        return JobState.FAILED
    pause = max(BACKOFF_SECONDS[claim.attempt - 1], pause_seconds)
    _end(claim, state=JobState.QUEUED, error=error, run_at=clock.epoch_seconds() + pause)
    return JobState.QUEUED


def release(claim: Claim) -> None:
    """Give the job back at its checkpoint without counting the attempt; raises Lost."""
    _end(claim, state=JobState.QUEUED, attempt=claim.attempt - 1, run_at=clock.epoch_seconds())


def _keep(sql: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    if not rows:
        raise Lost
    if rows[0][0]:
        raise Cancelled


def _end(claim: Claim, **values: Any) -> None:
    with transaction.atomic():
        ours = Job.objects.everything(reason="the token is the right").filter(
            pk=claim.id, worker=claim.token, state=JobState.RUNNING
        )
        if ours.update(worker="", lease=0, **values) != 1:
            raise Lost


def _bury(now: int) -> None:
    """Fail the jobs whose worker died in the last attempt they had."""
    dead = Job.objects.everything(reason="no worker is left who could").filter(
        state=JobState.RUNNING, lease__lt=now, attempt__gte=ATTEMPTS_MAX
    )
    error = Case(When(error="", then=Value(DIED)), default=F("error"), output_field=TextField())
    dead.update(state=JobState.FAILED, worker="", lease=0, finished_at=clock.now(), error=error)


def _marks(values: list[str]) -> str:
    return ", ".join(["%s"] * len(values)) or "NULL"
