"""Django's entry for this capability."""

from django.apps import AppConfig


class CommissionsConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.commissions"
    label = "commissions"
    default_auto_field = "django.db.models.BigAutoField"
