"""Association records: which customers were bound and released, when and by whom (huawei:B7)."""

from __future__ import annotations

from django.db.models import Case, CharField, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.base.permissions import Permission
from openpartner.core.customers.associations import AssociationFilter, AssociationState
from openpartner.core.customers.queries import associations
from openpartner.core.parting.queries import way_of_ending
from openpartner.core.partners.queries import viewed
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing, Words
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.parting_words import ENDED_BY
from openpartner.listings.registry import register
from openpartner.listings.resellers import choices_of_partners, sees_customers_of_resellers
from openpartner.listings.words import ASSOCIATIONS

STATES: dict[str, Words] = {
    AssociationState.CURRENT: _("Current"),
    AssociationState.ENDED: pgettext_lazy("association", "Ended"),
}
TONES: dict[str, str] = {AssociationState.CURRENT: "good", AssociationState.ENDED: "calm"}


ASSOCIATION_RECORDS: Listing[AssociationFilter] = Listing(
    name="association-records",
    title=_("Association records"),
    permission=Permission.AUDIT_READ,
    export_permission=Permission.CUSTOMER_EXPORT,
    where=AssociationFilter,
    source=ModelRows(associations, {"since": ("since",), "until": ("until",)}),
    scope=viewed,
    subject="child_id",
    identity="pk",
    order="-since",
    columns=(
        Column(key="customer", label=_("Customer"), value="child__legal_name", mask=Mask.NAME),
        Column(key="account", label=_("Account name"), value="child__account_name", mask=Mask.NAME, is_default=False),
        Column(key="uin", label=_("UIN"), value="child__uin", shows=Cell.ID, link="association_record"),
        Column(key="account_id", label=_("Customer ID"), value="child__account_id", shows=Cell.ID, is_default=False),
        Column(
            key="state",
            label=_("Status"),
            value=Case(
                When(until__isnull=True, then=Value(str(AssociationState.CURRENT))),
                default=Value(str(AssociationState.ENDED)),
                output_field=CharField(),
            ),
            shows=Cell.CHOICE,
            words=STATES,
            tones=TONES,
        ),
        Column(key="kind", label=_("Association type"), value="kind", shows=Cell.CHOICE, words=ASSOCIATIONS),
        Column(
            key="partner",
            label=_("Partner"),
            value="partner__legal_name",
            mask=Mask.NAME,
            is_for=sees_customers_of_resellers,
        ),
        Column(
            key="partner_uin",
            label=_("Partner UIN"),
            value="partner__uin",
            shows=Cell.ID,
            is_for=sees_customers_of_resellers,
            is_default=False,
        ),
        Column(key="since", label=_("From"), value="since", shows=Cell.INSTANT, order="since"),
        Column(key="bound_by", label=_("Bound by"), value="bound_by"),
        Column(key="until", label=_("Until"), value="until", shows=Cell.INSTANT, order="until"),
        Column(key="ended_by", label=_("Ended by"), value="ended_by"),
        Column(key="ending", label=_("How it ended"), value=way_of_ending(), shows=Cell.CHOICE, words=ENDED_BY),
    ),
    filters=(
        Filter(
            key="text",
            label=_("Search"),
            control=controls.search(_("Name, UIN or ID of the customer")),
            is_always_shown=True,
        ),
        Filter(
            key="state",
            label=_("Status"),
            control=controls.choice(STATES),
            is_always_shown=True,
        ),
        Filter(key="kind", label=_("Association type"), control=controls.choice(ASSOCIATIONS), is_always_shown=True),
        Filter(
            key="partner",
            label=_("Partner"),
            control=controls.one_of(choices_of_partners),
            is_for=sees_customers_of_resellers,
        ),
        Filter(key="uin", label=_("UIN"), control=controls.number()),
        Filter(key="begun_from", label=_("Bound since"), control=controls.day(), convert=controls.begin_of_day),
        Filter(key="begun_until", label=_("Bound until"), control=controls.day(), convert=controls.end_of_day),
        Filter(key="ended_from", label=_("Ended since"), control=controls.day(), convert=controls.begin_of_day),
        Filter(key="ended_until", label=_("Ended until"), control=controls.day(), convert=controls.end_of_day),
    ),
)
register(ASSOCIATION_RECORDS)
