"""Django's entry for this capability."""

from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.onboarding"
    label = "onboarding"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the tokens of invitations sealed anew with all other secrets."""
        from openpartner.core.access.keys import RESEALING
        from openpartner.core.onboarding.tokens import reseal

        RESEALING.append(reseal)
