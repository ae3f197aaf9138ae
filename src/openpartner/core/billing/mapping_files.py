"""Cloud accounts from a file: every row is checked, and all of them are applied or none.

Columns: cloud, billing_account, sub_account, customer (uin, account id or account name), since, until. An account that
has another customer passes to the new one on the row's first day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.imports import must_be_provider
from openpartner.core.billing.mapping import Mapping, clean, find_customer, insert, overlapping, place
from openpartner.core.billing.models import CloudAccount
from openpartner.core.billing.reading import Fault
from openpartner.core.command import command
from openpartner.core.loading.tables import FAULTS_MAX, day_of, rows_by_name, undone_unless

COLUMNS = ("cloud", "billing_account", "sub_account", "customer", "since", "until")
NEEDED = ("cloud", "billing_account", "customer", "since")
ROWS_MAX = 100_000


@dataclass(slots=True)
class Outcome:
    """What a file did, or would do."""

    rows: int = 0
    new: int = 0
    moved: int = 0
    """Accounts that pass from one customer to another."""
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)


def import_mappings(caller: Caller, path: Path, *, dry_run: bool) -> Outcome:
    """Assign the accounts of a file to their customers: all of them, or none when a row is wrong or it is a dry run.

    Invalid when the file is no table with these columns.
    """
    must_be_provider(caller)
    outcome = Outcome()
    with undone_unless(lambda: not dry_run and not outcome.faults):
        apply_mappings(caller, path=path, outcome=outcome)
    return outcome


@command(Action.CLOUD_ACCOUNTS_IMPORTED, permission=Permission.IMPORT)
def apply_mappings(caller: Caller, *, path: Path, outcome: Outcome) -> None:
    """Assign accounts of clouds to customers from a file."""
    provider = must_be_provider(caller)
    lock_account(provider)
    customers: dict[str, Account] = {}
    changed = []
    for number, cells in rows_by_name(path, COLUMNS, NEEDED, ROWS_MAX):
        outcome.rows += 1
        try:
            mapping = clean(_mapping(cells))
            if mapping.customer not in customers:
                customers[mapping.customer] = find_customer(caller, mapping.customer)
            if _change(caller, provider, mapping, customers[mapping.customer].pk, outcome):
                changed.append(mapping.source)
        except Invalid as error:
            if len(outcome.faults) < FAULTS_MAX:
                outcome.faults.append(Fault(number, error.field, error.why))
    if changed and not outcome.faults:
        place(caller, changed)
    record(
        caller,
        Action.CLOUD_ACCOUNTS_IMPORTED,
        rows=outcome.rows,
        new=outcome.new,
        moved=outcome.moved,
        unchanged=outcome.unchanged,
    )


def _change(caller: Caller, provider: int, mapping: Mapping, customer: int, outcome: Outcome) -> bool:
    """Bring one row about; returns whether anything had to be changed."""
    meeting = list(overlapping(provider, mapping.source, mapping.since, mapping.until))
    if any((row.customer_id, row.since, row.until) == (customer, mapping.since, mapping.until) for row in meeting):
        outcome.unchanged += 1
        return False
    if [row for row in meeting if row.until is not None or row.since >= mapping.since]:
        raise Invalid("since", "falls into days on which the account belongs to a customer already")
    for row in meeting:
        if row.customer_id == customer:
            raise Invalid("since", f"is later than {row.since}, since when the account is the customer's")
        CloudAccount.objects.within(caller.scope).filter(pk=row.pk).update(until=mapping.since)
        outcome.moved += 1
    insert(caller, mapping, customer)
    outcome.new += not meeting
    return True


def _mapping(cells: dict[str, str]) -> Mapping:
    since = day_of(cells, "since")
    if since is None:
        raise Invalid("since", "is needed")
    return Mapping(
        cloud=cells.get("cloud", ""),
        billing_account=cells.get("billing_account", ""),
        sub_account=cells.get("sub_account", ""),
        customer=cells.get("customer", ""),
        since=since,
        until=day_of(cells, "until"),
    )
