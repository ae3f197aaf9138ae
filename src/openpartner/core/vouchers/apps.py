"""Django's entry for this capability."""

from django.apps import AppConfig


class VouchersConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.vouchers"
    label = "vouchers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell credit what vouchers pay beside it, and take vouchers back from customers that leave."""
        from openpartner.core.accounts.placing import RELEASING
        from openpartner.core.credit.usable import USABLE
        from openpartner.core.vouchers.ending import take_back_at_release
        from openpartner.core.vouchers.queries import usable_balances

        RELEASING.append(take_back_at_release)

        USABLE.append(usable_balances)
