"""Customer assignment: managers, the customers of one, those that nobody looks after, and the history (huawei:B11)."""

from __future__ import annotations

from django.db.models import Expression
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.managers import AssignmentFilter, ManagerFilter, assignments, managers
from openpartner.core.customers.queries import CustomerRows
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing, Source
from openpartner.listings.managers import ACTIVE, ACTIVE_TONES
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.registry import register
from openpartner.listings.words import ASSOCIATIONS, SUSPENSION_TONES, SUSPENSIONS


def _source(expressions: tuple[str | Expression, ...]) -> Source[CustomerFilter]:
    return CustomerRows(*expressions)


_COLUMNS = (
    Column(
        key="customer", label=_("Customer"), value="legal_name", mask=Mask.NAME, order="legal_name", link="customer"
    ),
    Column(
        key="account",
        label=_("Account name"),
        value="account_name",
        mask=Mask.NAME,
        order="account_name",
        below="customer",
    ),
    Column(key="uin", label=_("UIN"), value="uin", shows=Cell.ID, order="uin"),
    Column(
        key="association", label=_("Association type"), value="association_kind", shows=Cell.CHOICE, words=ASSOCIATIONS
    ),
    Column(
        key="status",
        label=_("Status"),
        value="suspension",
        shows=Cell.CHOICE,
        words=SUSPENSIONS,
        tones=SUSPENSION_TONES,
    ),
    Column(key="associated", label=_("Associated on"), value="associated_at", shows=Cell.INSTANT, order="associated"),
)
_FILTERS = (
    Filter(
        key="text",
        label=_("Search"),
        control=controls.search(_("Name, UIN, ID, mobile or e-mail")),
        is_always_shown=True,
    ),
    Filter(key="association", label=_("Association type"), control=controls.choice(ASSOCIATIONS), is_always_shown=True),
    Filter(key="associated_from", label=_("Associated since"), control=controls.day(), convert=controls.begin_of_day),
    Filter(key="associated_until", label=_("Associated until"), control=controls.day(), convert=controls.end_of_day),
)

ASSIGNMENT: Listing[ManagerFilter] = Listing(
    name="customer-assignment",
    title=_("Customer assignment"),
    permission=Permission.CUSTOMER_ASSIGN,
    export_permission=Permission.CUSTOMER_ASSIGN,
    where=ManagerFilter,
    source=ModelRows(managers, {"name": ("name",), "customers": ("customers", "name")}),
    scope=Caller.own,
    order="-customers",
    columns=(
        Column(key="name", label=_("Account manager"), value="name", order="name", link="assigned_customers"),
        Column(
            key="customers",
            label=pgettext_lazy("number of", "Customers"),
            value="customers",
            shows=Cell.NUMBER,
            order="customers",
        ),
        Column(key="state", label=_("Status"), value="is_active", shows=Cell.CHOICE, words=ACTIVE, tones=ACTIVE_TONES),
    ),
    filters=(
        Filter(key="text", label=_("Search"), is_always_shown=True, control=controls.search(_("Name"))),
        Filter(key="has_customers", label=_("Has customers"), control=controls.yes_or_no(), is_always_shown=True),
    ),
)
register(ASSIGNMENT)

ASSIGNED_CUSTOMERS: Listing[CustomerFilter] = Listing(
    name="assigned-customers",
    title=_("Assigned customers"),
    permission=Permission.CUSTOMER_ASSIGN,
    export_permission=Permission.CUSTOMER_EXPORT,
    where=CustomerFilter,
    source=_source,
    scope=Caller.own,
    identity="account_id",
    order="-associated",
    columns=_COLUMNS,
    # A number, because somebody who has left is no choice of the filter any more.
    filters=(Filter(key="manager", label=_("Account manager"), control=controls.number(), is_fixed=True), *_FILTERS),
)
register(ASSIGNED_CUSTOMERS)

UNASSIGNED_CUSTOMERS: Listing[CustomerFilter] = Listing(
    name="unassigned-customers",
    title=_("Customers without an account manager"),
    permission=Permission.CUSTOMER_ASSIGN,
    export_permission=Permission.CUSTOMER_EXPORT,
    where=CustomerFilter,
    source=_source,
    scope=Caller.own,
    identity="account_id",
    order="-associated",
    columns=_COLUMNS,
    filters=(
        Filter(key="is_assigned", label=_("Has an account manager"), control=controls.yes_or_no(), is_fixed=True),
        *_FILTERS,
    ),
)
register(UNASSIGNED_CUSTOMERS)

ASSIGNMENTS: Listing[AssignmentFilter] = Listing(
    name="manager-assignments",
    title=_("History of assignments"),
    permission=Permission.CUSTOMER_ASSIGN,
    export_permission=Permission.CUSTOMER_ASSIGN,
    where=AssignmentFilter,
    source=ModelRows(assignments, {"since": ("since",), "until": ("until",)}),
    scope=Caller.own,
    subject="customer_id",
    identity="customer__account_id",
    order="-since",
    columns=(
        Column(key="manager", label=_("Account manager"), value="manager__name"),
        Column(key="customer", label=_("Customer"), value="customer__legal_name", mask=Mask.NAME),
        Column(key="uin", label=_("UIN"), value="customer__uin", shows=Cell.ID),
        Column(key="since", label=_("From"), value="since", shows=Cell.INSTANT, order="since"),
        Column(key="until", label=_("Until"), value="until", shows=Cell.INSTANT, order="until"),
        Column(key="by", label=_("Assigned by"), value="assigned_by"),
    ),
    filters=(
        Filter(key="manager", label=_("Account manager"), control=controls.number(), is_fixed=True),
        Filter(key="uin", label=_("UIN"), control=controls.number(), is_always_shown=True),
        Filter(key="is_current", label=_("Holds still"), control=controls.yes_or_no(), is_always_shown=True),
    ),
)
register(ASSIGNMENTS)
