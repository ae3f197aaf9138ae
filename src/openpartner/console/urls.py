"""The console's routes."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from openpartner.console import customers as _customers  # noqa: F401  # registers its page
from openpartner.console.page import routes
from openpartner.console.sign_in import sign_in_page, sign_out

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="customers"), name="home"),
    path("sign-in/", sign_in_page, name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
    *routes(),
]
