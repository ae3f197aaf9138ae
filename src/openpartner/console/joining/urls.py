"""The routes of those who were invited, before and after they sign in."""

from __future__ import annotations

from django.urls import path

from openpartner.console.joining.applying import apply_page
from openpartner.console.joining.opening import join
from openpartner.console.joining.registering import register

ROUTES = [
    path("join/<str:token>/", join, name="join"),
    path("join/<str:token>/register/", register, name="join-register"),
    path("join/<str:token>/apply/", apply_page, name="join-apply"),
]
"""Pages behind an invitation's link."""
