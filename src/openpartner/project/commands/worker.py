"""`openpartner worker`."""

from __future__ import annotations

import logging
import os

import click

from openpartner.project.cli import setup


@click.command()
@click.option("--once", is_flag=True, help="Run what is due and exit.")
@click.option("--parent", type=int, hidden=True, help="The process that must live; `serve` gives its own number.")
def command(*, once: bool, parent: int | None) -> None:
    """Run jobs and timers: imports, the sealing of the audit log, pruning."""
    setup()
    from openpartner.core.base import triggers  # noqa: PLC0415  # after setup
    from openpartner.worker.run import Worker  # noqa: PLC0415  # after setup

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        triggers.check()
    except triggers.TriggersMissing as error:
        raise click.ClickException(str(error)) from error
    worker = Worker(parent=parent)
    if once:
        count = worker.once()
        click.echo(f"{count} jobs run.")
        return
    clean = worker.run()
    logging.shutdown()
    # Not sys.exit: a step that outlasted the grace is still running in a thread, and nothing of it may go on.
    os._exit(0 if clean else 1)
