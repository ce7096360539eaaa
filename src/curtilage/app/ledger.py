"""Where the control process keeps the ledger, and what it does for nodes that are gone."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from curtilage.app.errors import LedgerGone
from curtilage.app.foundation import LEDGER_KEY, Foundation
from curtilage.core.lease import Lease
from curtilage.core.models import Event
from curtilage.core.slice import Job
from curtilage.gateway import records
from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.jobs import CloseLeft
from curtilage.ledger.keeping.build import build_keeping
from curtilage.ledger.keeping.logs import LedgerKeeping
from curtilage.ledger.layout import find_writers
from curtilage.ledger.moving import move_in
from curtilage.ledger.origins import Origins
from curtilage.ledger.ports import SharedStore
from curtilage.vault.service import Vault


async def open_keeping(
    foundation: Foundation, *, lease: Callable[[], Lease | None]
) -> LedgerKeeping:
    """The ledger as `ledger.log` says. Raises LedgerGone where it was there and is not."""
    settings = foundation.settings
    ledger = settings.server.data_dir / "ledger"
    keeping = build_keeping(
        settings.ledger,
        ledger,
        url=settings.store.url,
        clock=foundation.clock,
        ids=foundation.ids,
        lease=lease,
    )
    await _refuse_where_gone(ledger, foundation.vault, keeping.store)
    await _move_in(ledger, foundation.vault, keeping.store)
    return keeping


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


def closing_jobs(keeping: LedgerKeeping) -> Sequence[Job]:
    """What ends the calls of nodes that are gone, where nodes share a ledger."""
    if keeping.store is None:
        return ()
    unknown = partial(_unknown, keeping)
    return (CloseLeft(keeping, opens=records.OPENS, unknown=unknown),)


def _unknown(keeping: LedgerKeeping, intent: Event) -> Event:
    return records.unknown(event_id=keeping.ids.new(), at=keeping.clock.now(), intent=intent)
