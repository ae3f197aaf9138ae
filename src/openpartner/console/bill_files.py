"""Fetching a file of bills by a link that was given to an SDK: nobody signs in, the link alone is the right."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from openpartner.core.base.errors import NotVisible
from openpartner.core.billing.downloads import open_link

TYPES = {"csv": "text/csv; charset=utf-8", "zip": "application/zip"}


@never_cache
@require_safe
def bill_file(_request: HttpRequest, link: str, name: str) -> HttpResponseBase:  # noqa: ARG001  # for the reader alone
    """The file, always as an attachment under its own name, whatever the address calls it."""
    try:
        row, file = open_link(link)
    except NotVisible as error:
        raise Http404 from error
    suffix = row.name.rpartition(".")[2]
    return FileResponse(file, as_attachment=True, filename=row.name, content_type=TYPES[suffix])
