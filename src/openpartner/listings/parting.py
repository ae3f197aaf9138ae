"""Lists of requests to end associations, of migrations, and of customers that would move away."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.parting.queries import (
    ConsentFilter,
    MigrationFilter,
    RequestFilter,
    departures,
    migrations,
    unbind_requests,
)
from openpartner.core.partners.queries import viewed
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.parting_words import (
    ASKERS,
    CONSENT_TONES,
    CONSENTS,
    MIGRATION_TONES,
    MIGRATIONS,
    REQUEST_TONES,
    REQUESTS,
)
from openpartner.listings.registry import register
from openpartner.listings.resellers import sees_customers_of_resellers


def _is_provider(caller: Caller) -> bool:
    return caller.kind is AccountKind.PROVIDER


UNBIND_REQUESTS: Listing[RequestFilter] = Listing(
    name="unbind-requests",
    title=_("Unbinding requests"),
    permission=Permission.ASSOCIATION_END,
    export_permission=Permission.CUSTOMER_EXPORT,
    where=RequestFilter,
    source=ModelRows(unbind_requests, {"asked": ("asked_at",), "due": ("due_at",)}),
    scope=viewed,
    subject="customer_id",
    order="-asked",
    columns=(
        Column(
            key="customer",
            label=_("Customer"),
            value="customer__legal_name",
            mask=Mask.NAME,
            link="unbind_request",
        ),
        Column(key="uin", label=_("UIN"), value="customer__uin", shows=Cell.ID, below="customer"),
        Column(
            key="state",
            label=_("Status"),
            value="state",
            shows=Cell.CHOICE,
            words=REQUESTS,
            tones=REQUEST_TONES,
        ),
        Column(key="side", label=_("Asked by the"), value="side", shows=Cell.CHOICE, words=ASKERS),
        Column(key="asked", label=_("Asked on"), value="asked_at", shows=Cell.INSTANT, order="asked"),
        Column(key="due", label=_("Approved by time on"), value="due_at", shows=Cell.INSTANT, order="due"),
        Column(key="reason", label=_("Reason"), value="reason"),
        Column(key="answered", label=_("Answered"), value="answered_at", shows=Cell.INSTANT),
        Column(key="answer", label=_("Answer"), value="answer_reason", below="answered"),
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
            is_default=False,
            is_for=sees_customers_of_resellers,
        ),
    ),
    filters=(
        Filter(key="state", label=_("Status"), control=controls.choice(REQUESTS), is_always_shown=True),
        Filter(key="side", label=_("Asked by the"), control=controls.choice(ASKERS), is_always_shown=True),
        Filter(key="uin", label=_("UIN"), control=controls.number(), is_always_shown=True),
        Filter(key="asked_from", label=_("Asked since"), control=controls.day(), convert=controls.begin_of_day),
        Filter(key="asked_until", label=_("Asked until"), control=controls.day(), convert=controls.end_of_day),
    ),
)
register(UNBIND_REQUESTS)

MIGRATIONS_HERE: Listing[MigrationFilter] = Listing(
    name="migrations",
    title=_("Customer migration"),
    permission=Permission.ASSOCIATION_END,
    export_permission=Permission.CUSTOMER_EXPORT,
    where=MigrationFilter,
    source=ModelRows(migrations, {"started": ("started_at",), "expires": ("expires_at",)}),
    scope=lambda caller: caller.own(),
    subject="partner_id",
    order="-started",
    columns=(
        # As the receiver named it: whatever else is known of the customer is its present partner's.
        Column(key="named", label=_("Customer"), value="named", link="migration", has_initials=False),
        Column(
            key="state",
            label=_("Status"),
            value="state",
            shows=Cell.CHOICE,
            words=MIGRATIONS,
            tones=MIGRATION_TONES,
        ),
        Column(key="started", label=_("Started on"), value="started_at", shows=Cell.INSTANT, order="started"),
        Column(key="started_by", label=_("Started by"), value="started_by"),
        Column(key="expires", label=_("Open until"), value="expires_at", shows=Cell.INSTANT, order="expires"),
        Column(key="ended", label=_("Finished"), value="ended_at", shows=Cell.INSTANT),
        Column(
            key="partner",
            label=_("Receiving partner"),
            value="partner__legal_name",
            mask=Mask.NAME,
            is_for=_is_provider,
        ),
        Column(
            key="partner_uin",
            label=_("UIN of the receiving partner"),
            value="partner__uin",
            shows=Cell.ID,
            is_default=False,
            is_for=_is_provider,
        ),
    ),
    filters=(
        Filter(key="state", label=_("Status"), control=controls.choice(MIGRATIONS), is_always_shown=True),
        Filter(key="named", label=_("Customer"), control=controls.text(32), is_always_shown=True),
        Filter(key="started_from", label=_("Started since"), control=controls.day(), convert=controls.begin_of_day),
        Filter(key="started_until", label=_("Started until"), control=controls.day(), convert=controls.end_of_day),
    ),
)
register(MIGRATIONS_HERE)

DEPARTURES: Listing[ConsentFilter] = Listing(
    name="departures",
    title=_("Customers that would move away"),
    permission=Permission.ASSOCIATION_END,
    export_permission=Permission.CUSTOMER_EXPORT,
    where=ConsentFilter,
    source=ModelRows(departures, {"asked": ("asked_at",)}),
    scope=lambda caller: caller.own(),
    subject="customer_id",
    order="-asked",
    columns=(
        Column(key="customer", label=_("Customer"), value="customer__legal_name", mask=Mask.NAME, link="departure"),
        Column(key="uin", label=_("UIN"), value="customer__uin", shows=Cell.ID, below="customer"),
        Column(
            key="state",
            label=_("Status"),
            value="state",
            shows=Cell.CHOICE,
            words=CONSENTS,
            tones=CONSENT_TONES,
        ),
        Column(key="asked", label=_("Asked on"), value="asked_at", shows=Cell.INSTANT, order="asked"),
        Column(key="expires", label=_("Answer by"), value="migration__expires_at", shows=Cell.INSTANT),
        Column(key="answered", label=_("Answered"), value="answered_at", shows=Cell.INSTANT),
        Column(key="reason", label=_("Reason"), value="reason", below="answered"),
    ),
    filters=(
        Filter(key="state", label=_("Status"), control=controls.choice(CONSENTS), is_always_shown=True),
        Filter(key="uin", label=_("UIN"), control=controls.number(), is_always_shown=True),
    ),
)
register(DEPARTURES)
