"""Django's entry for this capability."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
