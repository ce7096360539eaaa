"""`curtilage init`: folders, keys and tables, and a set-up link while nobody is enrolled."""

import asyncio

import typer

from curtilage.app.foundation import open_foundation
from curtilage.app.settings import Settings
from curtilage.app.tools import make_tools
from curtilage.cli.alone import is_served
from curtilage.cli.options import find_settings
from curtilage.cli.setup_link import show_console, show_running
from curtilage.core.options import ConfigOption, DataDirOption


def add_commands(app: typer.Typer) -> None:
    app.command(epilog="Example: curtilage init")(init)


def init(config: ConfigOption = None, data_dir: DataDirOption = None) -> None:
    """Prepare the data and key directories.

    Prints how to enrol the administrator, while there is none."""
    settings = find_settings(config, data_dir)
    if is_served(settings):  # it knows its own address, and its link goes on
        typer.echo(f"A service uses {settings.server.data_dir} already.", err=True)
        show_running(settings)
        return
    asyncio.run(_prepare(settings))
    typer.echo(f"Data in {settings.server.data_dir}, keys in {settings.server.key_dir}.", err=True)
    show_console(settings)


async def _prepare(settings: Settings) -> None:
    tools = make_tools()
    async with open_foundation(
        settings, clock=tools.clock, ids=tools.ids, entropy=tools.entropy
    ) as foundation:
        await foundation.identity.people.setup.issue(foundation.tenant)
