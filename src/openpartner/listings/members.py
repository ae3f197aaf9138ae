"""The people of an organization (huawei:A5)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openpartner.core.access.queries import MemberFilter, custom_roles, members
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing, Words
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.organization_words import (
    MEMBER_STATES,
    MEMBER_TONES,
    PRESETS,
    SECOND_FACTOR_TONES,
    SECOND_FACTORS,
)
from openpartner.listings.registry import register


def role_words(caller: Caller) -> dict[str, Words]:
    """The word of every role that the caller's account has: by a preset's code, by a custom role's key as text."""
    return {**PRESETS, **{str(role.pk): role.name for role in custom_roles(caller.scope)}}


MEMBERS: Listing[MemberFilter] = Listing(
    name="members",
    title=_("Members"),
    permission=Permission.MEMBER_MANAGE,
    export_permission=Permission.MEMBER_MANAGE,
    where=MemberFilter,
    source=ModelRows(
        members,
        {
            "name": ("name",),
            "email": ("email",),
            "state": ("state", "name"),
            "seen": ("last_login",),
            "joined": ("created_at",),
        },
    ),
    order="name",
    columns=(
        Column(key="name", label=_("Name"), value="name", order="name", link="member"),
        Column(key="email", label=_("E-mail"), value="email", order="email", below="name"),
        Column(key="roles", label=_("Roles"), value="role_names", shows=Cell.TAGS, words=PRESETS),
        Column(
            key="state",
            label=_("Status"),
            value="state",
            shows=Cell.CHOICE,
            words=MEMBER_STATES,
            tones=MEMBER_TONES,
            order="state",
        ),
        Column(
            key="second_factor",
            label=_("Second factor"),
            value="has_second_factor",
            shows=Cell.CHOICE,
            words=SECOND_FACTORS,
            tones=SECOND_FACTOR_TONES,
        ),
        Column(key="seen", label=_("Last sign-in"), value="last_login", shows=Cell.INSTANT, order="seen"),
        Column(
            key="joined",
            label=_("Member since"),
            value="created_at",
            shows=Cell.INSTANT,
            order="joined",
            is_default=False,
        ),
    ),
    filters=(
        Filter(key="text", label=_("Search"), is_always_shown=True, control=controls.search(_("Name or e-mail"))),
        Filter(
            key="role",
            label=_("Role"),
            control=lambda caller: controls.choice(role_words(caller))(caller),
            is_always_shown=True,
        ),
        Filter(key="state", label=_("Status"), control=controls.choice(MEMBER_STATES), is_always_shown=True),
        Filter(key="has_second_factor", label=_("Second factor"), control=controls.yes_or_no()),
    ),
)
register(MEMBERS)
