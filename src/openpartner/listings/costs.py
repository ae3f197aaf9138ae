"""The cost explorer: sums of bill lines by anything they have, by day or month, and beside the period before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.access.managers import manager_names
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.billing.months import first_day, last_day, month_of_day, month_text
from openpartner.core.billing.queries import BillFilter, By, Dimension, Tag
from openpartner.core.partners.queries import viewed
from openpartner.kit.masks import mask_name
from openpartner.listings import controls
from openpartner.listings.bill_figures import AsOf, state_of, summed
from openpartner.listings.bill_filters import (
    FILTERS,
    NOTHING,
    LineFilter,
    bill_filter,
    closed_bills,
    has_customers,
    known,
    months_control,
    months_of,
    pays_provider,
    sells,
    this_month,
    today,
)
from openpartner.listings.bill_people import People
from openpartner.listings.bill_words import ACTIONS, AMOUNTS, CATEGORIES, CHARGINGS, CLOUDS, STATES
from openpartner.listings.computed import Computed, Values
from openpartner.listings.declare import Cell, Column, Filter, Listing, Tab, Words
from openpartner.listings.registry import register
from openpartner.listings.widgets import Choice
from openpartner.listings.words import ASSOCIATIONS

MONTHS = 6
"""Shown until somebody asks for other months."""
DAYS_MAX = 93
TOP = 10
TOPS = (TOP, 5, 20, 50)
WORDS_OF_TOPS: dict[int, Words] = {10: _("The top 10"), 5: _("The top 5"), 20: _("The top 20"), 50: _("The top 50")}
DAY, MONTH = "day", "month"
TAG = "tag"
ZERO = Decimal("0E-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Something that costs can be grouped by."""

    label: Words
    dimension: Dimension
    words: Mapping[str, Words] = field(default_factory=dict)
    """The word of a code that brings no name."""
    filter_key: str = ""
    """The filter that leads to one group's lines."""
    is_for: Callable[[Caller], bool] = lambda _caller: True


