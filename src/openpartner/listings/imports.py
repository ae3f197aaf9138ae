"""Imports of files: what was brought, by whom, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, CharField, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.access.models import User
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.base.sqltext import JsonText
from openpartner.core.jobs.models import Job, JobState
from openpartner.core.loading.jobs import KIND
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing, Words
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.registry import register

STATES: dict[str, Words] = {
    JobState.QUEUED: _("Waiting"),
    JobState.RUNNING: _("Running"),
    JobState.DONE: pgettext_lazy("job", "Done"),
    JobState.FAILED: _("Refused"),
    JobState.CANCELLED: _("Cancelled"),
}
TONES: dict[str, str] = {
    JobState.RUNNING: "warn",
    JobState.DONE: "good",
    JobState.FAILED: "bad",
}
CHECK, APPLY = 0, 1
STEPS: dict[int, Words] = {CHECK: _("Check only"), APPLY: _("Import")}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFilter:
    """Conditions on a list of imports; None means no condition."""

    name_contains: str | None = None
    state: str | None = None
    step: int | None = None


def _imports(scope: Scope, where: ImportFilter) -> QuerySet[Job]:
    is_check = When(args__contains='"dry_run": true', then=Value(CHECK))
    rows = (
        Job.objects.within(scope)
        .filter(kind=KIND)
        .annotate(name=JsonText("args", "name"), step=Case(is_check, default=Value(APPLY), output_field=IntegerField()))
    )
    if where.name_contains is not None:
        rows = rows.filter(name__icontains=where.name_contains)
    if where.state is not None:
        rows = rows.filter(state=where.state)
    if where.step is not None:
        rows = rows.filter(step=where.step)
    return rows


_PERSON = Coalesce(
    Subquery(User.objects.everything(reason="who imported for the account").filter(pk=OuterRef("user")).values("name")),
    Value(""),
    output_field=CharField(),
)

IMPORTS: Listing[ImportFilter] = Listing(
    name="imports",
    title=_("Imports"),
    permission=Permission.IMPORT,
    export_permission=None,
    where=ImportFilter,
    source=ModelRows(_imports, {"asked": ("created_at",), "ended": ("finished_at",)}),
    order="-asked",
    columns=(
        Column(key="file", label=_("File"), value="name", link="import_page", has_initials=False),
        Column(key="step", label=_("Step"), value="step", shows=Cell.CHOICE, words=STEPS),
        Column(key="state", label=_("Status"), value="state", shows=Cell.CHOICE, words=STATES, tones=TONES),
        Column(key="rows", label=_("Rows"), value=JsonText("result", "rows"), shows=Cell.NUMBER),
        Column(key="new", label=_("New"), value=JsonText("result", "new"), shows=Cell.NUMBER),
        Column(key="changed", label=_("Changed"), value=JsonText("result", "changed"), shows=Cell.NUMBER),
        Column(
            key="unchanged",
            label=_("Unchanged"),
            value=JsonText("result", "unchanged"),
            shows=Cell.NUMBER,
            is_default=False,
        ),
        Column(key="person", label=_("By"), value=_PERSON),
        Column(key="asked", label=_("Asked for on"), value="created_at", shows=Cell.INSTANT, order="asked"),
        Column(key="ended", label=_("Ended on"), value="finished_at", shows=Cell.INSTANT, order="ended"),
    ),
    filters=(
        Filter(
            key="name_contains",
            label=_("File"),
            control=controls.search(_("Name of the file")),
            is_always_shown=True,
        ),
        Filter(key="state", label=_("Status"), control=controls.choice(STATES), is_always_shown=True),
        Filter(key="step", label=_("Step"), control=controls.choice(STEPS), is_always_shown=True),
    ),
)
register(IMPORTS)
