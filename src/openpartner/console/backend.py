"""Who a session belongs to. Django's own backend would read users without a scope."""

from __future__ import annotations

from django.contrib.auth.backends import BaseBackend

from openpartner.core.access.models import User


class SessionBackend(BaseBackend):
    """Loads the user of a session; signing in is `core.access.users.sign_in` alone."""

    def get_user(self, user_id: int) -> User | None:
        """The active user with this key, or None, which ends the session."""
        users = User.objects.everything(reason="the session names its user").select_related("account")
        return users.filter(pk=user_id, is_active=True).first()
