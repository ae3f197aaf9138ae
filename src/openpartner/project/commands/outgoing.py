"""What `openpartner mail` and `openpartner sms` share: the delivery log in a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from openpartner.core.outgoing.models import Outgoing

STATES = ("waiting", "sent", "failed")
LANGUAGES = ("en", "zh", "ja")


def show_log(outbox: type[Outgoing], *, state: str | None, limit: int, empty: str) -> None:
    """Print the newest messages of all accounts: when, to whom, what became of it and why it did not go."""
    rows: Any = outbox.objects.everything(reason="the operator looks").order_by("-id")
    if state is not None:
        rows = rows.filter(state=state)
    found = list(rows[:limit])
    if not found:
        click.echo(empty)
        return
    from rich.console import Console  # noqa: PLC0415  # only when there is something to show
    from rich.table import Table  # noqa: PLC0415  # only when there is something to show
    from rich.text import Text  # noqa: PLC0415  # only when there is something to show

    table = Table("created (UTC)", "to", "template", "state", "attempts", "settled (UTC)", "last error")
    for one in found:
        settled = f"{one.settled_at:%F %T}" if one.settled_at else ""
        cells = [f"{one.created_at:%F %T}", one.recipient, one.template, one.state, str(one.attempts), settled]
        # Text, not markup: a recipient and an error are other people's words.
        table.add_row(*(Text(cell) for cell in (*cells, one.error)))
    Console(file=sys.stdout).print(table)
