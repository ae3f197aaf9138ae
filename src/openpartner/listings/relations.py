"""Second-level resellers and their customers, in the four columns of seed 000 (tencent:B.4)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.relations import RelationFilter, RelationRows
from openpartner.core.partners.queries import viewed
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.customers import closed_indirect
from openpartner.listings.declare import Cell, Column, Filter, Listing, Tab, Words
from openpartner.listings.registry import register


def _closed(caller: Caller) -> Words:
    return "" if caller.kind is AccountKind.PROVIDER else closed_indirect(caller)


RELATIONS: Listing[RelationFilter] = Listing(
    name="reseller-customers",
    title=_("Second-level reseller and customer relationship"),
    permission=Permission.PARTNER_READ,
    export_permission=Permission.CUSTOMER_EXPORT,
    where=RelationFilter,
    source=RelationRows,
    scope=viewed,
    identity="account_id",
    order="-associated",
    columns=(
        Column(key="reseller_uin", label=_("Reseller UIN"), value="partner__uin", shows=Cell.ID),
        Column(key="reseller_name", label=_("Reseller name"), value="partner__legal_name", mask=Mask.NAME),
        Column(key="customer_uin", label=_("Customer UIN"), value="uin", shows=Cell.ID, order="uin"),
        Column(
            key="customer_name",
            label=_("Customer name"),
            value="legal_name",
            mask=Mask.NAME,
            order="legal_name",
            link="customer",
            has_initials=False,
        ),
        Column(
            key="bound",
            label=_("Bound on"),
            value="associated_at",
            shows=Cell.INSTANT,
            order="associated",
            is_default=False,
        ),
    ),
    filters=(
        Filter(key="reseller", label=_("Reseller"), control=controls.text(32), is_fixed=True),
        Filter(
            key="customer_name_contains",
            label=_("Customer name"),
            control=controls.search(_("Name of the customer")),
            is_always_shown=True,
        ),
        Filter(key="customer_uin", label=_("Customer UIN"), control=controls.number(), is_always_shown=True),
        Filter(key="reseller_uin", label=_("Reseller UIN"), control=controls.number()),
    ),
    tabs=(Tab(key="all", label=_("All"), closed=_closed),),
)
register(RELATIONS)
