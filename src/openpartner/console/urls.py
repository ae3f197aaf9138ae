"""The console's routes."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from openpartner import console
from openpartner.console.identity.urls import ROUTES
from openpartner.console.joining.urls import ROUTES as JOINING
from openpartner.console.page import routes

for found in pkgutil.walk_packages(console.__path__, f"{console.__name__}."):
    import_module(found.name)  # a module's pages register when it is imported

urlpatterns = [*ROUTES, *JOINING, *routes()]
