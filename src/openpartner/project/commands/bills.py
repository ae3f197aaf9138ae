"""`openpartner import bills`, `openpartner import cloud-accounts` and `openpartner import settlement`."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from openpartner.project.cli import setup
from openpartner.project.progress import Progress

if TYPE_CHECKING:
    from openpartner.core.base.caller import Caller
    from openpartner.core.billing.models import BillImport

SHOWN_MAX = 50
FORMATS = ("focus", "tencent-l3", "huawei-records")


@click.command("bills")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "fmt", type=click.Choice(FORMATS), help="Told by the first line when left out.")
@click.option("--dry-run", is_flag=True, help="Check everything and show what would happen; change nothing.")
@click.option("--days", is_flag=True, help="Replace only the days that a file has, not its whole months.")
@click.option("--month", metavar="YYYY-MM", default="", help="The bill month of lines that name none.")
@click.option("--currency", metavar="CODE", default="USD", show_default=True, help="Of lines that name none.")
@click.option(
    "--apply", "number", type=int, help="Apply what an earlier check of this number found nothing wrong with."
)
@click.option("--unassigned", is_flag=True, help="List the accounts of clouds whose lines have no customer yet.")
def bills(
    *,
    files: tuple[Path, ...],
    fmt: str | None,
    dry_run: bool,
    days: bool,
    month: str,
    currency: str,
    number: int | None,
    unassigned: bool,
) -> None:
    """Import bills: FOCUS 1.0 to 1.3 (CSV, CSV.gz, Parquet), Tencent Cloud L3 (CSV, ZIP), Huawei Cloud records.

    All or nothing, file by file. The same file again changes nothing, and a corrected one replaces exactly what it
    corrects: the month of each billing account (FOCUS), owner (Tencent) or customer (Huawei) that it has lines of.
    Lines of accounts that no customer is known for wait until `openpartner import cloud-accounts` or the console says
    whose they are; nobody is billed for them. Exits with 1 when anything is wrong.
    """
    setup()
    from openpartner.core.base.errors import ChannelError  # noqa: PLC0415  # after setup
    from openpartner.core.billing.imports import Asked, apply_import, start_import  # noqa: PLC0415  # after setup

    if not files and number is None and not unassigned:
        raise click.UsageError("name a file, --apply NUMBER or --unassigned")
    caller = operator_of_bills()
    asked = Asked(format=fmt or "", is_by_days=days, month=month, currency=currency)
    is_wrong = False
    try:
        if number is not None:
            is_wrong |= not _finish(caller, apply_import(caller, number), dry_run=False)
        for file in files:
            row = start_import(caller, file, dry_run=dry_run, asked=asked, to_apply=dry_run)
            is_wrong |= not _finish(caller, row, dry_run=dry_run)
        if unassigned:
            _show_unassigned(caller)
    except ChannelError as error:
        raise click.ClickException(error.message) from error
    if is_wrong:
        sys.exit(1)


@click.command("cloud-accounts")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check everything, change nothing.")
def cloud_accounts(*, file: Path, dry_run: bool) -> None:
    """Say whose the accounts of clouds are, from a CSV or XLSX file: all of it, or nothing.

    Columns: cloud, billing_account, sub_account (empty: all that have no row of their own), customer (uin, account id
    or account name), since, until. An account that has another customer passes to the new one on the first day.
    """
    setup()
    from openpartner.core.base.errors import ChannelError  # noqa: PLC0415  # after setup
    from openpartner.core.billing.mapping_files import import_mappings  # noqa: PLC0415  # after setup

    try:
        outcome = import_mappings(operator_of_bills(), file, dry_run=dry_run)
    except ChannelError as error:
        raise click.ClickException(error.message) from error
    for fault in outcome.faults[:SHOWN_MAX]:
        click.echo(f"row {fault.line}, {fault.column}: {fault.says}")
    if outcome.faults:
        raise click.ClickException(f"{len(outcome.faults)} faults; nothing was changed")
    told = f"{outcome.rows:,} rows: {outcome.new:,} new, {outcome.moved:,} moved, {outcome.unchanged:,} unchanged."
    click.echo(f"{told}{' Nothing was written.' if dry_run else ''}")


@click.command("settlement")
@click.argument("cloud")
@click.argument("mode", type=click.Choice(["given", "ours"]))
def settlement(*, cloud: str, mode: str) -> None:
    """Say who writes the deductions of a cloud's bills from the next import on.

    given: they stay as the bill tells them, which is how Tencent's and Huawei's bills begin. ours: vouchers and credit
    are taken here, which is how the bills of all other clouds begin.
    """
    setup()
    from openpartner.core.base.errors import ChannelError  # noqa: PLC0415  # after setup
    from openpartner.core.settlement.models import Mode  # noqa: PLC0415  # after setup
    from openpartner.core.settlement.modes import set_settlement_mode  # noqa: PLC0415  # after setup

    try:
        row = set_settlement_mode(operator_of_bills(), cloud=cloud, mode=Mode(mode))
    except ChannelError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"Bills of {row.cloud} are settled by the mode {row.mode} from the next import on.")


def operator_of_bills() -> Caller:
    """Who imports for the provider; a usage error when there is none yet."""
    from openpartner.core.access.operators import operator  # noqa: PLC0415  # after setup
    from openpartner.core.base.errors import NotVisible  # noqa: PLC0415  # after setup

    try:
        return operator()
    except NotVisible as error:
        raise click.ClickException(
            "the database has no provider yet, so there is nobody whose bills these are"
        ) from error


def _finish(caller: Caller, row: BillImport, *, dry_run: bool) -> bool:
    """Wait for the import and show what became of it; returns whether all is well."""
    from openpartner.core.billing.imports import control_totals, faults_of  # noqa: PLC0415  # after setup
    from openpartner.project.foreground import finish  # noqa: PLC0415  # after setup

    assert row.job is not None
    with Progress() as progress:
        ended = finish(caller, row.job, progress)
    row.refresh_from_db()
    for fault in faults_of(caller.scope, row)[:SHOWN_MAX]:
        click.echo(f"row {fault.line}{', ' if fault.column else ''}{fault.column}: {fault.says}")
    summary: dict[str, Any] = json.loads(row.summary)
    if ended.outcome is None:
        click.echo(f"{row.name}: {ended.error or 'cancelled; nothing was changed'}", err=True)
        return False
    if "same_as" in summary:
        click.echo(f"{row.name}: the same file was imported before (number {summary['same_as']}); nothing was changed.")
        return True
    _show_totals(control_totals(caller.scope, row.pk))
    click.echo(f"{row.name}: {row.lines:,} lines, {row.parked:,} without a customer, {summary['replaces']:,} replaced.")
    click.echo(f"Nothing was written; apply it with --apply {row.pk}." if dry_run else f"Published as number {row.pk}.")
    return True


def _show_totals(found: list[Any]) -> None:
    from rich.console import Console  # noqa: PLC0415  # only when there is something to show
    from rich.table import Table  # noqa: PLC0415  # likewise

    from openpartner.core.billing.months import month_text  # noqa: PLC0415  # after setup

    table = Table()
    for name in ("cloud", "month", "billing account", "currency", "lines", "delivered", "booked", "left over"):
        table.add_column(name, overflow="fold")  # an amount that is cut off is none
    for one in found[:SHOWN_MAX]:
        table.add_row(
            one.cloud,
            month_text(one.month),
            one.billing_account.replace("[", "\\["),
            one.currency,
            f"{one.lines:,}",
            one.billed_delivered,
            one.billed_booked,
            one.left_over,
        )
    Console(file=sys.stdout).print(table)
    if len(found) > SHOWN_MAX:
        click.echo(f"... and {len(found) - SHOWN_MAX:,} more accounts")


def _show_unassigned(caller: Caller) -> None:
    from openpartner.core.billing.unassigned import unassigned_accounts  # noqa: PLC0415  # after setup

    found = unassigned_accounts(caller)
    for one in found:
        first, last = (date.isoformat(day) for day in (one.first_day, one.last_day))
        cells = (one.cloud, one.billing_account, one.sub_account, one.name, first, last, one.currency)
        click.echo("\t".join((*cells, str(one.lines), str(one.total))))
    if not found:
        click.echo("Every line has a customer.")
