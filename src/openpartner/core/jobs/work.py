"""What a job's function holds: its arguments, its caller, its checkpoint and its lease."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction

from openpartner.core.base.caller import Caller
from openpartner.core.jobs.claim import Claim, Stopped, heartbeat, save


class Work:
    """One claim of one job, while it runs.

    The function does its writes in steps, each with its checkpoint, so that a step and the memory of it are
    committed together and nothing is applied twice:

        for batch in batches(after=work.cursor):
            with work.step():
                insert(batch)
                work.checkpoint(batch.last, done=..., total=...)

    A step should take seconds: on SQLite nobody else can write meanwhile, and on PostgreSQL a step that outlasts
    the lease is taken over and then refused.
    """

    def __init__(self, claim: Claim, caller: Caller | None, stopping: Callable[[], bool]) -> None:
        self.id = claim.id
        self.kind = claim.kind
        self.args: dict[str, Any] = claim.args
        self.cursor = claim.cursor
        """The last checkpoint, empty at the first run."""
        self.done = claim.done
        self.total = claim.total
        self.result: dict[str, Any] = {}
        """What the job wants remembered when it is done, as JSON values."""
        self._claim = claim
        self._caller = caller
        self._stopping = stopping
        self._in_step = False

    @property
    def caller(self) -> Caller:
        """Whose job it is, with the rights and the scope of now, not of when it was enqueued."""
        assert self._caller is not None, f"{self.kind} was enqueued by the system: it has no caller"
        return self._caller

    @contextlib.contextmanager
    def step(self) -> Iterator[None]:
        """One transaction for some writes and their checkpoint.

        Raises Stopped once it is committed, when the worker has been asked to stop.
        """
        assert not self._in_step, "a step within a step"
        self._in_step, before = True, (self.cursor, self.done, self.total)
        try:
            with transaction.atomic():
                yield
        except BaseException:
            self.cursor, self.done, self.total = before  # the checkpoint went with the transaction
            raise
        finally:
            self._in_step = False
        if self._stopping():
            raise Stopped

    def checkpoint(self, cursor: str, done: int = 0, total: int = 0) -> None:
        """Remember how far the job is and renew its lease, in one statement. A step of its own outside of one.

        Raises Lost when another worker has taken the job, Cancelled when somebody asked for it; either way the
        step is rolled back.
        """
        if not self._in_step:
            with self.step():
                self.checkpoint(cursor, done, total)
            return
        save(self._claim, cursor, done, total)
        self.cursor, self.done, self.total = cursor, done, total

    def heartbeat(self) -> None:
        """Renew the lease without a checkpoint, for a stretch that writes nothing. Raises like `checkpoint`."""
        heartbeat(self._claim)
        if not self._in_step and self._stopping():
            raise Stopped
