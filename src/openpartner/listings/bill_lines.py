"""Bill lines: expenditure details (huawei:B15, tencent:B.7)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.billing.queries import BillFilter, Dimension
from openpartner.core.partners.queries import viewed
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.bill_filters import (
    FILTERS,
    LineFilter,
    bill_filter,
    closed_bills,
    has_customers,
    known,
    months_control,
    months_of,
    pays_provider,
    sells,
)
from openpartner.listings.bill_words import ACTIONS, CATEGORIES, CHARGINGS, CLOUDS
from openpartner.listings.declare import Cell, Column, Filter, Listing, Source, Tab
from openpartner.listings.lake_files import LineFiles
from openpartner.listings.lake_rows import LineRows
from openpartner.listings.registry import register
from openpartner.listings.resellers import sees_customers_of_resellers
from openpartner.listings.words import ASSOCIATIONS


def asked(scope: Scope, where: LineFilter) -> BillFilter:
    """What the lake is asked for these conditions; lines that cost nothing are left out unless they are wanted."""
    first, last = months_of(scope, where)
    return bill_filter(scope, where, first=first, last=last, nonzero=not where.zeros)


def _source(names: tuple[object, ...]) -> Source[LineFilter]:
    return LineRows(asked, tuple(map(str, names)))


BILL_LINES: Listing[LineFilter] = Listing(
    name="bill-lines",
    title=_("Expenditure details"),
    permission=Permission.BILL_READ,
    export_permission=Permission.BILL_READ,
    where=LineFilter,
    source=_source,
    texts=LineFiles(asked),
    formats=("xlsx", "csv", "parquet", "focus.csv", "focus.parquet"),
    scope=viewed,
    subject="customer_id",
    identity="customer.page",
    order="",
    tabs=(Tab(key="lines", label=_("Lines"), closed=closed_bills),),
    columns=(
        Column(
            key="customer",
            label=_("Customer"),
            value="customer.legal_name",
            mask=Mask.NAME,
            link="customer",
            is_for=has_customers,
        ),
        Column(key="uin", label=_("UIN"), value="customer.uin", shows=Cell.ID, below="customer", is_for=has_customers),
        Column(
            key="account",
            label=_("Account name"),
            value="customer.account_name",
            mask=Mask.NAME,
            is_default=False,
            is_for=has_customers,
        ),
        Column(
            key="account_id",
            label=_("Customer ID"),
            value="customer.account_id",
            shows=Cell.ID,
            is_default=False,
            is_for=has_customers,
        ),
        Column(
            key="association",
            label=_("Association type"),
            value="customer.association_kind",
            shows=Cell.CHOICE,
            words=ASSOCIATIONS,
            is_default=False,
            is_for=has_customers,
        ),
        Column(key="manager", label=_("Account manager"), value="customer.manager", is_default=False, is_for=sells),
        Column(key="day", label=_("Day"), value="bill_day"),
        Column(key="cloud", label=_("Cloud"), value="cloud", shows=Cell.CHOICE, words=CLOUDS, is_default=False),
        Column(key="service", label=_("Service"), value="service_name"),
        Column(key="product", label=_("Product"), value="product_name", below="service"),
        Column(key="component_type", label=_("Component type"), value="component_type_name", is_default=False),
        Column(key="component", label=_("Component"), value="component_name", is_default=False),
        Column(key="resource_type", label=_("Resource type"), value="resource_type_name", is_default=False),
        Column(key="region", label=_("Region"), value="region_name"),
        Column(key="zone", label=_("Availability zone"), value="zone_name", is_default=False),
        Column(key="project", label=_("Project"), value="project_name", is_default=False),
        Column(key="tags", label=_("Tags"), value="tags", is_default=False),
        Column(
            key="charging",
            label=_("Billing mode"),
            value="charging",
            shows=Cell.CHOICE,
            words=CHARGINGS,
            below="region",
        ),
        Column(key="action", label=_("Bill type"), value="action", shows=Cell.CHOICE, words=ACTIONS, below="day"),
        Column(
            key="category",
            label=_("Charge category"),
            value="charge_category",
            shows=Cell.CHOICE,
            words=CATEGORIES,
            is_default=False,
        ),
        Column(key="description", label=_("Description"), value="charge_description", is_default=False),
        Column(key="order", label=_("Order number"), value="order_id", shows=Cell.ID, is_default=False),
        Column(
            key="transaction", label=_("Transaction number"), value="transaction_id", shows=Cell.ID, is_default=False
        ),
        Column(key="charged", label=_("Deducted at"), value="charged_at", shows=Cell.INSTANT, is_default=False),
        Column(key="from", label=_("Usage from"), value="usage_from", shows=Cell.INSTANT, is_default=False),
        Column(key="to", label=_("Usage until"), value="usage_to", shows=Cell.INSTANT, is_default=False),
        Column(key="usage", label=_("Usage"), value="usage", shows=Cell.AMOUNT, is_default=False),
        Column(key="unit", label=_("Unit"), value="usage_unit", is_default=False),
        Column(key="operator", label=_("Operator"), value="operator", shows=Cell.ID, is_default=False),
        Column(key="sub_account", label=_("Sub-account"), value="sub_account", shows=Cell.ID, is_default=False),
        Column(
            key="billing_account", label=_("Billing account"), value="billing_account", shows=Cell.ID, is_default=False
        ),
        Column(key="list_cost", label=_("List cost"), value="list_cost", shows=Cell.AMOUNT),
        Column(
            key="after_discount",
            label=_("Cost after discount"),
            value="cost_after_discount",
            shows=Cell.AMOUNT,
            is_default=False,
        ),
        Column(
            key="vouchers",
            label=_("Paid by vouchers"),
            value="voucher_deduction",
            shows=Cell.AMOUNT,
            is_default=False,
        ),
        Column(key="total", label=_("Amount due"), value="total_cost", shows=Cell.AMOUNT),
        Column(key="tax", label=_("Tax"), value="tax", shows=Cell.AMOUNT, is_default=False),
        Column(key="effective", label=_("Effective cost"), value="effective_cost", shows=Cell.AMOUNT, is_default=False),
        Column(
            key="partner_cost",
            label=_("Partner cost"),
            value="partner_cost",
            shows=Cell.AMOUNT,
            is_default=False,
            is_for=pays_provider,
        ),
        Column(key="currency", label=_("Currency"), value="currency", below="total"),
        Column(key="resource", label=_("Resource ID"), value="resource_id", shows=Cell.ID),
        Column(key="resource_name", label=_("Resource name"), value="resource_name", is_default=False),
        Column(
            key="partner",
            label=_("Partner"),
            value="partner.legal_name",
            mask=Mask.NAME,
            is_for=sees_customers_of_resellers,
        ),
    ),
    filters=(
        Filter(
            key="text",
            label=_("Search"),
            control=controls.search(_("Customer: name, UIN, ID, mobile or e-mail")),
            is_always_shown=True,
            is_for=has_customers,
        ),
        Filter(key="month", label=_("Billing cycle"), control=months_control(), is_always_shown=True),
        Filter(key="service", label=_("Service"), control=known(Dimension.SERVICE), is_always_shown=True),
        Filter(key="until_month", label=_("Up to billing cycle"), control=months_control(_("The same"))),
        *FILTERS,
        Filter(
            key="zeros",
            label=_("Lines without cost"),
            control=controls.yes_or_no(),
        ),
    ),
)
register(BILL_LINES)
