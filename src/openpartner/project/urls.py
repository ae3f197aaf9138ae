"""All routes that are not a vendor's."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import include, path

from openpartner.console.bill_files import bill_file


def health(_request: HttpRequest) -> JsonResponse:
    """200 when the process answers and its database does; for load balancers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


urlpatterns = [
    path("health", health),
    path("bill-files/<str:link>/<str:name>", bill_file, name="bill-file"),
    path("", include("openpartner.console.urls")),
]

handler400 = "openpartner.console.lost.bad_request"
handler404 = "openpartner.console.lost.not_found"
handler500 = "openpartner.console.lost.broken"
