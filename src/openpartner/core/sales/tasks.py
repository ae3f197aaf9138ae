"""Sales-expansion and large-renewal tasks: given to a partner, worked on, ended (seed 002, huawei:B13)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from openpartner.core.access.notices import NOTHING, tell
from openpartner.core.accounts.models import Account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.customers.matching import customers
from openpartner.core.mail.templates import Template
from openpartner.core.partners.queries import get_partner
from openpartner.core.sales.models import COMPANY_MAX, PERSON_MAX, TEXT_MAX, Opportunity, SalesTask
from openpartner.core.sales.opportunities import NewOpportunity, add_opportunity
from openpartner.core.sales.steps import (
    Whose,
    currency_or_own,
    email_of,
    fitting,
    locked,
    manager_of,
    may_move,
    micros_of,
    mobile_of,
    needed,
    note,
    own_row,
    save,
)
from openpartner.core.sales.vocabulary import OPEN_TASKS, TASK_MOVES, Deed, TaskKind, TaskState
from openpartner.kit import clock

WHAT = "task"
NUMBER_MAX = 64
LIST = "/sales-tasks/"
WHOLE = 100
GIVERS = frozenset({AccountKind.PROVIDER, AccountKind.DISTRIBUTOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """What is asked for. `customer` is the account id of one of the partner's customers, or `company` names another."""

    kind: TaskKind
    title: str
    customer: str = ""
    company: str = ""
    contact: str = ""
    email: str = ""
    mobile: str = ""
    amount: Decimal = Decimal(0)
    currency: str = ""
    description: str = ""
    resources: str = ""
    ends_on: date | None = None
    due_on: date | None = None
    number: str = ""


@command(Action.TASK_GIVEN, permission=Permission.SALES_WRITE)
def give_task(caller: Caller, *, partner: str, new: NewTask, tells: bool = True) -> SalesTask:
    """Ask a partner to work on a customer, and return the task.

    The provider asks any partner of its own, a distributor its second-level resellers. Conflict when the number is a
    task of the caller's already. The partner is told by mail, unless whoever gives many does it once for all.
    """
    if caller.kind not in GIVERS or caller.scope.manager is not None:
        raise NotVisible("partner")
    found = get_partner(caller.scope, account_id=partner)
    row = _made(caller, found, new)
    if row.number and SalesTask.objects.within(caller.scope).filter(giver=caller.account, number=row.number).exists():
        raise Conflict("there is a task with this number already")
    row.save(force_insert=True)
    note(caller, row, Deed.GIVEN, text=row.description, percent=0)
    if tells:
        _tell(caller, row)
    record(caller, Action.TASK_GIVEN, subject=Whose.of(found), task=row.pk, kind=row.kind)
    return row


@command(Action.TASK_STARTED, permission=Permission.SALES_WRITE)
def start_task(caller: Caller, *, task: int, text: str = "", manager: int | None = None) -> SalesTask:
    """Begin to process a task of the caller's, perhaps naming who does it."""
    row = own_row(caller, SalesTask, task, WHAT)
    may_move(TaskState(row.state), TaskState.WORKING, TASK_MOVES, Conflict("the task is being processed, or has ended"))
    row.state, row.started_at = TaskState.WORKING, clock.now()
    row.manager_id = manager_of(caller, manager) or row.manager_id
    save(row, "state", "started_at", "manager")
    note(caller, row, Deed.STARTED, text=fitting("text", text, TEXT_MAX), percent=row.percent)
    record(caller, Action.TASK_STARTED, subject=Whose.of(row.partner), task=row.pk)
    return row


@command(Action.TASK_PROGRESSED, permission=Permission.SALES_WRITE)
def report_progress(caller: Caller, *, task: int, percent: int, text: str) -> SalesTask:
    """Say how far a task of the caller's that is being processed has come, in whole percent, and what was done."""
    row = _working(caller, task)
    if not 0 <= percent <= WHOLE:
        raise Invalid("percent", "must be from 0 to 100")
    row.percent = percent
    save(row, "percent")
    note(caller, row, Deed.NOTED, text=needed("text", text, TEXT_MAX), percent=percent)
    record(caller, Action.TASK_PROGRESSED, subject=Whose.of(row.partner), task=row.pk, percent=percent)
    return row


@command(Action.TASK_ENDED, permission=Permission.SALES_WRITE)
def end_task(caller: Caller, *, task: int, is_achieved: bool, outcome: str) -> SalesTask:
    """End a task of the caller's that is being processed, and say what came of it."""
    row = _working(caller, task)
    outcome = needed("outcome", outcome, TEXT_MAX)
    _end(row, TaskState.ACHIEVED if is_achieved else TaskState.MISSED, outcome)
    if is_achieved:
        row.percent = WHOLE
        save(row, "percent")
    note(caller, row, Deed.ACHIEVED if is_achieved else Deed.MISSED, text=outcome, percent=row.percent)
    record(caller, Action.TASK_ENDED, subject=Whose.of(row.partner), task=row.pk, achieved=is_achieved)
    return row


