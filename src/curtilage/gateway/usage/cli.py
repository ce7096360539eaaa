"""`curtilage usage`: what was used, and whether the ledger bears it out."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, TypeAlias, TypeVar

import typer

from curtilage.core.errors import InputError
from curtilage.core.models import Principal
from curtilage.core.money import format_money
from curtilage.core.options import ConfigOption, DataDirOption, JSONOption
from curtilage.core.words import count
from curtilage.gateway.usage.export import describe_difference, describe_row, encode_csv
from curtilage.gateway.usage.jobs import ProjectUsage
from curtilage.gateway.usage.models import By, Counts, Difference, Period, UsageRow
from curtilage.gateway.usage.rules import tell_difference
from curtilage.gateway.usage.service import UsageService

T = TypeVar("T")

ByOption: TypeAlias = Annotated[By, typer.Option(help="What to add up by.")]
SinceOption: TypeAlias = Annotated[str, typer.Option(help="The first day, as 2026-01-31, in UTC.")]
UntilOption: TypeAlias = Annotated[str, typer.Option(help="The last day.")]
CSVOption: TypeAlias = Annotated[bool, typer.Option("--csv", help="Print CSV.")]


@dataclass(frozen=True, slots=True)
class UsageDesk:
    """What the commands work with: the service, what it counts with, and who runs the command."""

    service: UsageService
    project: ProjectUsage
    actor: Principal


OpenUsage: TypeAlias = Callable[[Path | None, Path | None], AbstractAsyncContextManager[UsageDesk]]
"""Opens the desk from `--config` and `--data-dir`."""


def build_commands(open_usage: OpenUsage) -> typer.Typer:
    """`curtilage usage`, and the command under it."""
    app = typer.Typer(name="usage")
    _add_report(app, open_usage)
    _add_reconcile(app, open_usage)
    return app


def _add_report(app: typer.Typer, open_usage: OpenUsage) -> None:
    @app.callback(
        invoke_without_command=True, epilog="Example: curtilage usage --by model --since 2026-01-01"
    )
    def report(
        context: typer.Context,
        *,
        by: ByOption = By.KEY,
        since: SinceOption = "",
        until: UntilOption = "",
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
        as_csv: CSVOption = False,
    ) -> None:
        """Show calls, tokens and cost, by key or something else.

        Counted from the ledger up to now, whether the service runs or not."""
        if context.invoked_subcommand is not None:
            return
        period = Period(parse_day(since), parse_day(until))
        rows = _run(open_usage(config, data_dir), lambda desk: _report(desk, by, period))
        if as_json:
            typer.echo(json.dumps([describe_row(by, row) for row in rows], indent=2))
        elif as_csv:
            typer.echo(encode_csv(by, rows), nl=False)
        else:
            _print_rows(rows)


def _add_reconcile(app: typer.Typer, open_usage: OpenUsage) -> None:
    @app.command(epilog="Example: curtilage usage reconcile")
    def reconcile(
        *,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Count again from the ledger, and name sums that differ.

        Exits 1 when one does."""
        found = _run(open_usage(config, data_dir), _reconcile)
        if as_json:
            typer.echo(json.dumps([describe_difference(each) for each in found], indent=2))
        for difference in () if as_json else found:
            key, told = difference.key, ", ".join(tell_difference(difference))
            typer.echo(f"{key.day}  {key.model or '–'}  {key.purpose or '–'}  {key.actor}: {told}")
        if found:
            typer.echo(f"{count(len(found), 'sum')} not borne out by the ledger.", err=True)
            raise typer.Exit(1)
        if not as_json:
            typer.echo("Every sum is what the ledger says.")


async def _report(desk: UsageDesk, by: By, period: Period) -> Sequence[UsageRow]:
    await desk.project.catch_up()
    return await desk.service.report(desk.actor, by, period)


async def _reconcile(desk: UsageDesk) -> Sequence[Difference]:
    await desk.project.catch_up()
    return await desk.service.reconcile(desk.actor)


def parse_day(raw: str) -> str:
    """A day, or "" for none. Raises InputError."""
    if not raw:
        return ""
    try:
        return date.fromisoformat(raw).isoformat()
    except ValueError:
        raise InputError("A day is written as 2026-01-31.") from None


def _run(
    opened: AbstractAsyncContextManager[UsageDesk], work: Callable[[UsageDesk], Awaitable[T]]
) -> T:
    async def inside() -> T:
        async with opened as desk:
            return await work(desk)

    return asyncio.run(inside())


def _print_rows(rows: Sequence[UsageRow]) -> None:
    for row in rows:
        counts = row.counts
        cost = f"{format_money(counts.cost)} {row.currency}" if row.currency else "unpriced"
        typer.echo(
            f"{row.label:<32} {counts.calls:>9} calls  {counts.tokens_in:>12} tokens in  "
            f"{counts.tokens_out:>12} out  {cost:>20}{_remarks(counts)}"
        )
    if not rows:
        typer.echo("Nothing was used in this time.", err=True)


def _remarks(counts: Counts) -> str:
    """What a reader should know of a line besides its sums."""
    remarks = [
        f"{number} {word}"
        for number, word in ((counts.refused, "refused"), (counts.estimated, "estimated"))
        if number
    ]
    return f"  ({', '.join(remarks)})" if remarks else ""