D = Dimension
GROUPINGS: dict[str, Grouping] = {
    "service": Grouping(label=_("Service"), dimension=D.SERVICE, filter_key="service"),
    "product": Grouping(label=_("Product"), dimension=D.PRODUCT, filter_key="product"),
    "component": Grouping(label=_("Component"), dimension=D.COMPONENT, filter_key="component"),
    "service_category": Grouping(
        label=_("Service category"), dimension=D.SERVICE_CATEGORY, filter_key="service_category"
    ),
    "customer": Grouping(label=_("Customer"), dimension=D.CUSTOMER, filter_key="customer", is_for=has_customers),
    "partner": Grouping(label=_("Partner"), dimension=D.PARTNER, filter_key="partner", is_for=has_customers),
    "association": Grouping(
        label=_("Association type"), dimension=D.CUSTOMER, filter_key="association", is_for=has_customers
    ),
    "manager": Grouping(label=_("Account manager"), dimension=D.CUSTOMER, filter_key="manager", is_for=sells),
    "charging": Grouping(label=_("Billing mode"), dimension=D.CHARGING, words=CHARGINGS, filter_key="charging"),
    "action": Grouping(label=_("Bill type"), dimension=D.ACTION, words=ACTIONS, filter_key="action"),
    "category": Grouping(
        label=_("Charge category"), dimension=D.CHARGE_CATEGORY, words=CATEGORIES, filter_key="category"
    ),
    "cloud": Grouping(label=_("Cloud"), dimension=D.CLOUD, words=CLOUDS, filter_key="cloud"),
    "region": Grouping(label=_("Region"), dimension=D.REGION, filter_key="region"),
    "zone": Grouping(label=_("Availability zone"), dimension=D.ZONE, filter_key="zone"),
    "project": Grouping(label=_("Project"), dimension=D.PROJECT, filter_key="project"),
    "resource": Grouping(label=_("Resource"), dimension=D.RESOURCE, filter_key="resource"),
    "resource_type": Grouping(label=_("Resource type"), dimension=D.RESOURCE_TYPE, filter_key="resource_type"),
    "sub_account": Grouping(label=_("Sub-account"), dimension=D.SUB_ACCOUNT, filter_key="sub_account"),
    "billing_account": Grouping(label=_("Billing account"), dimension=D.BILLING_ACCOUNT, filter_key="billing_account"),
    "operator": Grouping(label=_("Operator"), dimension=D.OPERATOR, filter_key="operator"),
    "order": Grouping(label=_("Order number"), dimension=D.ORDER, filter_key="order"),
    TAG: Grouping(label=_("Tag"), dimension=D.CLOUD, filter_key="tag"),
}
PLAIN_ACCOUNTS = frozenset({D.SUB_ACCOUNT, D.BILLING_ACCOUNT})
"""Shown by their number: the name that the source gives them may be a customer's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostFilter(LineFilter):
    """A question to the explorer: the lines, and how they are summed."""

    by: str = "service"
    tag_key: str | None = None
    per: str = MONTH
    amount: str = "total_cost"
    top: int = TOP
    chart: str = "bars"
    compare: bool | None = None


@dataclass(slots=True)
class Group:
    """One group: what it is, the value of the filter that leads to its lines, and its sums by period."""

    code: Any
    label: str
    value: str
    amounts: dict[Any, Decimal] = field(default_factory=dict)
    before: Decimal = ZERO
    lines: int = 0

    @property
    def total(self) -> Decimal:
        """Of all periods."""
        return sum(self.amounts.values(), ZERO)


@dataclass(frozen=True, slots=True)
class Exploration:
    """The answer: groups from the most costly one down, in one currency."""

    first: int
    last: int
    periods: list[Any]
    """Months as numbers, or days."""
    groups: list[Group]
    currency: str
    currencies: list[str]
    as_of: AsOf
    is_by_day: bool
    too_many_days: bool

    def total(self, period: Any = None) -> Decimal:  # noqa: ANN401  # a month's number or a day
        """Of one period, or of all."""
        if period is None:
            return sum((group.total for group in self.groups), ZERO)
        return sum((group.amounts.get(period, ZERO) for group in self.groups), ZERO)

    @property
    def before(self) -> Decimal:
        """Of the period before."""
        return sum((group.before for group in self.groups), ZERO)


def explore(scope: Scope, where: CostFilter) -> Exploration:
    """Sum the lines that are asked for."""
    first, last = months_of(scope, where, MONTHS)
    asked = bill_filter(scope, where, first=first, last=last)
    begin, end = where.since or first_day(first), where.until or last_day(last)
    too_many = where.per == DAY and (end - begin).days >= DAYS_MAX
    is_by_day = where.per == DAY and not too_many
    rows = list(_rows(scope, where, asked, (D.DAY if is_by_day else D.MONTH,)))
    counts: dict[str, int] = {}
    for _code, _name, _period, currency, lines, _amount in rows:
        counts[currency] = counts.get(currency, 0) + lines
    currencies = sorted(counts, key=lambda one: -counts[one])
    currency = currencies[0] if currencies else ""
    groups: dict[Any, Group] = {}
    labels: dict[Any, str] = {}
    for code, name, period, money, lines, amount in rows:
        if money == currency:
            group = groups.setdefault(code, Group(code, "", ""))
            group.amounts[period] = group.amounts.get(period, ZERO) + amount
            group.lines += lines
            labels[code] = name or labels.get(code, "")
    if where.compare:
        for code, name, _period, money, _lines, amount in _rows(scope, where, _before(asked, begin, end), ()):
            if money == currency:
                groups.setdefault(code, Group(code, "", "")).before += amount
                labels.setdefault(code, name)
    _put_labels(scope, where, groups, labels)
    found = sorted(groups.values(), key=lambda group: (-abs(group.total), group.label))
    periods = _periods(found, first, last, begin, end, is_by_day=is_by_day)
    state = state_of(scope, first, last, asked.clouds)
    return Exploration(first, last, periods, found, currency, currencies, state, is_by_day, too_many)


def _periods(groups: list[Group], first: int, last: int, begin: date, end: date, *, is_by_day: bool) -> list[Any]:
    if not is_by_day:
        return list(range(first, last + 1))
    latest = max((day for group in groups for day in group.amounts), default=begin)
    return [begin + timedelta(days=number) for number in range((min(end, latest) - begin).days + 1)]


def _before(asked: BillFilter, begin: date, end: date) -> BillFilter:
    """As much time before: as many months, or as many days where days or today bound the question."""
    if asked.since is None and asked.until is None:
        months = asked.last_month - asked.first_month + 1
        first, last = asked.first_month - months, asked.last_month - months
        if asked.last_month == this_month():
            # So far: the running month is compared with as many days.
            days = min(today().day, last_day(last).day)
            return replace(
                asked,
                first_month=first,
                last_month=last,
                since=first_day(first),
                until=last_day(last).replace(day=days),
            )
        return replace(asked, first_month=first, last_month=last)
    until = begin - timedelta(days=1)
    since = until - (end - begin)
    return replace(asked, since=since, until=until, first_month=month_of_day(since), last_month=month_of_day(until))


def _rows(
    scope: Scope, where: CostFilter, asked: BillFilter, periods: tuple[Dimension, ...]
) -> Iterator[tuple[Any, str, Any, str, int, Decimal]]:
    """Code, name, period, currency, lines and amount; a code that people are told by another is that one."""
    grouping = GROUPINGS[where.by]
    if where.by == TAG and not where.tag_key:
        return
    by: By = Tag(where.tag_key) if where.by == TAG and where.tag_key else grouping.dimension
    found = summed(scope, asked, (by, *periods, D.CURRENCY), (where.amount,))
    has_name = isinstance(by, Dimension) and by.is_named
    people: dict[int, Any] = {}
    if where.by in {"association", "manager"}:
        people = _of_customers(scope, where.by, [row[0] for row in found])
    for row in found:
        code, rest = row[0], list(row[1:])
        name = rest.pop(0) or "" if has_name else ""
        period = rest.pop(0) if periods else None
        currency, lines, amount = rest
        yield people.get(code) if people else code or None, name, period, currency, lines, amount


def _of_customers(scope: Scope, by: str, keys: list[int]) -> dict[int, Any]:
    people = People(scope)
    people.know(keys)
    fact = "association_kind" if by == "association" else "manager_id"
    return {key: people.fact(key, fact) or None for key in keys} | {-1: None}


def _put_labels(scope: Scope, where: CostFilter, groups: dict[Any, Group], labels: dict[Any, str]) -> None:
    """Say what each group is called, and what the filter calls it."""
    grouping = GROUPINGS[where.by]
    people = People(scope)
    if where.by in {"customer", "partner"}:
        people.know(code for code in groups if code)
    managers: dict[int, str] = {}
    if where.by == "manager":
        rows = Account.objects.within(scope).filter(manager__in=[code for code in groups if code])
        managers = manager_names(rows.values_list("manager", flat=True).distinct())
    for code, group in groups.items():
        group.value = NOTHING if code is None else str(code)
        if code is None:
            group.label = __("No value") if where.by not in {"customer", "partner"} else __("Not mapped")
        elif where.by in {"customer", "partner"}:
            group.label = f"{mask_name(people.fact(code, 'legal_name'))} {people.fact(code, 'uin')}"
            group.value = str(code) if where.by == "partner" else people.fact(code, "account_id")
        elif where.by == "association":
            group.label = str(ASSOCIATIONS.get(code, code))
        elif where.by == "manager":
            group.label = managers.get(code, str(code))
        elif where.by == TAG:
            group.value, group.label = f"{where.tag_key}={code}", str(code)
        else:
            named = "" if grouping.dimension in PLAIN_ACCOUNTS else labels.get(code, "")
            group.label = named or str(grouping.words.get(str(code), code))


def period_text(period: Any) -> str:  # noqa: ANN401  # a month's number or a day
    """A period as people write it."""
    return month_text(period) if isinstance(period, int) else f"{period:%Y-%m-%d}"


def _flat(scope: Scope, where: CostFilter) -> list[Values]:
    """All groups and periods, the most costly group first, then by time."""
    found = explore(scope, where)
    return [
        {
            "key": 0,
            "period": period_text(period),
            "group": group.label,
            "value": group.value,
            "amount": group.amounts[period],
            "currency": found.currency,
            "state": found.as_of.of_month(period if isinstance(period, int) else month_of_day(period)),
        }
        for group in found.groups
        for period in found.periods
        if period in group.amounts
    ]


def _first_of(
    words: Callable[[Caller], list[tuple[str, Words]]], coerce: Callable[[Any], Any] = str
) -> controls.Control:
    """A choice that is always made: the first one until another is."""
    return lambda caller: forms.TypedChoiceField(widget=Choice, coerce=coerce, empty_value=None, choices=words(caller))


def _groupings(caller: Caller) -> list[tuple[str, Words]]:
    return [(key, one.label) for key, one in GROUPINGS.items() if one.is_for(caller)]


def _amounts(caller: Caller) -> list[tuple[str, Words]]:
    return [(key, word) for key, word in AMOUNTS.items() if key != "partner_cost" or pays_provider(caller)]


_ROWS = Computed(_flat)

COSTS: Listing[CostFilter] = Listing(
    name="costs",
    title=_("Cost explorer"),
    permission=Permission.BILL_READ,
    export_permission=Permission.BILL_READ,
    where=CostFilter,
    source=_ROWS.rows,
    texts=_ROWS,
    formats=("xlsx", "csv", "parquet"),
    scope=viewed,
    subject="key",
    identity="value",
    order="",
    tabs=(Tab(key="costs", label=_("Costs"), closed=closed_bills),),
    columns=(
        Column(key="period", label=_("Period"), value="period"),
        Column(key="group", label=_("Group"), value="group"),
        Column(key="code", label=pgettext_lazy("of a product, a region ...", "Code"), value="value", shows=Cell.ID),
        Column(key="amount", label=_("Amount"), value="amount", shows=Cell.AMOUNT),
        Column(key="currency", label=_("Currency"), value="currency"),
        Column(
            key="state",
            label=_("State"),
            value="state",
            shows=Cell.CHOICE,
            words=STATES,
        ),
    ),
    filters=(
        Filter(key="by", label=_("Group by"), control=_first_of(_groupings), is_always_shown=True),
        Filter(key="amount", label=_("Amount"), control=_first_of(_amounts), is_always_shown=True),
        Filter(
            key="per",
            label=_("Per"),
            control=_first_of(lambda _caller: [(MONTH, _("Month")), (DAY, _("Day"))]),
            is_always_shown=True,
        ),
        Filter(key="month", label=_("From"), control=months_control(_("Six months")), is_always_shown=True),
        Filter(
            key="until_month", label=pgettext_lazy("last month", "To"), control=months_control(), is_always_shown=True
        ),
        Filter(
            key="top",
            label=_("Show"),
            control=_first_of(lambda _caller: [(str(one), WORDS_OF_TOPS[one]) for one in TOPS], int),
        ),
        Filter(
            key="compare",
            label=_("Period before"),
            control=controls.yes_or_no(),
        ),
        Filter(
            key="chart",
            label=_("Chart"),
            control=_first_of(
                lambda _caller: [("bars", _("Stacked bars")), ("lines", pgettext_lazy("kind of chart", "Lines"))]
            ),
        ),
        Filter(key="tag_key", label=_("Key of the tag to group by"), control=controls.text(128)),
        Filter(
            key="text",
            label=_("Search"),
            control=controls.search(_("Customer: name, UIN, ID, mobile or e-mail")),
            is_for=has_customers,
        ),
        Filter(key="service", label=_("Service"), control=known(Dimension.SERVICE)),
        *FILTERS,
    ),
)
register(COSTS)
