"""`openpartner migrate`."""

from __future__ import annotations

import click

from openpartner.project.cli import setup


@click.command()
def command() -> None:
    """Create or upgrade the database, its triggers and its search index."""
    setup()
    from django.core.management import call_command  # noqa: PLC0415  # after setup
    from django.db import connection  # noqa: PLC0415  # after setup

    if connection.vendor == "sqlite":
        connection.ensure_connection()
        # Once and here: two processes switching at once would lock each other out.
        connection.cursor().execute("PRAGMA journal_mode=WAL")
    call_command("migrate", interactive=False, verbosity=0)
    click.echo("The database is ready.")
