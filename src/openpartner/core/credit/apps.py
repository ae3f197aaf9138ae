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
        from openpartner.core.base import bulk, triggers
        from openpartner.core.billing import followers
        from openpartner.core.credit import following, repeated, standing
        from openpartner.core.credit.models import CustomerCredit
        from openpartner.core.customers import rank_names, ranks, suspension

        triggers.register(*repeated.TRIGGERS)
        bulk.register(repeated.ASIDE)
        followers.FOLLOWERS.append(following.reassess_charged)
        placing.RELEASING.append(following.close_credit)
        placing.RELEASING.append(repeated.forget)
        placing.BOUND.append(repeated.repeat)
        ranks.register(rank_names.AVAILABLE, ranks.Kept(CustomerCredit, "available", "customer_credit_available"))
        ranks.register(rank_names.CREDIT, ranks.Kept(CustomerCredit, "total", "customer_credit_total"))
        suspension.ARREARS.append(standing.in_arrears)
