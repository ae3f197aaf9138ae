"""What bill lines are narrowed by, on every page that shows them or sums of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from openpartner.core.access.managers import manager_choices
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind, AssociationKind
from openpartner.core.base.scope import Scope
from openpartner.core.billing.months import month_of, month_of_day, month_text
from openpartner.core.billing.queries import BillFilter, Dimension, months
from openpartner.core.customers.associations import AssociationFilter
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.queries import CustomerRows, associations
from openpartner.core.partners.queries import partners, viewed
from openpartner.kit import clock
from openpartner.listings import controls
from openpartner.listings.bill_figures import summed
from openpartner.listings.bill_words import ACTIONS, CATEGORIES, CHARGINGS, cloud_word
from openpartner.listings.declare import Filter, Words
from openpartner.listings.resellers import choices_of_partners, sees_customers_of_resellers
from openpartner.listings.widgets import Choice
from openpartner.listings.words import ASSOCIATIONS

NOTHING = "-"
"""In an address, stands for lines that have no value at all."""
ZONE_OF_BILLS = timedelta(hours=8)
"""Bill months of the clouds that are sold begin in UTC+8."""
KNOWN_MONTHS = 3
"""So far back, codes are offered to choose from; others can be given in an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFilter:
    """Conditions that must all hold; None means no condition."""

    month: int | None = None  # the first; the newest of which there are bills unless said
    until_month: int | None = None  # the last; the first unless said
    since: date | None = None  # days in the source's zone, both included
    until: date | None = None
    text: str | None = None
    customer: str | None = None  # account id
    manager: int | None = None
    association: AssociationKind | None = None
    partner: int | None = None
    cloud: str | None = None
    currency: str | None = None
    category: str | None = None
    charging: str | None = None
    action: str | None = None
    service_category: str | None = None
    service: str | None = None
    product: str | None = None
    component: str | None = None
    region: str | None = None
    zone: str | None = None
    project: str | None = None
    billing_account: str | None = None
    sub_account: str | None = None
    operator: str | None = None
    order: str | None = None
    transaction: str | None = None
    resource: str | None = None
    resource_type: str | None = None
    resource_name: str | None = None
    tag: str | None = None  # key, or key=value
    zeros: bool | None = None  # also lines whose list cost and amount due are 0


EQUAL: dict[str, Dimension] = {
    "cloud": Dimension.CLOUD,
    "currency": Dimension.CURRENCY,
    "category": Dimension.CHARGE_CATEGORY,
    "charging": Dimension.CHARGING,
    "action": Dimension.ACTION,
    "service_category": Dimension.SERVICE_CATEGORY,
    "service": Dimension.SERVICE,
    "product": Dimension.PRODUCT,
    "component": Dimension.COMPONENT,
    "region": Dimension.REGION,
    "zone": Dimension.ZONE,
    "project": Dimension.PROJECT,
    "billing_account": Dimension.BILLING_ACCOUNT,
    "sub_account": Dimension.SUB_ACCOUNT,
    "operator": Dimension.OPERATOR,
    "order": Dimension.ORDER,
    "transaction": Dimension.TRANSACTION,
    "resource": Dimension.RESOURCE,
    "resource_type": Dimension.RESOURCE_TYPE,
}
"""The filters that compare a column of the lake."""


def sells(caller: Caller) -> bool:
    """Whether the caller is a partner, which has account managers of its own."""
    return caller.kind.is_partner


def has_customers(caller: Caller) -> bool:
    """Whether the caller is anybody but a customer."""
    return caller.kind is not AccountKind.CUSTOMER


def pays_provider(caller: Caller) -> bool:
    """Whether the caller may see what a payer owes the provider: the payer itself and the provider."""
    return caller.kind is AccountKind.PROVIDER or caller.kind.pays


