"""Django's entry for this capability."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare what keeps the search index, how a large load does without, and what new customers may see."""
        from openpartner.core.accounts.placing import BOUND
        from openpartner.core.base import bulk, triggers
        from openpartner.core.customers.messages import apply_bill_view
        from openpartner.core.customers.search_index import ASIDE, TRIGGERS

        triggers.register(*TRIGGERS)
        bulk.register(ASIDE)
        BOUND.append(apply_bill_view)
