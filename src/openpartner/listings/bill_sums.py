"""Expenditure summary: what each customer spent and got back in a month (huawei:B15)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.billing.queries import Dimension
from openpartner.core.partners.queries import viewed
from openpartner.kit.masks import Mask
from openpartner.lake.schema import REFUNDS
from openpartner.listings import controls
from openpartner.listings.bill_figures import summed
from openpartner.listings.bill_filters import (
    FILTERS,
    LineFilter,
    bill_filter,
    closed_bills,
    has_customers,
    months_control,
    months_of,
    pays_provider,
    sells,
)
from openpartner.listings.bill_people import People, split
from openpartner.listings.computed import Computed, Values
from openpartner.listings.declare import Cell, Column, Filter, Listing, Tab
from openpartner.listings.registry import register
from openpartner.listings.resellers import sees_customers_of_resellers
from openpartner.listings.words import ASSOCIATIONS

SUMMED = ("list_cost", "voucher_deduction", "total_cost", "partner_cost")
OF_SUMS = frozenset({"partner", "manager", "association", "customer", "cloud", "currency", "charging"})
"""The filters of lines that a summary has too."""
FACTS = (
    "customer.legal_name",
    "customer.account_name",
    "customer.uin",
    "customer.account_id",
    "customer.page",
    "customer.association_kind",
    "customer.manager",
    "partner.legal_name",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SumFilter(LineFilter):
    """The lines that are summed; `refunds`: only customers that got something back."""

    refunds: bool = False


def customer_sums(scope: Scope, where: SumFilter) -> list[Values]:
    """A row for each customer, partner and currency: expenditure, refunds and what remains, exactly."""
    first, last = months_of(scope, where)
    asked = bill_filter(scope, where, first=first, last=last)
    by = (Dimension.CUSTOMER, Dimension.PARTNER, Dimension.CURRENCY, Dimension.ACTION)
    found: dict[tuple[Any, ...], Values] = {}
    for customer, partner, currency, action, lines, *amounts in summed(scope, asked, by, SUMMED):
        listed, vouchers, total, partner_cost = amounts
        row = found.setdefault((customer, partner, currency), _empty(customer, partner, currency))
        row["refunds" if action in REFUNDS else "expenditure"] += total
        row["lines"] += lines
        for name, amount in (("list_cost", listed), ("vouchers", vouchers), ("total", total)):
            row[name] += amount
        row["partner_cost"] += partner_cost
    return [row for row in found.values() if row["refunds"] or not where.refunds]


def _empty(customer: int, partner: int, currency: str) -> Values:
    amounts = ("expenditure", "refunds", "list_cost", "vouchers", "total", "partner_cost")
    keys = {"customer_id": customer, "partner_id": partner, "currency": currency, "lines": 0}
    return {**keys, **dict.fromkeys(amounts, Decimal("0E-8"))}


def name_rows(scope: Scope, rows: list[Values]) -> None:
    """Add to rows what is known of their customers and partners."""
    people = People(scope)
    people.know(row[key] for row in rows for key in ("customer_id", "partner_id"))
    for row in rows:
        for name in FACTS:
            key, fact = split(name) or ("", "")
            row[name] = people.fact(row[key], fact)


_ROWS = Computed(customer_sums, name_rows)

BILL_SUMS: Listing[SumFilter] = Listing(
    name="bill-sums",
    title=_("Customer expenditure"),
    permission=Permission.BILL_READ,
    export_permission=Permission.BILL_READ,
    where=SumFilter,
    source=_ROWS.rows,
    texts=_ROWS,
    formats=("xlsx", "csv", "parquet"),
    scope=viewed,
    subject="customer_id",
    identity="customer.page",
    order="-total",
    tabs=(
        Tab(key="expenditures", label=_("Expenditures"), closed=closed_bills),
        Tab(
            key="refunds",
            label=_("Refunds"),
            conditions={"refunds": True},
            columns=("customer", "uin", "partner", "association", "manager", "refunds", "currency"),
            closed=closed_bills,
        ),
    ),
    columns=(
        Column(key="customer", label=_("Customer"), value="customer.legal_name", mask=Mask.NAME, link="customer"),
        Column(key="uin", label=_("UIN"), value="customer.uin", shows=Cell.ID, below="customer"),
        Column(key="account", label=_("Account name"), value="customer.account_name", mask=Mask.NAME, is_default=False),
        Column(key="account_id", label=_("Customer ID"), value="customer.account_id", shows=Cell.ID, is_default=False),
        Column(
            key="partner",
            label=_("Partner"),
            value="partner.legal_name",
            mask=Mask.NAME,
            is_for=sees_customers_of_resellers,
        ),
        Column(
            key="association",
            label=_("Association type"),
            value="customer.association_kind",
            shows=Cell.CHOICE,
            words=ASSOCIATIONS,
            below="partner",
        ),
        Column(key="manager", label=_("Account manager"), value="customer.manager", is_for=sells),
        Column(key="lines", label=_("Lines"), value="lines", shows=Cell.NUMBER, order="lines", is_default=False),
        Column(
            key="list_cost",
            label=_("List cost"),
            value="list_cost",
            shows=Cell.AMOUNT,
            order="list_cost",
            is_default=False,
        ),
        Column(key="expenditure", label=_("Expenditure"), value="expenditure", shows=Cell.AMOUNT, order="expenditure"),
        Column(key="refunds", label=_("Refunds"), value="refunds", shows=Cell.AMOUNT, order="refunds"),
        Column(
            key="vouchers",
            label=_("Paid by vouchers"),
            value="vouchers",
            shows=Cell.AMOUNT,
            order="vouchers",
            is_default=False,
        ),
        Column(key="total", label=_("Amount due"), value="total", shows=Cell.AMOUNT, order="total"),
        Column(
            key="partner_cost",
            label=_("Partner cost"),
            value="partner_cost",
            shows=Cell.AMOUNT,
            order="partner_cost",
            is_default=False,
            is_for=pays_provider,
        ),
        Column(key="currency", label=_("Currency"), value="currency"),
    ),
    filters=(
        Filter(
            key="text",
            label=_("Search"),
            control=controls.search(_("Customer: name, UIN, ID, mobile or e-mail")),
            is_always_shown=True,
            is_for=has_customers,
        ),
        Filter(key="month", label=_("Spent in"), control=months_control(), is_always_shown=True),
        Filter(key="until_month", label=_("Up to"), control=months_control(_("The same")), is_always_shown=True),
        *(one for one in FILTERS if one.key in OF_SUMS),
    ),
)
register(BILL_SUMS)
