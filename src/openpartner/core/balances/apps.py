"""Django's entry for this capability."""

from django.apps import AppConfig


class BalancesConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.balances"
    label = "balances"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Follow accounts that leave."""
        from openpartner.core.accounts import placing
        from openpartner.core.balances import moving

        placing.RELEASING.append(moving.return_balance)
