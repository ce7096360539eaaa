"""`curtilage serve`: the service, until it is told to stop."""

import asyncio
import contextlib
import signal
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop

from curtilage.app.logs import set_up_logs
from curtilage.app.serving import claim_port
from curtilage.app.settings import Settings
from curtilage.app.supervise import Supervisor
from curtilage.app.tls import check_tls
from curtilage.cli.alone import refuse_second
from curtilage.cli.options import find_config, find_settings, make_flags
from curtilage.cli.setup_link import show_console
from curtilage.consent.shelf import PolicyShelf
from curtilage.core.options import ConfigOption, DataDirOption

OBSERVING = (
    "\n  !! The policy only observes: personal data and secrets leave AS THEY ARE.\n"
    "     Set gateway.policy to balanced or strict.\n"
)


def add_commands(app: typer.Typer) -> None:
    app.command(epilog="Example: curtilage serve --port 8787 --workers 2")(serve)


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.")] = None,
    workers: Annotated[int | None, typer.Option(help="How many gateway processes.")] = None,
    single: Annotated[
        bool, typer.Option("--single", help="All in one process, for development.")
    ] = False,
    config: ConfigOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Start the gateway, with keys, ledger and console."""
    given = {"server__host": host, "server__port": port, "server__workers": workers}
    settings = find_settings(config, data_dir, **given)
    refuse_second(settings)
    set_up_logs()
    path = find_config(config)
    run = (
        _serve_single(settings, path)
        if single
        else _serve_supervised(settings, path, make_flags(data_dir, given))
    )
    uvloop.run(run)


async def _serve_supervised(settings: Settings, config: Path | None, flags: dict[str, Any]) -> None:
    supervisor = Supervisor(settings, config, flags)
    await supervisor.run(lambda: announce(settings))


async def _serve_single(settings: Settings, config: Path | None) -> None:
    from curtilage.app.roles import run_single  # what a supervisor never needs

    check_tls(settings.server.tls_cert, settings.server.tls_key)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    with claim_port(settings.server.host, settings.server.port):
        async with run_single(settings, config):
            announce(settings)
            await stopping.wait()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(ValueError):
            loop.remove_signal_handler(number)


def announce(settings: Settings) -> None:
    """Say where the service is, and how to set it up while nobody has."""
    server, address = settings.server, settings.public_url
    typer.echo(f"Serving on {address} (listening on {server.host}, port {server.port})", err=True)
    typer.echo(f"  OpenAI SDK     base_url={address}/v1", err=True)
    typer.echo(f"  Anthropic SDK  base_url={address}", err=True)
    show_console(settings)
    if PolicyShelf(settings.policy_dir).load(settings.gateway.policy).observe:
        typer.echo(OBSERVING, err=True)
