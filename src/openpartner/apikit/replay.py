"""Repeated writes: a write that was answered once is answered like that again, and not carried out a second time.

Two things name a write. Its signature does, always: the SDKs retry, none of them sends a key by itself, and a captured
request stays valid inside the skew window. And its `Idempotency-Key` does, if the client sends one: then a retry that
was signed anew is recognised too, for a week. A newly signed write without a key is another write, as at the vendors.

The row that remembers is inserted before the write and filled after it, in the write's own transaction: the unique row
makes a concurrent twin wait, and a write that failed leaves nothing behind, so that its key may be used again. One
refusal leaves something: `Counted`, so that tries of a code are counted.

The header is not part of every signature. So a key counts for the caller that used it and for nobody else, and a
signature that was answered is never carried out again, whatever key somebody has put beside it since.

An answer that holds a secret is not kept: the row of such a write stays without one, and a repeat is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from openpartner.apikit.call import Call, Counted
from openpartner.apikit.idempotency import KeyTaken, digest_of, key_of
from openpartner.core.access.models import RememberedAnswer
from openpartner.core.base.compiled import prepared
from openpartner.core.base.swift import insert
from openpartner.kit import clock

SIGNATURE_REMEMBERED = timedelta(minutes=31)
"""Twice Huawei's skew of 15 minutes, and a minute: no signature is valid for longer."""
KEY_REMEMBERED = timedelta(days=7)


_REMEMBER = "UPDATE remembered_answer SET status = %s, body = %s, request_id = %s WHERE id = %s RETURNING id"


def once(call: Call, run: Callable[[], None]) -> None:
    """Run a write and remember its answer, or give the answer that it got before."""
    assert call.caller is not None
    assert call.operation is not None
    name = key_of(call)
    if not name and (call.caller.key is None or not call.signature):
        run()  # a token names no request, so there is nothing to recognise a repeat by
        return
    row = RememberedAnswer(
        account_id=call.caller.account,
        user_id=call.caller.user,
        key_id=call.caller.key,
        operation=call.operation.name,
        signature=call.signature if call.caller.key is not None else "",
        name=name,
        digest=digest_of(call) if name else "",
        expires_at=clock.now() + (KEY_REMEMBERED if name else SIGNATURE_REMEMBERED),
    )
    try:
        _run_first(call, run, row)
    except IntegrityError:
        first = _first(row)
        if first is None:
            raise  # some other constraint: not a repeat
        if first.expires_at > clock.now():
            _repeat(call, first, row)
            return
        first.delete()  # nobody has swept it away yet
        _run_first(call, run, row)


def _run_first(call: Call, run: Callable[[], None], row: RememberedAnswer) -> None:
    with transaction.atomic():
        insert(row)
        try:
            run()
        except Counted as refused:
            row.delete()
            counted = refused
        else:
            assert call.operation is not None
            if call.operation.keeps_secret:
                return
            assert not call.headers_out, "an answer with headers of its own cannot be given again"
            prepared(_REMEMBER, (call.status, call.answer, call.request_id, row.pk))
            return
    raise counted


def _first(row: RememberedAnswer) -> RememberedAnswer | None:
    """The write with the same signature, else the one with the same key."""
    same = RememberedAnswer.objects.filter(operation=row.operation)
    if row.key_id is not None:
        found = same.filter(key=row.key_id, signature=row.signature).first()
        if found is not None:
            return found
    return same.filter(Q(account=row.account_id, name=row.name) & ~Q(name="")).first()


def _repeat(call: Call, first: RememberedAnswer, row: RememberedAnswer) -> None:
    """Give the first answer, if it is the same write of the same caller."""
    if row.name and row.name != first.name:
        raise KeyTaken("this signed request was sent before without this Idempotency-Key; sign it anew")
    if row.name and (first.user_id != row.user_id or first.digest != row.digest):
        raise KeyTaken("this Idempotency-Key was used for another request")
    if not first.status:
        raise KeyTaken("this request was answered before, and its answer is not given twice; sign it anew")
    call.status, call.answer, call.request_id = first.status, bytes(first.body), first.request_id
