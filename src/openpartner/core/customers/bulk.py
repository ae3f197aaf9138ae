"""Changing several customers at once: each gets its own result and its own audit event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from openpartner.core.access.models import User
from openpartner.core.accounts.models import LABEL_SEPARATOR, Account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.customers.commands import LABELS_MAX
from openpartner.core.customers.matching import customers
from openpartner.core.customers.models import ManagerAssignment
from openpartner.kit import clock

AT_ONCE_MAX = 1_000


class Outcome(StrEnum):
    """What became of one customer of several."""

    DONE = "done"
    UNCHANGED = "unchanged"  # it was so already
    NOT_VISIBLE = "not visible"  # not one of the caller's direct customers, or nobody
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RowResult:
    """The result for one account id; `why` says what is wrong with a refused one."""

    account_id: str
    outcome: Outcome
    why: str = ""


@command(Action.CUSTOMERS_CHANGED, Action.MANAGER_ASSIGNED, permission=Permission.CUSTOMER_ASSIGN)
def assign_managers(
    caller: Caller, *, account_ids: Sequence[str], manager: int | None, only_unassigned: bool = False
) -> list[RowResult]:
    """Give direct customers an account manager of the caller's own staff, or none; a result for each account id.

    With `only_unassigned` those that somebody looks after already stay theirs, and are refused (huawei:B11).
    NotVisible when there is no such active person, Invalid for no account id or more than 1,000.
    """
    everybody = locked_customers(caller, account_ids)
    taken = {one for one, row in everybody.items() if only_unassigned and row.manager_id not in {None, manager}}
    found = {one: row for one, row in everybody.items() if one not in taken}
    person = None
    if manager is not None:
        person = User.objects.within(caller.scope).filter(pk=manager, is_active=True).first()
        if person is None:
            raise NotVisible("user")
    changed = [row for row in found.values() if row.manager_id != manager]
    moment, keys = clock.now(), [row.pk for row in changed]
    ManagerAssignment.objects.everything(reason="the customers are locked").filter(
        customer__in=keys, until__isnull=True
    ).update(until=moment)
    Account.objects.everything(reason="the customers are locked").filter(pk__in=keys).update(manager=person)
    if person is not None:
        ManagerAssignment.objects.bulk_create(
            ManagerAssignment(
                partner_id=caller.account, customer=row, manager=person, since=moment, assigned_by=caller.user_name
            )
            for row in changed
        )
    for row in changed:
        record(caller, Action.MANAGER_ASSIGNED, subject=row, manager=person.name if person else "")
    done = dict.fromkeys((row.account_id for row in changed), Outcome.DONE)
    results = {one: RowResult(one, done.get(one, Outcome.UNCHANGED)) for one in found}
    for one in taken:
        results[one] = RowResult(one, Outcome.REFUSED, "somebody looks after it already")
    return told(caller, account_ids, results, "manager")


@command(Action.CUSTOMERS_CHANGED, Action.LABELS_CHANGED, permission=Permission.CUSTOMER_WRITE)
def add_label(caller: Caller, *, account_ids: Sequence[str], label: str) -> list[RowResult]:
    """Add a label to direct customers; a result for each account id.

    Refused where all labels of a customer would be longer than 64 characters together. Invalid for a label that is
    empty, longer or holds a comma, and for no account id or more than 1,000.
    """
    name = _label(label)
    return _relabelled(caller, account_ids, lambda labels: labels | {name})


@command(Action.CUSTOMERS_CHANGED, Action.LABELS_CHANGED, permission=Permission.CUSTOMER_WRITE)
def remove_label(caller: Caller, *, account_ids: Sequence[str], label: str) -> list[RowResult]:
    """Take a label from direct customers; a result for each account id. Invalid as for `add_label`."""
    name = _label(label)
    return _relabelled(caller, account_ids, lambda labels: labels - {name})


def _relabelled(caller: Caller, account_ids: Sequence[str], change: Callable[[set[str]], set[str]]) -> list[RowResult]:
    results, changed = {}, []
    for one, row in locked_customers(caller, account_ids).items():
        before = {name for name in row.labels.split(LABEL_SEPARATOR) if name}
        after = change(before)
        joined = LABEL_SEPARATOR.join(sorted(after))
        if after == before:
            results[one] = RowResult(one, Outcome.UNCHANGED)
        elif len(joined) > LABELS_MAX:
            why = f"its labels would be longer than {LABELS_MAX} characters together"
            results[one] = RowResult(one, Outcome.REFUSED, why)
        else:
            row.labels = joined
            changed.append(row)
            results[one] = RowResult(one, Outcome.DONE)
    Account.objects.everything(reason="the customers are locked").bulk_update(changed, ["labels"], batch_size=200)
    for row in changed:
        record(caller, Action.LABELS_CHANGED, subject=row, labels=row.labels.split(LABEL_SEPARATOR))
    return told(caller, account_ids, results, "labels")


def locked_customers(caller: Caller, account_ids: Sequence[str]) -> dict[str, Account]:
    """The caller's direct customers among these account ids, locked in one order, so that two calls never deadlock."""
    wanted = set(account_ids)
    if not 1 <= len(wanted) <= AT_ONCE_MAX:
        raise Invalid("account_ids", f"from one to {AT_ONCE_MAX} customers are changed at once")
    if not caller.kind.is_partner:
        return {}  # customers are their partner's: nobody else writes about them
    rows = customers(caller.own()).filter(account_id__in=wanted).order_by("pk")
    return {row.account_id: row for row in rows.select_for_update(no_key=True)}


def told(caller: Caller, account_ids: Sequence[str], results: dict[str, RowResult], changed: str) -> list[RowResult]:
    """The results in the order asked for, each account once, and an event about all of them."""
    found = [results.get(one, RowResult(one, Outcome.NOT_VISIBLE)) for one in dict.fromkeys(account_ids)]
    counts = {str(outcome): sum(1 for one in found if one.outcome is outcome) for outcome in Outcome}
    record(caller, Action.CUSTOMERS_CHANGED, changed=changed, counts=counts)
    return found


def _label(text: str) -> str:
    name = text.strip()
    if not name:
        raise Invalid("label", "is empty")
    if LABEL_SEPARATOR in name:
        raise Invalid("label", "a label holds no comma")
    if len(name) > LABELS_MAX:
        raise Invalid("label", f"is longer than {LABELS_MAX} characters")
    return name
