"""`openpartner migrate`."""

from __future__ import annotations

import click

from openpartner.project.cli import setup


@click.command()
@click.option("--rebuild-search", is_flag=True, help="Build the search index anew, after `verify` found it to differ.")
def command(*, rebuild_search: bool) -> None:
    """Create or upgrade the database, its triggers and its search index."""
    setup()
    from django.core.management import call_command  # noqa: PLC0415  # after setup
    from django.db import connection  # noqa: PLC0415  # after setup

    if connection.vendor == "sqlite":
        connection.ensure_connection()
        # Once and here: two processes switching at once would lock each other out.
        connection.cursor().execute("PRAGMA journal_mode=WAL")
    call_command("migrate", interactive=False, verbosity=0)
    from openpartner.core.customers import search_index  # noqa: PLC0415  # after setup

    if rebuild_search:
        search_index.create()
    for loss in search_index.losses():
        click.echo(f"Note: {loss}.")
    click.echo("The database is ready.")
