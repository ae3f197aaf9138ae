"""Django's entry for this capability."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.mail"
    label = "mail"
    default_auto_field = "django.db.models.BigAutoField"
