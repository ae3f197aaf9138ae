"""How a page is declared: its path, the permission it needs, its place in the menu, and a function that answers.

Pages register themselves, so that routes, menu, permission matrix and reference come from one place.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.urls import URLPattern, path, re_path
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from openpartner.console.acting import ONESELF, acting_in, ended, refuse_other_role, weighed
from openpartner.console.identity.freshness import is_fresh, to_confirmation
from openpartner.console.languages import speak
from openpartner.console.menu import Menu
from openpartner.console.once import once
from openpartner.console.refusals import refused, to_sign_in
from openpartner.core.access.models import User
from openpartner.core.access.users import caller_of
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import ChannelError, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.kit.ids import mint_request_id

View = Callable[..., HttpResponseBase]
READING = ("GET", "HEAD")
WRITING = ("POST",)
FORM = ("GET", "HEAD", "POST")
"""A page with a form that is sent to the page itself."""
LISTING = ("GET", "HEAD", "POST")
"""A list is read by GET; what is masked in it is shown in full by POST, because that leaves a record."""
CALLER, FORMAT = "openpartner.caller", "file_format"


@dataclass(frozen=True, slots=True)
class Page:
    """A registered page or action. Without a permission it is for everybody who has signed in."""

    route: str
    permission: Permission | None
    name: str
    view: View
    methods: tuple[str, ...]
    menu: Menu | None
    is_for: Callable[[Caller], bool]
    is_list: bool = False
    """A list is also data: at the same address with .csv, .xlsx or .json in place of the last slash."""

    def is_open_to(self, caller: Caller) -> bool:
        """Whether the page exists for the caller and its permissions open it."""
        return (self.permission is None or self.permission in caller.permissions) and self.is_for(caller)


PAGES: list[Page] = []


def page(
    route: str,
    permission: Permission | None,
    *,
    menu: Menu | None = None,
    methods: tuple[str, ...] = READING,
    is_for: Callable[[Caller], bool] = lambda _caller: True,
    fresh: bool = False,
    is_list: bool = False,
) -> Callable[[View], View]:
    """Register a view behind sign-in, a permission and, where it is `fresh`, a recent confirmation of who it is.

    `is_for` says whose page it is beside the permission; for others it does not exist.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, **values: str) -> HttpResponseBase:
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            user = request.user
            if not isinstance(user, User):
                return to_sign_in(request)
            speak(user.language)
            timezone.activate(user.time_zone)
            own = caller_of(user, via="console", request_id=mint_request_id(), language=user.language)
            acting = weighed(request, own)
            if acting is None:
                return ended(request)
            caller = own if route.startswith(ONESELF) else acting
            request.META[CALLER] = caller
            request.META[FORMAT] = values.pop(FORMAT, "")
            response: HttpResponseBase
            try:
                refuse_other_role(request)
                if permission is not None:
                    caller.must(permission)
                # No address of ours has a zero byte, and PostgreSQL does not take one to compare with.
                if not is_for(caller) or any("\0" in value for value in values.values()):
                    raise NotVisible("page")
                if fresh and not is_fresh(request):
                    return to_confirmation(request)
                response = once(request, view.__name__, lambda: view(request, caller, **values))
            except ChannelError as error:
                response = refused(request, caller, error)
            add_never_cache_headers(response)
            return response

        PAGES.append(Page(route, permission, view.__name__, guarded, methods, menu, is_for, is_list))
        return view

    return decorate


def action(
    route: str,
    permission: Permission | None,
    *,
    is_for: Callable[[Caller], bool] = lambda _caller: True,
    fresh: bool = False,
) -> Callable[[View], View]:
    """Register something that changes: like a page, by POST alone."""
    return page(route, permission, methods=WRITING, is_for=is_for, fresh=fresh)


def caller_in(request: HttpRequest) -> Caller | None:
    """Who asks for the page that is being answered, or whom they act for; None before it is known."""
    caller = acting_in(request) or request.META.get(CALLER)
    return caller if isinstance(caller, Caller) else None


def routes() -> list[URLPattern]:
    """The routes of every registered page; those without a placeholder first, so that none of them is taken for one."""
    ordered = sorted(PAGES, key=lambda found: found.route.count("<"))
    data = [
        re_path(f"^{_pattern(found.route)}[.](?P<{FORMAT}>csv|xlsx|json)$", found.view, name=f"{found.name}_data")
        for found in ordered
        if found.is_list
    ]
    return [*data, *(path(found.route, found.view, name=found.name) for found in ordered)]


def _pattern(route: str) -> str:
    """A route as a regular expression, its placeholders as texts without a slash."""
    return re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", r"(?P<\1>[^/.]+)", route.removesuffix("/"))
