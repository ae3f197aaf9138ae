"""Reported customers (huawei:B12, seed 002)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openpartner.core.access.managers import manager_choices
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.micros import Units
from openpartner.core.base.permissions import Permission
from openpartner.core.partners.queries import viewed
from openpartner.core.sales.queries import ReportFilter, reports
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.registry import register
from openpartner.listings.resellers import choices_of_partners, sees_customers_of_resellers
from openpartner.listings.sales_words import INDUSTRIES, REPORT_STATES, REPORT_TONES
from openpartner.listings.words import ASSOCIATIONS


def has_managers(caller: Caller) -> bool:
    """Whether rows can be narrowed by who looks after them: those of a partner, by somebody who sees all of them."""
    return caller.kind.is_partner and caller.scope.manager is None


def sells(caller: Caller) -> bool:
    """Whether the list is about the caller's own people."""
    return caller.kind is not AccountKind.PROVIDER


REPORTED_CUSTOMERS: Listing[ReportFilter] = Listing(
    name="reported-customers",
    title=_("Reported customers"),
    permission=Permission.SALES_READ,
    export_permission=Permission.SALES_READ,
    where=ReportFilter,
    source=ModelRows(
        reports,
        {"reported": ("created_at",), "company": ("company",), "amount": ("micros",), "until": ("protected_until",)},
    ),
    scope=viewed,
    order="-reported",
    columns=(
        Column(
            key="company",
            label=_("Customer"),
            value="company",
            mask=Mask.NAME,
            order="company",
            link="reported_customer",
        ),
        Column(key="partner", label=_("Partner"), value="partner__legal_name", is_for=sees_customers_of_resellers),
        Column(
            key="state", label=_("Status"), value="state", shows=Cell.CHOICE, words=REPORT_STATES, tones=REPORT_TONES
        ),
        Column(key="contact", label=_("Contact"), value="contact", mask=Mask.NAME),
        Column(key="email", label=_("E-mail"), value="email", mask=Mask.EMAIL, is_default=False),
        Column(key="mobile", label=_("Mobile"), value="mobile", mask=Mask.MOBILE, is_default=False),
        Column(key="amount", label=_("Expected a month"), value=Units("micros"), shows=Cell.AMOUNT, order="amount"),
        Column(key="currency", label=_("Currency"), value="currency"),
        Column(key="region", label=_("Country or region"), value="region", is_default=False),
        Column(
            key="industry", label=_("Industry"), value="industry", shows=Cell.CHOICE, words=INDUSTRIES, is_default=False
        ),
        Column(
            key="association",
            label=_("Association type"),
            value="association_kind",
            shows=Cell.CHOICE,
            words=ASSOCIATIONS,
            is_default=False,
        ),
        Column(key="manager", label=_("Account manager"), value="manager__name", is_for=sells, is_default=False),
        Column(key="reported", label=_("Reported on"), value="created_at", shows=Cell.INSTANT, order="reported"),
        Column(key="until", label=_("Protected until"), value="protected_until", shows=Cell.INSTANT, order="until"),
    ),
    filters=(
        Filter(key="text", label=_("Search"), control=controls.search(_("Name of the customer")), is_always_shown=True),
        Filter(key="state", label=_("Status"), control=controls.choice(REPORT_STATES), is_always_shown=True),
        Filter(
            key="partner",
            label=_("Partner"),
            control=controls.one_of(choices_of_partners),
            is_for=sees_customers_of_resellers,
        ),
        Filter(key="industry", label=_("Industry"), control=controls.choice(INDUSTRIES)),
        Filter(
            key="manager", label=_("Account manager"), control=controls.one_of(manager_choices), is_for=has_managers
        ),
        Filter(key="since", label=_("Reported since"), control=controls.day(), convert=controls.begin_of_day),
        Filter(key="until", label=_("Reported until"), control=controls.day(), convert=controls.end_of_day),
    ),
)
register(REPORTED_CUSTOMERS)
