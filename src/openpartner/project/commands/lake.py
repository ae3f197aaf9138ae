"""`openpartner lake`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from openpartner.project.cli import setup
from openpartner.project.progress import Progress

if TYPE_CHECKING:
    from openpartner.core.billing.overview import Amount

TOLD_MAX = 1_000
UNIT = 1024


@click.group()
def command() -> None:
    """Look after the files of bills."""


@command.command()
def verify() -> None:
    """Compare every current file of bills with what the database says of it, and every sum with its lines.

    Checksums, numbers and order of lines, where each customer's lines stand, every amount's total, the summaries, all
    exactly. Each fault names its month and file. Exits with 1 when there is one; nothing is changed.
    """
    setup()
    from openpartner.core.billing.verifying import verify_lake  # noqa: PLC0415  # after setup

    count = 0
    with Progress() as progress:
        files = 0

        def tell(done: int, total: int) -> None:
            nonlocal files
            files = total
            progress("files", done, total)

        for says in verify_lake(tell):
            count += 1
            if count <= TOLD_MAX:
                click.echo(says)
    if count > TOLD_MAX:
        click.echo(f"... and {count - TOLD_MAX:,} more")
    click.echo(f"{files:,} files: {f'{count:,} faults' if count else 'as they should be'}")
    sys.exit(1 if count else 0)


@command.command()
def status() -> None:
    """Show each month's version, files and sizes, what waits to be deleted, and accounts that nobody has mapped."""
    setup()
    from rich.console import Console  # noqa: PLC0415  # after setup
    from rich.table import Table  # noqa: PLC0415  # likewise

    from openpartner.core.access.operators import operator  # noqa: PLC0415  # likewise
    from openpartner.core.base.errors import ChannelError  # noqa: PLC0415  # likewise
    from openpartner.core.billing.months import month_text  # noqa: PLC0415  # likewise
    from openpartner.core.billing.overview import month_statuses  # noqa: PLC0415  # likewise
    from openpartner.core.billing.unassigned import unassigned_accounts  # noqa: PLC0415  # likewise

    try:
        caller = operator()
        found, accounts = month_statuses(caller.scope), unassigned_accounts(caller)
    except ChannelError as error:
        raise click.ClickException(error.message) from error
    table = Table("cloud", "month", "state", "version", "files", "lines", "size", "to be deleted", "being written")
    for one in found[:TOLD_MAX]:
        table.add_row(
            one.cloud,
            month_text(one.month),
            one.word,
            str(one.version),
            f"{one.current.files:,}",
            f"{one.current.lines:,}",
            _size(one.current.size),
            _amount(one.replaced),
            _amount(one.staged),
        )
    Console(file=sys.stdout).print(table)
    lines = sum(one.unassigned_lines for one in found)
    if accounts:
        click.echo(f"{len(accounts):,} accounts of clouds have no customer, with {lines:,} lines;")
        click.echo("`openpartner import bills --unassigned` lists them.")
    else:
        click.echo("Every line has a customer.")


@command.command()
@click.argument("cloud")
@click.argument("month", metavar="YYYY-MM")
@click.option("--give-up-lost-lines", is_flag=True, help="Also when lines are lost; the month says so from then on.")
def mend(*, cloud: str, month: str, give_up_lost_lines: bool) -> None:
    """Publish a month again without its damaged files, which no copy can bring back, and with a new summary.

    Bring damaged files back from a copy first, under their own names. Afterwards import what was lost.
    """
    setup()
    from openpartner.core.access.operators import operator  # noqa: PLC0415  # after setup
    from openpartner.core.base.errors import ChannelError  # noqa: PLC0415  # likewise
    from openpartner.core.billing.months import month_of  # noqa: PLC0415  # likewise
    from openpartner.core.closing.mending import mend_month  # noqa: PLC0415  # likewise

    try:
        number = month_of(month)
    except ValueError as error:
        raise click.BadParameter("give a month such as 2026-10", param_hint="YYYY-MM") from error
    try:
        found = mend_month(operator(), cloud=cloud, month=number, give_up_lost_lines=give_up_lost_lines)
    except ChannelError as error:
        raise click.ClickException(error.message) from error
    for name in found.lost_files:
        click.echo(f"given up: {name}")
    click.echo(f"{cloud} {month} has version {found.version}; {found.lost_lines:,} lines were lost.")


def _amount(one: Amount) -> str:
    return f"{one.files:,} files, {_size(one.size)}" if one.files else ""


def _size(size: float) -> str:
    for unit in ("bytes", "KB", "MB", "GB"):
        if size < UNIT:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 100 else f"{size:.1f} {unit}"
        size /= UNIT
    return f"{size:.1f} TB"
