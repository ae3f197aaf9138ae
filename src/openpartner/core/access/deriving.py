"""What is stored of roles, derived again after an upgrade: a release may give a preset role another permission."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate

from openpartner.core.access.models import Role, User, UserRole
from openpartner.core.access.users import permissions_of

READ_AT_ONCE = 2_000


def rederive_permissions() -> int:
    """Store each user's permissions as its roles say now; returns how many users changed."""
    changed = []
    users = User.objects.everything(reason="an upgrade spans all tenants").only("permissions").order_by("pk")
    for user in users.prefetch_related("roles__custom").iterator(READ_AT_ONCE):
        roles = list(user.roles.all())
        presets = [role.preset for role in roles if role.preset]
        now = permissions_of(presets, [role.custom.permissions for role in roles if role.custom])
        if user.permissions != now:
            user.permissions = now
            changed.append(user)
    for user in changed:
        user.save(update_fields=["permissions"])
    return len(changed)


def connect() -> None:
    """Derive after each migration."""
    post_migrate.connect(_after_migrate, dispatch_uid="openpartner permissions")


def _after_migrate(sender: AppConfig, **_: Any) -> None:
    tables = {model._meta.db_table for model in (User, UserRole, Role)}
    # Migrating backwards ends without the tables.
    if sender.label == "access" and tables <= set(connection.introspection.table_names()):
        rederive_permissions()
