"""Django's entry for this capability."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Remember what restatements change, and repeat what lists of customers are ordered by."""
        from openpartner.core.accounts import placing
        from openpartner.core.billing import newest
        from openpartner.core.billing.differences import remember
        from openpartner.core.billing.followers import FOLLOWERS
        from openpartner.core.billing.models import CustomerSpent
        from openpartner.core.customers import rank_names, ranks

        FOLLOWERS.append(remember)
        FOLLOWERS.append(newest.follow)
        placing.RELEASING.append(newest.forget)
        placing.BOUND.append(newest.repeat)
        ranks.register(rank_names.SPENT, ranks.Kept(CustomerSpent, "micros", "customer_spent_micros"))
