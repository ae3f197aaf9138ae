"""The audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openpartner.core.audit.queries import EventFilter, events
from openpartner.core.base.permissions import Permission
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.organization_words import DOORS, EVENTS, SEAL_TONES, SEALS
from openpartner.listings.registry import register

AUDIT: Listing[EventFilter] = Listing(
    name="audit",
    title=_("Audit log"),
    permission=Permission.AUDIT_READ,
    export_permission=Permission.AUDIT_READ,
    where=EventFilter,
    source=ModelRows(events, {"at": ("at",)}),
    order="-at",
    columns=(
        Column(
            key="what",
            label=_("What happened"),
            value="action",
            shows=Cell.CHOICE,
            words=EVENTS,
            link="audit_event",
            has_initials=False,
        ),
        Column(key="at", label=_("When"), value="at", shows=Cell.INSTANT, order="at"),
        Column(key="who", label=_("Who"), value="actor_name"),
        Column(key="on_behalf", label=_("On behalf of"), value="on_behalf_name"),
        Column(key="subject", label=_("About account"), value="subject_name", shows=Cell.ID),
        Column(key="via", label=_("Through"), value="via", shows=Cell.CHOICE, words=DOORS),
        Column(key="sealed", label=_("Seal"), value="is_sealed", shows=Cell.CHOICE, words=SEALS, tones=SEAL_TONES),
        Column(key="action", label=_("Name of the event"), value="action", is_default=False),
        Column(key="request_id", label=_("Request ID"), value="request_id", is_default=False),
        Column(key="details", label=_("Details"), value="details", is_default=False),
    ),
    filters=(
        Filter(
            key="actor_contains",
            label=_("Search"),
            is_always_shown=True,
            control=controls.search(_("Who: account name or user name")),
        ),
        Filter(key="action", label=_("What happened"), control=controls.choice(EVENTS), is_always_shown=True),
        Filter(key="since", label=_("Since"), control=controls.day(), convert=controls.begin_of_day),
        Filter(key="until", label=_("Until"), control=controls.day(), convert=controls.end_of_day),
        Filter(key="subject_uin", label=_("About the account with UIN"), control=controls.number()),
        Filter(key="via", label=_("Through"), control=controls.choice(DOORS)),
        Filter(key="is_on_behalf", label=_("Done on behalf of a customer"), control=controls.yes_or_no()),
        Filter(key="is_sealed", label=_("Sealed"), control=controls.yes_or_no()),
    ),
)
register(AUDIT)
