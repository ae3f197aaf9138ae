"""Django's entry for this capability."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare what the database itself must refuse."""
        from openpartner.core.base.triggers import register
        from openpartner.core.ledger.triggers import TRIGGERS

        register(*TRIGGERS)
