"""`openpartner import`."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openpartner.project.cli import setup
from openpartner.project.commands.bills import bills, cloud_accounts, settlement
from openpartner.project.commands.policy import policy
from openpartner.project.progress import Progress

if TYPE_CHECKING:
    from openpartner.core.base.caller import Caller
    from openpartner.core.loading.models import ImportFault

SHOWN_MAX = 50
COUNTED = {
    "new": "new",
    "changed": "changed",
    "bound": "known and now bound",
    "unchanged": "unchanged",
}


@click.group()
def command() -> None:
    """Import an existing channel, or bills, from files."""


command.add_command(bills)
command.add_command(cloud_accounts)
command.add_command(settlement)
command.add_command(policy)


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check everything, change nothing.")
@click.option("--as", "email", metavar="EMAIL", help="Import with the rights and the view of this user.")
@click.option(
    "--errors", type=click.Path(dir_okay=False, path_type=Path), help="Write what is wrong to this CSV file as well."
)
def customers(*, file: Path, dry_run: bool, email: str | None, errors: Path | None) -> None:
    """Import distributors, resellers, second-level resellers and customers from a CSV or XLSX file.

    All or nothing: a file with one wrong row changes nothing. Importing the same file again changes nothing either.
    The columns, in any order:

    \b
    kind                 distributor, reseller, second-level reseller or customer (when left out)
    account_name         login name, unique in the whole channel; needed
    uin, account_id      identifiers it has already; minted for accounts that have none
    partner              uin, account id or account name of the partner it is bound to
    association_type, associated_at, legal_name, site, country_code, mobile, email, region, industry,
    customer_type, customer_level, verification, verified_at, registered_at, labels, remark, external_id,
    external_platform, suspension, suspended_at, bills_visible, account_manager

    docs/how-to/import-customers.md tells what each may hold. Exits with 1 when anything is wrong.
    """  # noqa: D301  # click wants the backspace itself
    setup()
    from openpartner.core.base.errors import ChannelError  # noqa: PLC0415  # after setup
    from openpartner.core.loading.imports import faults_of, start_import  # noqa: PLC0415  # after setup
    from openpartner.project.foreground import finish  # noqa: PLC0415  # after setup

    try:
        caller = _caller(email)
        started = start_import(caller, file, dry_run=dry_run)
    except ChannelError as error:
        raise click.ClickException(error.message) from error
    with Progress() as progress:
        ended = finish(caller, started.pk, progress)
    found = faults_of(caller.scope, ended.pk)
    if errors is not None:
        _write(errors, found)
    if found:
        _show(found)
    if ended.error:
        raise click.ClickException(ended.error)
    if ended.outcome is None:
        raise click.ClickException("the import was cancelled; nothing was changed")
    counts = ", ".join(f"{ended.outcome[name]:,} {word}" for name, word in COUNTED.items())
    click.echo(f"{ended.outcome['rows']:,} rows: {counts}.{' Nothing was written.' if dry_run else ''}")


def _caller(email: str | None) -> Caller:
    from openpartner.core.access.models import User  # noqa: PLC0415  # after setup
    from openpartner.core.access.operators import operator  # noqa: PLC0415  # after setup
    from openpartner.core.access.users import caller_of  # noqa: PLC0415  # after setup
    from openpartner.core.base.errors import NotVisible  # noqa: PLC0415  # after setup

    if email is not None:
        users = User.objects.everything(reason="the operator names a user").select_related("account")
        user = users.filter(email=email.casefold(), is_active=True).first()
        if user is None:
            raise click.ClickException(f"there is no active user with the e-mail address {email}")
        return caller_of(user, via="cli")
    try:
        return operator()
    except NotVisible as error:
        raise click.ClickException(
            "the database has no provider yet, so there is nothing to bind partners to"
        ) from error


def _write(path: Path, found: list[ImportFault]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "column", "problem"])
        writer.writerows([fault.line, fault.column, _harmless(fault.says)] for fault in found)


def _harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: it may quote a cell of the file."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _show(found: list[ImportFault]) -> None:
    from rich.console import Console  # noqa: PLC0415  # only when there is something to show
    from rich.table import Table  # noqa: PLC0415  # only when there is something to show

    table = Table("line", "column", "problem")
    for fault in found[:SHOWN_MAX]:
        # Text, not markup: a problem quotes the file.
        table.add_row(str(fault.line), fault.column, fault.says.replace("[", "\\["))
    Console(file=sys.stdout).print(table)
    if len(found) > SHOWN_MAX:
        click.echo(f"... and {len(found) - SHOWN_MAX} more; --errors FILE writes them all.")
