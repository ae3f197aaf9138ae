"""Accounts of clouds and the customers they belong to."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from openpartner.core.accounts.models import Account
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.billing.models import CloudAccount
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.registry import register


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudAccountFilter:
    """Conditions on a list of accounts of clouds; None means no condition."""

    account_contains: str | None = None
    cloud: str | None = None
    customer: str | None = None
    is_current: bool | None = None


def _accounts(scope: Scope, where: CloudAccountFilter) -> QuerySet[CloudAccount]:
    rows = CloudAccount.objects.within(scope)
    if where.account_contains is not None:
        found = rows.filter(sub_account__contains=where.account_contains)
        rows = found | rows.filter(billing_account__contains=where.account_contains)
    if where.cloud is not None:
        rows = rows.filter(cloud=where.cloud.casefold())
    if where.customer is not None:
        named = Account.objects.within(scope).filter(account_name__icontains=where.customer)
        rows = rows.filter(customer__in=named.values("pk"))
    if where.is_current is not None:
        rows = rows.filter(until__isnull=where.is_current)
    return rows


CLOUD_ACCOUNTS: Listing[CloudAccountFilter] = Listing(
    name="cloud-accounts",
    title=_("Cloud accounts"),
    permission=Permission.IMPORT,
    export_permission=None,
    where=CloudAccountFilter,
    source=ModelRows(_accounts, {"added": ("added_at",), "cloud": ("cloud", "billing_account", "sub_account")}),
    order="-added",
    columns=(
        Column(key="cloud", label=_("Cloud"), value="cloud", order="cloud"),
        Column(key="billing_account", label=_("Billing account"), value="billing_account", shows=Cell.ID),
        Column(key="sub_account", label=_("Sub-account"), value="sub_account", shows=Cell.ID),
        Column(key="customer", label=_("Customer"), value="customer__account_name"),
        Column(key="since", label=_("From"), value=Cast("since", TextField())),
        Column(key="until", label=_("Ends before"), value=Cast("until", TextField())),
        Column(key="added", label=_("Added on"), value="added_at", shows=Cell.INSTANT, order="added"),
        Column(key="person", label=_("By"), value="added_by"),
    ),
    filters=(
        Filter(
            key="account_contains",
            label=_("Account"),
            control=controls.search(_("Billing account or sub-account")),
            is_always_shown=True,
        ),
        Filter(key="cloud", label=_("Cloud"), control=controls.text(), is_always_shown=True),
        Filter(key="customer", label=_("Customer"), control=controls.text()),
        Filter(key="is_current", label=_("Current"), control=controls.yes_or_no()),
    ),
)
register(CLOUD_ACCOUNTS)
