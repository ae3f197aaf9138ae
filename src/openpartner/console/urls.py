"""The console's routes."""

from __future__ import annotations

from openpartner.console import customer, customer_actions, customers, downloads, home, keeping
from openpartner.console.identity_urls import ROUTES
from openpartner.console.page import routes

REGISTERED = (home, customers, customer_actions, customer, keeping, downloads)
"""Modules whose pages register on import."""

urlpatterns = [*ROUTES, *routes()]
