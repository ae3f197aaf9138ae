"""What the lists of budget records and of budget alerts are read from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from openpartner.core.accounts.models import Account
from openpartner.core.base.scope import Scope
from openpartner.core.budgets.models import BudgetAlert, BudgetRecord
from openpartner.core.credit.records import of_customers
from openpartner.core.customers.matching import customers


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRecordFilter:
    """Conditions on records of budgets; None means no condition."""

    holder: str | None = None
    """The account id of the customer."""
    operation: int | None = None
    kind: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def budget_records(scope: Scope, where: BudgetRecordFilter) -> QuerySet[BudgetRecord]:
    """What was done about budgets of customers in the scope; nothing for a customer, whose partner's word it is."""
    rows = BudgetRecord.objects.everything(reason="narrowed to the scope below")
    if scope.customer is not None:
        return rows.none()
    given = zip(scope.shape, scope.values, strict=True)
    rows = rows.filter(**{f"{level}_id": value for level, value in given if level != "manager"})
    if scope.manager is not None:
        rows = rows.filter(customer__in=customers(scope).values("pk"))
    if where.holder is not None:
        found = Account.objects.everything(reason="the record is read within the scope").filter(account_id=where.holder)
        rows = rows.filter(customer__in=found.values("pk"))
    conditions = {"operation": where.operation, "kind": where.kind, "at__gte": where.since, "at__lte": where.until}
    return rows.filter(**{name: value for name, value in conditions.items() if value is not None})


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetAlertFilter:
    """Conditions on alerts of budgets; None means no condition."""

    percent: int | None = None
    uin: int | None = None
    has_suspended: bool | None = None
    since: datetime | None = None
    until: datetime | None = None


def budget_alerts(scope: Scope, where: BudgetAlertFilter) -> QuerySet[BudgetAlert]:
    """Which budgets of customers in the scope have reached what; nothing for a customer, as of records."""
    rows = of_customers(BudgetAlert, scope)
    if scope.customer is not None:
        return rows.none()
    conditions = {
        "percent": where.percent,
        "has_suspended": where.has_suspended,
        "at__gte": where.since,
        "at__lte": where.until,
    }
    rows = rows.filter(**{name: value for name, value in conditions.items() if value is not None})
    if where.uin is not None:
        found = Account.objects.everything(reason="the alert is read within the scope").filter(uin=where.uin)
        rows = rows.filter(customer__in=found.values("pk"))
    return rows
