"""Where the console is, and the set-up link: on a terminal itself, else where it lies."""

import sys
from dataclasses import replace

import typer

from curtilage.app.settings import Settings
from curtilage.identity.setup_link.build import setup_file


def show_running(settings: Settings) -> None:
    """As `show_console`, of a service that may have been started with another address.

    Only its link tells which one; once it is used, nothing here does."""
    link = setup_file(settings.server.data_dir).read()
    if link:
        address = link.rpartition("/setup/")[0]
        show_console(replace(settings, server=replace(settings.server, public_url=address)))


def show_console(settings: Settings, *, err: bool = True) -> None:
    """Say where the console is, and how to enrol while nobody is.

    Logs are no place for a link. Both are told under one host: cookies belong to a host."""
    typer.echo(f"  Console        {settings.public_url}/console/live", err=err)
    file = setup_file(settings.server.data_dir)
    link = file.read()
    if not link:
        return
    if (sys.stderr if err else sys.stdout).isatty():
        here = f"{settings.public_url}/setup/{link.rpartition('/')[2]}"
        typer.echo(f"  Set up         {here} (once, within 24 hours)", err=err)
    else:
        typer.echo(f"  Set up         the one-use link is in {file.path}", err=err)
