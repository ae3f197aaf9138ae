"""Reading sales: lists of reports, opportunities and tasks, one of each, and its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import BooleanField, Case, Count, Q, QuerySet, Sum, Value, When

from openpartner.core.base.errors import NotVisible
from openpartner.core.base.scope import Scope
from openpartner.core.sales.models import EnterpriseFact, HistoryEntry, Opportunity, ReportedCustomer, SalesTask
from openpartner.core.sales.reports import mark_registered, reported_by_other
from openpartner.core.sales.vocabulary import ENDED_STAGES, OPEN_STAGES, OPEN_TASKS, Origin, Stage
from openpartner.kit import clock
from openpartner.kit.money import Money

__all__ = ["mark_registered", "reported_by_other"]
WHY = "hangs on a row that was read within the scope"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFilter:
    """Which reports; None means no condition."""

    text: str | None = None  # part of the company, whatever the case
    state: str | None = None
    industry: str | None = None
    partner: int | None = None
    manager: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityFilter:
    """Which opportunities; None means no condition."""

    text: str | None = None  # part of the customer or the name, whatever the case
    stage: str | None = None
    is_open: bool | None = None
    origin: str | None = None
    is_shared: bool | None = None
    partner: int | None = None
    manager: int | None = None
    closes_from: date | None = None
    closes_until: date | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """Which tasks; None means no condition. The first three are those of seed 002."""

    customer_name_contains: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    kind: str | None = None
    state: str | None = None
    is_open: bool | None = None
    is_overdue: bool | None = None
    partner: int | None = None
    manager: int | None = None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """How many opportunities stand at a stage, and what they may bring, per currency."""

    stage: Stage
    number: int
    amounts: tuple[Money, ...]


def reports(scope: Scope, where: ReportFilter) -> QuerySet[ReportedCustomer]:
    """Reported customers within the scope."""
    rows = ReportedCustomer.objects.within(scope)
    if where.text:
        rows = rows.filter(company__icontains=where.text)
    return _equal(
        rows,
        state=where.state,
        industry=where.industry,
        partner=where.partner,
        manager=where.manager,
        created_at__gte=where.since,
        created_at__lte=where.until,
    )


def opportunities(scope: Scope, where: OpportunityFilter) -> QuerySet[Opportunity]:
    """Opportunities within the scope, each with `is_shared`; the provider's are those it offered or is let see."""
    rows = Opportunity.objects.within(scope)
    if scope.provider is not None:
        rows = rows.filter(Q(shared_at__isnull=False) | Q(origin=Origin.PROVIDER))
    shared = When(shared_at__isnull=False, then=Value(value=True))
    rows = rows.annotate(is_shared=Case(shared, default=Value(value=False), output_field=BooleanField()))
    if where.text:
        rows = rows.filter(Q(company__icontains=where.text) | Q(name__icontains=where.text))
    if where.is_open is not None:
        ended = Q(stage__in=sorted(ENDED_STAGES))
        rows = rows.filter(~ended if where.is_open else ended)
    return _equal(
        rows,
        stage=where.stage,
        origin=where.origin,
        is_shared=where.is_shared,
        partner=where.partner,
        manager=where.manager,
        expected_on__gte=where.closes_from,
        expected_on__lte=where.closes_until,
        created_at__gte=where.since,
        created_at__lte=where.until,
    )


def tasks(scope: Scope, where: TaskFilter) -> QuerySet[SalesTask]:
    """Tasks within the scope; of a distributor, those that were given to it and those that it gave."""
    rows = SalesTask.objects.within(scope)
    if scope.payer is not None:
        # What the provider asks of a reseller is between the two.
        rows = rows.filter(Q(partner=scope.payer) | Q(giver=scope.payer))
    if where.customer_name_contains:
        rows = rows.filter(company__icontains=where.customer_name_contains)
    is_open = Q(state__in=sorted(OPEN_TASKS))
    if where.is_open is not None:
        rows = rows.filter(is_open if where.is_open else ~is_open)
    if where.is_overdue is not None:
        overdue = is_open & Q(due_on__isnull=False, due_on__lt=clock.now().date())
        rows = rows.filter(overdue) if where.is_overdue else rows.exclude(overdue)
    return _equal(
        rows,
        kind=where.kind,
        state=where.state,
        partner=where.partner,
        manager=where.manager,
        created_at__gte=where.since,
        created_at__lte=where.until,
    )


def get_report(scope: Scope, key: int) -> ReportedCustomer:
    """The report of this key; NotVisible when the scope does not show it."""
    found = reports(scope, ReportFilter()).filter(pk=key).select_related("partner", "manager", "account").first()
    if found is None:
        raise NotVisible("report")
    return found


def get_opportunity(scope: Scope, key: int) -> Opportunity:
    """The opportunity of this key; NotVisible when the scope does not show it."""
    rows = opportunities(scope, OpportunityFilter()).filter(pk=key)
    found = rows.select_related("partner", "manager", "customer", "report").first()
    if found is None:
        raise NotVisible("opportunity")
    return found


def get_task(scope: Scope, key: int) -> SalesTask:
    """The task of this key; NotVisible when the scope does not show it."""
    rows = tasks(scope, TaskFilter()).filter(pk=key)
    found = rows.select_related("partner", "manager", "customer", "giver", "opportunity").first()
    if found is None:
        raise NotVisible("task")
    return found


def history(row: ReportedCustomer | Opportunity | SalesTask) -> list[HistoryEntry]:
    """What was done with a row that was read within a scope, newest first, each entry with its `account`."""
    name = {ReportedCustomer: "report", Opportunity: "opportunity", SalesTask: "task"}[type(row)]
    rows = HistoryEntry.objects.everything(reason=WHY).filter(**{name: row})
    return list(rows.select_related("account").order_by("-at", "-pk"))


def facts(report: ReportedCustomer) -> list[EnterpriseFact]:
    """What is known of the company of a report that was read within a scope, in the order it was written down."""
    return list(EnterpriseFact.objects.everything(reason=WHY).filter(report=report).order_by("pk"))


def opportunities_of(scope: Scope, *, customer: int | None = None, report: int | None = None) -> list[Opportunity]:
    """The opportunities of one associated or one reported customer, newest first."""
    rows = opportunities(scope, OpportunityFilter())
    rows = rows.filter(customer=customer) if report is None else rows.filter(report=report)
    return list(rows.order_by("-created_at", "-pk"))


def pipeline(scope: Scope) -> list[Pipeline]:
    """What open opportunities may bring, by stage, in the order of the stages."""
    rows = opportunities(scope, OpportunityFilter()).filter(stage__in=OPEN_STAGES).order_by()
    found = rows.values("stage", "currency").annotate(number=Count("pk"), total=Sum("micros"))
    sums: dict[str, list[tuple[int, Money]]] = {}
    for stage, currency, number, total in found.order_by("currency").values_list(
        "stage", "currency", "number", "total"
    ):
        sums.setdefault(stage, []).append((number, Money(currency, int(total))))
    return [
        Pipeline(one, sum(number for number, _ in sums.get(one, [])), tuple(money for _, money in sums.get(one, [])))
        for one in OPEN_STAGES
    ]


def _equal(rows: QuerySet, **conditions: object) -> QuerySet:  # type: ignore[type-arg]  # of whatever model comes in
    return rows.filter(**{name: value for name, value in conditions.items() if value is not None})
