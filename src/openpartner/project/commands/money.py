"""`openpartner money`."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

import click

from openpartner.project.cli import setup


class Amount(click.ParamType[Decimal]):
    """A decimal number, exactly."""

    name = "amount"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """The number, or a message of what is wrong."""
        try:
            return Decimal(str(value))
        except InvalidOperation:
            self.fail(f"{value!r} is not a number", param, ctx)


@click.group()
def command() -> None:
    """Say how much partners may owe, book what they have paid, and put money on customers' cards."""


@command.command("quota")
@click.argument("partner")
@click.argument("amount", type=Amount())
def set_quota(partner: str, amount: Decimal) -> None:
    """Set the consumption quota of a distributor or reseller (its account id): the most it may owe. 0 ends it."""
    setup()
    from openpartner.core.access.operators import operator  # noqa: PLC0415  # after setup
    from openpartner.core.base.errors import ChannelError  # noqa: PLC0415  # after setup
    from openpartner.core.budgets.consumption import set_consumption_quota  # noqa: PLC0415  # after setup

    try:
        quota = set_consumption_quota(operator(), partner=partner, amount=amount)
    except ChannelError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"The consumption quota is {quota.amount}.")


@command.command("top-up")
@click.argument("partner")
@click.argument("amount", type=Amount())
@click.option("--memo", default="", help="What is kept beside it, such as the number of a bank transfer.")
@click.option("--pay-out", is_flag=True, help="Book the other way: paid out of the partner's balance.")
def book(partner: str, amount: Decimal, memo: str, *, pay_out: bool) -> None:
    """Book what a distributor or reseller (its account id) has paid in, and show its balance."""
    setup()
    from openpartner.core.access.operators import operator  # noqa: PLC0415  # after setup
    from openpartner.core.balances import commands  # noqa: PLC0415  # after setup
    from openpartner.core.base.errors import ChannelError  # noqa: PLC0415  # after setup
    from openpartner.kit.money import Money  # noqa: PLC0415  # with the others

    act = commands.pay_out if pay_out else commands.top_up
    try:
        moved = act(operator(), partner=partner, amount=amount, memo=memo)
    except ChannelError as error:
        raise click.ClickException(error.message) from error
    after = Money(moved.currency, moved.source_after if pay_out else moved.target_after)
    click.echo(f"The balance is {after}; the movement's number is {moved.number}.")


@command.command("card")
@click.argument("customer")
@click.argument("amount", type=Amount())
@click.option("--name", required=True, help="What its customer reads on it.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="When it ends: midnight UTC.")
@click.option("--key", default=None, help="Makes a repeat harmless: the same key issues one card.")
def issue(*, customer: str, amount: Decimal, name: str, until: datetime, key: str | None) -> None:
    """Issue a stored-value card to a customer (its account id) that has a partner, and show its code."""
    setup()
    from openpartner.core.access.operators import operator  # noqa: PLC0415  # after setup
    from openpartner.core.base.errors import ChannelError  # noqa: PLC0415  # after setup
    from openpartner.core.vouchers.issuing import issue_card  # noqa: PLC0415  # after setup

    until = until.replace(tzinfo=UTC)
    try:
        card = issue_card(operator(), customer=customer, amount=amount, name=name, valid_until=until, key=key)
    except ChannelError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"The card {card.code} holds {card.currency} {amount:f}.")
