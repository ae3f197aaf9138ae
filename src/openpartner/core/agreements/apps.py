"""Django's entry for this capability."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.agreements"
    label = "agreements"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Guard what was published and accepted."""
        from openpartner.core.agreements.triggers import TRIGGERS
        from openpartner.core.base.triggers import register

        register(*TRIGGERS)
