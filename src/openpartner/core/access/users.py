"""Users and their roles: created, disabled, given roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.contrib.auth.hashers import make_password

from openpartner.core.access.models import AuthToken, Role, User, UserRole
from openpartner.core.access.roles import ALONE, NEVER_TOGETHER, PRESETS, ROLES_MAX, Preset, granted, joined
from openpartner.core.access.scopes import scope_for
from openpartner.core.access.sessions import end_sessions
from openpartner.core.accounts.models import Account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind, Site
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.command import command
from openpartner.kit import clock

CUSTOM_ROLES_MAX = 10
"""huawei:A5: up to ten custom roles by default."""


def get_user(scope: Scope, user_id: int) -> User:
    """The user of the caller's own account with this key; NotVisible otherwise."""
    user = User.objects.within(scope).filter(pk=user_id).first()
    if user is None:
        raise NotVisible("user")
    return user


def list_users(scope: Scope) -> list[User]:
    """The users of the caller's own account, by name."""
    return list(User.objects.within(scope).prefetch_related("roles").order_by("name"))


def role_names(user: User) -> list[str]:
    """The user's roles, sorted: presets by their code, custom ones by their name."""
    return sorted(str(role) for role in UserRole.objects.filter(user=user).select_related("custom"))


def caller_of(user: User, *, via: str, request_id: str = "", language: str = "en") -> Caller:
    """The caller a signed-in user is."""
    account = user.account
    kind = AccountKind(account.kind)
    return Caller(
        account=account.pk,
        uin=account.uin,
        account_id=account.account_id,
        account_name=account.account_name,
        kind=kind,
        site=Site(account.site),
        user=user.pk,
        user_name=user.name,
        permissions=granted(user.permissions, kind),
        scope=scope_for(account=account.pk, kind=kind, manager=user.pk if user.only_assigned else None),
        via=via,
        request_id=request_id,
        language=language,
    )


def add_user(  # a user is these facts; a struct of them would be the model again
    *,
    account: Account,
    name: str,
    email: str,
    password: str | None,
    presets: Sequence[Preset],
    custom: Sequence[Role] = (),
) -> User:
    """Insert a user with one to three roles. For commands and builders, which check and record."""
    check_roles(presets, custom)
    user = User.objects.create(
        account=account, name=name, email=email.casefold(), password=make_password(password), created_at=clock.now()
    )
    set_roles(user, presets, custom)
    return user


@command(Action.USER_CREATED, permission=Permission.MEMBER_MANAGE)
def create_user(
    caller: Caller,
    *,
    name: str,
    email: str,
    password: str | None,
    presets: Sequence[Preset],
    custom: Sequence[int] = (),
) -> User:
    """Create a user of the caller's own account; without a password for now, if None. Invalid for what is taken."""
    account = Account.objects.everything(reason="the caller's own row").get(pk=caller.account)
    if User.objects.everything(reason="e-mails are unique across accounts").filter(email=email.casefold()).exists():
        raise Invalid("email", "is taken")
    if User.objects.within(caller.scope).filter(name=name).exists():
        raise Invalid("name", "is taken")
    user = add_user(
        account=account, name=name, email=email, password=password, presets=presets, custom=_roles(caller, custom)
    )
    record(caller, Action.USER_CREATED, user=name, roles=[*presets])
    return user


@command(Action.ROLES_CHANGED, permission=Permission.MEMBER_MANAGE)
def change_roles(caller: Caller, *, user_id: int, presets: Sequence[Preset], custom: Sequence[int] = ()) -> User:
    """Give a user other roles and revoke its tokens."""
    user = get_user(caller.scope, user_id)
    roles = _roles(caller, custom)
    check_roles(presets, roles)
    if user.pk == caller.user and Preset.ADMINISTRATOR not in presets:
        raise Conflict("an administrator cannot take the role from itself; ask another administrator")
    UserRole.objects.filter(user=user).delete()
    set_roles(user, presets, roles)
    revoke_tokens(user)
    record(caller, Action.ROLES_CHANGED, user=user.name, roles=[*presets, *(role.name for role in roles)])
    return user


@command(Action.ROLE_DEFINED, permission=Permission.MEMBER_MANAGE)
def define_role(caller: Caller, *, name: str, permissions: Iterable[Permission]) -> Role:
    """Create or change a custom role; users who hold it have the new permissions at once."""
    roles = Role.objects.within(caller.scope)
    if not roles.filter(name=name).exists() and roles.count() >= CUSTOM_ROLES_MAX:
        raise Conflict(f"an account has at most {CUSTOM_ROLES_MAX} roles of its own")
    role = roles.filter(name=name).first() or Role(account_id=caller.account, name=name)
    role.permissions = joined(permissions)
    role.save()
    for held in UserRole.objects.filter(custom=role).select_related("user"):
        _keep_permissions(held.user)
        revoke_tokens(held.user)
    record(caller, Action.ROLE_DEFINED, role=name, permissions=role.permissions)
    return role


@command(Action.USER_DISABLED, Action.USER_ENABLED, permission=Permission.MEMBER_MANAGE)
def set_user_active(caller: Caller, *, user_id: int, active: bool) -> User:
    """Disable or enable a user. Disabling ends its sessions, revokes its tokens and stops its keys at once."""
    user = get_user(caller.scope, user_id)
    if user.pk == caller.user:
        raise Conflict("nobody disables themselves")
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        end_sessions(user)
        revoke_tokens(user)
    record(caller, Action.USER_ENABLED if active else Action.USER_DISABLED, user=user.name)
    return user


def check_roles(presets: Sequence[Preset], custom: Sequence[Role]) -> None:
    """Invalid unless there are one to three roles that may stand together (huawei:A5)."""
    if not 1 <= len(presets) + len(custom) <= ROLES_MAX:
        raise Invalid("roles", f"a user has one to {ROLES_MAX} roles")
    if len(set(presets)) < len(presets):
        raise Invalid("roles", "each role once")
    if ALONE & set(presets) and len(presets) + len(custom) > 1:
        raise Invalid("roles", "an administrator has no second role")
    if set(presets) >= NEVER_TOGETHER:
        raise Invalid("roles", "account manager and account director exclude each other")


def set_roles(user: User, presets: Sequence[Preset], custom: Sequence[Role]) -> None:
    """Insert the roles and keep the user's permissions."""
    UserRole.objects.bulk_create(
        [UserRole(user=user, preset=preset) for preset in presets]
        + [UserRole(user=user, custom=role) for role in custom]
    )
    _keep_permissions(user)


def permissions_of(presets: Iterable[str], custom: Iterable[str]) -> str:
    """The stored spelling of what these preset codes and custom permission lists add up to."""
    names = {permission for preset in presets for permission in PRESETS[Preset(preset)]}
    return joined(names | {Permission(name) for stored in custom for name in stored.split(",") if name})


def revoke_tokens(user: User) -> None:
    """End every Huawei token of the user."""
    AuthToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=clock.now())


def _keep_permissions(user: User) -> None:
    rows = list(UserRole.objects.filter(user=user).select_related("custom"))
    presets = [row.preset for row in rows if row.preset]
    user.permissions = permissions_of(presets, [row.custom.permissions for row in rows if row.custom])
    user.only_assigned = presets == [Preset.ACCOUNT_MANAGER] and len(rows) == 1
    user.save(update_fields=["permissions", "only_assigned"])


def _roles(caller: Caller, ids: Sequence[int]) -> list[Role]:
    roles = list(Role.objects.within(caller.scope).filter(pk__in=ids))
    if len(roles) != len(set(ids)):
        raise NotVisible("role")
    return roles
