"""Django's entry for this capability."""

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.settlement"
    label = "settlement"
    default_auto_field = "django.db.models.BigAutoField"
