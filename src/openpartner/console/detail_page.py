"""The page of one record, reached from its list: what it is called, the way back, and its facts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from openpartner.console.preferences import zone_of
from openpartner.core.base.caller import Caller
from openpartner.listings.declare import Words


def detail_page(
    request: HttpRequest,
    caller: Caller,
    template: str,
    *,
    title: Words,
    back: tuple[str, Words],
    values: dict[str, Any],
) -> HttpResponse:
    """The answer of a template that extends `console/detail.html`. `back` is the name of the list's page and its title.

    Instants are in the reader's time zone, which the template finds as `zone`.
    """
    place, label = back
    common = {"caller": caller, "title": title, "back": (reverse(place), label), "zone": zone_of(request)}
    return render(request, f"console/{template}.html", {**common, **values})
