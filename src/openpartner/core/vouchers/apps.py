"""Django's entry for this capability."""

from django.apps import AppConfig


class VouchersConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.vouchers"
    label = "vouchers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the recurring work."""
