"""`openpartner`: the command line. Each command lives in a module of its own and is imported when it is called."""

from __future__ import annotations

import importlib
import os
import sys

import click

COMMANDS: dict[str, tuple[str, str]] = {
    # name: (module, what `--help` says, so that help needs no import)
    "migrate": ("migrate", "Create or upgrade the database, its triggers and its search index."),
    "init": ("init", "Begin a channel of your own: the provider and its first administrator."),
    "demo": ("demo", "Build a believable channel and write demo-credentials.json."),
    "serve": ("serve", "Serve the console and both vendor APIs, with one supervised worker."),
    "worker": ("worker", "Run jobs and timers."),
    "import": ("imports", "Import an existing channel from a file."),
    "audit": ("audit", "Verify the sealed audit log."),
    "bills": ("bill_months", "List bill months, and close them."),
    "lake": ("lake", "Verify the files of bills, or say what there is."),
    "credit": ("credit", "Show and change the credit lines of partners."),
    "money": ("money", "Say how much partners may owe, and book what they have paid."),
    "ledger": ("ledger", "Verify the ledger: every balance from its transfers."),
    "verify": ("verify", "Re-derive what the database repeats, and report every difference."),
    "mail": ("mail", "Look at the delivery log of mail, or send a test."),
    "sms": ("sms", "Look at the delivery log of SMS, or send a test."),
    "keys": ("keys", "Rotate the keys that seal secrets."),
    "docs": ("docs", "Write the generated reference pages, or check that they are current."),
}


class LazyGroup(click.Group):
    """Knows its commands by name and imports one only when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module; it defines `command`."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"openpartner.project.commands.{COMMANDS[cmd_name][0]}")
        found = module.command
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List names and summaries without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="openpartner")
def cli() -> None:
    """Open Partner Center: the system of record of a cloud sales channel.

    Settings are environment variables OPENPARTNER_*, listed in docs/reference/settings.md.
    """


def setup() -> None:
    """Start Django for a command; exits with a sentence when a setting is wrong."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
    import django  # noqa: PLC0415  # help and serve's parent stay light without it

    from openpartner.project.config import BadSetting  # noqa: PLC0415  # likewise

    try:
        django.setup()
    except BadSetting as error:
        raise click.ClickException(str(error)) from error


def main() -> None:
    """Entry point of the console script."""
    if not __debug__:
        sys.exit("openpartner never runs under python -O: its assertions are part of its safety")
    cli()
