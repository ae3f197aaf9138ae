"""A form sent twice has one effect: each rendered form carries a key, and the result of the first time is kept by it.

The row that keeps it is inserted before the page does anything and filled after, in one transaction with what the page
does: a second click waits for the first and then sees the same. What was refused is not kept, so that it can be
corrected and sent again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from django.contrib.messages import add_message, get_messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_noop as _

from openpartner.core.access.models import SentForm
from openpartner.core.access.sealing import SealBroken, seal, unsealed
from openpartner.core.base.errors import ChannelError, Conflict
from openpartner.kit import clock

FORM_KEY = "form_key"
KEY_MAX = 36
REMEMBERED = timedelta(days=7)
BEYOND = frozenset({FORM_KEY, "csrfmiddlewaretoken"})
"""What a form carries beside what was filled in."""
SENT_OTHERWISE = _("this form was sent before with something else in it; open it anew")
SENT = _("this form was sent before; look at the present state")


NOTHING_DONE = "openpartner.nothing_done"


def nothing_done(request: HttpRequest) -> None:
    """Say that the answer to a form has changed nothing, as a preview: it is not kept."""
    request.META[NOTHING_DONE] = True


def once(request: HttpRequest, page: str, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The view's answer; for a form that was sent before, the answer it got then. Without a key every time counts."""
    key = request.POST.get(FORM_KEY, "") if request.method == "POST" else ""
    if not key or len(key) > KEY_MAX or "\0" in key:
        return view()
    assert request.user.pk is not None
    row = SentForm(user_id=request.user.pk, page=page, key=key, digest=_digest(request))
    row.expires_at = clock.now() + REMEMBERED
    try:
        return _first_time(request, row, view)
    except IntegrityError:
        first = SentForm.objects.filter(user=row.user_id, page=page, key=key).first()
        if first is None:
            raise  # some other constraint
        if first.digest != row.digest:
            raise Conflict(SENT_OTHERWISE) from None
        return _again(request, first)


def _first_time(request: HttpRequest, row: SentForm, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    refusal: ChannelError | None = None
    with transaction.atomic():
        row.save(force_insert=True)
        try:
            response = view()
        except ChannelError as error:
            refusal = error  # its command has taken back what it did; what was counted against the person stays
        if refusal is None and isinstance(response, HttpResponse) and _is_done(request, response):
            row.result = _kept(request, response)
            row.save(update_fields=["result"])
        else:
            row.delete()
    if refusal is not None:
        raise refusal
    return response


def _is_done(request: HttpRequest, response: HttpResponse) -> bool:
    return response.status_code < HTTPStatus.BAD_REQUEST and NOTHING_DONE not in request.META


def _kept(request: HttpRequest, response: HttpResponse) -> str:
    """A response and what it is about to say on the next page, sealed."""
    told = getattr(get_messages(request), "_queued_messages", [])
    return seal(
        json.dumps(
            {
                "status": response.status_code,
                "headers": dict(response.headers),
                "body": response.content.decode(),
                "messages": [(one.level, str(one.message), one.extra_tags) for one in told],
            }
        )
    )


def _again(request: HttpRequest, first: SentForm) -> HttpResponse:
    try:
        kept = json.loads(unsealed(first.result))
    except SealBroken:
        raise Conflict(SENT) from None  # the keys were rotated twice since
    for level, message, tags in kept["messages"]:
        add_message(request, level, message, tags)
    return HttpResponse(kept["body"], status=kept["status"], headers=kept["headers"])


def _digest(request: HttpRequest) -> str:
    given = sorted((name, values) for name, values in request.POST.lists() if name not in BEYOND)
    files = sorted((name, one.name, one.size) for name, some in request.FILES.lists() for one in some)
    text = json.dumps([request.path, given, files])
    # With the secret key: what was filled in may be a password, and nobody is to guess it from here.
    return salted_hmac("openpartner.console.once", text, algorithm="sha256").hexdigest()
