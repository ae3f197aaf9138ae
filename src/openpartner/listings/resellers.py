"""Partners: the resellers of a distributor, all partners of the provider (seed 000, huawei:B19, tencent:B.4)."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import PARTNER_KINDS, AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.partners.queries import PartnerFilter, listed_partners, partners
from openpartner.kit.masks import Mask, mask_name
from openpartner.listings import controls
from openpartner.listings.credit_columns import OF_PARTNERS
from openpartner.listings.customers import closed_indirect
from openpartner.listings.declare import Cell, Column, Filter, Listing
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.registry import register
from openpartner.listings.words import ACCOUNT_KINDS, SUSPENSION_TONES, SUSPENSIONS

KINDS = {kind: ACCOUNT_KINDS[kind] for kind in sorted(PARTNER_KINDS)}


def sees_customers_of_resellers(caller: Caller) -> bool:
    """Whether the caller may look at the customers of partners under it: a distributor only with the feature flag."""
    return caller.kind is AccountKind.PROVIDER or (
        caller.kind is AccountKind.DISTRIBUTOR and not closed_indirect(caller)
    )


def choices_of_partners(caller: Caller) -> list[tuple[int, str]]:
    """Key, uin and masked name of every partner the caller sees, itself among them when it is one."""
    found = partners(caller.scope).order_by("uin").values_list("pk", "uin", "legal_name")
    return [(key, f"{uin} · {mask_name(name)}") for key, uin, name in found]


def _is_provider(caller: Caller) -> bool:
    return caller.kind is AccountKind.PROVIDER


def _partners(scope: Scope, where: PartnerFilter) -> QuerySet[Account]:
    # A distributor is in its own scope, and not among its resellers.
    return listed_partners(scope, where).exclude(pk=scope.payer or 0)


RESELLERS: Listing[PartnerFilter] = Listing(
    name="resellers",
    title=_("Resellers"),
    permission=Permission.PARTNER_READ,
    export_permission=Permission.CUSTOMER_EXPORT,
    where=PartnerFilter,
    source=ModelRows(
        _partners,
        {
            "associated": ("associated_at",),
            "legal_name": ("legal_name_folded",),
            "account_name": ("account_name_folded",),
            "uin": ("uin",),
            "customers": ("customer_count",),
        },
    ),
    identity="account_id",
    order="-associated",
    columns=(
        Column(key="name", label=_("Name"), value="legal_name", mask=Mask.NAME, order="legal_name", link="reseller"),
        Column(
            key="account",
            label=_("Account name"),
            value="account_name",
            mask=Mask.NAME,
            order="account_name",
            below="name",
        ),
        Column(key="uin", label=_("UIN"), value="uin", shows=Cell.ID, order="uin"),
        Column(key="account_id", label=_("Account ID"), value="account_id", shows=Cell.ID, is_default=False),
        Column(key="kind", label=_("Kind"), value="kind", shows=Cell.CHOICE, words=KINDS, is_for=_is_provider),
        Column(key="parent", label=_("Bound to"), value="partner__legal_name", mask=Mask.NAME, is_for=_is_provider),
        Column(
            key="customers",
            label=_("Customers"),
            value="customer_count",
            shows=Cell.NUMBER,
            order="customers",
            link="reseller_customers",
            is_linked_for=sees_customers_of_resellers,
        ),
        Column(key="remark", label=_("Remark"), value="remark"),
        Column(key="mobile", label=_("Mobile"), value="mobile", mask=Mask.MOBILE),
        Column(key="email", label=_("E-mail"), value="email", mask=Mask.EMAIL),
        Column(
            key="status",
            label=_("Status"),
            value="suspension",
            shows=Cell.CHOICE,
            words=SUSPENSIONS,
            tones=SUSPENSION_TONES,
            is_default=False,
        ),
        Column(key="bound", label=_("Bound on"), value="associated_at", shows=Cell.INSTANT, order="associated"),
        Column(key="region", label=_("Country or region"), value="region", is_default=False),
        *OF_PARTNERS,
    ),
    filters=(
        Filter(
            key="legal_name_contains",
            label=_("Name"),
            control=controls.search(_("Name of the company")),
            is_always_shown=True,
        ),
        Filter(key="uin", label=_("UIN"), control=controls.number(), is_always_shown=True),
        Filter(
            key="customer_uin",
            label=_("Customer UIN"),
            control=controls.number(),
            is_always_shown=True,
            is_for=sees_customers_of_resellers,
        ),
        Filter(
            key="kinds",
            label=_("Kind"),
            control=controls.choice(KINDS),
            convert=lambda kind, _reader: frozenset({AccountKind(kind)}),
            is_for=_is_provider,
        ),
        Filter(key="account_id", label=_("Account ID"), control=controls.text(32)),
        Filter(key="account_name_contains", label=_("Account name"), control=controls.text(128)),
        Filter(key="remark_contains", label=_("Remark"), control=controls.text(255)),
        Filter(key="mobile_contains", label=_("Mobile"), control=controls.text(32)),
        Filter(key="email", label=_("E-mail"), control=controls.text(254)),
        Filter(key="associated_from", label=_("Bound since"), control=controls.day(), convert=controls.begin_of_day),
        Filter(key="associated_until", label=_("Bound until"), control=controls.day(), convert=controls.end_of_day),
    ),
)
register(RESELLERS)
