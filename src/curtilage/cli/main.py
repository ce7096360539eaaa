"""The entry point: gathers the commands, renders errors, sets the exit code."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from typer.exceptions import TyperException

from curtilage.core.errors import CurtilageError

BUG = 70
DEBUG = "--debug"


def main() -> None:
    """Run the command line. Exit codes are those of the command-line reference."""
    arguments = sys.argv[1:]
    debug = DEBUG in arguments
    sys.exit(run([argument for argument in arguments if argument != DEBUG], debug=debug))


def run(arguments: list[str], *, debug: bool = False) -> int:
    """Run one command line and give its exit code."""
    from curtilage.cli.commands import (
        build_app,  # `--help` of a broken install still explains itself
    )

    try:
        with _loading():
            app = build_app(next(iter(arguments), ""))
        result = app(args=arguments, standalone_mode=False)
    except CurtilageError as error:
        return _tell(error.detail, error.advice, error.exit_code, debug=debug)
    except typer.Abort:
        return _tell("Stopped.", "", 130, debug=debug)
    except TyperException as problem:
        return _show_use(problem)
    except KeyboardInterrupt:
        return 130
    except Exception as bug:  # noqa: BLE001  # the last door: a bug shows its type, never a value
        return _tell(
            f"This is a bug of ours ({type(bug).__name__}).",
            "Run the command again with --debug and report what it prints; look for private data in it first.",
            BUG,
            debug=debug,
        )
    return result if isinstance(result, int) else 0


@contextmanager
def _loading() -> Iterator[None]:
    """Looks for no cycles in what is loaded and stays: that took a sixth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _show_use(problem: TyperException) -> int:
    """Say how a command is used. The classes that can show it are Typer's own affair."""
    show = getattr(problem, "show", None)
    if show is None:
        typer.echo(f"error: {problem.format_message()}", err=True)
    else:
        show()
    return 2


def _tell(detail: str, advice: str, code: int, *, debug: bool) -> int:
    if debug:
        raise  # noqa: PLE0704  # inside the handler of `run`: show all of it
    typer.echo(f"error: {detail}", err=True)
    if advice:
        typer.echo(f"hint: {advice}", err=True)
    return code
