"""`openpartner ledger`."""

from __future__ import annotations

import sys
import time

import click

from openpartner.project.cli import setup

TOLD_MAX = 1_000


@click.group()
def command() -> None:
    """Look after the ledger."""


@command.command()
def verify() -> None:
    """Derive every balance anew from the transfers and report each difference.

    Also that every currency sums to zero, that nothing is below its limit, that reservations and reversals fit
    what they name, and that allocations of credit say what the ledger says.
    Exits with 1 when anything is wrong; nothing is changed.
    """
    setup()
    from openpartner.core.credit.verify import faults as faults_of_credit  # noqa: PLC0415  # after setup
    from openpartner.core.ledger.verify import counted, faults  # noqa: PLC0415  # after setup

    read = counted()
    began = time.perf_counter()
    count, seconds = 0, 0.0
    for check in (faults, faults_of_credit):
        for says in check():
            count += 1
            if count <= TOLD_MAX:
                click.echo(says)
        seconds = seconds or max(time.perf_counter() - began, 1e-9)  # of the ledger itself
    if count > TOLD_MAX:
        click.echo(f"... and {count - TOLD_MAX:,} more")
    rate = f"{read.postings / seconds:,.0f} postings a second" if read.postings else "no postings"
    click.echo(f"{read.accounts:,} accounts, {read.postings:,} postings ({rate}): ", nl=False)
    click.echo(f"{count:,} faults" if count else "every balance is what its transfers say")
    sys.exit(1 if count else 0)
