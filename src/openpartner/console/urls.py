"""The console's routes."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from openpartner.console import customers, downloads
from openpartner.console.page import routes
from openpartner.console.sign_in import sign_in_page, sign_out

REGISTERED = (customers, downloads)
"""Modules whose pages register on import."""

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="customers"), name="home"),
    path("sign-in/", sign_in_page, name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
    *routes(),
]
