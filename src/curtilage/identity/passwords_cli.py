"""`curtilage passwords`: the filter of leaked passwords."""

import json
from pathlib import Path
from typing import Annotated

import typer

from curtilage.core.options import ConfigOption, DataDirOption, JSONOption
from curtilage.identity.breach_building import Built, build_filter, read_list
from curtilage.identity.errors import UnusablePasswordList


def build_password_commands() -> typer.Typer:
    """The commands under `curtilage passwords`. They need no installation."""
    app = typer.Typer(
        name="passwords", help="Refuse passwords that have leaked.", no_args_is_help=True
    )

    @app.callback()
    def passwords() -> None:
        """Refuse passwords that have leaked."""

    app.command("build-filter", epilog="Example: curtilage passwords build-filter list.txt leaked")(
        build
    )
    return app


def build(
    source: Annotated[
        Path, typer.Argument(metavar="LIST", help="Passwords, or HASH:COUNT lines of SHA-1.")
    ],
    target: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the filter.")],
    least_count: Annotated[
        int, typer.Option(min=1, help="Leave out hashes that were seen fewer times.")
    ] = 1,
    config: ConfigOption = None,
    data_dir: DataDirOption = None,
    as_json: JSONOption = False,
) -> None:
    """Build the filter of leaked passwords from a list.

    It is done on this machine and nobody is asked. Some 18 bits a password; 8 of 100,000 others are refused by mistake."""
    try:
        built = build_filter(read_list(source), target, least_count=least_count)
    except OSError:
        raise UnusablePasswordList("The filter cannot be written there.") from None
    typer.echo(json.dumps(_describe(built)) if as_json else _tell(built))


def _describe(built: Built) -> dict[str, int]:
    return {"passwords": built.keys, "skipped": built.skipped, "bytes": built.size}


def _tell(built: Built) -> str:
    left_out = f", {built.skipped} lines left out" if built.skipped else ""
    return f"{built.keys} passwords in {built.size} bytes{left_out}"
