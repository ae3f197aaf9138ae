"""Opportunities (huawei:B13)."""

from __future__ import annotations

from datetime import date

from django.db.models import CharField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from openpartner.core.access.managers import manager_choices
from openpartner.core.base.micros import Units
from openpartner.core.base.permissions import Permission
from openpartner.core.partners.queries import viewed
from openpartner.core.sales.queries import OpportunityFilter, opportunities
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing, Reader
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.registry import register
from openpartner.listings.reported_customers import has_managers, sells
from openpartner.listings.resellers import choices_of_partners, sees_customers_of_resellers
from openpartner.listings.sales_words import ORIGINS, SHARED, SHARED_TONES, STAGE_TONES, STAGES


def as_day(value: date, _reader: Reader) -> date:
    """A day that is nobody's instant: the same in every zone."""
    return value


def day_text(path: str) -> Cast:
    """A day as people write it, the same on a page and in every file."""
    return Cast(path, CharField())


OPPORTUNITIES: Listing[OpportunityFilter] = Listing(
    name="opportunities",
    title=_("Opportunities"),
    permission=Permission.SALES_READ,
    export_permission=Permission.SALES_READ,
    where=OpportunityFilter,
    source=ModelRows(
        opportunities,
        {
            "created": ("created_at",),
            "name": ("name",),
            "company": ("company",),
            "amount": ("micros",),
            "expected": ("expected_on",),
            "changed": ("changed_at",),
        },
    ),
    scope=viewed,
    order="-created",
    columns=(
        Column(key="name", label=_("Opportunity"), value="name", order="name", link="opportunity", has_initials=False),
        Column(key="company", label=_("Customer"), value="company", mask=Mask.NAME, order="company"),
        Column(key="partner", label=_("Partner"), value="partner__legal_name", is_for=sees_customers_of_resellers),
        Column(key="stage", label=_("Stage"), value="stage", shows=Cell.CHOICE, words=STAGES, tones=STAGE_TONES),
        Column(key="amount", label=_("Amount"), value=Units("micros"), shows=Cell.AMOUNT, order="amount"),
        Column(key="currency", label=_("Currency"), value="currency"),
        Column(key="expected", label=_("Expected to close"), value=day_text("expected_on"), order="expected"),
        Column(key="products", label=_("Products"), value="products", shows=Cell.TAGS),
        Column(key="origin", label=_("From"), value="origin", shows=Cell.CHOICE, words=ORIGINS),
        Column(
            key="shared",
            label=_("Sharing"),
            value="is_shared",
            shows=Cell.CHOICE,
            words=SHARED,
            tones=SHARED_TONES,
            is_for=sells,
            is_default=False,
        ),
        Column(key="manager", label=_("Account manager"), value="manager__name", is_for=sells, is_default=False),
        Column(key="reason", label=_("Won or lost because"), value="reason", is_default=False),
        Column(key="created", label=_("Added on"), value="created_at", shows=Cell.INSTANT, order="created"),
        Column(
            key="changed",
            label=_("Changed on"),
            value="changed_at",
            shows=Cell.INSTANT,
            order="changed",
            is_default=False,
        ),
    ),
    filters=(
        Filter(
            key="text", label=_("Search"), control=controls.search(_("Customer or opportunity")), is_always_shown=True
        ),
        Filter(key="stage", label=_("Stage"), control=controls.choice(STAGES), is_always_shown=True),
        Filter(key="is_open", label=_("Open"), control=controls.yes_or_no(), is_always_shown=True),
        Filter(
            key="partner",
            label=_("Partner"),
            control=controls.one_of(choices_of_partners),
            is_for=sees_customers_of_resellers,
        ),
        Filter(key="origin", label=_("From"), control=controls.choice(ORIGINS)),
        Filter(key="is_shared", label=_("Shared with the provider"), control=controls.yes_or_no(), is_for=sells),
        Filter(
            key="manager", label=_("Account manager"), control=controls.one_of(manager_choices), is_for=has_managers
        ),
        Filter(key="closes_from", label=_("Expected since"), control=controls.day(), convert=as_day),
        Filter(key="closes_until", label=_("Expected until"), control=controls.day(), convert=as_day),
        Filter(key="since", label=_("Added since"), control=controls.day(), convert=controls.begin_of_day),
        Filter(key="until", label=_("Added until"), control=controls.day(), convert=controls.end_of_day),
    ),
)
register(OPPORTUNITIES)
