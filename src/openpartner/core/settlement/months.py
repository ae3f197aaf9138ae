"""One month of a cloud on its way to a new version: staged file by file, published with others in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from openpartner.core.base.caller import Caller
from openpartner.core.billing import composing, intact
from openpartner.core.billing.booking import plain
from openpartner.core.billing.composing import Composer, Run
from openpartner.core.billing.formats.projection import whole
from openpartner.core.billing.models import BillFile, BillMonth, BillVersion, MonthState, Reason
from openpartner.core.billing.months import month_text
from openpartner.core.billing.publishing import (
    Publication,
    Stale,
    current_files,
    month_row,
    new_token,
    publish,
    stage,
)
from openpartner.core.ledger.transfers import NotCovered
from openpartner.core.settlement.deducting import Attempt, Lines, deduct, undo_replaced
from openpartner.core.settlement.models import Mode
from openpartner.core.settlement.settle import check, settled
from openpartner.core.vouchers.using import post_uses
from openpartner.lake import schema
from openpartner.lake.store import Lake
from openpartner.lake.summaries import write_summary
from openpartner.lake.write import lines_of

if TYPE_CHECKING:
    import duckdb

__all__ = ["Lines", "Plan", "Stale", "publish_plans", "stage_month"]


@dataclass(slots=True)
class Plan:
    """A month that is staged: what its publication needs, as JSON values."""

    cloud: str
    month: int
    version: int
    """The version it was read at."""
    token: str
    drop: list[int]
    summary: list[str]
    changes: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """For a checkpoint."""
        return asdict(self)


def stage_month(  # noqa: PLR0913  # what a month is staged with, each once
    lake: Lake,
    connection: duckdb.DuckDBPyConnection,
    run: Run,
    month: BillMonth,
    *,
    replaces: Sequence[str],
    lines: Lines,
    mode: Mode,
    files: Sequence[BillFile] | None = None,
    beside: Sequence[str] = (),
) -> Plan:
    """Settle the lines and stage the files of the month with them in place of what they replace (`composing.cover`).

    `beside` names the tokens of plans that are published together with it. Nothing is visible before the plan is
    published; killed half-way it leaves files and uses of vouchers that belong to nobody.
    """
    before = list(files) if files is not None else current_files(month)
    intact.check(lake, [file.name for file in before])  # a copy of a damaged file would hide it for good
    composer = Composer(lake, connection, run, month_text(month.month))
    counts = composing.affected(composer, before, replaces)
    token = new_token()
    for file in composing.without_covered(composer, before, counts, replaces):
        stage(month, token, [file])
    attempt = Attempt(month=month, token=token, beside=beside)
    undone = undo_replaced(composer, attempt, [file for file in before if file.pk in counts], replaces)
    deducted = deduct(composer, attempt, lines, undone) if mode is Mode.OURS else None
    taken = deducted or lines

    def finish(some: str) -> str:
        return settled(whole(some, taken.columns), mode, is_deducted=deducted is not None)

    names, count, total = [], 0, 0
    for file in composing.new_files(composer, taken.sql, finish, texts=taken.texts):
        stage(month, token, [file])
        names.append(file.name)
        count, total = count + file.lines, total + file.totals["total_cost"]
    if names:
        run(lambda: check(connection, lines_of(lake, names)))
    staged = BillFile.objects.everything(reason="of the month that is being written").filter(staged_by=token)
    current = [file.name for file in before if file.pk not in counts] + list(staged.values_list("name", flat=True))
    summary = run(lambda: write_summary(lake, connection, current, month_text(month.month)))
    replaced = sum(counts.values())
    return Plan(
        cloud=month.cloud,
        month=month.month,
        version=month.version,
        token=token,
        drop=sorted(counts),
        summary=list(summary),
        changes={
            "lines_replaced": replaced,
            "lines_written": count,
            "total_written": plain(Decimal(total).scaleb(-schema.BOOKED_DECIMALS)),
        },
    )


def publish_plans(
    caller: Caller, provider: int, plans: Sequence[Plan], *, reason: Reason, job: int, changes: dict[str, Any]
) -> list[BillVersion]:
    """Publish staged months, all in the caller's transaction. Stale when one of them has moved on since."""
    versions = []
    for plan in plans:
        row = month_row(provider, plan.cloud, plan.month)
        if row.version != plan.version:
            raise Stale
        why = Reason.RESTATE if reason is Reason.IMPORT and row.state == MonthState.FINAL else reason
        name, sha256 = plan.summary
        one = Publication(
            token=plan.token,
            drop=plan.drop,
            summary=(name, sha256),
            reason=why,
            job=job,
            changes={**changes, **plan.changes},
        )
        try:
            post_uses(plan.token)
        except NotCovered as error:
            raise Stale from error  # a voucher was used or withdrawn meanwhile: pick anew
        versions.append(publish(caller, row, one))
    return versions
