"""Django's entry for this capability."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"
