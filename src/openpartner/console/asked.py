"""What a request asks for: a number in its address, a form in its body."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict

from openpartner.core.base.errors import NotVisible


def number_in(text: str, what: str) -> int:
    """The primary key that a part of an address spells; NotVisible for anything else, as for a key nobody has."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotVisible(what)
    return int(text)


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, perhaps nothing at all; None while the form is only asked for."""
    return request.POST if request.method == "POST" else None
