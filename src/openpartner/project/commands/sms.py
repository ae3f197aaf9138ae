"""`openpartner sms`."""

from __future__ import annotations

import click

from openpartner.project.cli import setup
from openpartner.project.commands.outgoing import LANGUAGES, STATES, show_log


@click.group()
def command() -> None:
    """Look at the delivery log of SMS, or try where they go."""


@command.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only SMS in this state.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many at most.")
def list_(*, state: str | None, limit: int) -> None:
    """List the SMS of all accounts, newest first: when, to whom, what became of it and why it did not go."""
    setup()
    from openpartner.core.sms.models import OutgoingSms  # noqa: PLC0415  # after setup

    show_log(OutgoingSms, state=state, limit=limit, empty="No SMS.")


@command.command()
@click.argument("country")
@click.argument("number")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the test SMS.")
def test(*, country: str, number: str, language: str) -> None:
    """Send a test SMS at once, past the outbox, and say what happened: `openpartner sms test 49 15112345678`.

    Exits with 1 when it did not go.
    """
    setup()
    from uuid import uuid4  # noqa: PLC0415  # after setup

    from openpartner.core.outgoing.delivery import NotDelivered  # noqa: PLC0415  # after setup
    from openpartner.core.sms.sinks import Message, deliver  # noqa: PLC0415  # after setup
    from openpartner.core.sms.templates import Template, rendered  # noqa: PLC0415  # after setup
    from openpartner.kit import clock  # noqa: PLC0415  # after setup
    from openpartner.kit.numbers import international  # noqa: PLC0415  # after setup

    to = international(country, number)
    if not to:
        raise click.ClickException(f"{country!r} and {number!r} are no number that an SMS can be sent to")
    made = Message(
        reference=uuid4().hex,
        to=to,
        text=rendered(Template.TEST, language, {}),
        language=language,
        template=Template.TEST,
        date=clock.now(),
    )
    click.echo(f"To {to}:")
    try:
        click.echo(f"{deliver(made)}.")
    except NotDelivered as error:
        raise click.ClickException(f"it did not go: {error}") from error
