"""The roles of an organization: those everybody has, and its own (huawei:A5). A handful, so they are listed as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Expression
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.access.queries import custom_roles, holders
from openpartner.core.access.roles import BY_KIND, PRESETS, granted
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.kit.slices import Page, Slice
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing, Row, Words
from openpartner.listings.organization_words import PRESET_NOTES
from openpartner.listings.organization_words import PRESETS as PRESET_WORDS
from openpartner.listings.registry import register


class Origin(StrEnum):
    """Where a role comes from."""

    PRESET = "preset"
    OWN = "own"


ORIGINS: dict[str, Words] = {
    Origin.PRESET: pgettext_lazy("role", "Preset"),
    Origin.OWN: pgettext_lazy("role", "Your own"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleFilter:
    """Which roles; None means no condition."""

    text: str | None = None
    origin: Origin | None = None


class RoleRows:
    """Presets from the code and custom roles from the database, in one list."""

    def __init__(self, expressions: tuple[str | Expression, ...]) -> None:
        self._names = [str(name) for name in expressions]

    def page(self, scope: Scope, where: RoleFilter, window: Slice, *, order: str, exact: bool) -> Page[Row]:
        """One slice and the total."""
        found = self._found(scope, where)
        return Page(found[window.offset : window.offset + window.limit], len(found))

    def stream(
        self, scope: Scope, where: RoleFilter, *, order: str, after: Row | None, batch: int
    ) -> Iterator[list[Row]]:
        """All roles behind a place, which is what each row ends with."""
        rows = [(*row, place) for place, row in enumerate(self._found(scope, where))]
        rest = rows[after[-1] + 1 :] if after else rows
        yield from (rest[at : at + batch] for at in range(0, len(rest), batch))

    def _found(self, scope: Scope, where: RoleFilter) -> list[Row]:
        text = (where.text or "").casefold()
        return [
            tuple(role[name] for name in self._names)
            for role in _roles(scope)
            if text in role["name"].casefold() and where.origin in {None, role["origin"]}
        ]


def _roles(scope: Scope) -> Iterator[dict[str, Any]]:
    people, most = holders(scope), BY_KIND[_kind(scope)]
    for number, (preset, permissions) in enumerate(PRESETS.items(), 1):
        yield {
            "pk": -number,
            "identity": str(preset),
            "name": str(PRESET_WORDS[preset]),
            "note": str(PRESET_NOTES[preset]),
            "origin": Origin.PRESET,
            "people": people.get(preset, 0),
            "permissions": len(permissions & most),
        }
    for role in custom_roles(scope):
        yield {
            "pk": role.pk,
            "identity": str(role.pk),
            "name": role.name,
            "note": "",
            "origin": Origin.OWN,
            "people": people.get(str(role.pk), 0),
            "permissions": len(granted(role.permissions, _kind(scope))),
        }


def _kind(scope: Scope) -> AccountKind:
    """A kind of account that has this scope; those that share one may hold the same permissions."""
    if scope.provider is not None:
        return AccountKind.PROVIDER
    if scope.payer is not None:
        return AccountKind.RESELLER
    return AccountKind.CUSTOMER if scope.customer is not None else AccountKind.SECOND_LEVEL_RESELLER


ROLES: Listing[RoleFilter] = Listing(
    name="roles",
    title=_("Roles"),
    permission=Permission.MEMBER_MANAGE,
    export_permission=None,  # sixteen rows at most, half of them not in the database
    where=RoleFilter,
    source=RoleRows,
    order="",
    identity="identity",
    columns=(
        Column(key="name", label=_("Role"), value="name", link="role", has_initials=False),
        Column(key="note", label=_("What it is for"), value="note", below="name"),
        Column(key="origin", label=_("Kind"), value="origin", shows=Cell.CHOICE, words=ORIGINS),
        Column(key="people", label=_("Members"), value="people", shows=Cell.NUMBER),
        Column(key="permissions", label=_("Permissions"), value="permissions", shows=Cell.NUMBER),
    ),
    filters=(
        Filter(key="text", label=_("Search"), is_always_shown=True, control=controls.search(_("Name of a role"))),
        Filter(key="origin", label=_("Kind"), control=controls.choice(ORIGINS), is_always_shown=True),
    ),
)
register(ROLES)
