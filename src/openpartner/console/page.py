"""How a page is declared: its path, the permission it needs, and a function that gets request and caller.

Pages register themselves, so that routes, the permission matrix and the reference come from one place.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path

from openpartner.core.access.models import User
from openpartner.core.access.users import caller_of
from openpartner.core.base.errors import NotAllowed, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.kit.ids import mint_request_id

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Page:
    """A registered page."""

    route: str
    permission: Permission
    name: str
    view: Callable[..., HttpResponseBase]


PAGES: list[Page] = []


def page(route: str, permission: Permission) -> Callable[[View], View]:
    """Register a view behind sign-in and a permission."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, **values: str) -> HttpResponseBase:
            user = request.user
            if not isinstance(user, User):
                return redirect("sign-in")
            caller = caller_of(user, via="console", request_id=mint_request_id(), language=user.language)
            try:
                caller.must(permission)
                return view(request, caller, **values)
            except NotAllowed as error:
                return render(request, "console/refused.html", {"message": error.message}, status=403)
            except NotVisible as error:
                return render(request, "console/refused.html", {"message": error.message}, status=404)

        PAGES.append(Page(route, permission, view.__name__, guarded))
        return view

    return decorate


def routes() -> list[URLPattern]:
    """The routes of every registered page."""
    return [path(found.route, found.view, name=found.name) for found in PAGES]
