"""Where to go on: `next` parameters, which lead to pages of ours and nowhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

NEXT = "next"
NEXT_MAX = 2000


def own_path(request: HttpRequest, default: str = "home") -> str:
    """The path that the request's `next` names, if it is one of ours; else the default page's."""
    given = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    return as_own_path(given, request.get_host()) or reverse(default)


def as_own_path(given: str, host: str) -> str:
    """The path and query of an address of ours; empty for any other."""
    if len(given) > NEXT_MAX or not url_has_allowed_host_and_scheme(given, {host}):
        return ""
    parts = urlsplit(given)
    if not parts.path.startswith("/") or parts.path.startswith(("//", "/\\")):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")
