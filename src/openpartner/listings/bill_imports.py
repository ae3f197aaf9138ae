"""Imports of bills: what was brought, what it holds, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.billing.formats.known import FORMATS as KNOWN
from openpartner.core.billing.imports import ImportState
from openpartner.core.billing.models import BillImport
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing, Words
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.registry import register

STATES: dict[str, Words] = {
    ImportState.WAITING: _("In progress"),
    ImportState.CHECKED: _("Checked"),
    ImportState.REFUSED: _("Refused"),
    ImportState.PUBLISHED: pgettext_lazy("bills", "Published"),
    ImportState.SAME: _("Known already"),
}
TONES: dict[str, str] = {
    ImportState.WAITING: "warn",
    ImportState.PUBLISHED: "good",
    ImportState.REFUSED: "bad",
}
TITLES: dict[str, Words] = {"huawei-records": _("Huawei Cloud records")}
"""Of formats whose title is no name."""
FORMATS: dict[str, Words] = {key: TITLES.get(key, one.title) for key, one in KNOWN.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class BillImportFilter:
    """Conditions on a list of imports of bills; None means no condition."""

    name_contains: str | None = None
    state: str | None = None
    format: str | None = None


def _imports(scope: Scope, where: BillImportFilter) -> QuerySet[BillImport]:
    rows = BillImport.objects.within(scope)
    if where.name_contains is not None:
        rows = rows.filter(name__icontains=where.name_contains)
    if where.state is not None:
        rows = rows.filter(state=where.state)
    if where.format is not None:
        rows = rows.filter(format=where.format)
    return rows


BILL_IMPORTS: Listing[BillImportFilter] = Listing(
    name="bill-imports",
    title=_("Imports of bills"),
    permission=Permission.IMPORT,
    export_permission=None,
    where=BillImportFilter,
    source=ModelRows(_imports, {"brought": ("created_at",), "lines": ("lines",)}),
    order="-brought",
    columns=(
        Column(key="number", label=_("Number"), value="id", shows=Cell.ID),
        Column(key="file", label=_("File"), value="name", link="bill_import", has_initials=False),
        Column(key="format", label=_("Format"), value="format", shows=Cell.CHOICE, words=FORMATS),
        Column(key="state", label=_("Status"), value="state", shows=Cell.CHOICE, words=STATES, tones=TONES),
        Column(key="lines", label=_("Lines"), value="lines", shows=Cell.NUMBER, order="lines"),
        Column(key="parked", label=_("Without a customer"), value="parked", shows=Cell.NUMBER),
        Column(key="faults", label=_("Errors"), value="faults", shows=Cell.NUMBER),
        Column(key="brought", label=_("Brought on"), value="created_at", shows=Cell.INSTANT, order="brought"),
        Column(key="published", label=_("Published on"), value="published_at", shows=Cell.INSTANT),
    ),
    filters=(
        Filter(
            key="name_contains", label=_("File"), control=controls.search(_("Name of the file")), is_always_shown=True
        ),
        Filter(key="state", label=_("Status"), control=controls.choice(STATES), is_always_shown=True),
        Filter(key="format", label=_("Format"), control=controls.choice(FORMATS), is_always_shown=True),
    ),
)
register(BILL_IMPORTS)
