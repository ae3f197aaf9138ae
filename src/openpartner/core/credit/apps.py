"""Django's entry for this capability."""

from django.apps import AppConfig


class CreditConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.credit"
    label = "credit"
    default_auto_field = "django.db.models.BigAutoField"
