"""What is told before an installation is made.

Apart from `options`, which need no database."""

import typer

from curtilage.app.installation import is_absent
from curtilage.app.settings import Settings


def say_if_new(settings: Settings) -> None:
    """Tell of an installation before it is made: maybe the folder is the wrong one."""
    if is_absent(settings):
        place = settings.server.data_dir.absolute()
        typer.echo(f"Making a new installation at {place}: there is none yet.", err=True)