def closed_bills(caller: Caller) -> Words:
    """Why a customer sees no bills (huawei:B20, customer bill settings); empty if it does."""
    if has_customers(caller):
        return ""
    own = Account.objects.within(caller.scope).filter(pk=caller.account, bills_visible=False)
    return _("Your partner has closed the view of bills. Ask it what you owe.") if own.exists() else ""


def today() -> date:
    """The day of now where bill months begin."""
    return (clock.now() + ZONE_OF_BILLS).date()


def this_month() -> int:
    """The bill month of now."""
    return month_of_day(today())


def newest_month(scope: Scope) -> int:
    """The newest month in which the scope has lines; this month when there is none."""
    found = months(scope)
    return found[0].month if found else this_month()


def months_of(scope: Scope, where: LineFilter, default: int = 1) -> tuple[int, int]:
    """The first and the last month asked for; `default` months up to the newest one when none is."""
    if where.month is None and where.until_month is None:
        if where.since or where.until:
            first = month_of_day(where.since or where.until or date.min)
            return first, month_of_day(where.until or where.since or date.min)
        last = newest_month(scope)
        return last - default + 1, last
    given = [one for one in (where.month, where.until_month) if one is not None]
    return min(given), max(given)


def bill_filter(scope: Scope, where: LineFilter, *, first: int, last: int, nonzero: bool = False) -> BillFilter:
    """What the door to the lake is asked."""
    equal = {
        dimension.value: ("" if value == NOTHING else value,)
        for key, dimension in EQUAL.items()
        if (value := getattr(where, key)) is not None and key != "cloud"
    }
    key, has_value, value = (where.tag or "").partition("=")
    return BillFilter(
        first_month=first,
        last_month=last,
        since=where.since,
        until=where.until,
        partner=where.partner,
        customers=_customers(scope, where),
        clouds=(where.cloud,) if where.cloud else (),
        equal=equal,
        text={"resource_name": where.resource_name} if where.resource_name else {},
        tag=(key.strip(), (value.strip(),) if has_value else ()) if key.strip() else None,
        nonzero=nonzero,
    )


def _customers(scope: Scope, where: LineFilter) -> frozenset[int] | None:
    """The customers that are asked for; None for all. Whose lines may be read the door decides, whoever is named."""
    found: set[int] | None = None

    def narrow(keys: set[int]) -> None:
        nonlocal found
        found = keys if found is None else found & keys

    if where.customer is not None:
        rows = Account.objects.everything(reason="the door decides whose lines may be read")
        narrow({0} if where.customer == NOTHING else set(_keys(rows.filter(account_id=where.customer))))
    if where.text is not None:
        narrow(_named(scope, where.text))
    if where.association is not None:
        narrow(set(_keys(Account.objects.within(scope).filter(association_kind=where.association))))
    if where.manager is not None:
        narrow(set(_keys(Account.objects.within(scope).filter(manager=where.manager))))
    return None if found is None else frozenset(found)


def _named(scope: Scope, text: str) -> set[int]:
    """Customers that somebody looks for, and those of that name which were bound once."""
    batches = CustomerRows("pk").stream(scope, CustomerFilter(text=text), order="-associated", after=None, batch=5_000)
    found = {row[0] for rows in batches for row in rows}
    if scope.manager is None and scope.customer is None:  # records are for those who see all customers
        found |= set(associations(scope, AssociationFilter(text=text)).values_list("child_id", flat=True))
    return found


def _keys(rows: Any) -> list[int]:  # noqa: ANN401  # a QuerySet of accounts
    return list(rows.values_list("pk", flat=True))


class _Known(forms.TypedChoiceField):
    """A choice of what there is lately; anything else that an address gives is taken as it is."""

    def valid_value(self, value: object) -> bool:
        return len(str(value)) <= 200 and "\0" not in str(value)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        given = str(form.data.get(field_name) or "")
        choices: list[tuple[Any, Any]] = list(self.choices)  # type: ignore[arg-type]  # no groups here
        if given and all(given != str(key) for key, _word in choices):
            self.choices = [*choices, (given, given)]
        return super().get_bound_field(form, field_name)


