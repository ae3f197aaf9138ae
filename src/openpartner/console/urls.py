"""The console's routes."""

from __future__ import annotations

from django.urls import path

from openpartner.console import customers, downloads, home, keeping
from openpartner.console.page import routes
from openpartner.console.sign_in import sign_in_page, sign_out

REGISTERED = (home, customers, keeping, downloads)
"""Modules whose pages register on import; the order is the order of the menu."""

urlpatterns = [
    path("sign-in/", sign_in_page, name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
    *routes(),
]
