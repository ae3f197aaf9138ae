"""Django's entry for this capability."""

from django.apps import AppConfig


class LoadingConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.loading"
    label = "loading"
    default_auto_field = "django.db.models.BigAutoField"
