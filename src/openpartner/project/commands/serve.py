"""`openpartner serve`."""

from __future__ import annotations

import sys
from contextlib import ExitStack

import click

from openpartner.project.config import BadSetting, Settings, read

BACKLOG = 1024


@click.command()
@click.option("--web", is_flag=True, help="Serve without the supervised worker; run `openpartner worker` apart.")
def command(*, web: bool) -> None:
    """Serve the console and both vendor APIs, with one supervised worker."""
    try:
        settings = read()
    except BadSetting as error:
        raise click.ClickException(str(error)) from error
    # The parent process only supervises: it never imports Django, which keeps it small and quick to start.
    from granian.constants import Interfaces  # noqa: PLC0415  # help needs no server
    from granian.log import LogLevels  # noqa: PLC0415  # help needs no server
    from granian.server import Server  # noqa: PLC0415  # help needs no server

    from openpartner.worker.supervise import Supervisor  # noqa: PLC0415  # help needs no worker

    server = Server(
        "openpartner.project.dispatch:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_processes,
        blocking_threads=settings.web_threads,
        backlog=BACKLOG,
        log_enabled=True,
        log_level=LogLevels.warning,
        websockets=False,
    )
    announce(settings)
    with ExitStack() as stack:
        if not web:
            supervisor = Supervisor()
            supervisor.start()
            stack.callback(supervisor.stop)
        server.serve()


def announce(settings: Settings) -> None:
    """Say where people sign in and where SDKs point, and where the credentials of the demo are."""
    credentials = settings.data_path / "demo-credentials.json"
    lines = [
        "Open Partner Center is starting.",
        f"  Console       {settings.url}",
        f"  SDK endpoint  {settings.api_url}  (Huawei Cloud and Tencent Cloud alike)",
    ]
    if credentials.exists():
        lines.append(f"  Sign-in and API keys of the demo's people: {credentials}")
    click.echo("\n".join(lines))
    sys.stdout.flush()
