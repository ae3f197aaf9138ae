"""Django's entry for this capability."""

from django.apps import AppConfig


class BudgetsConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.budgets"
    label = "budgets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Follow what customers spend, customers that leave, and what partners owe."""
        from openpartner.core.accounts import placing
        from openpartner.core.billing import followers
        from openpartner.core.budgets import consumption, following
        from openpartner.core.budgets.models import Budget
        from openpartner.core.credit import usable
        from openpartner.core.customers import rank_names, ranks

        followers.FOLLOWERS.append(following.check_charged)
        placing.RELEASING.append(following.drop_budget)
        usable.BARRED.append(lambda payer: consumption.consumption(payer).is_over)
        ranks.register(rank_names.USED, ranks.Kept(Budget, "used_percent", "budget_used"))
