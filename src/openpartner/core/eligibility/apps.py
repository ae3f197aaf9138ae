"""Django's entry for this capability."""

from django.apps import AppConfig


class EligibilityConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.eligibility"
    label = "eligibility"
    default_auto_field = "django.db.models.BigAutoField"
