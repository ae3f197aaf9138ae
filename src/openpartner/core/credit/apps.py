"""Django's entry for this capability."""

from django.apps import AppConfig


class CreditConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.credit"
    label = "credit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Follow what changes credit from below: charges, and customers that leave."""
        from openpartner.core.accounts import placing
        from openpartner.core.billing import followers
        from openpartner.core.credit import following, standing
        from openpartner.core.customers import suspension

        followers.FOLLOWERS.append(following.reassess_charged)
        placing.RELEASING.append(following.close_credit)
        suspension.ARREARS.append(standing.in_arrears)
