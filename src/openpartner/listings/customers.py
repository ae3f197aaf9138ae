"""Customers (seed 003, huawei:B3, tencent:B.2)."""

from __future__ import annotations

from django.db.models import Expression
from django.utils.translation import gettext_lazy as _

from openpartner.core.access.managers import manager_choices
from openpartner.core.accounts.models import Flag
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.queries import CustomerRows
from openpartner.core.partners.queries import has_flag, viewed
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.credit_columns import CUSTOMER_FILTERS, OF_CUSTOMERS
from openpartner.listings.declare import Cell, Column, Filter, Listing, Source, Tab, Words
from openpartner.listings.registry import register
from openpartner.listings.words import (
    ASSOCIATIONS,
    CUSTOMER_TYPES,
    SUSPENSION_TONES,
    SUSPENSIONS,
    VERIFICATION_TONES,
    VERIFICATIONS,
)


def _is_above(caller: Caller) -> bool:
    """Whether the caller also sees customers of partners under it."""
    return caller.kind in {AccountKind.PROVIDER, AccountKind.DISTRIBUTOR}


def _is_distributor(caller: Caller) -> bool:
    return caller.kind is AccountKind.DISTRIBUTOR


def _sells(caller: Caller) -> bool:
    return caller.kind.is_partner


def closed_indirect(caller: Caller) -> Words:
    """Why a distributor does not see its resellers' customers and how it gets to (seed 000); empty if it does."""
    if has_flag(caller, Flag.INDIRECT_CUSTOMER_VIEW):
        return ""
    return _("Ask your channel manager to put you on the allowlist for customers of second-level resellers.")


def _source(expressions: tuple[str | Expression, ...]) -> Source[CustomerFilter]:
    return CustomerRows(*expressions)


OF_THE_PARTNER = frozenset({"manager", "is_assigned", "remark"})
"""What speaks of a partner's people or is its own note: nobody above the partner sees it."""

CUSTOMERS: Listing[CustomerFilter] = Listing(
    name="customers",
    title=_("Customers"),
    permission=Permission.CUSTOMER_READ,
    export_permission=Permission.CUSTOMER_EXPORT,
    where=CustomerFilter,
    source=_source,
    scope=viewed,
    identity="account_id",
    order="-associated",
    columns=(
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
        Column(key="account_id", label=_("Customer ID"), value="account_id", shows=Cell.ID, is_default=False),
        Column(
            key="partner",
            label=_("Partner"),
            value="partner__legal_name",
            is_for=_is_above,
            mask=Mask.NAME,
        ),
        Column(
            key="association",
            label=_("Association type"),
            value="association_kind",
            shows=Cell.CHOICE,
            words=ASSOCIATIONS,
        ),
        Column(
            key="associated", label=_("Associated on"), value="associated_at", shows=Cell.INSTANT, order="associated"
        ),
        Column(
            key="status",
            label=_("Status"),
            value="suspension",
            shows=Cell.CHOICE,
            words=SUSPENSIONS,
            tones=SUSPENSION_TONES,
        ),
        Column(
            key="verification",
            label=_("Real-name status"),
            value="verification",
            shows=Cell.CHOICE,
            words=VERIFICATIONS,
            tones=VERIFICATION_TONES,
            is_default=False,
        ),
        Column(key="manager", label=_("Account manager"), value="manager__name", is_for=_sells),
        Column(key="mobile", label=_("Mobile"), value="mobile", mask=Mask.MOBILE, is_default=False),
        Column(key="email", label=_("E-mail"), value="email", mask=Mask.EMAIL),
        Column(key="tags", label=_("Tags"), value="labels", shows=Cell.TAGS),
        Column(key="remark", label=_("Remark"), value="remark", is_default=False, is_for=_sells),
        Column(
            key="kind",
            label=_("Customer type"),
            value="customer_type",
            shows=Cell.CHOICE,
            words=CUSTOMER_TYPES,
            is_default=False,
        ),
        Column(key="region", label=_("Country or region"), value="region", is_default=False),
        *OF_CUSTOMERS,
        Column(key="registered", label=_("Registered on"), value="registered_at", shows=Cell.INSTANT, is_default=False),
    ),
    filters=(
        Filter(
            key="text",
            label=_("Search"),
            is_always_shown=True,
            control=controls.search(_("Name, UIN, ID, mobile or e-mail")),
        ),
        Filter(key="suspension", label=_("Status"), control=controls.choice(SUSPENSIONS), is_always_shown=True),
        Filter(
            key="association", label=_("Association type"), control=controls.choice(ASSOCIATIONS), is_always_shown=True
        ),
        Filter(key="legal_name_contains", label=_("Customer name"), control=controls.text(200)),
        Filter(key="account_name_contains", label=_("Account name"), control=controls.text(128)),
        Filter(key="uin", label=_("UIN"), control=controls.number()),
        Filter(key="account_id", label=_("Customer ID"), control=controls.text(64)),
        Filter(key="manager", label=_("Account manager"), control=controls.one_of(manager_choices), is_for=_sells),
        Filter(key="mobile", label=_("Mobile"), control=controls.text(32)),
        Filter(key="email", label=_("E-mail"), control=controls.text(254)),
        Filter(key="tag", label=_("Tag"), control=controls.text(64)),
        Filter(key="is_assigned", label=_("Has an account manager"), control=controls.yes_or_no(), is_for=_sells),
        Filter(key="is_suspended", label=_("Suspended in any way"), control=controls.yes_or_no()),
        Filter(key="is_verified", label=_("Real name verified"), control=controls.yes_or_no()),
        Filter(
            key="associated_from", label=_("Associated since"), control=controls.day(), convert=controls.begin_of_day
        ),
        Filter(
            key="associated_until", label=_("Associated until"), control=controls.day(), convert=controls.end_of_day
        ),
        *CUSTOMER_FILTERS,
    ),
    tabs=(
        Tab(
            key="own",
            label=_("Customers"),
            scope=Caller.own,
            columns=("customer", "account", "uin", "association", "associated", "status", "manager", "email", "tags"),
            is_for=_is_distributor,
        ),
        Tab(
            key="indirect",
            label=_("Resellers' customers"),
            conditions={"is_direct": False},
            without=OF_THE_PARTNER,
            is_for=_is_distributor,
            closed=closed_indirect,
        ),
    ),
)
register(CUSTOMERS)
