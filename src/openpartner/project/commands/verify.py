"""`openpartner verify`."""

from __future__ import annotations

import sys

import click

from openpartner.project.cli import setup


@click.command()
@click.option("--all", "everything", is_flag=True, help="Fold every name anew instead of a sample.")
def command(*, everything: bool) -> None:
    """Re-derive what the database repeats, compare bills and allocations with what they repeat, and report differences.

    Exits with 1 when there is one. Nothing is changed: what to do about a difference depends on how it came about.
    """
    setup()
    from openpartner.core.billing.verifying import verify_lake  # noqa: PLC0415  # after setup
    from openpartner.core.credit.verify import faults as faults_of_credit  # noqa: PLC0415  # likewise
    from openpartner.core.loading.verify import TOLD_MAX, Report, verify  # noqa: PLC0415  # likewise
    from openpartner.core.on_behalf.verify import faults as faults_of_authorizations  # noqa: PLC0415  # likewise

    def tell(name: str) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r\033[K{name} ...", err=True, nl=False)

    reports = verify(everything=everything, tell=tell)
    beside = (
        ("bills", verify_lake),
        ("credit allocations", faults_of_credit),
        ("authorizations", faults_of_authorizations),
    )
    for name, check in beside:
        tell(name)
        faults = list(check())
        reports.append(Report(name, len(faults), faults[:TOLD_MAX]))
    if sys.stderr.isatty():
        click.echo("\r\033[K", err=True, nl=False)
    for report in reports:
        click.echo(f"{report.name}: {f'{report.count} differences' if report.count else 'as it should be'}")
        for says in report.told:
            click.echo(f"  {says}")
        if report.count > len(report.told):
            click.echo(f"  ... and {report.count - len(report.told)} more")
    sys.exit(1 if any(report.count for report in reports) else 0)
