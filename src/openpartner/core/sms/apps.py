"""Django's entry for this capability."""

from django.apps import AppConfig


class SmsConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.sms"
    label = "sms"
    default_auto_field = "django.db.models.BigAutoField"
