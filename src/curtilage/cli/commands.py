"""Gathers every command: the service's own here, the slices' from their `cli.py`."""

import typer

from curtilage.cli import demo, doctor, init, serve, show
from curtilage.cli.slices import slice_commands

EPILOG = "Exit codes: 0 fine, 1 found or failed, 2 wrong use, 3 set-up, 4 unreachable or limited, 5 incomplete, 70 a bug."


def build_app() -> typer.Typer:
    """The whole command line."""
    app = typer.Typer(
        name="curtilage",
        help="The privacy and security layer of AI applications.",
        epilog=EPILOG,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for module in (serve, demo, init, doctor, show):
        module.add_commands(app)
    for name, commands in slice_commands():
        app.add_typer(commands, name=name)
    return app
