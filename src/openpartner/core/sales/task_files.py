"""Tasks from a file: every row is checked, and all of them are given or none (seed 002).

Columns: number, kind (expansion or renewal), partner (uin or account id), customer (uin or account id of one of the
partner's) or company, title, contact, email, mobile, amount, currency, resources, ends_on, due_on, description. A row
whose number is a task of the caller's already is left out, so that a file can be brought again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.customers.matching import customers
from openpartner.core.loading.tables import FAULTS_MAX, day_of, rows_by_name, undone_unless
from openpartner.core.partners.queries import partners
from openpartner.core.sales.models import SalesTask
from openpartner.core.sales.tasks import GIVERS, NewTask, give_task, tell_of_many
from openpartner.core.sales.vocabulary import TaskKind
from openpartner.kit.ids import UIN_MAX

COLUMNS = (
    *("number", "kind", "partner", "customer", "company", "title", "contact", "email", "mobile"),
    *("amount", "currency", "resources", "ends_on", "due_on", "description"),
)
NEEDED = ("kind", "partner", "title")
ROWS_MAX = 5_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row."""

    line: int
    column: str
    why: str


@dataclass(slots=True)
class Outcome:
    """What a file did, or would do."""

    rows: int = 0
    new: int = 0
    known: int = 0
    faults: list[Fault] = field(default_factory=list)


def import_tasks(caller: Caller, path: Path, *, dry_run: bool) -> Outcome:
    """Give the tasks of a file: all of them, or none when a row is wrong or it is a dry run.

    Invalid when the file is no table with these columns.
    """
    outcome = Outcome()
    with undone_unless(lambda: not dry_run and not outcome.faults):
        give_tasks(caller, path=path, outcome=outcome)
    return outcome


@command(Action.TASKS_IMPORTED, permission=Permission.SALES_WRITE)
def give_tasks(caller: Caller, *, path: Path, outcome: Outcome) -> None:
    """Give the tasks of a file to partners."""
    if caller.kind not in GIVERS or caller.scope.manager is not None:
        raise NotVisible("partner")
    rows = SalesTask.objects.within(caller.scope).filter(giver=caller.account).exclude(number="")
    known = set(rows.values_list("number", flat=True))
    given: list[SalesTask] = []
    for line, cells in rows_by_name(path, COLUMNS, NEEDED, ROWS_MAX):
        outcome.rows += 1
        number = cells.get("number", "").strip()
        if number and number in known:
            outcome.known += 1
            continue
        try:
            given.append(
                give_task(caller, partner=_partner(caller, cells["partner"]), new=_task(caller, cells), tells=False)
            )
        except Invalid as error:
            _wrong(outcome, line, error.field, error.why)
        except (Conflict, NotVisible) as error:
            _wrong(outcome, line, "partner" if isinstance(error, NotVisible) else "number", error.message)
        else:
            outcome.new += 1
            known.add(number)
    tell_of_many(caller, given)
    record(caller, Action.TASKS_IMPORTED, rows=outcome.rows, new=outcome.new, known=outcome.known)


def _wrong(outcome: Outcome, line: int, column: str, why: str) -> None:
    if len(outcome.faults) < FAULTS_MAX:
        outcome.faults.append(Fault(line, column, why))


def _partner(caller: Caller, text: str) -> str:
    number = _uin(text)
    if number is None:
        return text
    rows = partners(caller.scope).exclude(pk=caller.account).filter(uin=number)
    return rows.values_list("account_id", flat=True).first() or text


def _customer(caller: Caller, text: str) -> str:
    number = _uin(text)
    if number is None:
        return text
    return customers(caller.scope).filter(uin=number).values_list("account_id", flat=True).first() or text


def _uin(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(UIN_MAX))
    return int(text) if is_number and int(text) <= UIN_MAX else None


def _task(caller: Caller, cells: dict[str, str]) -> NewTask:
    kind = cells.get("kind", "").casefold()
    if kind not in {TaskKind.EXPANSION, TaskKind.RENEWAL}:
        raise Invalid("kind", "is neither expansion nor renewal")
    try:
        amount = Decimal(cells.get("amount") or 0)
    except InvalidOperation as error:
        raise Invalid("amount", "is no number") from error
    return NewTask(
        kind=TaskKind(kind),
        title=cells.get("title", ""),
        customer=_customer(caller, cells.get("customer", "")),
        company=cells.get("company", ""),
        contact=cells.get("contact", ""),
        email=cells.get("email", ""),
        mobile=cells.get("mobile", ""),
        amount=amount,
        currency=cells.get("currency", ""),
        description=cells.get("description", ""),
        resources=cells.get("resources", ""),
        ends_on=day_of(cells, "ends_on"),
        due_on=day_of(cells, "due_on"),
        number=cells.get("number", ""),
    )
