"""Authorizations to act on behalf of customers, as their partners see them (huawei:B10)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.base.permissions import Permission
from openpartner.core.on_behalf.queries import AuthorizationFilter, authorizations
from openpartner.core.on_behalf.vocabulary import EndCause, State, Work, joined
from openpartner.core.partners.queries import viewed
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing, Words
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.registry import register
from openpartner.listings.resellers import sees_customers_of_resellers

WORKS: dict[str, Words] = {
    Work.ORDERS: pgettext_lazy("on behalf", "Orders"),
    Work.OPERATIONS: pgettext_lazy("on behalf", "Operations"),
}
SETS: dict[str, Words] = {**WORKS, joined(Work): pgettext_lazy("on behalf", "Orders and operations")}
"""The words of every set of works, by its stored spelling."""
STATES: dict[str, Words] = {
    State.REQUESTED: pgettext_lazy("authorization", "Requested"),
    State.GRANTED: pgettext_lazy("authorization", "Granted"),
    State.REFUSED: pgettext_lazy("authorization", "Refused"),
    State.REVOKED: pgettext_lazy("authorization", "Revoked"),
    State.ENDED: pgettext_lazy("authorization", "Ended"),
}
TONES: dict[str, str] = {
    State.REQUESTED: "warn",
    State.GRANTED: "good",
    State.REFUSED: "bad",
    State.REVOKED: "bad",
    State.ENDED: "calm",
}
CAUSES: dict[str, Words] = {
    "": "",
    EndCause.RELEASED: _("The association ended"),
    EndCause.RIGHT: _("The distributor withdrew the permission"),
    EndCause.GIVEN_BACK: _("The partner gave it back"),
    EndCause.WITHDRAWN: _("The partner withdrew its request"),
    EndCause.REPLACED: _("A newer authorization replaced it"),
    EndCause.LAPSED: _("Nobody answered in time"),
}


AUTHORIZATIONS: Listing[AuthorizationFilter] = Listing(
    name="authorizations",
    title=_("Authorizations"),
    permission=Permission.CUSTOMER_READ,
    export_permission=Permission.CUSTOMER_EXPORT,
    where=AuthorizationFilter,
    source=ModelRows(authorizations, {"requested": ("requested_at",)}),
    scope=viewed,
    subject="customer_id",
    identity="pk",
    order="-requested",
    columns=(
        Column(key="customer", label=_("Customer"), value="customer__legal_name", mask=Mask.NAME, link="authorization"),
        Column(
            key="account", label=_("Account name"), value="customer__account_name", mask=Mask.NAME, is_default=False
        ),
        Column(key="uin", label=_("UIN"), value="customer__uin", shows=Cell.ID),
        Column(key="account_id", label=_("Customer ID"), value="customer__account_id", shows=Cell.ID, is_default=False),
        Column(
            key="state",
            label=_("Status"),
            value="state",
            shows=Cell.CHOICE,
            words=STATES,
            tones=TONES,
        ),
        Column(key="works", label=_("Authorized for"), value="works", shows=Cell.CHOICE, words=SETS),
        Column(
            key="partner",
            label=_("Partner"),
            value="partner__legal_name",
            mask=Mask.NAME,
            is_for=sees_customers_of_resellers,
        ),
        Column(key="requested", label=_("Requested at"), value="requested_at", shows=Cell.INSTANT, order="requested"),
        Column(key="requested_by", label=_("Requested by"), value="requested_by"),
        Column(key="decided", label=_("Decided at"), value="decided_at", shows=Cell.INSTANT),
        Column(key="ended", label=_("Ended at"), value="ended_at", shows=Cell.INSTANT),
        Column(key="cause", label=_("Why it ended"), value="cause", shows=Cell.CHOICE, words=CAUSES),
        Column(key="reason", label=_("Reason"), value="reason", is_default=False),
    ),
    filters=(
        Filter(
            key="text",
            label=_("Search"),
            control=controls.search(_("Name, UIN or ID of the customer")),
            is_always_shown=True,
        ),
        Filter(key="state", label=_("Status"), control=controls.choice(STATES), is_always_shown=True),
        Filter(key="work", label=_("Authorized for"), control=controls.choice(WORKS), is_always_shown=True),
        Filter(key="requested_from", label=_("Requested since"), control=controls.day(), convert=controls.begin_of_day),
        Filter(key="requested_until", label=_("Requested until"), control=controls.day(), convert=controls.end_of_day),
    ),
)
register(AUTHORIZATIONS)
