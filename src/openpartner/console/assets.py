"""The console's own files: their urls carry a version, and a browser keeps what carries the right one for a year."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest, HttpResponseBase

Answer = Callable[[HttpRequest], HttpResponseBase]
VERSION = "v"
FOR_EVER = "max-age=31536000, public, immutable"
KEPT = {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}


@cache
def version(name: str) -> str:
    """The first twelve hexadecimal digits of a static file's SHA-256, taken once a process; ValueError if absent."""
    found = finders.find(name)
    if not found:
        raise ValueError(f"static file {name!r} is missing; files below vendor/ come with `make setup` or `make run`")
    return hashlib.sha256(Path(str(found)).read_bytes()).hexdigest()[:12]


class VersionedFiles(StaticFilesStorage):
    """Makes `{% static 'console/base.css' %}` an url with the file's version, without a step of collecting files."""

    def url(self, name: str | None) -> str:
        """/static/<name>?v=<version>; ValueError if there is no such file."""
        return f"{super().url(name)}?{urlencode({VERSION: version(name or '')})}"


def keep_versioned(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware in front of WhiteNoise, which serves the files and knows no versions.

    A version other than ours is not kept: during an update a page of the next release may ask this one.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        name = request.path_info.removeprefix(settings.STATIC_URL)
        served = name != request.path_info and response.status_code in KEPT
        if served and request.GET.get(VERSION) == version(name):
            response.headers["Cache-Control"] = FOR_EVER
        return response

    return middleware
