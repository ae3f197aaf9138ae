"""What lists of customers and partners tell of credit and expenditure, and what lists are narrowed and ordered by."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Expression,
    ExpressionWrapper,
    F,
    OuterRef,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import Site
from openpartner.core.base.micros import Units
from openpartner.core.base.permissions import Permission
from openpartner.core.budgets.models import Budget
from openpartner.core.credit.models import CreditAllocation
from openpartner.core.customers.rank_names import AVAILABLE, CREDIT, SPENT, USED
from openpartner.core.customers.ranks import value_of
from openpartner.core.ledger.models import LedgerAccount, Use
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Words

WHY = "of a row that the list's scope shows"


def sees_credit(caller: Caller) -> bool:
    """Whether the caller may read credit."""
    return Permission.CREDIT_READ in caller.permissions


def _sees_bills(caller: Caller) -> bool:
    return Permission.BILL_READ in caller.permissions


def _sees_budgets(caller: Caller) -> bool:
    """Budgets are between partners and their customers."""
    return sees_credit(caller) and caller.kind.is_partner


def _currency() -> Case:
    """What the credit of an account is counted in: its site decides."""
    return Case(When(site=Site.CN, then=Value("CNY")), default=Value("USD"), output_field=CharField())


def _left() -> Expression:
    rows = LedgerAccount.objects.everything(reason=WHY).filter(
        holder=OuterRef("pk"), use=Use.ALLOCABLE, giver=OuterRef("partner"), subject=0
    )
    left = rows.order_by().values(left=F("credits") - F("debits"))
    return _number(Subquery(left[:1], output_field=BigIntegerField()))


def _given() -> Expression:
    rows = CreditAllocation.objects.everything(reason=WHY).filter(holder=OuterRef("pk"), giver=OuterRef("partner"))
    return _number(Subquery(rows.order_by("-id").values("total_after")[:1], output_field=BigIntegerField()))


def _number(found: Subquery) -> Expression:
    return Coalesce(found, Value(0, output_field=BigIntegerField()), output_field=BigIntegerField())


def _budget() -> Expression:
    rows = Budget.objects.everything(reason=WHY).filter(customer=OuterRef("pk"))
    return ExpressionWrapper(Subquery(rows.order_by().values("micros")[:1]), output_field=BigIntegerField())


def _amount(
    key: str, label: Words, value: Expression, *, order: str = "", is_for: Callable[[Caller], bool] = sees_credit
) -> Column:
    return Column(
        key=key, label=label, value=Units(value), shows=Cell.AMOUNT, order=order, is_default=False, is_for=is_for
    )


def _between(
    name: str, least: Words, most: Words, control: controls.Control, is_for: Callable[[Caller], bool]
) -> tuple[Filter, Filter]:
    """The two bounds of a number, both included."""
    convert = controls.whole_number if name == USED else controls.in_millionths
    return (
        Filter(key=f"{name}_from", label=least, control=control, convert=convert, is_for=is_for),
        Filter(key=f"{name}_until", label=most, control=control, convert=convert, is_for=is_for),
    )


CURRENCY = Column(key="currency", label=_("Currency"), value=_currency(), is_default=False, is_for=sees_credit)
OF_CUSTOMERS = (
    _amount("available", _("Available credit"), value_of(AVAILABLE), order=AVAILABLE),
    _amount("credit", _("Total credit"), value_of(CREDIT), order=CREDIT),
    _amount("spent", _("Expenditure of the newest month"), value_of(SPENT), order=SPENT, is_for=_sees_bills),
    _amount("budget", _("Budget"), _budget(), is_for=_sees_budgets),
    Column(
        key="used",
        label=_("Budget usage"),
        value=value_of(USED),
        shows=Cell.PROGRESS,
        order=USED,
        is_default=False,
        is_for=_sees_budgets,
    ),
    CURRENCY,
)
"""Those with an order are empty where a customer was never given credit, spent nothing or has no budget."""
CUSTOMER_FILTERS = (
    *_between(AVAILABLE, _("Available credit from"), _("Available credit to"), controls.amount(), sees_credit),
    *_between(CREDIT, _("Total credit from"), _("Total credit to"), controls.amount(), sees_credit),
    *_between(SPENT, _("Expenditure from"), _("Expenditure to"), controls.amount(), _sees_bills),
    *_between(USED, _("Budget usage from, %"), _("Budget usage to, %"), controls.percent(), _sees_budgets),
)
OF_PARTNERS = (
    _amount("credit_left", _("Credit to allocate"), _left()),
    _amount("credit", _("Total credit"), _given()),
    CURRENCY,
)
