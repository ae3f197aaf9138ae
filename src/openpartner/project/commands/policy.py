"""`openpartner import policy`."""

from __future__ import annotations

from pathlib import Path

import click

from openpartner.project.cli import setup
from openpartner.project.commands.bills import SHOWN_MAX, operator_of_bills


@click.command("policy")
@click.argument("code")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check everything, change nothing.")
def policy(*, code: str, file: Path, dry_run: bool) -> None:
    """Replace the products of a commission policy by those of a CSV or XLSX file: all of it, or nothing.

    Partners with the feature flag policy-products read them by QueryPolicyProductListByCode. Columns: service_code,
    product_code, component_type_code, component_code and the same with _name, category (a capital letter), starts_on
    and ends_on. A code that is left out means all that is below the level above, a name that is left out is the
    catalogue's, and without ends_on no end is known.
    """
    setup()
    from openpartner.core.base.errors import ChannelError  # noqa: PLC0415  # after setup
    from openpartner.core.commissions.product_files import import_policy  # noqa: PLC0415  # after setup

    try:
        outcome = import_policy(operator_of_bills(), code, file, dry_run=dry_run)
    except ChannelError as error:
        raise click.ClickException(error.message) from error
    for fault in outcome.faults[:SHOWN_MAX]:
        click.echo(f"row {fault.line}, {fault.column}: {fault.says}")
    if outcome.faults:
        raise click.ClickException(f"{len(outcome.faults)} faults; nothing was changed")
    told = f"{code}: {outcome.rows:,} products in the place of {outcome.replaced:,}."
    click.echo(f"{told}{' Nothing was written.' if dry_run else ''}")
