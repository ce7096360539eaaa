"""Puts a backup in place: all of it is checked before anything has its name.

The keys go first, then the anchors, then the data: after a crash between two of
them the service does not start, for want of data, and the same command goes on.
"""

import asyncio
import contextlib
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from curtilage.app.backup import ANCHORS, DATA, KEYS, LEDGER, verify_copy
from curtilage.app.draft import Draft, drafting, iterate_chunks, refuse_taken
from curtilage.app.errors import (
    BackupDamaged,
    BackupForeign,
    BackupOlder,
    BackupUnknown,
    NoInstallation,
)
from curtilage.app.foundation import LEDGER_KEY, OPERATOR
from curtilage.app.manifest import MAC_KEY, NAME, Manifest, parse_manifest, verify_manifest
from curtilage.app.migrations import SCRIPTS
from curtilage.app.settings import Settings
from curtilage.app.tools import Tools
from curtilage.core.db import outbox
from curtilage.core.db.copying import check_sqlite
from curtilage.core.db.engine import FILE_NAME as DATABASE
from curtilage.core.db.engine import open_database, open_postgres
from curtilage.core.db.installation import find_tenant
from curtilage.core.db.migrate import migrate
from curtilage.core.models import Event, PrincipalKind, TenantId
from curtilage.core.words import count
from curtilage.ledger.anchors import FILE as ANCHOR_FILE
from curtilage.ledger.anchors import DirectoryAnchors
from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.copying import find_anchor_files
from curtilage.ledger.disk import make_directory, replace_file, sync_directory
from curtilage.ledger.note import verify_checkpoint
from curtilage.ledger.origins import Origins
from curtilage.vault.build import has_keys, has_same_root, open_vault
from curtilage.vault.errors import KeysElsewhere
from curtilage.vault.service import Vault

MANIFEST_LIMIT = 1 << 30  # bytes: some two million files


@dataclass(frozen=True, slots=True)
class Restored:
    """What is in place now. `lost` checkpoints of the ledger were signed after the backup."""

    made_at: datetime
    records: int
    complete_to: datetime | None
    lost: int
    has_database: bool


async def restore_backup(
    settings: Settings, source: Path, *, keys: Path | None, lose_newer: bool, tools: Tools
) -> Restored:
    """Put the backup at `source` where the settings say. Raises a CurtilageError.

    After one, nothing has its place; `keys` is the backup of the keys, where they
    are gone too."""
    server = settings.server
    manifest = _read_manifest(source, "data")
    refuse_taken(server.data_dir)
    with contextlib.ExitStack() as stack:
        keys_draft = _draft_keys(stack, settings, keys)
        if keys_draft is None and not has_keys(server.key_dir, settings.vault):
            raise NoInstallation(
                f"There are no keys at {server.key_dir}; nothing was put in place.",
                hint="Name their place in server.key_dir, or their backup with --keys.",
            )
        draft = stack.enter_context(drafting(server.data_dir))
        _fill(draft, source, manifest)
        make_directory(draft.root / DATA)  # one on PostgreSQL without a ledger yet has no file
        place = keys_draft.root / KEYS if keys_draft else server.key_dir
        vault = await _open_keys(place, manifest, settings, tools)
        try:
            restored = await _check(draft, manifest, vault, settings, lose_newer=lose_newer)
            await _record(draft, vault, restored, tools)
        finally:
            await vault.close()
        if keys_draft is not None:
            keys_draft.settle(KEYS, server.key_dir)
        _place_anchors(draft.root / ANCHORS, server.key_dir / ANCHORS, is_older=restored.lost > 0)
        draft.settle(DATA, server.data_dir)
        return restored


async def _open_keys(place: Path, manifest: Manifest, settings: Settings, tools: Tools) -> Vault:
    """Raises BackupForeign, and makes none, where they are not those of the backup."""
    try:
        return await open_vault(
            place,
            clock=tools.clock,
            entropy=tools.entropy,
            settings=settings.vault,
            expected_tenant=TenantId(manifest.tenant),
        )
    except KeysElsewhere:
        raise BackupForeign from None


def _read_manifest(source: Path, kind: str) -> Manifest:
    try:
        with (source / NAME).open("rb") as file:
            raw = file.read(MANIFEST_LIMIT)
    except OSError:
        raise BackupUnknown(f"{source / NAME} cannot be read.") from None
    return parse_manifest(raw, expected_kind=kind)


def _draft_keys(
    stack: contextlib.ExitStack, settings: Settings, source: Path | None
) -> Draft | None:
    """The keys from their backup, without their place yet; None where they are in place."""
    if source is None:
        return None
    key_dir, manifest = settings.server.key_dir, _read_manifest(source, "keys")
    if has_keys(key_dir, settings.vault) and has_same_root(key_dir, source / KEYS):
        return None
    draft = stack.enter_context(drafting(key_dir))
    _fill(draft, source, manifest)
    return draft