NEWEST = _("Newest")


def months_control(words: Words = NEWEST) -> controls.Control:
    """One of the months of which bills are told."""

    def control(_caller: Caller) -> forms.Field:
        now = this_month()
        texts = [month_text(now - back) for back in range(max(1, settings.OPENPARTNER.bill_history_months) + 1)]
        return forms.TypedChoiceField(
            widget=Choice, coerce=month_of, empty_value=None, choices=[("", words), *((one, one) for one in texts)]
        )

    return control


def known(dimension: Dimension, words: Callable[[str], Words] = str) -> controls.Control:
    """One of the values that lines have had lately, most costly first."""

    def control(caller: Caller) -> forms.Field:
        scope = viewed(caller)
        last = newest_month(scope)
        where = BillFilter(first_month=last - KNOWN_MONTHS + 1, last_month=last)
        rows = sorted(summed(scope, where, (dimension,), ("list_cost",)), key=lambda row: -row[-1])
        choices = [(row[0], (row[1] if dimension.is_named else None) or words(row[0])) for row in rows if row[0]]
        return _Known(widget=Choice, coerce=str, empty_value=None, choices=[("", _("Any")), *choices])

    return control


def partner_choices(caller: Caller) -> list[tuple[int, str]]:
    """The partners whose customers' bills the caller may look at."""
    return choices_of_partners(caller) if partners(caller.scope).exists() else []


FILTERS: tuple[Filter, ...] = (
    Filter(
        key="partner", label=_("Partner"), control=controls.one_of(partner_choices), is_for=sees_customers_of_resellers
    ),
    Filter(key="manager", label=_("Account manager"), control=controls.one_of(manager_choices), is_for=sells),
    Filter(key="association", label=_("Association type"), control=controls.choice(ASSOCIATIONS), is_for=has_customers),
    Filter(key="customer", label=_("Customer ID"), control=controls.text(64), is_for=has_customers),
    Filter(key="cloud", label=_("Cloud"), control=known(Dimension.CLOUD, cloud_word)),
    Filter(key="currency", label=_("Currency"), control=known(Dimension.CURRENCY)),
    Filter(key="charging", label=_("Billing mode"), control=controls.choice(CHARGINGS)),
    Filter(key="action", label=_("Bill type"), control=controls.choice(ACTIONS)),
    Filter(key="category", label=_("Charge category"), control=controls.choice(CATEGORIES)),
    Filter(key="service_category", label=_("Service category"), control=known(Dimension.SERVICE_CATEGORY)),
    Filter(key="product", label=_("Product"), control=known(Dimension.PRODUCT)),
    Filter(key="component", label=_("Component"), control=controls.text(200)),
    Filter(key="region", label=_("Region"), control=known(Dimension.REGION)),
    Filter(key="zone", label=_("Availability zone"), control=known(Dimension.ZONE)),
    Filter(key="project", label=_("Project"), control=known(Dimension.PROJECT)),
    Filter(key="order", label=_("Order number"), control=controls.text(128)),
    Filter(key="transaction", label=_("Transaction number"), control=controls.text(128)),
    Filter(key="resource", label=_("Resource ID"), control=controls.text(300)),
    Filter(key="resource_name", label=_("Resource name"), control=controls.text(200)),
    Filter(key="resource_type", label=_("Resource type"), control=controls.text(200)),
    Filter(key="billing_account", label=_("Billing account"), control=controls.text(128)),
    Filter(key="sub_account", label=_("Sub-account"), control=controls.text(128)),
    Filter(key="operator", label=_("Operator"), control=controls.text(128)),
    Filter(key="tag", label=_("Tag"), control=controls.text(200, _("Key, or key=value"))),
    Filter(key="since", label=_("Since"), control=controls.day()),
    Filter(key="until", label=_("Until"), control=controls.day()),
)
"""Beside month, customer and service, which stand first on each page."""
