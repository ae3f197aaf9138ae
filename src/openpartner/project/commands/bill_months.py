"""`openpartner bills`."""

from __future__ import annotations

import sys

import click

from openpartner.project.cli import setup
from openpartner.project.progress import Progress

SHOWN_MAX = 1_000


@click.group()
def command() -> None:
    """List bill months, and close them; `openpartner import bills` brings them in."""


@command.command()
def months() -> None:
    """List the bill months there are, newest first."""
    setup()
    from rich.console import Console  # noqa: PLC0415  # after setup
    from rich.table import Table  # noqa: PLC0415  # likewise

    from openpartner.core.access.operators import operator  # noqa: PLC0415  # likewise
    from openpartner.core.base.errors import NotVisible  # noqa: PLC0415  # likewise
    from openpartner.core.billing.months import month_text  # noqa: PLC0415  # likewise
    from openpartner.core.billing.overview import month_statuses  # noqa: PLC0415  # likewise

    try:
        found = month_statuses(operator().scope)
    except NotVisible as error:
        raise click.ClickException("the database has no provider yet") from error
    table = Table("cloud", "month", "state", "version", "as of (UTC)", "lines", "unassigned")
    for one in found[:SHOWN_MAX]:
        table.add_row(
            one.cloud,
            month_text(one.month),
            one.word,
            str(one.version),
            f"{one.published_at:%Y-%m-%d %H:%M}" if one.published_at else "",
            f"{one.current.lines:,}",
            f"{one.unassigned_lines:,}",
        )
    Console(file=sys.stdout).print(table)


@command.command()
@click.argument("cloud")
@click.argument("month", metavar="YYYY-MM")
def close(*, cloud: str, month: str) -> None:
    """Close a cloud's bill month: lay out its lines for good, and make its figures final.

    What is imported for it later is a restatement, and says so.
    """
    setup()
    from openpartner.core.access.operators import operator  # noqa: PLC0415  # after setup
    from openpartner.core.base.errors import ChannelError  # noqa: PLC0415  # likewise
    from openpartner.core.billing.months import month_of  # noqa: PLC0415  # likewise
    from openpartner.core.closing.commands import close_month  # noqa: PLC0415  # likewise
    from openpartner.project.foreground import finish  # noqa: PLC0415  # likewise

    try:
        number = month_of(month)
    except ValueError as error:
        raise click.BadParameter("give a month such as 2026-10", param_hint="YYYY-MM") from error
    try:
        caller = operator()
        row = close_month(caller, cloud=cloud, month=number)
    except ChannelError as error:
        raise click.ClickException(error.message) from error
    with Progress() as progress:
        ended = finish(caller, row.pk, progress)
    if ended.outcome is None:
        raise click.ClickException(ended.error or "cancelled; nothing was changed")
    told = "{cloud} {month} is final: version {version}, {lines:,} lines in {files:,} files."
    click.echo(told.format(cloud=cloud, month=month, **ended.outcome))