def _fill(draft: Draft, source: Path, manifest: Manifest) -> None:
    """Copy what the manifest names, comparing each byte with it. Raises BackupDamaged."""
    for kept in manifest.files:
        try:
            descriptor = os.open(source / kept.path, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:
            raise BackupDamaged(f"The file {kept.path} cannot be read.") from None
        with os.fdopen(descriptor, "rb") as file:
            copied = draft.write(kept.path, _at_most(file.fileno(), kept.bytes))
        if copied != kept:
            raise BackupDamaged(f"The file {kept.path} is not the one that was written.")


def _at_most(descriptor: int, size: int) -> Iterator[bytes]:
    """No more than one chunk past `size`: a file that grew is not copied to its end."""
    for chunk in iterate_chunks(descriptor):
        yield chunk
        size -= len(chunk)
        if size < 0:
            return


async def _check(
    draft: Draft, manifest: Manifest, vault: Vault, settings: Settings, *, lose_newer: bool
) -> Restored:
    """Everything that can be said against it, before it has its place."""
    verify_manifest(manifest, await vault.secret(MAC_KEY))
    _refuse_other_store(manifest, settings)
    await _refuse_store_of_others(manifest, settings)
    signing_key = await vault.find_signing_key(LEDGER_KEY)
    if signing_key is None:
        return Restored(manifest.made_at, 0, None, 0, manifest.database == "sqlite")
    name, key = vault.tenant(), signing_key.public_key()
    verdict = await asyncio.to_thread(verify_copy, draft.root, name=name, key=key)
    if not verdict.holds:
        raise BackupDamaged(f"Its ledger does not verify: {verdict.problems[0].detail}")
    anchors = DirectoryAnchors(settings.server.key_dir / ANCHORS)
    lost = _count_lost(draft.root / DATA / LEDGER, Origins(name), key, anchors)
    if lost and not lose_newer:
        raise BackupOlder(f"{count(lost, 'checkpoint')} of the ledger would be lost.")
    return Restored(
        manifest.made_at,
        verdict.records,
        verdict.anchored_at,
        lost,
        manifest.database == "sqlite",
    )


async def _refuse_store_of_others(manifest: Manifest, settings: Settings) -> None:
    """Raise BackupForeign where the store that stays is somebody's else than the backup."""
    if settings.store.url == "sqlite":
        return  # it comes with the backup
    database = open_postgres(settings.store.url, setting="store.url")
    try:
        owner = await find_tenant(database)
    finally:
        await database.close()
    if owner not in (None, manifest.tenant):
        raise BackupForeign(
            "The database of store.url is another installation's than the backup.",
            hint="Nothing was put in place. Give store.url the address of this one's database.",
        )


def _refuse_other_store(manifest: Manifest, settings: Settings) -> None:
    expected = "sqlite" if settings.store.url == "sqlite" else "postgresql"
    if manifest.database != expected:
        raise BackupUnknown(
            f"The backup is of an installation on {manifest.database}, "
            f"and the setting store.url names {expected}.",
            hint="Set store.url as it was when the backup was made.",
        )


def _count_lost(
    ledger: Path, origins: Origins, key: Ed25519PublicKey, anchors: DirectoryAnchors
) -> int:
    """How many checkpoints the newest anchor in place covers that the backup has not."""
    note = anchors.newest()
    if note is None:
        return 0
    head = Checkpoints(ledger, origins, key).head()
    anchored = verify_checkpoint(note, expected_origin=origins.head, key=key)
    return max(0, anchored.size - (head.checkpoint.size if head else 0))


async def _record(draft: Draft, vault: Vault, restored: Restored, tools: Tools) -> None:
    """Bring the database up to date, and leave word in it that it was put back."""
    if not restored.has_database:
        return
    folder = draft.root / DATA
    check_sqlite(folder / DATABASE)
    database = open_database("sqlite", folder)
    try:
        await migrate(database, SCRIPTS)
        event = Event(
            id=tools.ids.new(),
            at=tools.clock.now(),
            kind="backup.restored",
            tenant=vault.tenant(),
            actor=await vault.actor_pseudonym(vault.tenant(), OPERATOR),
            actor_kind=PrincipalKind.PERSON.value,
            facts={"records": restored.records, "lost_checkpoints": restored.lost},
        )
        async with database.begin() as connection:
            await outbox.record(connection, event)
    finally:
        await database.close()


def _place_anchors(source: Path, target: Path, *, is_older: bool) -> None:
    """Let the anchors in place be those that the ledger of the backup fulfils.

    Newer ones are set aside, never removed: they prove what was lost. So is what
    others signed of them, which would contradict an older ledger as well."""
    if is_older:
        _set_aside(target)
    for made in find_anchor_files(source):
        present = target / made.name
        is_longer = present.suffix == ".jsonl" and present.exists() and _size(present) < _size(made)
        if is_longer or not present.exists():
            make_directory(target)
            replace_file(present, made.read_bytes())


def _set_aside(folder: Path) -> None:
    """The anchors as `set-aside-N.jsonl`, the others with their names behind that number."""
    number = next(n for n in itertools.count(1) if not any(folder.glob(f"set-aside-{n}[.-]*")))
    for path in find_anchor_files(folder):
        name = path.suffix if path.name == ANCHOR_FILE else f"-{path.name}"
        path.rename(folder / f"set-aside-{number}{name}")
    sync_directory(folder)


def _size(path: Path) -> int:
    return path.stat().st_size
