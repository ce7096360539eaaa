"""`curtilage corrections`: what people said about findings, as cases."""

import asyncio
import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from curtilage.consent.casefile import encode_suite
from curtilage.consent.correcting import CorrectionService
from curtilage.consent.errors import SuiteUnwritable
from curtilage.core.models import Principal
from curtilage.core.options import ConfigOption, DataDirOption

OutputOption: TypeAlias = Annotated[
    Path, typer.Option("--output", help="A file that is made; only you can read it.")
]
PolicyOption: TypeAlias = Annotated[
    str,
    typer.Option("--policy", help="The policy that the suite names; the one in use if left out."),
]


@dataclass(frozen=True, slots=True)
class CorrectionDesk:
    """What the commands work with: the use cases, who runs the command, the policy in use."""

    corrections: CorrectionService
    actor: Principal
    policy: str


OpenCorrections: TypeAlias = Callable[
    [Path | None, Path | None], AbstractAsyncContextManager[CorrectionDesk]
]
"""Opens the desk from `--config` and `--data-dir`."""


def build_correction_commands(open_desk: OpenCorrections) -> typer.Typer:
    """The commands under `curtilage corrections`."""
    app = typer.Typer(
        name="corrections", help="What people said about findings.", no_args_is_help=True
    )

    @app.callback()
    def corrections() -> None:
        """What people said about findings."""

    @app.command(epilog="Example: curtilage corrections export --output corrected.jsonl")
    def export(
        output: OutputOption,
        policy: PolicyOption = "",
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
    ) -> None:
        """Write the texts that were kept as cases for `curtilage policy test`.

        They hold personal data as it was typed. The ledger says that they were exported."""
        count = asyncio.run(_export(open_desk(config, data_dir), output, policy))
        typer.echo(f"{count} {'case' if count == 1 else 'cases'} written.")

    return app


async def _export(
    opened: AbstractAsyncContextManager[CorrectionDesk], output: Path, policy: str
) -> int:
    async with opened as desk:
        kept = await desk.corrections.export(desk.actor)
        _write(output, encode_suite(policy or desk.policy, kept))
    return len(kept)


def _write(path: Path, suite: bytes) -> None:
    """Raises `SuiteUnwritable`. Never over a file that is there: others may read that one."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        raise SuiteUnwritable from None
    with os.fdopen(handle, "wb") as file:
        file.write(suite)
