"""Shows the set-up link: on a terminal itself, elsewhere only where it lies."""

import sys

import typer

from curtilage.app.settings import Settings
from curtilage.identity.setup_link.build import setup_file


def show_setup_link(settings: Settings) -> None:
    """Tell the operator how to enrol, while nobody is. Logs are no place for a link."""
    file = setup_file(settings.server.data_dir)
    link = file.read()
    if not link:
        typer.echo(f"  Console        {settings.public_url}/console/live", err=True)
    elif sys.stderr.isatty():
        typer.echo(f"  Set up (once, within 24 hours)  {link}", err=True)
    else:
        typer.echo(f"  Set up: the one-use link is in {file.path}", err=True)
