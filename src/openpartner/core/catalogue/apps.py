"""Django's entry for this capability."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.catalogue"
    label = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"
