"""Gathers the commands: the service's own here, the slices' from their `cli.py`.

A module is loaded when its command is asked for: `serve` waits for no database
and no mail, and its process, which only watches the others, stays small.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Annotated, Any

import typer

import curtilage

LOADS_NOTHING = "--version"
EPILOG = "Exit codes: 0 fine, 1 found or failed, 2 wrong use, 3 set-up, 4 unreachable or limited, 5 incomplete, 70 a bug."

OWN: Mapping[str, tuple[str, ...]] = {
    "serve": ("serve",),
    "demo": ("demo",),
    "init": ("init",),
    "doctor": ("doctor",),
    "scan": ("scan",),
    "texts": ("protect", "restore"),
    "evaluate": ("eval",),
    "backup": ("backup", "restore-backup"),
    "show": ("explain", "config"),
}
"""The modules of this folder in the order of `--help`, and the commands that each adds."""
OF_SLICES = (
    "apikeys",
    "groups",
    "clients",
    "users",
    "sessions",
    "passwords",
    "policy",
    "corrections",
    "ledger",
    "vault",
    "usage",
    "canaries",
)


def build_app(asked: str = "") -> typer.Typer:
    """The command line: the one command that is asked for and its like, else every one."""
    app = typer.Typer(
        name="curtilage",
        help="The privacy and security layer of AI applications.",
        epilog=EPILOG,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_options)  # without one, a lone command would lose its name
    modules = [module for module, names in OWN.items() if asked in names]
    everything = not modules and asked not in (*OF_SLICES, LOADS_NOTHING)
    for module in OWN if everything else modules:
        _load(module, "add_commands")(app)
    if everything or asked in OF_SLICES:
        for name, commands in _load("slices", "slice_commands")():
            app.add_typer(commands, name=name)
    return app


def _load(module: str, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(import_module(f"curtilage.cli.{module}"), name)
    return found


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"curtilage {curtilage.__version__}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool,
        typer.Option(
            LOADS_NOTHING, callback=_tell_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """What stands before any command."""
