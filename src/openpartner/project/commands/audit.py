"""`openpartner audit`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from openpartner.project.cli import setup

if TYPE_CHECKING:
    from openpartner.core.audit.verify import Report


@click.group()
def command() -> None:
    """Verify the sealed audit log."""


@command.command()
def verify() -> None:
    """Walk the chain of the audit log and report every event that was edited, deleted, moved, cut off or not sealed.

    Exits with 1 when anything is wrong.
    """
    setup()
    from openpartner.core.audit.chain import ChainKeyWrong  # noqa: PLC0415  # after setup
    from openpartner.core.audit.verify import verify as walk  # noqa: PLC0415  # after setup

    with click.progressbar(length=1, label="Verifying", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        try:
            report = walk(progress)
        except ChainKeyWrong as error:
            raise click.ClickException(str(error)) from error
    _tell(report)
    sys.exit(1 if report.broken else 0)


def _tell(report: Report) -> None:
    if report.sealed_at is None:
        click.echo("Nothing is sealed yet.")
    else:
        click.echo(f"Sealed up to {report.sealed_at:%F %T} UTC, {report.links} events.")
    if report.torn_lines:
        click.echo(f"{report.torn_lines} lines of heads.log cannot be read and were passed over.")
    for fault in report.faults:
        click.echo(f"{fault.kind.upper()}: {fault.says}.")
    untold = report.counts.total() - len(report.faults)
    if untold:
        click.echo(f"... and {untold} more.")
    click.echo("The audit log is BROKEN." if report.broken else "Every event is as it was written.")
