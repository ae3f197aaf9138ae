"""Putting work on the queue, in the transaction of the change that asks for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from openpartner.core.base.caller import Caller
from openpartner.core.jobs import bell
from openpartner.core.jobs.models import Job
from openpartner.core.jobs.registry import KINDS
from openpartner.kit import clock


def enqueue(caller: Caller | None, kind: str, args: Mapping[str, object], run_at: datetime | None = None) -> Job:
    """Insert a job and return it; it exists if and only if the surrounding transaction commits.

    `caller` is whose job it is, None for the system's own. Its permission is checked here and again when the job
    runs, with the rights it has then. `args` are JSON values and never hold a secret.
    """
    registered = KINDS[kind]
    if registered.permission is not None:
        assert caller is not None, f"{kind} asks for {registered.permission}, which the system does not hold"
        caller.must(registered.permission)
    with transaction.atomic():
        row = Job.objects.create(
            kind=kind,
            args=json.dumps(args, sort_keys=True, ensure_ascii=False),
            caller=json.dumps(_remembered(caller), sort_keys=True, ensure_ascii=False),
            run_at=int(run_at.timestamp()) if run_at is not None else clock.epoch_seconds(),
            created_at=clock.now(),
            account=caller.account if caller is not None else None,
            user=caller.user if caller is not None else None,
        )
        # Only wakes: a worker that hears nothing looks within a second.
        transaction.on_commit(bell.ring)
    return row


def _remembered(caller: Caller | None) -> dict[str, object]:
    """Who it was. Neither rights nor scope: those are looked up anew when the job runs."""
    if caller is None:
        return {}
    return {
        "account": caller.counted,
        "user": caller.user,
        "key": caller.key,
        "request_id": caller.request_id,
        "language": caller.language,
        **({"delegation": caller.acting.delegation} if caller.acting is not None else {}),
    }