@command(Action.TASK_CANCELLED, permission=Permission.SALES_WRITE)
def cancel_task(caller: Caller, *, task: int, reason: str) -> SalesTask:
    """Take back a task that the caller has given and that is not ended."""
    found = SalesTask.objects.within(caller.scope).filter(giver=caller.account, pk=task).first()
    row = locked(found, WHAT)
    reason = needed("reason", reason, TEXT_MAX)
    _end(row, TaskState.CANCELLED, reason)
    note(caller, row, Deed.CANCELLED, text=reason, percent=row.percent)
    record(caller, Action.TASK_CANCELLED, subject=Whose.of(row.partner), task=row.pk)
    return row


@command(Action.OPPORTUNITY_ADDED, permission=Permission.SALES_WRITE)
def make_opportunity(caller: Caller, *, task: int, new: NewOpportunity) -> Opportunity:
    """Add an opportunity that a task of the caller's has led to, shared with the provider that follows the task."""
    row = own_row(caller, SalesTask, task, WHAT)
    if row.state not in OPEN_TASKS:
        raise Conflict("the task has ended already")
    if row.opportunity_id is not None:
        raise Conflict("the task has led to an opportunity already")
    row.opportunity = add_opportunity(caller, new=new, is_shared=row.giver.kind == AccountKind.PROVIDER)
    save(row, "opportunity")
    return row.opportunity


def tell_of_many(caller: Caller, rows: list[SalesTask]) -> None:
    """Tell each partner once how many of these tasks are its own."""
    counts = Counter(row.partner_id for row in rows)
    partners = {row.partner_id: row.partner for row in rows}
    giver = _giver(caller)
    for key, count in counts.items():
        tell(partners[key], Template.TASKS_GIVEN, path=LIST, count=count, giver=giver)


def _tell(caller: Caller, row: SalesTask) -> None:
    tell(
        row.partner,
        Template.TASK_GIVEN,
        path=f"{LIST}{row.pk}/",
        title=row.title,
        company=row.company,
        giver=_giver(caller),
        due=row.due_on or NOTHING,
    )


def _giver(caller: Caller) -> str:
    return Account.objects.everything(reason="the caller's own account").get(pk=caller.account).called


def _made(caller: Caller, partner: Account, new: NewTask) -> SalesTask:
    moment = clock.now()
    assert partner.provider_id is not None
    row = SalesTask(
        provider_id=partner.provider_id,
        payer_id=partner.payer_id or partner.pk,
        partner=partner,
        giver_id=caller.account,
        kind=new.kind,
        number=fitting("number", new.number, NUMBER_MAX),
        title=needed("title", new.title, COMPANY_MAX),
        contact=fitting("contact", new.contact, PERSON_MAX),
        email=email_of(new.email),
        mobile=mobile_of(new.mobile),
        micros=micros_of(new.amount),
        currency=currency_or_own(caller, new.currency),
        description=fitting("description", new.description, TEXT_MAX),
        resources=fitting("resources", new.resources, TEXT_MAX),
        ends_on=new.ends_on,
        due_on=new.due_on,
        created_at=moment,
        created_by=caller.user_name,
        changed_at=moment,
    )
    if new.customer:
        customer = customers(caller.scope).filter(partner=partner, account_id=new.customer).first()
        if customer is None:
            raise Invalid("customer", "is not one of the partner's own customers")
        row.customer, row.manager_id = customer, customer.manager_id
        row.company = (customer.called)[:COMPANY_MAX]
        row.email, row.mobile = row.email or customer.email, row.mobile or customer.mobile
    else:
        row.company = needed("company", new.company, COMPANY_MAX)
    if new.kind is TaskKind.RENEWAL and new.ends_on is None:
        raise Invalid("ends_on", "is needed: when what is to be renewed ends")
    return row


def _working(caller: Caller, task: int) -> SalesTask:
    row = own_row(caller, SalesTask, task, WHAT)
    if row.state == TaskState.WAITING:
        raise Conflict("the task is not being processed yet")
    if row.state not in OPEN_TASKS:
        raise Conflict("the task has ended already")
    return row


def _end(row: SalesTask, state: TaskState, outcome: str) -> None:
    may_move(TaskState(row.state), state, TASK_MOVES, Conflict("the task has ended already"))
    row.state, row.outcome, row.ended_at = state, outcome, clock.now()
    save(row, "state", "outcome", "ended_at")
