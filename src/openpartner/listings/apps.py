"""Django's entry for the listings."""

from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig


class ListingsConfig(AppConfig):
    """Without tables: it makes every listing known in every process."""

    name = "openpartner.listings"
    label = "listings"

    def ready(self) -> None:
        """Import every module of the package, so that each listing has registered."""
        assert self.module is not None
        for module in iter_modules(self.module.__path__):
            import_module(f"{self.name}.{module.name}")
