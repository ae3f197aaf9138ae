"""Account managers (huawei:B11)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.managers import ManagerFilter, managers
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.organization_words import MEMBER_STATES, MEMBER_TONES
from openpartner.listings.registry import register

ACTIVE = {True: MEMBER_STATES["active"], False: MEMBER_STATES["disabled"]}
ACTIVE_TONES = {True: MEMBER_TONES["active"], False: MEMBER_TONES["disabled"]}

MANAGERS: Listing[ManagerFilter] = Listing(
    name="managers",
    title=_("Account managers"),
    permission=Permission.CUSTOMER_ASSIGN,
    export_permission=Permission.CUSTOMER_ASSIGN,
    where=ManagerFilter,
    source=ModelRows(managers, {"name": ("name",), "customers": ("customers", "name")}),
    scope=Caller.own,
    order="-customers",
    columns=(
        Column(key="name", label=_("Name"), value="name", order="name", link="manager"),
        Column(
            key="customers",
            label=pgettext_lazy("number of", "Customers"),
            value="customers",
            shows=Cell.NUMBER,
            order="customers",
            link="manager",
        ),
        Column(key="state", label=_("Status"), value="is_active", shows=Cell.CHOICE, words=ACTIVE, tones=ACTIVE_TONES),
        Column(key="email", label=_("E-mail"), value="email"),
    ),
    filters=(
        Filter(key="text", label=_("Search"), is_always_shown=True, control=controls.search(_("Name"))),
        Filter(key="has_customers", label=_("Has customers"), control=controls.yes_or_no(), is_always_shown=True),
    ),
)
register(MANAGERS)
