"""`openpartner mail`."""

from __future__ import annotations

import click

from openpartner.project.cli import setup
from openpartner.project.commands.outgoing import LANGUAGES, STATES, show_log


@click.group()
def command() -> None:
    """Look at the delivery log, or try where mail goes."""


@command.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only mails in this state.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many at most.")
def list_(*, state: str | None, limit: int) -> None:
    """List the mails of all accounts, newest first: when, to whom, what became of it and why it did not go."""
    setup()
    from openpartner.core.mail.models import OutgoingMail  # noqa: PLC0415  # after setup

    show_log(OutgoingMail, state=state, limit=limit, empty="No mail.")


@command.command()
@click.argument("address")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the test mail.")
def test(*, address: str, language: str) -> None:
    """Send a test mail to an address at once, past the outbox, and say what happened.

    Exits with 1 when it did not go.
    """
    setup()
    from django.conf import settings  # noqa: PLC0415  # after setup

    from openpartner.core.mail.messages import message  # noqa: PLC0415  # after setup
    from openpartner.core.mail.outbox import new_message_id  # noqa: PLC0415  # after setup
    from openpartner.core.mail.sinks import deliver  # noqa: PLC0415  # after setup
    from openpartner.core.mail.templates import Template, rendered  # noqa: PLC0415  # after setup
    from openpartner.core.outgoing.delivery import NotDelivered  # noqa: PLC0415  # after setup
    from openpartner.kit import clock  # noqa: PLC0415  # after setup
    from openpartner.kit.addresses import is_address  # noqa: PLC0415  # after setup

    if not is_address(address):
        raise click.ClickException(f"{address!r} is no address that mail can be sent to")
    subject, text = rendered(Template.TEST, language, {"address": address}, settings.OPENPARTNER.url)
    made = message(
        to=address, subject=subject, text=text, language=language, message_id=new_message_id(), date=clock.now()
    )
    click.echo(f"From {settings.OPENPARTNER.sender} to {address}:")
    try:
        click.echo(f"{deliver(made)}.")
    except NotDelivered as error:
        raise click.ClickException(f"it did not go: {error}") from error
