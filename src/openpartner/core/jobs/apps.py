"""Django's entry for this capability."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import every capability's `jobs.py`, so that each process knows every kind."""
        autodiscover_modules("jobs")
