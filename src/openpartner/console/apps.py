"""Django's entry for the console."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Templates and static files only."""

    name = "openpartner.console"
    label = "console"
