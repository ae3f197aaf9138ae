"""Django's entry for this capability."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Remember what restatements change."""
        from openpartner.core.billing.differences import remember
        from openpartner.core.billing.followers import FOLLOWERS

        FOLLOWERS.append(remember)
