"""What lists of customers and partners tell of credit and expenditure, in columns that are read for a page alone."""

from __future__ import annotations

from django.db.models import BigIntegerField, Case, CharField, Expression, F, Max, OuterRef, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import Site
from openpartner.core.base.micros import Units
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.models import BillMonth, CustomerMonth
from openpartner.core.credit.models import CreditAllocation
from openpartner.core.credit.queries import available_of, used_of
from openpartner.core.ledger.models import LedgerAccount, Use
from openpartner.listings.declare import Cell, Column, Words

WHY = "of a row that the list's scope shows"


def sees_credit(caller: Caller) -> bool:
    """Whether the caller may read credit."""
    return Permission.CREDIT_READ in caller.permissions


def _sees_bills(caller: Caller) -> bool:
    return Permission.BILL_READ in caller.permissions


def _currency() -> Case:
    """What the credit of an account is counted in: its site decides."""
    return Case(When(site=Site.CN, then=Value("CNY")), default=Value("USD"), output_field=CharField())


def _spent() -> Expression:
    """What a customer spent in the newest month that has bills, in millionths of the currency of its credit."""
    months = BillMonth.objects.everything(reason=WHY)
    newest = months.filter(provider=OuterRef("provider")).order_by().values("provider").annotate(n=Max("month"))
    own = months.filter(month=Subquery(newest.values("n")), provider=OuterRef("provider"))
    rows = CustomerMonth.objects.everything(reason=WHY).filter(
        customer=OuterRef("pk"), partner=OuterRef("partner"), month__in=own.values("pk")
    )
    sums = rows.order_by().values("customer").annotate(n=Sum("total_micros")).values("n")
    return _number(Subquery(sums, output_field=BigIntegerField()))


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


def _amount(key: str, label: Words, value: Expression, *, is_bill: bool = False) -> Column:
    is_for = _sees_bills if is_bill else sees_credit
    return Column(key=key, label=label, value=Units(value), shows=Cell.AMOUNT, is_default=False, is_for=is_for)


CURRENCY = Column(key="currency", label=_("Currency"), value=_currency(), is_default=False, is_for=sees_credit)
OF_CUSTOMERS = (
    _amount("available", _("Available credit"), available_of()),
    _amount("credit", _("Total credit"), Coalesce(available_of() + used_of(), 0, output_field=BigIntegerField())),
    _amount("spent", _("Expenditure of the newest month"), _spent(), is_bill=True),
    CURRENCY,
)
OF_PARTNERS = (
    _amount("credit_left", _("Credit to allocate"), _left()),
    _amount("credit", _("Total credit"), _given()),
    CURRENCY,
)
