"""Django's entry for this capability."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"
