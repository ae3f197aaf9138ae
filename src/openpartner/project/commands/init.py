"""`openpartner init`."""

from __future__ import annotations

import click

from openpartner.project.cli import setup


@click.command()
@click.option("--name", required=True, help="Legal name of the provider, such as 'Acme Cloud Ltd'.")
@click.option("--account-name", required=True, help="Account (login) name of the provider, such as 'acme'.")
@click.option("--email", required=True, help="E-mail with which the first administrator signs in.")
@click.option("--site", type=click.Choice(["intl", "cn", "eu"]), default="intl", show_default=True)
@click.option(
    "--password",
    envvar="PASSWORD",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="At least ten characters; asked for, or taken from the variable PASSWORD.",
)
def command(*, name: str, account_name: str, email: str, site: str, password: str) -> None:
    """Begin a channel of your own: the provider and its first administrator, instead of the demo's."""
    setup()
    from openpartner.core.base.errors import ChannelError  # noqa: PLC0415  # after setup
    from openpartner.core.base.kinds import Site  # noqa: PLC0415  # after setup
    from openpartner.core.partners.founding import Founding, found_provider  # noqa: PLC0415  # after setup

    new = Founding(account_name=account_name, legal_name=name, email=email, password=password, site=Site(site))
    try:
        provider, pair = found_provider(new)
    except ChannelError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{name}: uin {provider.uin}, account id {provider.account_id}.")
    click.echo(f"Sign in as {email}. The administrator's keys, shown once:")
    click.echo(f"  access key  {pair.access_key}")
    click.echo(f"  secret key  {pair.secret_key}")
