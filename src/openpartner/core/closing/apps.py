"""Django's entry for this capability."""

from django.apps import AppConfig


class ClosingConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.closing"
    label = "closing"
    default_auto_field = "django.db.models.BigAutoField"
