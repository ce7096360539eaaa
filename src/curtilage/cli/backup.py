"""`curtilage backup` and `curtilage restore-backup`."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from curtilage.app.backup import Backup, make_backup
from curtilage.app.foundation import open_foundation
from curtilage.app.installation import refuse_absent
from curtilage.app.restore_backup import Restored, restore_backup
from curtilage.app.settings import Settings
from curtilage.app.tools import make_tools
from curtilage.cli.options import find_settings
from curtilage.core.clock import encode_instant
from curtilage.core.options import ConfigOption, DataDirOption, JSONOption
from curtilage.core.words import count

KEYS_WARNING = (
    "The keys in {place} open everything in the data: keep the two apart, keep this one "
    "encrypted, and delete it soon. A destroyed key lives on in it until then."
)
NO_DATABASE = "The PostgreSQL database is not part of it: dump it with its own tools, before this."
NO_KEY_TABLE = (
    "The key table is not part of it: dump the database of vault.url with PostgreSQL's own tools, "
    "after this, apart from the other one, and delete that dump soon too."
)
NEWER_LOST = "The anchors of {lost} that are lost are kept in the key directory, as set-aside-…"
AFTER = "What was changed after the backup is as it was: look for API keys that were revoked since."


def add_commands(app: typer.Typer) -> None:
    app.command(epilog="Example: curtilage backup /backup/monday --keys /vault/monday")(backup)
    app.command("restore-backup", epilog="Example: curtilage restore-backup /backup/monday")(
        restore
    )


def backup(
    to: Annotated[Path, typer.Argument(help="A folder that is not there yet.", metavar="TO")],
    keys: Annotated[
        Path | None, typer.Option("--keys", help="Back up the keys too, into another folder.")
    ] = None,
    config: ConfigOption = None,
    data_dir: DataDirOption = None,
    as_json: JSONOption = False,
) -> None:
    """Copy database, ledger and maps; the service may run.

    Keys are not in it: --keys copies them too, into a folder of their own."""
    settings = find_settings(config, data_dir)
    refuse_absent(settings)
    made = asyncio.run(_make(settings, to, keys))
    if not made.has_database:
        _warn(NO_DATABASE)
    if made.keys is not None:
        _warn(KEYS_WARNING.format(place=made.keys))
        if settings.vault.is_shared:
            _warn(NO_KEY_TABLE)
    if as_json:
        typer.echo(_json(made))
    else:
        typer.echo(f"{made.data}: {count(made.records, 'record')}, {_until(made.complete_to)}.")


def restore(
    source: Annotated[Path, typer.Argument(help="What `curtilage backup` made.", metavar="FROM")],
    keys: Annotated[
        Path | None, typer.Option("--keys", help="The backup of the keys, if they are gone too.")
    ] = None,
    lose_newer: Annotated[
        bool,
        typer.Option("--lose-newer", help="Restore though the ledger went on after the backup."),
    ] = False,
    config: ConfigOption = None,
    data_dir: DataDirOption = None,
    as_json: JSONOption = False,
) -> None:
    """Put a backup in place of a data directory that is gone.

    Checks every byte and the ledger first, and writes over nothing."""
    settings = find_settings(config, data_dir)
    restored = asyncio.run(
        restore_backup(settings, source, keys=keys, lose_newer=lose_newer, tools=make_tools())
    )
    if not restored.has_database:
        _warn(NO_DATABASE)
    if restored.lost:
        _warn(NEWER_LOST.format(lost=count(restored.lost, "checkpoint")))
    _warn(AFTER)
    if as_json:
        typer.echo(_json(restored))
    else:
        place, records = settings.server.data_dir, count(restored.records, "record")
        typer.echo(f"{place}: {records}, {_until(restored.complete_to)}.")


async def _make(settings: Settings, to: Path, keys: Path | None) -> Backup:
    tools = make_tools()
    async with open_foundation(
        settings, clock=tools.clock, ids=tools.ids, entropy=tools.entropy
    ) as foundation:
        return await make_backup(foundation, to, keys)


def _until(at: Any) -> str:
    return f"complete up to anchor {encode_instant(at)}" if at else "no anchor yet"


def _json(done: Backup | Restored) -> str:
    values = {name: _plain(value) for name, value in asdict(done).items()}
    return json.dumps(values, indent=2)


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    return encode_instant(value) if hasattr(value, "isoformat") else value


def _warn(line: str) -> None:
    typer.echo(line, err=True)
