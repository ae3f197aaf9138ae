"""Django's entry for this capability."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare what the database itself must refuse."""
        from openpartner.core.audit.triggers import TRIGGERS
        from openpartner.core.base.triggers import register

        register(*TRIGGERS)
