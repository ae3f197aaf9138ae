"""Fetching a file that a job made."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from openpartner.console.page import page
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.jobs.results import open_result


@page("downloads/<str:link>/", Permission.JOB_READ)
@never_cache
def download(_request: HttpRequest, caller: Caller, link: str) -> HttpResponseBase:
    """The file, always as an attachment: nothing a person brought is ever shown as a page."""
    row, file = open_result(caller, link)
    return FileResponse(file, as_attachment=True, filename=row.name, content_type="application/octet-stream")
