"""`openpartner credit`."""

from __future__ import annotations

import sys
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from uuid import uuid4

import click

from openpartner.project.cli import setup

if TYPE_CHECKING:  # importable only after setup
    from openpartner.core.base.caller import Caller


@click.group()
def command() -> None:
    """Show and change the credit lines of partners."""


@command.command()
def lines() -> None:
    """List the partners that have a line, with what they have given of it."""
    setup()
    from rich.console import Console  # noqa: PLC0415  # after setup
    from rich.table import Column, Table  # noqa: PLC0415  # likewise

    from openpartner.core.credit.grants import lines_of  # noqa: PLC0415  # likewise
    from openpartner.kit.money import plain  # noqa: PLC0415  # likewise

    table = Table(Column("account id", no_wrap=True), "name", "currency", "total", "allocated", "remaining")
    for partner, one in lines_of(_operator().scope):
        amounts = (plain(money.micros) for money in (one.total, one.allocated, one.remaining))
        table.add_row(partner.account_id, partner.called, one.total.currency, *amounts)
    Console(file=sys.stdout).print(table)


@command.command()
@click.argument("account_id")
@click.argument("amount")
@click.option("--remark", default="", help="Why; it stands in the partner's records.")
@click.option("--key", default="", help="Makes a repeat harmless: the same key changes the line once.")
def grant(*, account_id: str, amount: str, remark: str, key: str) -> None:
    """Add AMOUNT to the credit line of the partner ACCOUNT_ID; write `-- ACCOUNT_ID -500` to take back."""
    setup()
    from openpartner.core.base.errors import ChannelError  # noqa: PLC0415  # after setup
    from openpartner.core.credit.grants import grant_line, paying_partner  # noqa: PLC0415  # likewise
    from openpartner.core.credit.purses import currency_of  # noqa: PLC0415  # likewise
    from openpartner.kit.money import Money  # noqa: PLC0415  # likewise

    caller = _operator()
    try:
        partner = paying_partner(caller, account_id)
        change = Money.of(Decimal(amount), currency_of(partner))
        done = grant_line(caller, partner=partner, change=change, remark=remark, key=key or uuid4().hex)
    except (InvalidOperation, ValueError) as error:
        raise click.BadParameter("give an amount such as 1000 or -0.5", param_hint="AMOUNT") from error
    except ChannelError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"The line is {done.total} now; {done.available} of it may still be allocated.")


@command.command()
@click.argument("account_id")
@click.option("--unlimited/--limited", default=False, help="Whether the partner may allocate beyond its line.")
def policy(*, account_id: str, unlimited: bool) -> None:
    """Let the partner ACCOUNT_ID allocate beyond its line, or no longer."""
    setup()
    from openpartner.core.base.errors import ChannelError  # noqa: PLC0415  # after setup
    from openpartner.core.credit.policies import set_unlimited  # noqa: PLC0415  # likewise

    try:
        set_unlimited(_operator(), partner=account_id, is_unlimited=unlimited)
    except ChannelError as error:
        raise click.ClickException(error.message) from error
    click.echo("The partner may allocate beyond its line." if unlimited else "The partner allocates within its line.")


def _operator() -> Caller:
    from openpartner.core.access.operators import operator  # noqa: PLC0415  # after setup
    from openpartner.core.base.errors import NotVisible  # noqa: PLC0415  # likewise

    try:
        return operator()
    except NotVisible as error:
        raise click.ClickException("the database has no provider yet") from error
