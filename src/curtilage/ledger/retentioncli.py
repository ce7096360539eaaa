"""`curtilage ledger prune`: remove records that a written policy no longer keeps."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from curtilage.core.clock import encode_instant
from curtilage.core.errors import InputError
from curtilage.core.options import ConfigOption, DataDirOption, JSONOption
from curtilage.core.words import count
from curtilage.ledger.errors import NoRetention
from curtilage.ledger.retention import Plan
from curtilage.ledger.retentionrun import Pruner

DAY = "%Y-%m-%d"


@dataclass(frozen=True, slots=True)
class Retention:
    """Who prunes, and for how many days the settings keep records."""

    pruner: Pruner
    keep_days: int | None


OpenRetention: TypeAlias = Callable[[Path | None, Path | None], Retention]


def choose_cutoff(before: str, keep_days: int | None, now: datetime) -> tuple[datetime, str]:
    """Before when records go, and the policy that says so. Raises NoRetention, InputError."""
    if not before and keep_days is None:
        raise NoRetention
    if not before:
        assert keep_days is not None
        return now - timedelta(days=keep_days), f"keep {keep_days} days"
    try:
        cutoff = datetime.strptime(before, DAY).replace(tzinfo=UTC)
    except ValueError:
        raise InputError("The date of --before is not one; expected it as 2026-01-31.") from None
    if keep_days is not None and cutoff > now - timedelta(days=keep_days):
        raise InputError(
            "The date of --before is newer than the setting ledger.keep_days allows; "
            "nothing was removed.",
            hint=f"Give a date that lies {keep_days} days back or more.",
        )
    if cutoff > now:
        raise InputError("The date of --before lies in the future; nothing was removed.")
    return cutoff, f"before {before}"


def add_prune(app: typer.Typer, open_retention: OpenRetention) -> None:
    @app.command("prune", epilog="Example: curtilage ledger prune --before 2026-01-01")
    def prune_command(
        *,
        before: Annotated[
            str, typer.Option(help="A day, in UTC; without it, `ledger.keep_days` decides.")
        ] = "",
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Say what would go; change nothing.")
        ] = False,
        config: ConfigOption = None,
        data_dir: DataDirOption = None,
        as_json: JSONOption = False,
    ) -> None:
        """Remove old records whole segments at a time; their hashes stay.

        What is not anchored, still open or being written stays."""
        retention = open_retention(config, data_dir)
        pruner = retention.pruner
        cutoff, policy = choose_cutoff(before, retention.keep_days, pruner.clock.now())
        plan = pruner.plan(cutoff) if dry_run else pruner.prune(cutoff, policy=policy)
        _print(plan, cutoff, is_done=not dry_run, as_json=as_json)


def _print(plan: Plan, cutoff: datetime, *, is_done: bool, as_json: bool) -> None:
    if as_json:
        spans = [asdict(span) for span in plan.spans]
        told = {"cutoff": encode_instant(cutoff), "records": plan.records, "logs": spans}
        typer.echo(json.dumps({**told, "kept": dict(plan.kept), "removed": is_done}))
        return
    for span in plan.spans:
        typer.echo(f"{span.writer}: records {span.first} to {span.before - 1}")
    for writer, why in plan.kept.items():
        typer.echo(f"{writer}: nothing goes, {why}")
    done = "removed; their hashes stay" if is_done else "would be removed"
    typer.echo(f"{count(plan.records, 'record')} {done}.")
