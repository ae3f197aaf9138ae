"""Django's entry for this capability."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"
