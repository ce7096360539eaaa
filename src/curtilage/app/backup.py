"""Makes backups: of the data while the service runs, and of the keys, apart.

The order is the point. The database is copied first and the ledger after it,
so that no Event is in neither: what the outbox still holds in the copy may be
in the copied ledger too, and has the same id there. Keys come last, so that
they open everything that was copied before them.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import curtilage
from curtilage.app.draft import Draft, drafting, iterate_chunks
from curtilage.app.errors import BackupDamaged, PlaceUnfit
from curtilage.app.foundation import LEDGER_KEY, Foundation
from curtilage.app.manifest import MAC_KEY, NAME, Manifest, encode_manifest, sign_manifest
from curtilage.core.db import outbox
from curtilage.core.db.copying import copy_sqlite
from curtilage.core.models import Event
from curtilage.ledger.anchors import DirectoryAnchors
from curtilage.ledger.copying import Files, copy_anchors, copy_ledger
from curtilage.ledger.disk import make_directory
from curtilage.ledger.models import Verdict
from curtilage.ledger.verify import verify_ledger
from curtilage.vault.build import copy_keys

DATA, KEYS, ANCHORS, LEDGER = "data", "keys", "anchors", "ledger"
NOTHING = Verdict(0, 0, None, ())
LEFT_OUT = {"cache", "set-up-link", ".set-up-link.new", LEDGER}  # made anew, or copied apart
BESIDE = (".db-wal", ".db-shm", ".db-journal", ".new")  # of a database, or not yet a file


@dataclass(frozen=True, slots=True)
class Backup:
    """What was made, and how far the ledger in it is complete. No keys: `keys` is None."""

    data: Path
    keys: Path | None
    records: int
    complete_to: datetime | None
    has_database: bool


async def make_backup(foundation: Foundation, data: Path, keys: Path | None) -> Backup:
    """Back up into folders that are not there yet; after a CurtilageError they are not."""
    _refuse_inside(foundation, data, keys)
    made = await _back_up_data(foundation, data)
    if keys is not None:
        await _back_up_keys(foundation, keys)
    await _record(foundation, made, with_keys=keys is not None)
    return Backup(
        data, keys, made.records, made.anchored_at, foundation.settings.store.url == "sqlite"
    )


def _refuse_inside(foundation: Foundation, data: Path, keys: Path | None) -> None:
    server = foundation.settings.server
    places = [server.data_dir, server.key_dir, data, *([keys] if keys else [])]
    for target in places[2:]:
        for other in places:
            if other is not target and _holds(other.resolve(), target.resolve()):
                raise PlaceUnfit(f"{target} lies in {other}.")


def _holds(folder: Path, path: Path) -> bool:
    return folder == path or folder in path.parents


async def _back_up_data(foundation: Foundation, target: Path) -> Verdict:
    mac_key = await foundation.vault.secret(MAC_KEY)
    signing_key = await foundation.vault.find_signing_key(LEDGER_KEY)
    key = None if signing_key is None else signing_key.public_key()  # None: no ledger was begun

    def copy() -> Verdict:
        server = foundation.settings.server
        with drafting(target) as draft:
            _copy_others(draft, server.data_dir)
            verdict = NOTHING
            if key is not None:
                _write(draft, copy_anchors(server.key_dir / ANCHORS), server.key_dir, "")
                files = copy_ledger(server.data_dir / LEDGER, name=foundation.tenant, key=key)
                _write(draft, files, server.data_dir, f"{DATA}/")
                verdict = verify_copy(draft.root, name=foundation.tenant, key=key)
                _refuse_unsound(verdict)
            _finish(draft, foundation, mac_key, kind="data", verdict=verdict)
            draft.settle(".", target)
            return verdict

    return await asyncio.to_thread(copy)


async def _back_up_keys(foundation: Foundation, target: Path) -> None:
    mac_key = await foundation.vault.secret(MAC_KEY)

    def copy() -> None:
        with drafting(target) as draft:
            (draft.root / KEYS).mkdir(mode=0o700)
            settings = foundation.settings
            for name in copy_keys(settings.server.key_dir, draft.root / KEYS, settings.vault):
                draft.note(f"{KEYS}/{name}")
            _finish(draft, foundation, mac_key, kind="keys", verdict=NOTHING)
            draft.settle(".", target)

    await asyncio.to_thread(copy)


def _copy_others(draft: Draft, data_dir: Path) -> None:
    """What is neither ledger nor made anew: the database, maps, whatever else there will be."""
    for path in sorted(data_dir.iterdir()):
        if path.name in LEFT_OUT or path.name.endswith(BESIDE):
            continue
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and not file.is_symlink() and not file.name.endswith(BESIDE):
                _copy_other(draft, file, f"{DATA}/{file.relative_to(data_dir).as_posix()}")


def _copy_other(draft: Draft, file: Path, path: str) -> None:
    if file.suffix == ".db":
        make_directory((draft.root / path).parent)
        copy_sqlite(file, draft.root / path)
        draft.note(path)
    else:
        with file.open("rb") as opened:
            draft.write(path, iterate_chunks(opened.fileno()))


def _write(draft: Draft, files: Files, below: Path, prefix: str) -> None:
    for path, chunks in files:
        draft.write(f"{prefix}{path.relative_to(below).as_posix()}", chunks)


def verify_copy(root: Path, *, name: str, key: Ed25519PublicKey) -> Verdict:
    """Verify the ledger in a backup by the anchors in it."""
    anchors = DirectoryAnchors(root / ANCHORS)
    return verify_ledger(root / DATA / LEDGER, name=name, key=key, anchors=anchors)


def _refuse_unsound(verdict: Verdict) -> None:
    if not verdict.holds:
        raise BackupDamaged(
            f"The ledger does not verify: {verdict.problems[0].detail}",
            hint="No backup was made. Run `curtilage ledger verify`, and copy the directories "
            "by hand, with the service stopped, to keep them as they are.",
        )


def _finish(
    draft: Draft, foundation: Foundation, mac_key: bytes, *, kind: str, verdict: Verdict
) -> None:
    """Write the manifest: what has none is no backup."""
    manifest = Manifest(
        kind=kind,
        made_at=foundation.clock.now(),
        made_by=curtilage.__version__,
        tenant=foundation.tenant,
        database=foundation.database.dialect,
        records=verdict.records,
        files=tuple(draft.files),
    )
    draft.write(NAME, [encode_manifest(sign_manifest(manifest, mac_key))])


async def _record(foundation: Foundation, verdict: Verdict, *, with_keys: bool) -> None:
    operator = foundation.operator()
    event = Event(
        id=foundation.ids.new(),
        at=foundation.clock.now(),
        kind="backup.made",
        tenant=foundation.tenant,
        actor=await foundation.vault.actor_pseudonym(operator.tenant, operator.id),
        actor_kind=operator.kind.value,
        facts={"records": verdict.records, "with_keys": with_keys},
    )
    async with foundation.database.begin() as connection:
        await outbox.record(connection, event)
