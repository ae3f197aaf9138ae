"""Replayed writes: the very same signed request gets the first answer again.

Both SDKs retry, neither sends an idempotency key, and a captured request stays valid inside the skew window.
So a write is remembered by key, operation and signature, in the transaction of the write itself: the unique
row makes a concurrent twin wait, and an error leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction

from openpartner.apikit.call import Call
from openpartner.core.access.models import RememberedAnswer
from openpartner.kit import clock

REMEMBERED_FOR = timedelta(minutes=31)
"""Twice Huawei's skew of 15 minutes, and a minute: no signature is valid for longer."""


def once(call: Call, run: Callable[[], None]) -> None:
    """Run a signed write and remember its answer, or give the remembered answer of its twin."""
    assert call.caller is not None
    assert call.operation is not None
    if call.caller.key is None or not call.signature:
        run()  # a token names no request, so there is nothing to recognise a replay by
        return
    key = {"key_id": call.caller.key, "operation": call.operation.name, "signature": call.signature}
    try:
        with transaction.atomic():
            row = RememberedAnswer.objects.create(**key, expires_at=clock.now() + REMEMBERED_FOR)
            run()
            row.status, row.body, row.request_id = call.status, call.answer, call.request_id
            row.save(update_fields=["status", "body", "request_id"])
    except IntegrityError:
        first = RememberedAnswer.objects.filter(**key).first()
        if first is None:
            raise  # some other constraint: not a replay
        call.status, call.answer, call.request_id = first.status, bytes(first.body), first.request_id
