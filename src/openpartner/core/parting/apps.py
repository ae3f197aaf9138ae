"""Django's entry for this capability."""

from django.apps import AppConfig


class PartingConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.parting"
    label = "parting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Close what was asked about an association that ends otherwise."""
        from openpartner.core.accounts.placing import RELEASING
        from openpartner.core.parting.lapsing import lapse

        RELEASING.append(lapse)
