"""Keeping how a person wants the console: language, theme, and how each list looks."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from openpartner.console.languages import speak
from openpartner.console.own_path import as_own_path
from openpartner.console.page import action
from openpartner.console.preferences import DENSITIES, ListPreferences
from openpartner.core.access.models import User
from openpartner.core.access.profiles import change_profile, set_preference
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.listings.question import SIZES
from openpartner.listings.registry import LISTINGS

VIEWS_MAX = 20
VIEW_NAME_MAX = 40
QUERY_MAX = 1500


@action("appearance/", None)
def appearance(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Change the language or the theme, and go back."""
    user = change_profile(caller, language=request.POST.get("language"), theme=request.POST.get("theme"))
    speak(user.language)
    return HttpResponseRedirect(came_from(request))


@action("keep/<slug:listing>/", None)
def keep(request: HttpRequest, caller: Caller, listing: str) -> HttpResponse:
    """Keep columns, density, page size or a view of a list, and go back to it."""
    if listing not in LISTINGS:
        raise NotVisible("list")
    user = request.user
    assert isinstance(user, User)
    for key, value in _asked(ListPreferences.of(user, listing), request).items():
        set_preference(caller, key=f"{listing}.{key}", value=value)
    back = came_from(request).split("?")[0]
    query = request.POST.get("next", "")
    return HttpResponseRedirect(f"{back}?{query}" if query and len(query) <= QUERY_MAX else back)


def _asked(kept: ListPreferences, request: HttpRequest) -> dict[str, object]:
    """What is to be kept, by the last part of its key; None forgets."""
    given = request.POST
    if given.get("columns") == "default":
        return {"columns": None}
    if given.get("columns") == "chosen":
        return {"columns": ",".join(given.getlist("column"))}
    if given.get("density") in DENSITIES:
        return {"density": given["density"]}
    if given.get("size") in {str(size) for size in SIZES}:
        return {"size": int(given["size"])}
    if "forget" in given:
        return {"views": {name: query for name, query in kept.views.items() if name != given["forget"]}}
    name = " ".join(given.get("view", "").split())
    if not name or len(name) > VIEW_NAME_MAX:
        raise Invalid("view", _("give the view a name of at most 40 characters"))
    query = given.get("next", "")
    if len(query) > QUERY_MAX:
        raise Invalid("view", _("this view is too long to keep; keep its address instead"))
    if name not in kept.views and len(kept.views) >= VIEWS_MAX:
        raise Invalid("view", _("you keep twenty views already; remove one first"))
    messages.success(request, _("The view was saved. Its address can be shared."))
    return {"views": {**kept.views, name: query}}


def came_from(request: HttpRequest) -> str:
    """The path of the page that was left, if it is one of ours; else the start page."""
    return as_own_path(request.headers.get("Referer", ""), request.get_host()) or reverse("home")
