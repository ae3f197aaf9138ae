"""Verifications for the provider: what waits for a review, and what was decided."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openpartner.core.base.permissions import Permission
from openpartner.core.verification.models import State
from openpartner.core.verification.queries import SubmissionFilter, submissions
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing, Tab
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.registry import register
from openpartner.listings.verification_words import DOCUMENTS, STATE_TONES, STATES, TYPES

VERIFICATIONS: Listing[SubmissionFilter] = Listing(
    name="verifications",
    title=_("Verifications"),
    permission=Permission.VERIFICATION_REVIEW,
    export_permission=Permission.VERIFICATION_REVIEW,
    where=SubmissionFilter,
    source=ModelRows(submissions, {"submitted": ("submitted_at",), "decided": ("decided_at",)}),
    order="submitted",
    columns=(
        Column(key="number", label=_("Number"), value="id", shows=Cell.ID, link="verification", has_initials=False),
        Column(key="customer", label=_("Customer"), value="customer__account_name", mask=Mask.NAME),
        Column(key="uin", label=_("UIN"), value="customer__uin", shows=Cell.ID),
        Column(key="account_id", label=_("Customer ID"), value="customer__account_id", shows=Cell.ID, is_default=False),
        Column(key="type", label=_("Customer type"), value="customer_type", shows=Cell.CHOICE, words=TYPES),
        Column(key="name", label=_("Name on the document"), value="name", mask=Mask.NAME),
        Column(key="document", label=_("Document"), value="document", shows=Cell.CHOICE, words=DOCUMENTS),
        Column(key="attempt", label=_("Attempt"), value="attempt", shows=Cell.NUMBER),
        Column(key="state", label=_("Status"), value="state", shows=Cell.CHOICE, words=STATES, tones=STATE_TONES),
        Column(key="partner", label=_("Partner"), value="partner__legal_name", mask=Mask.NAME, is_default=False),
        Column(key="submitted", label=_("Submitted"), value="submitted_at", shows=Cell.INSTANT, order="submitted"),
        Column(key="submitter", label=_("Submitted by"), value="submitter__account_name", mask=Mask.NAME),
        Column(key="decided", label=_("Decided"), value="decided_at", shows=Cell.INSTANT, order="decided"),
        Column(key="decider", label=_("Decided by"), value="decided_by", is_default=False),
        Column(key="opinion", label=_("Opinion"), value="opinion", is_default=False),
    ),
    filters=(
        Filter(
            key="text",
            label=_("Search"),
            control=controls.search(_("Name, UIN or ID of the customer")),
            is_always_shown=True,
        ),
        Filter(key="state", label=_("Status"), control=controls.choice(STATES), is_always_shown=True),
        Filter(key="customer_type", label=_("Customer type"), control=controls.choice(TYPES), is_always_shown=True),
        Filter(key="document", label=_("Document"), control=controls.choice(DOCUMENTS)),
        Filter(key="is_change", label=_("From a person to a company"), control=controls.yes_or_no()),
        Filter(key="is_reviewed", label=_("Reviewed by hand"), control=controls.yes_or_no()),
        Filter(key="since", label=_("Submitted since"), control=controls.day(), convert=controls.begin_of_day),
        Filter(key="until", label=_("Submitted until"), control=controls.day(), convert=controls.end_of_day),
    ),
    tabs=(
        Tab(
            key="waiting",
            label=_("Waiting"),
            conditions={"state": State.IN_REVIEW},
            without=frozenset({"state", "decided", "decider", "opinion"}),
        ),
        Tab(key="all", label=_("All")),
    ),
)
register(VERIFICATIONS)
