"""Django's entry for this capability."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare what the database itself must refuse."""
        from openpartner.core.accounts.triggers import TRIGGERS
        from openpartner.core.base.triggers import register

        register(*TRIGGERS)
