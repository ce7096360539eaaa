"""`curtilage canaries`: tokens to plant where no one should take them from."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from curtilage.core.models import Principal
from curtilage.core.options import ConfigOption, DataDirOption, JSONOption
from curtilage.gateway.canaries.service import CanaryService

NameArgument: TypeAlias = Annotated[str, typer.Argument(help="Where it will be, as `crm-notes`.")]


@dataclass(frozen=True, slots=True)
class CanaryDesk:
    """What the commands work with: the use cases, and who runs the command."""

    canaries: CanaryService
    actor: Principal


OpenCanaries: TypeAlias = Callable[
    [Path | None, Path | None], AbstractAsyncContextManager[CanaryDesk]
]
"""Opens the desk from `--config` and `--data-dir`."""


def build_commands(open_desk: OpenCanaries) -> typer.Typer:
    """The commands under `curtilage canaries`."""
    app = typer.Typer(
        name="canaries",
        help="Tokens to plant where no one should take them from.",
        no_args_is_help=True,
    )

    @app.callback()
    def canaries() -> None:
        """Tokens to plant where no one should take them from."""

    @app.command(epilog="Example: curtilage canaries new crm-notes")
    def new(
        name: NameArgument,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Print the canary of a name: the same each time, and another for each name.

        Plant it in one place only, and keep the name: from then on it is looked for in
        calls and in replies, as `[hostile]` in the policy says."""
        canary = asyncio.run(_mint(open_desk(config, data_dir), name))
        typer.echo(json.dumps({"name": name, "canary": canary}, indent=2) if as_json else canary)

    return app


async def _mint(opened: AbstractAsyncContextManager[CanaryDesk], name: str) -> str:
    async with opened as desk:
        return await desk.canaries.mint(desk.actor, name)
