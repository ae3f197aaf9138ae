"""Users and their roles: created, disabled, given roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.contrib.auth.hashers import make_password

from openpartner.core.access.models import AccessKey, AuthToken, Role, User, UserRole
from openpartner.core.access.roles import ALONE, BY_KIND, NEVER_TOGETHER, PRESETS, ROLES_MAX, Preset, granted, joined
from openpartner.core.access.scopes import scope_for
from openpartner.core.access.sessions import end_sessions
from openpartner.core.accounts.models import Account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountKind, Site
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.command import command
from openpartner.kit import clock

CUSTOM_ROLES_MAX = 10
"""huawei:A5: up to ten custom roles by default."""
ROLE_NAME_MAX = 64


def get_user(scope: Scope, user_id: int) -> User:
    """The user of the caller's own account with this key; NotVisible otherwise."""
    user = User.objects.within(scope).filter(pk=user_id).first()
    if user is None:
        raise NotVisible("user")
    return user


def get_role(scope: Scope, role_id: int) -> Role:
    """The custom role of the caller's own account with this key; NotVisible otherwise."""
    role = Role.objects.within(scope).filter(pk=role_id).first()
    if role is None:
        raise NotVisible("role")
    return role


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
    roles = _roles(caller, custom)
    must_hold(caller, _granted_by(caller, presets, roles))
    user = add_user(account=account, name=name, email=email, password=password, presets=presets, custom=roles)
    record(caller, Action.USER_CREATED, user=name, roles=[*presets])
    return user


@command(Action.ROLES_CHANGED, permission=Permission.MEMBER_MANAGE)
def change_roles(caller: Caller, *, user_id: int, presets: Sequence[Preset], custom: Sequence[int] = ()) -> User:
    """Give a user other roles and revoke its tokens. NotAllowed when the caller lacks what they allow or allowed."""
    user = get_user(caller.scope, user_id)
    roles = _roles(caller, custom)
    check_roles(presets, roles)
    must_hold(caller, _granted_by(caller, presets, roles) | granted(user.permissions, caller.kind))
    if user.pk == caller.user and Preset.ADMINISTRATOR in _presets_of(user) and Preset.ADMINISTRATOR not in presets:
        raise Conflict("an administrator cannot take the role from itself; ask another administrator")
    UserRole.objects.filter(user=user).delete()
    set_roles(user, presets, roles)
    revoke_tokens(user)
    record(caller, Action.ROLES_CHANGED, user=user.name, roles=[*presets, *(role.name for role in roles)])
    return user


@command(Action.ROLE_DEFINED, permission=Permission.MEMBER_MANAGE)
def define_role(caller: Caller, *, name: str, permissions: Iterable[Permission], role_id: int | None = None) -> Role:
    """Create a custom role, or change the one with this key; users who hold it have the new permissions at once.

    Invalid names the field; NotAllowed when the caller lacks what the role allows or allowed; Conflict beyond ten.
    """
    roles = Role.objects.within(caller.scope)
    role = get_role(caller.scope, role_id) if role_id is not None else Role(account_id=caller.account)
    wanted = frozenset(permissions)
    must_hold(caller, wanted | granted(role.permissions, caller.kind))
    role.name, role.permissions = _free_role_name(caller, role, name), joined(wanted)
    if not wanted:
        raise Invalid("permissions", "a role allows something")
    if not wanted <= BY_KIND[caller.kind]:
        raise Invalid("permissions", "an account of this kind cannot hold one of them")
    if role_id is None and roles.count() >= CUSTOM_ROLES_MAX:
        raise Conflict(f"an account has at most {CUSTOM_ROLES_MAX} roles of its own")
    role.save()
    for held in UserRole.objects.filter(custom=role).select_related("user"):
        _keep_permissions(held.user)
        revoke_tokens(held.user)
    record(caller, Action.ROLE_DEFINED, role=role.name, permissions=role.permissions)
    return role


@command(Action.ROLE_DELETED, permission=Permission.MEMBER_MANAGE)
def delete_role(caller: Caller, *, role_id: int) -> None:
    """Delete a custom role that nobody holds. Conflict while somebody does."""
    role = get_role(caller.scope, role_id)
    must_hold(caller, granted(role.permissions, caller.kind))
    if UserRole.objects.filter(custom=role).exists():
        raise Conflict("somebody holds this role; give them another one first")
    record(caller, Action.ROLE_DELETED, role=role.name, permissions=role.permissions)
    role.delete()


@command(Action.USER_DISABLED, Action.USER_ENABLED, permission=Permission.MEMBER_MANAGE)
def set_user_active(caller: Caller, *, user_id: int, active: bool) -> User:
    """Disable or enable a user. Disabling ends its sessions, revokes its tokens and stops its keys at once."""
    user = get_user(caller.scope, user_id)
    if user.pk == caller.user:
        raise Conflict("nobody disables themselves")
    must_hold(caller, granted(user.permissions, caller.kind))
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        end_sessions(user)
        revoke_tokens(user)
    record(caller, Action.USER_ENABLED if active else Action.USER_DISABLED, user=user.name)
    return user


def must_hold(caller: Caller, permissions: frozenset[Permission]) -> None:
    """NotAllowed unless the caller holds them all.

    Whoever manages people without being an administrator neither gives rights it does not have nor takes them away
    from who has them.
    """
    if not permissions & BY_KIND[caller.kind] <= caller.permissions:
        raise NotAllowed("this is about permissions that you do not hold yourself")


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
    """End every Huawei token of the user, and every temporary key."""
    temporary = AccessKey.objects.everything(reason="the user was reached").filter(user=user, slot__isnull=True)
    temporary.update(is_active=False)
    AuthToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=clock.now())


def _granted_by(caller: Caller, presets: Sequence[Preset], custom: Sequence[Role]) -> frozenset[Permission]:
    return granted(permissions_of(presets, [role.permissions for role in custom]), caller.kind)


def _presets_of(user: User) -> set[str]:
    return set(UserRole.objects.filter(user=user).values_list("preset", flat=True))


def _free_role_name(caller: Caller, role: Role, name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= ROLE_NAME_MAX or "," in name:
        raise Invalid("name", f"has 1 to {ROLE_NAME_MAX} characters and no comma")
    namesakes = Role.objects.within(caller.scope).filter(name=name).exclude(pk=role.pk)
    if name.casefold() in {*Preset} or namesakes.exists():
        raise Invalid("name", "is taken")
    return name


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
