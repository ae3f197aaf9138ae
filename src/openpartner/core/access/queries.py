"""Reading the people of an account as a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import (
    Aggregate,
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from openpartner.core.access.models import AccessKey, Passkey, Role, User, UserRole
from openpartner.core.access.roles import Preset
from openpartner.core.base.scope import Scope
from openpartner.kit import clock

WHY = "hangs on a user that a scope shows"
ADMINISTRATORS_MAX = 20


class MemberState(TextChoices):
    """How somebody stands."""

    ACTIVE = "active"
    INVITED = "invited"  # has set no password yet, and no provider vouches for them
    LOCKED = "locked"  # after failed sign-ins, for a while
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFilter:
    """Which people; None means no condition."""

    text: str | None = None  # part of name or e-mail, whatever the case
    role: str | None = None  # a preset's code, or the key of a custom role as text
    state: MemberState | None = None
    has_second_factor: bool | None = None
    is_active: bool | None = None


class _Joined(Aggregate):
    """Texts of several rows, joined by commas."""

    function = "string_agg"
    template = "%(function)s(%(expressions)s, ',')"
    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:  # noqa: ANN401  # Django's own
        """SQLite's name for it."""
        return super().as_sql(compiler, connection, function="group_concat", **context)


def members(scope: Scope, where: MemberFilter) -> QuerySet[User]:
    """The people of the caller's own account, each with `role_names`, `state` and `has_second_factor`.

    The names are joined by commas; a preset stands there by its code.
    """
    rows = User.objects.within(scope).annotate(
        role_names=Subquery(_role_names()),
        state=_state(),
        has_second_factor=ExpressionWrapper(
            ~Q(totp_secret="") | Exists(Passkey.objects.everything(reason=WHY).filter(user=OuterRef("pk"))),
            output_field=BooleanField(),
        ),
    )
    if where.text:
        rows = rows.filter(Q(name__icontains=where.text) | Q(email__icontains=where.text))
    if where.role is not None:
        held = Q(custom=int(where.role)) if where.role.isdecimal() else Q(preset=where.role)
        rows = rows.filter(Exists(UserRole.objects.filter(held, user=OuterRef("pk"))))
    equal = {"state": where.state, "has_second_factor": where.has_second_factor, "is_active": where.is_active}
    return rows.filter(**{name: value for name, value in equal.items() if value is not None})


def administrators(account: int) -> list[User]:
    """The active administrators of an account that was read within a scope, the first ones first; twenty at most."""
    held = UserRole.objects.filter(user=OuterRef("pk"), preset=Preset.ADMINISTRATOR)
    rows = User.objects.everything(reason="whom an account is told through").filter(account=account, is_active=True)
    return list(rows.filter(Exists(held)).order_by("pk")[:ADMINISTRATORS_MAX])


def roles_of(user: User) -> tuple[list[Preset], list[Role]]:
    """The presets and the custom roles of a user that was reached through a scope."""
    rows = list(UserRole.objects.filter(user=user).select_related("custom"))
    return [Preset(row.preset) for row in rows if row.preset], [row.custom for row in rows if row.custom]


def custom_roles(scope: Scope) -> list[Role]:
    """The custom roles of the caller's own account, by name."""
    return list(Role.objects.within(scope).order_by("name"))


def holders(scope: Scope) -> Mapping[str, int]:
    """How many people hold each role: by a preset's code, or by the key of a custom role as text."""
    people = User.objects.within(scope).values("pk")
    rows = UserRole.objects.filter(user__in=people).values_list("preset", "custom").annotate(n=Count("pk"))
    return {preset or str(custom): number for preset, custom, number in rows}


def keys_of(scope: Scope, user: int) -> list[AccessKey]:
    """The access keys of one of the account's people, the older first; never read their secrets from here."""
    return list(
        AccessKey.objects.within(scope)
        .filter(user_id=user, slot__isnull=False)
        .defer("secret")
        .order_by("created_at", "slot")
    )


def usable_key(scope: Scope, user: int | None) -> str:
    """An access key with which this person can sign, empty when there is none."""
    rows = (
        AccessKey.objects.within(scope).filter(user_id=user or 0, is_active=True, slot__isnull=False).order_by("slot")
    )
    return rows.values_list("access_key", flat=True).first() or ""


def _role_names() -> QuerySet[UserRole, Any]:
    rows = UserRole.objects.filter(user=OuterRef("pk")).order_by().values("user")
    return rows.annotate(names=_Joined(Coalesce(F("custom__name"), F("preset")))).values("names")


def _state() -> Case:
    has_password = ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return Case(
        When(is_active=False, then=Value(MemberState.DISABLED)),
        When(locked_until__gt=clock.now(), then=Value(MemberState.LOCKED)),
        When(has_password | ~Q(identity_subject=""), then=Value(MemberState.ACTIVE)),
        default=Value(MemberState.INVITED),
        output_field=CharField(),
    )
