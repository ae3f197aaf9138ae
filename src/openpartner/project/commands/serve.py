"""`openpartner serve`."""

from __future__ import annotations

import click

from openpartner.project.config import BadSetting, read


@click.command()
@click.option("--web", is_flag=True, help="Serve without the supervised worker; run `openpartner worker` apart.")
def command(web: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """Serve the console and both vendor APIs, with one supervised worker."""
    try:
        settings = read()
    except BadSetting as error:
        raise click.ClickException(str(error)) from error
    # The parent process only supervises: it never imports Django, which keeps it small.
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.server import Server  # noqa: PLC0415

    Server(
        "openpartner.project.dispatch:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_processes,
        blocking_threads=settings.web_threads,
        log_enabled=False,
        websockets=False,
    ).serve()
