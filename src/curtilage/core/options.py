"""Options that every command has, spelled once for all slices."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

ConfigOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--config", help="The configuration file; ./curtilage.toml if there is one."),
]
DataDirOption: TypeAlias = Annotated[
    Path | None, typer.Option("--data-dir", help="The data directory.")
]
JSONOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON.")]
