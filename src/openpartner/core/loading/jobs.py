"""The import as a job: read, compare, apply. Killed at any moment, it goes on where its last step ended.

The file is read and its rows are compared in many small steps, which change no account. Then everything is applied
in one transaction, together with the memory that it was.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import connection

from openpartner.core.access.notices import tell_if_long
from openpartner.core.accounts.models import Account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.errors import ChannelError, Conflict, Invalid
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.jobs.models import Job
from openpartner.core.jobs.registry import job
from openpartner.core.jobs.work import Work
from openpartner.core.loading import applying, files, matching, staging, uploads
from openpartner.core.loading.models import Fate, StagedAccount
from openpartner.core.loading.staging import Basis
from openpartner.core.mail.templates import Template

KIND = "accounts.import"
ROUNDS_MAX = 5
"""How often rows are compared again because accounts changed before they could be applied."""
FORGOTTEN_AT_ONCE = 20_000
KINDS = (
    AccountKind.DISTRIBUTOR,
    AccountKind.RESELLER,
    AccountKind.SECOND_LEVEL_RESELLER,
    AccountKind.CUSTOMER,
)
"""Partners first: whoever is bound to one of the file must find it compared already."""


class Phase(StrEnum):
    """Where an import stands."""

    READ = "reading"
    COMPARE = "comparing"
    APPLY = "applying"
    CLEAN = "cleaning up"


@dataclass(slots=True)
class State:
    """The checkpoint of an import."""

    phase: Phase = Phase.READ
    line: int = 0
    kind: int = 0
    rows: int = 0
    faults: int = 0
    matched: int = 0
    rounds: int = 0
    is_told: bool = False
    """Whether the mail about its end was posted, if one was due."""
    result: dict[str, Any] | None = None
    """What will be told when it is done; None while nothing is decided."""

    @classmethod
    def of(cls, cursor: str) -> State:
        values = json.loads(cursor) if cursor else {}
        return cls(**{**values, "phase": Phase(values.get("phase", Phase.READ))})


@job(KIND, permission=Permission.IMPORT)
def import_accounts(work: Work) -> None:
    """Import accounts from a file: all of it, or nothing.

    The file goes when the import has ended, except after a dry run that found nothing wrong and is to be applied.
    """
    state = State.of(work.cursor)
    try:
        while state.phase != Phase.CLEAN:
            STEPS[state.phase](work, state)
    except ChannelError:
        _forget(work)
        raise
    _tell(work, state)
    _forget(work, keeping_file=not state.faults and is_kept(work.args))
    if state.faults:
        raise Invalid("file", f"{state.faults} faults; nothing was imported")
    work.result = state.result or {}


def _tell(work: Work, state: State) -> None:
    """Mail the end of a long import to whoever asked for it, once."""
    if state.is_told:
        return
    since = Job.objects.everything(reason="the job's own row").values_list("created_at", flat=True).get(pk=work.id)
    values = {"file": work.args["name"], "rows": state.rows, "faults": state.faults}
    with work.step():
        tell_if_long(work.caller, Template.IMPORT_FINISHED, since=since, path=f"/imports/{work.id}/", **values)
        state.is_told = True
        _save(work, state)


def _read(work: Work, state: State) -> None:
    rows_max = int(settings.OPENPARTNER.import_rows)
    basis = _basis(work)
    lines = files.lines(uploads.path_of(work.args["file"]), after=state.line)
    while batch := staging.taken(lines, staging.LINES_AT_ONCE):
        if state.rows + len(batch) > rows_max:
            raise Invalid("file", f"has more than {rows_max} rows, the setting OPENPARTNER_IMPORT_ROWS")
        with work.step():
            state.faults += staging.stage(basis, batch, state.faults)
            state.line, state.rows = batch[-1].number, state.rows + len(batch)
            _save(work, state)
    with work.step():
        found = matching.duplicates(work.id)
        state.faults += staging.keep_faults(basis, found, state.faults)
        _begin_comparing(state)
        _save(work, state)


def _begin_comparing(state: State) -> None:
    state.phase, state.kind, state.line, state.matched = Phase.COMPARE, 0, 0, 0


def _compare(work: Work, state: State) -> None:
    basis = _basis(work)
    while state.kind < len(KINDS):
        rows = matching.next_rows(work.id, KINDS[state.kind], state.line)
        with work.step():
            found = matching.match(basis, work.caller.scope, rows) if rows else []
            state.faults += staging.keep_faults(basis, found, state.faults)
            if rows:
                state.line, state.matched = rows[-1].line, state.matched + len(rows)
            else:
                state.kind, state.line = state.kind + 1, 0
            _save(work, state)
    with work.step():
        found = matching.doubles(work.id)
        state.faults += staging.keep_faults(basis, found, state.faults)
        state.phase = Phase.APPLY
        if state.faults:
            state.phase = Phase.CLEAN
        elif work.args["dry_run"]:
            state.phase, state.result = Phase.CLEAN, _told(state, applying.counts(work.id), dry_run=True)
        _save(work, state)


def _apply(work: Work, state: State) -> None:
    basis, caller = _basis(work), work.caller
    account = Account.objects.everything(reason="the caller's own row").get(pk=caller.account)
    try:
        with work.step():
            # First of all: it locks the job's row, so that nobody takes the job over however long this takes.
            _save(work, state)
            applying.lock()
            counts = applying.apply(basis, caller.user_name)
            state.phase, state.result = Phase.CLEAN, _told(state, counts, dry_run=False)
            record(
                caller, Action.ACCOUNTS_IMPORTED, subject=account, job=work.id, file=work.args["name"], **state.result
            )
            _save(work, state)
    except applying.Stale as error:
        state.rounds += 1
        if state.rounds >= ROUNDS_MAX:
            raise Conflict("the accounts change faster than the file can be compared with them") from error
        _begin_comparing(state)
        work.checkpoint(_cursor(state), state.matched, state.rows)


STEPS: dict[Phase, Callable[[Work, State], None]] = {Phase.READ: _read, Phase.COMPARE: _compare, Phase.APPLY: _apply}


def _told(state: State, counts: Counter[Fate], *, dry_run: bool) -> dict[str, Any]:
    return {
        "rows": state.rows,
        "new": counts[Fate.NEW],
        "changed": counts[Fate.CHANGED],
        "bound": counts[Fate.BOUND],
        "unchanged": counts[Fate.UNCHANGED],
        "dry_run": dry_run,
    }


def _forget(work: Work, *, keeping_file: bool = False) -> None:
    """Delete the staged rows in steps, then the file."""
    while True:
        with work.step():
            left = forget_staged(work.id)
            work.checkpoint(work.cursor, work.done, work.total)
        if not left:
            break
    if not keeping_file:
        uploads.remove(work.args["file"])


def is_kept(args: Mapping[str, Any]) -> bool:
    """Whether the file of an import stays after it: that of a dry run which somebody means to apply."""
    return bool(args["dry_run"] and args.get("to_apply"))


def forget_staged(job_id: int) -> int:
    """Delete some staged rows of a job and return how many; 0 when none is left."""
    first = StagedAccount.objects.everything(reason="the job has ended").filter(job=job_id).order_by("line")
    lines = list(first.values_list("line", flat=True)[:FORGOTTEN_AT_ONCE])
    if not lines:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM staged_account WHERE job = %s AND line <= %s", [job_id, lines[-1]])
        return int(cursor.rowcount)


def _basis(work: Work) -> Basis:
    caller = work.caller
    return Basis(
        owner=caller.account,
        owner_kind=caller.kind,
        owner_uin=caller.uin,
        job=work.id,
        at=datetime.fromisoformat(work.args["at"]),
    )


def _save(work: Work, state: State) -> None:
    work.checkpoint(_cursor(state), state.matched if state.phase != Phase.READ else state.rows, state.rows)


def _cursor(state: State) -> str:
    return json.dumps(asdict(state), ensure_ascii=False)
