"""The import of one file of bills: read, check, place, settle, write, publish.

Until the last step nothing is visible and each step can be done again; the last one publishes every month of the file
in one transaction, so that readers have all of the file or nothing of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from openpartner.core.access.notices import tell_if_long
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.errors import Conflict, Invalid
from openpartner.core.billing import composing, sources
from openpartner.core.billing.booking import RESIDUE_COLUMNS, controls, make_residues
from openpartner.core.billing.formats.format import Options
from openpartner.core.billing.formats.known import FORMATS
from openpartner.core.billing.formats.projection import whole
from openpartner.core.billing.imports import ImportState, keep_faults, same_before
from openpartner.core.billing.models import BillImport, BillMonth, Reason
from openpartner.core.billing.months import month_of, month_text
from openpartner.core.billing.placing import Source, load_places, place_sql
from openpartner.core.billing.publishing import Stale, current_files, month_row
from openpartner.core.billing.reading import LINE_BITS, Part, Read, forget_staging, read_table, staged_sql
from openpartner.core.billing.reconciling import keep_controls, remember_names, summary_of
from openpartner.core.jobs.models import Job
from openpartner.core.jobs.patience import Patience
from openpartner.core.jobs.work import Work
from openpartner.core.mail.templates import Template
from openpartner.core.settlement.months import Lines, Plan, publish_plans, stage_month
from openpartner.core.settlement.settle import mode_of
from openpartner.kit import clock
from openpartner.lake.store import Lake, quoted

if TYPE_CHECKING:
    import duckdb

ROUNDS_MAX = 5
"""How often months are written again because somebody else has published them meanwhile."""
MONTHS_MAX = 120
KEYS = ("payer_id", "partner_id", "customer_id")
FAULTS_MAX = 1_000


class Phase(StrEnum):
    """Where an import stands."""

    READ = "reading"
    CHECK = "checking"
    WRITE = "writing"
    PUBLISH = "publishing"
    CLEAN = "cleaning up"


STEPS_OF = {Phase.READ: 10, Phase.CHECK: 40, Phase.WRITE: 50, Phase.PUBLISH: 95, Phase.CLEAN: 99}
"""How far an import is when a phase begins, of 100."""


@dataclass(slots=True)
class State:
    """The checkpoint of an import."""

    phase: Phase = Phase.READ
    parts: list[list[Any]] = field(default_factory=list)
    lines: int = 0
    faults: int = 0
    version: str = ""
    plans: list[dict[str, Any]] = field(default_factory=list)
    rounds: int = 0
    is_told: bool = False
    result: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, cursor: str) -> State:
        values = json.loads(cursor) if cursor else {}
        return cls(**{**values, "phase": Phase(values.get("phase", Phase.READ))})


class Importing:
    """One run of the job. What it keeps in DuckDB is made again by the next run."""

    def __init__(self, work: Work, lake: Lake, connection: duckdb.DuckDBPyConnection) -> None:
        self.work, self.lake, self.connection = work, lake, connection
        self.run = Patience(work, connection.interrupt)
        self.state = State.of(work.cursor)
        self.row = BillImport.objects.within(work.caller.scope).get(pk=work.args["import"])
        self.format = FORMATS[self.row.format]
        month = work.args["month"]
        self.options = Options(month=month_of(month) if month else None, currency=work.args["currency"])
        self._residues = ""

    def finish(self) -> None:
        """Go on from the checkpoint to the end. Invalid when the file has faults."""
        steps: dict[Phase, Callable[[], None]] = {
            Phase.READ: self._read,
            Phase.CHECK: self._check,
            Phase.WRITE: self._write,
            Phase.PUBLISH: self._publish,
        }
        while self.state.phase is not Phase.CLEAN:
            steps[self.state.phase]()
        self._clean()
        if self.state.faults:
            raise Invalid("file", f"{self.state.faults} faults; nothing was imported")
        self.work.result = self.state.result

    def refuse(self) -> None:
        """The file is no file of bills after all: say so in its row and forget what was staged."""
        with self.work.step():
            self._told(ImportState.REFUSED)
            self._save()
        self._forget(keeping_file=False)

    def _read(self) -> None:
        before = same_before(self.row)
        if before is not None:
            with self.work.step():
                self._told(ImportState.SAME, {"same_as": before.pk, "same_name": before.name})
                self.state.phase = Phase.CLEAN
                self.state.result = {"lines": 0, "same_as": before.pk}
                self._save()
            return
        file = self.work.args["file"]
        tables = max(1, len(sources.members(file)))
        for place in range(len(self.state.parts), tables):
            read = self._read_table(file, place)
            with self.work.step():
                kept = self.state.faults
                keep_faults(self.row.provider_id, self.work.id, read.first_faults[: max(0, FAULTS_MAX - kept)])
                self.state.faults += read.faults
                self.state.parts.append([read.part.name, read.part.before, read.part.lines, read.part.rest])
                self.state.lines += read.part.lines
                self._save(done=10 + 30 * (place + 1) // tables)
        with self.work.step():
            self.state.phase = Phase.CLEAN if self.state.faults else Phase.CHECK
            if self.state.faults:
                self._told(ImportState.REFUSED, {"version": self.state.version})
            self._save()

    def _read_table(self, file: str, place: int) -> Read:
        table = sources.table_of(file, place)
        self.state.version = self.format.version(self.format.columns(table.header))
        # One of its own: the lines it rejects are those of this table.
        lake, connection = self.lake, self.lake.connect()
        before = self.state.lines
        run = Patience(self.work, connection.interrupt)
        try:
            return run(lambda: read_table(lake, connection, self.row.pk, table, self.format, self.options, before))
        finally:
            connection.close()
            sources.forget_member(file, place)

    def _check(self) -> None:
        if not self.state.lines:
            raise Invalid("file", "has no line below the header")
        months = self._months()
        if len(months) > MONTHS_MAX:
            raise Invalid("file", f"has lines of more than {MONTHS_MAX} months")
        self._prepared()
        found = self.run(lambda: controls(self.connection, self._whole()))
        summary = summary_of(found, self.state.version) | {"replaces": self._replaced(months)}
        with self.work.step():
            keep_controls(self.row, found)
            self.row.lines = self.state.lines
            self.row.parked = sum(one.parked for one in found)
            is_dry_run = bool(self.work.args["dry_run"])
            self._told(ImportState.CHECKED if is_dry_run else ImportState.WAITING, summary)
            self.state.result = {"lines": self.row.lines, "parked": self.row.parked}
            self.state.phase = Phase.CLEAN if is_dry_run else Phase.WRITE
            self._save()

    def _replaced(self, months: list[tuple[str, int]]) -> int:
        """How many published lines the file stands in for."""
        count = 0
        for cloud, month in months:
            rows = BillMonth.objects.within(self.work.caller.scope).filter(cloud=cloud, month=month)
            files = [file for row in rows for file in current_files(row)]
            if files:
                self._cover(cloud, month)
                composer = composing.Composer(self.lake, self.connection, self.run, month_text(month))
                count += sum(composing.affected(composer, files, self._replaces()).values())
        return count

    def _write(self) -> None:
        residues = self._prepared()
        done = {(plan["cloud"], plan["month"]) for plan in self.state.plans}
        months = self._months()
        for cloud, month in months:
            if (cloud, month) in done:
                continue
            of_month = f"cloud = {quoted(cloud)} AND month = {month}"
            lines = f"SELECT * FROM ({self._placed()}) WHERE {of_month}"  # noqa: S608  # of ours
            lines = f"{lines} UNION ALL BY NAME SELECT * FROM ({residues}) WHERE {of_month}"  # noqa: S608  # of ours
            texts = f"SELECT * FROM ({self._staged()}) UNION ALL BY NAME {residues}"  # noqa: S608  # of ours
            self._cover(cloud, month)
            plan = stage_month(
                self.lake,
                self.connection,
                self.run,
                month_row(self.row.provider_id, cloud, month),
                replaces=self._replaces(),
                lines=Lines(sql=lines, columns=self._columns() | RESIDUE_COLUMNS, texts=texts),
                mode=mode_of(self.row.provider_id, cloud),
                beside=[plan["token"] for plan in self.state.plans],
            )
            with self.work.step():
                self.state.plans.append(plan.as_json())
                self._save(done=50 + 45 * len(self.state.plans) // len(months))
        with self.work.step():
            self.state.phase = Phase.PUBLISH
            self._save()

    def _publish(self) -> None:
        plans = [Plan(**values) for values in self.state.plans]
        try:
            with self.work.step():
                # First of all: it locks the job's row, so that nobody takes the job over meanwhile.
                self._save()
                changes = {"import": self.row.pk, "file": self.row.name}
                publish_plans(
                    self.work.caller,
                    self.row.provider_id,
                    plans,
                    reason=Reason.IMPORT,
                    job=self.work.id,
                    changes=changes,
                )
                self._told(ImportState.PUBLISHED)
                self.row.published_at = clock.now()
                self.row.save(update_fields=["published_at"])
                months = [f"{plan.cloud} {month_text(plan.month)}" for plan in plans]
                self.state.result["months"] = len(months)
                record(
                    self.work.caller,
                    Action.BILLS_IMPORTED,
                    job=self.work.id,
                    file=self.row.name,
                    lines=self.row.lines,
                    parked=self.row.parked,
                    months=months[:50],
                )
                self.state.phase = Phase.CLEAN
                self._save()
        except Stale as error:
            if self.state.rounds + 1 >= ROUNDS_MAX:
                raise Conflict("the months are published faster than the file can be written") from error
            with self.work.step():
                self.state.rounds, self.state.plans, self.state.phase = self.state.rounds + 1, [], Phase.WRITE
                self._save()

    def _clean(self) -> None:
        if self.state.plans:
            self._prepared()
            remember_names(self.connection, whole(self._staged(), self._columns() - {*KEYS}))
            with self.work.step():
                self.state.plans = []  # so that who takes over does not look for what is deleted next
                self._save()
        self._tell()
        is_kept = self.work.args["dry_run"] and self.work.args["to_apply"] and not self.state.faults
        self._forget(keeping_file=bool(is_kept))

    def _forget(self, *, keeping_file: bool) -> None:
        forget_staging(self.lake, self.row.pk)
        if not keeping_file:
            sources.remove(self.work.args["file"])

    def _tell(self) -> None:
        """Mail the end of a long import to whoever asked for it, once."""
        if self.state.is_told:
            return
        jobs = Job.objects.everything(reason="the job's own row")
        since = jobs.values_list("created_at", flat=True).get(pk=self.work.id)
        values = {"file": self.row.name, "rows": self.state.lines, "faults": self.state.faults}
        with self.work.step():
            path = f"/bill-imports/{self.row.pk}/"
            tell_if_long(self.work.caller, Template.IMPORT_FINISHED, since=since, path=path, **values)
            self.state.is_told = True
            self._save()

    def _staged(self) -> str:
        return staged_sql(self.lake, self.row.pk, [Part(*values) for values in self.state.parts])

    def _placed(self) -> str:
        return place_sql(self._staged(), "true" if self.format.own_ids else "false")

    def _whole(self) -> str:
        """The placed lines with every column: what is not looked at costs nothing."""
        return whole(self._placed(), self._columns())

    def _columns(self) -> frozenset[str]:
        found = self.connection.execute(f"SELECT * FROM ({self._staged()}) LIMIT 0").description  # noqa: S608  # of ours
        return frozenset({*(str(one[0]) for one in found or ()), *KEYS})

    def _prepared(self) -> str:
        """The tables that lines are placed by and residues stand in, made once in a run; SQL of the residues."""
        if not self._residues:
            found = self.run(
                lambda: self.connection.execute(
                    f"SELECT DISTINCT cloud, billing_account, coalesce(sub_account, '') FROM ({self._staged()})"  # noqa: S608  # of ours
                ).fetchall()
            )
            load_places(self.connection, self.row.provider_id, [Source(*one) for one in found], self.format.own_ids)
            self._residues = self.run(lambda: make_residues(self.connection, self._whole(), LINE_BITS))
        return self._residues

    def _months(self) -> list[tuple[str, int]]:
        return self.run(
            lambda: self.connection.execute(
                f"SELECT DISTINCT cloud, month FROM ({self._staged()}) ORDER BY ALL"  # noqa: S608  # of ours
            ).fetchall()
        )

    def _replaces(self) -> tuple[str, ...]:
        return (*self.format.replaces, "bill_day") if self.work.args["days"] else self.format.replaces

    def _cover(self, cloud: str, month: int) -> None:
        lines = f"SELECT * FROM ({self._staged()}) WHERE cloud = {quoted(cloud)} AND month = {month}"  # noqa: S608  # of ours
        self.run(lambda: composing.cover(self.connection, self._replaces(), lines))

    def _told(self, state: ImportState, summary: dict[str, Any] | None = None) -> None:
        self.row.state = state
        self.row.faults = self.state.faults
        self.row.lines = self.row.lines or self.state.lines
        if summary is not None:
            self.row.summary = json.dumps(summary)
        self.row.save(update_fields=["state", "faults", "lines", "parked", "summary"])

    def _save(self, *, done: int = 0) -> None:
        cursor = json.dumps(asdict(self.state))
        self.work.checkpoint(cursor, done or max(STEPS_OF[self.state.phase], self.work.done), 100)
