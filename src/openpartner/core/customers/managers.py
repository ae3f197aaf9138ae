"""Account managers and how many customers each looks after (huawei:B11)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.scope import Scope
from openpartner.core.customers.models import ManagerAssignment


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerFilter:
    """Which people; None means no condition."""

    text: str | None = None  # part of the name, whatever the case
    has_customers: bool | None = None


def managers(scope: Scope, where: ManagerFilter) -> QuerySet[User]:
    """The people to whom customers of a partner are or can be assigned, each with its number of `customers`.

    The scope is narrowed to the partner.
    """
    assigned = Account.objects.within(scope).filter(kind=AccountKind.CUSTOMER, manager=OuterRef("pk"))
    count = assigned.order_by().values("manager").annotate(n=Count("pk")).values("n")
    rows = User.objects.within(scope).annotate(customers=Coalesce(Subquery(count, output_field=IntegerField()), 0))
    rows = rows.filter(Q(is_active=True) | Q(customers__gt=0))
    if where.text:
        rows = rows.filter(name__icontains=where.text)
    if where.has_customers is not None:
        rows = rows.filter(customers__gt=0) if where.has_customers else rows.filter(customers=0)
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentFilter:
    """Which assignments; None means no condition."""

    manager: int | None = None
    uin: int | None = None  # of the customer
    is_current: bool | None = None


def assignments(scope: Scope, where: AssignmentFilter) -> QuerySet[ManagerAssignment]:
    """Who looked after which customer of a partner and when; nobody for a scope that is not narrowed to a partner."""
    if scope.partner is None:
        return ManagerAssignment.objects.everything(reason="none of them").none()
    rows = ManagerAssignment.objects.within(scope)
    if where.manager is not None:
        rows = rows.filter(manager=where.manager)
    if where.uin is not None:
        found = Account.objects.everything(reason="hangs on assignments of the scope").filter(uin=where.uin)
        rows = rows.filter(customer__in=found.values("pk"))
    if where.is_current is not None:
        rows = rows.filter(until__isnull=where.is_current)
    return rows
