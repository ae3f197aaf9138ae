"""`openpartner demo`."""

from __future__ import annotations

import click

from openpartner.project.cli import setup
from openpartner.project.progress import Progress

CUSTOMERS_MIN = 40
CUSTOMERS_MAX = 20_000_000
LINES_MAX = 1_000_000_000


@click.command()
@click.option("--customers", type=click.IntRange(CUSTOMERS_MIN, CUSTOMERS_MAX), default=2_000, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True, help="The same seed, the same channel.")
@click.option(
    "--lines",
    type=click.IntRange(0, LINES_MAX),
    default=None,
    help="About how many bill lines the largest month has; 0 for no bills.  [default: up to 30,000]",
)
@click.option(
    "--no-money",
    is_flag=True,
    help="No credit, budgets and vouchers, which take longest in a channel of many customers.",
)
@click.option("--if-missing", is_flag=True, help="Do nothing when the database has accounts.")
@click.option(
    "--fixed-secrets",
    is_flag=True,
    help="Derive passwords and keys from the seed as well. Anybody can guess them: for tests alone.",
)
def command(
    *, customers: int, seed: int, lines: int | None, no_money: bool, if_missing: bool, fixed_secrets: bool
) -> None:
    """Build a believable channel with a year of bills and write demo-credentials.json."""
    setup()
    from openpartner.demo import build  # noqa: PLC0415  # after setup

    if not build.is_empty():
        if if_missing:
            click.echo("The database has accounts already; the demo is not needed.")
            return
        raise click.ClickException(
            "the database has accounts already, and the demo is for an empty one: "
            "set OPENPARTNER_DATA to another folder and run `openpartner migrate` first"
        )
    with Progress() as progress:
        personas = build.build(
            customers=customers, seed=seed, fixed_secrets=fixed_secrets, tell=progress, lines=lines, money=not no_money
        )
    click.echo(f"{customers} customers. Sign in as one of {len(personas)} people; who they are stands in")
    click.echo(f"  {build.credentials_path()}")
