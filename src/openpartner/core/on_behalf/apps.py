"""Django's entry for this capability."""

from django.apps import AppConfig


class OnBehalfConfig(AppConfig):
    """Names the app by its capability."""

    name = "openpartner.core.on_behalf"
    label = "on_behalf"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """End authorizations with the association and with the right that they stand on."""
        from openpartner.core.accounts import placing
        from openpartner.core.customers import rights
        from openpartner.core.on_behalf.endings import end_at_release, follow_right

        placing.RELEASING.append(end_at_release)
        rights.WITHDRAWN.append(follow_right)
