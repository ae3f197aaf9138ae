"""Django's entry for this capability."""

from django.apps import AppConfig


class VerificationConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.verification"
    label = "verification"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Seal the numbers of documents anew whenever keys are rotated."""
        from openpartner.core.access import keys
        from openpartner.core.verification import commands

        keys.RESEALING.append(commands.reseal)
