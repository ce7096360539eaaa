"""`curtilage ledger open`: a sealed part, for a reason that is written down first."""

import asyncio
import json
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Annotated, Protocol, TypeAlias

import typer

from curtilage.core.options import ConfigOption, DataDirOption, JSONOption

ReasonOption: TypeAlias = Annotated[
    str, typer.Option("--reason", help="Why, in a sentence without personal data; it is recorded.")
]
SubjectOption: TypeAlias = Annotated[
    str, typer.Option(help="The person whom the call was about, if it named one.")
]


class OpenSealed(Protocol):
    """Opens the sealed part of a record, after that was written down."""

    def __call__(
        self, config: Path | None, data_dir: Path | None, *, id: str, reason: str, subject: str
    ) -> Coroutine[object, None, Mapping[str, str]]: ...


def add_open(app: typer.Typer, open_sealed: OpenSealed) -> None:
    """Add the command to those of the ledger."""

    @app.command("open", epilog='Example: curtilage ledger open 019c… --reason "Ticket 4711"')
    def open_command(
        id: Annotated[str, typer.Argument(help="A record's id.")],
        *,
        reason: ReasonOption,
        subject: SubjectOption = "",
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Show the sealed part of a record: which key, session and address.

        That it was opened, and why, is recorded before anything is shown."""
        asked = open_sealed(config, data_dir, id=id, reason=reason, subject=subject)
        opened = asyncio.run(asked)
        if as_json:
            typer.echo(json.dumps(dict(opened)))
            return
        for name, value in opened.items():
            typer.echo(f"{name:<8}  {value if value.isprintable() else json.dumps(value)}".rstrip())
