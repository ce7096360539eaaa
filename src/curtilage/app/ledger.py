"""The ledger as the control process has it: where it is kept, who writes, signs and reads.

Workers have a writer of their own (`worker`); this process signs what all of them wrote,
and ends the calls of nodes that are gone."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from curtilage.app.errors import LedgerGone, LedgerInStore
from curtilage.app.foundation import LEDGER_KEY, Foundation
from curtilage.core.lease import Lease
from curtilage.core.models import Event
from curtilage.core.slice import Job
from curtilage.gateway import records
from curtilage.ledger.anchors import DirectoryAnchors
from curtilage.ledger.build import build_outside_checks, build_outside_jobs
from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.jobs import CloseLeft
from curtilage.ledger.keeping.build import build_keeping
from curtilage.ledger.keeping.logs import CONTROL, LedgerKeeping
from curtilage.ledger.layout import find_writers
from curtilage.ledger.moving import move_in
from curtilage.ledger.origins import Origins
from curtilage.ledger.ports import SharedStore
from curtilage.ledger.sequencer import Sequencer
from curtilage.ledger.service import LedgerService
from curtilage.ledger.settings import IN_STORE, LedgerSettings
from curtilage.ledger.writer import LedgerWriter
from curtilage.vault.service import Vault

FindLease = Callable[[], Lease | None]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Open; `jobs` are those that one node runs for all."""

    folder: Path
    keeping: LedgerKeeping
    writer: LedgerWriter
    sequencer: Sequencer
    service: LedgerService
    jobs: Sequence[Job]

    @property
    def may_lead(self) -> bool:
        """Whether this node is fit to sign for others; one that signs for itself always is."""
        return self.keeping.store is None or self.sequencer.can_sign


@contextlib.asynccontextmanager
async def open_ledger(foundation: Foundation, *, lease: FindLease) -> AsyncIterator[Ledger]:
    """As `ledger.log` says, inside the block. Raises LedgerGone where it was there and is not.

    `lease` gives the signer's while this node has it."""
    folder = foundation.settings.server.data_dir / "ledger"
    async with contextlib.AsyncExitStack() as stack:
        keeping = await _open_keeping(foundation, folder, lease)
        writer = await asyncio.to_thread(keeping.writer, CONTROL, process=CONTROL)
        stack.push_async_callback(asyncio.to_thread, writer.close)
        key = await foundation.vault.signing_key(LEDGER_KEY)
        service = _build_service(foundation, folder, key)
        service.outside()  # what cannot be checked is refused now
        sequencer = await asyncio.to_thread(_build_sequencer, foundation, folder, key, keeping)
        stack.push_async_callback(asyncio.to_thread, sequencer.close)
        jobs = (*_closing_jobs(keeping), *_outside_jobs(foundation, service))
        yield Ledger(folder, keeping, writer, sequencer, service, jobs)


def _anchor_dir(foundation: Foundation) -> Path:
    return foundation.settings.server.key_dir / "anchors"


def _build_sequencer(
    foundation: Foundation, folder: Path, key: Ed25519PrivateKey, keeping: LedgerKeeping
) -> Sequencer:
    return Sequencer(
        folder,
        name=foundation.tenant,
        key=key,
        clock=foundation.clock,
        anchors=DirectoryAnchors(_anchor_dir(foundation)),
        shared=keeping.store,
    )


def _build_service(foundation: Foundation, folder: Path, key: Ed25519PrivateKey) -> LedgerService:
    settings, anchor_dir = foundation.settings, _anchor_dir(foundation)
    return LedgerService(
        ledger=folder,
        name=foundation.tenant,
        key=key.public_key(),
        anchors=DirectoryAnchors(anchor_dir),
        anchored_where=f"{settings.server.key_dir.name}/anchors",
        authority=foundation.authority,
        clock=foundation.clock,
        ids=foundation.ids,
        outside=lambda: build_outside_checks(settings.ledger, anchor_dir),
    )


def _outside_jobs(foundation: Foundation, service: LedgerService) -> Sequence[Job]:
    return build_outside_jobs(
        foundation.settings.ledger, _anchor_dir(foundation), service.checkpoints, foundation.clock
    )


async def _open_keeping(foundation: Foundation, folder: Path, lease: FindLease) -> LedgerKeeping:
    settings = foundation.settings.ledger
    keeping = _build_keeping(foundation, settings, folder, lease)
    if keeping.store is None and foundation.database.dialect == "postgresql":
        in_store = replace(settings, log=IN_STORE)
        await _refuse_in_store(_build_keeping(foundation, in_store, folder, lease))
    await _refuse_where_gone(folder, foundation.vault, keeping.store)
    await _move_in(folder, foundation.vault, keeping.store)
    return keeping


def _build_keeping(
    foundation: Foundation, settings: LedgerSettings, folder: Path, lease: FindLease
) -> LedgerKeeping:
    return build_keeping(
        settings,
        folder,
        url=foundation.settings.store.url,
        clock=foundation.clock,
        ids=foundation.ids,
        lease=lease,
    )


async def _refuse_in_store(kept: LedgerKeeping) -> None:
    """Raise LedgerInStore where records are in the store, which files shall follow now."""
    assert kept.store is not None
    try:
        ends = await asyncio.to_thread(kept.store.ends)
    finally:
        kept.close()
    if any(ends.values()):
        raise LedgerInStore


async def _refuse_where_gone(ledger: Path, vault: Vault, store: SharedStore | None) -> None:
    """Raise LedgerGone where the key of a ledger is known and not one of its logs is there."""
    if find_writers(ledger) or await vault.find_signing_key(LEDGER_KEY) is None:
        return
    if store is None or not await asyncio.to_thread(store.ends):
        raise LedgerGone


async def _move_in(ledger: Path, vault: Vault, store: SharedStore | None) -> None:
    """Take what was kept in files into the store, where the setting says so since now."""
    key = await vault.find_signing_key(LEDGER_KEY)
    if store is not None and key is not None:
        checkpoints = Checkpoints(ledger, Origins(vault.tenant()), key.public_key())
        await asyncio.to_thread(move_in, ledger, store, checkpoints)


def _closing_jobs(keeping: LedgerKeeping) -> Sequence[Job]:
    """What ends the calls of nodes that are gone, where nodes share a ledger."""
    if keeping.store is None:
        return ()
    unknown = partial(_unknown, keeping)
    return (CloseLeft(keeping, opens=records.OPENS, unknown=unknown),)


def _unknown(keeping: LedgerKeeping, intent: Event) -> Event:
    return records.unknown(event_id=keeping.ids.new(), at=keeping.clock.now(), intent=intent)
