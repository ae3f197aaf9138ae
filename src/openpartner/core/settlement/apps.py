"""Django's entry for this capability."""

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.settlement"
    label = "settlement"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Charge what is published."""
        from openpartner.core.billing.followers import FOLLOWERS
        from openpartner.core.credit.confirmations import CHARGED
        from openpartner.core.settlement.charged import charged_of
        from openpartner.core.settlement.charging import charge

        FOLLOWERS.append(charge)
        CHARGED.append(charged_of)
