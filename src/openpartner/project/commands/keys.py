"""`openpartner keys`."""

from __future__ import annotations

import click

from openpartner.project.cli import setup


@click.group()
def command() -> None:
    """Rotate the keys that seal secrets."""


@command.command()
def rotate() -> None:
    """Put a new sealing key in front, seal every secret anew, and drop all but the last old key.

    Running processes follow at once. Refused when the ring is given by OPENPARTNER_SEALING_KEYS: then its owner
    rotates it.
    """
    setup()
    from django.conf import settings  # noqa: PLC0415  # after setup

    from openpartner.core.access.keys import reseal_all  # noqa: PLC0415  # after setup
    from openpartner.core.access.operators import operator  # noqa: PLC0415  # after setup
    from openpartner.core.access.sealing import drop_old_keys, put_new_key_in_front  # noqa: PLC0415  # after setup

    if settings.OPENPARTNER.sealing_keys:
        raise click.ClickException("OPENPARTNER_SEALING_KEYS gives the ring; put a new key first there and restart")
    put_new_key_in_front()
    count = reseal_all(operator())
    drop_old_keys()
    click.echo(f"{count} secrets sealed anew.")
