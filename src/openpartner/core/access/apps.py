"""Django's entry for this capability."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep what is stored of roles in step with the release."""
        from openpartner.core.access import deriving

        deriving.connect()
