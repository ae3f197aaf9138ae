"""Django's entry for this capability."""

from django.apps import AppConfig


class SalesConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.sales"
    label = "sales"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Note of a reported customer that it has an account, when that is bound."""
        from openpartner.core.accounts.placing import BOUND
        from openpartner.core.sales.reports import note_registration

        BOUND.append(note_registration)
