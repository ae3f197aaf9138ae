"""Django's entry for this capability."""

from django.apps import AppConfig


class VouchersConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.vouchers"
    label = "vouchers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell credit what vouchers pay beside it."""
        from openpartner.core.credit.usable import USABLE
        from openpartner.core.vouchers.queries import usable_balances

        USABLE.append(usable_balances)
