"""The control plane: whom workers ask, and what answers them.

It is the only one with the root key, the database and the signing key. How a worker
reaches it is in `link`, what it is told of changes in `changes`, how it is built in `control`.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from curtilage.app.changes import Changes
from curtilage.app.metrics import WorkerMeters
from curtilage.app.settings import Settings
from curtilage.core.db import outbox
from curtilage.core.models import Principal, Scope, TenantId
from curtilage.gateway.ports import KeptRows
from curtilage.identity.budgets import BudgetAsk, BudgetPortion, Payer
from curtilage.identity.errors import UnknownKeyId
from curtilage.identity.limits import Ask, Portion
from curtilage.identity.models import ApiKey
from curtilage.identity.oauth.service.standing import StandingService
from curtilage.identity.service.budgets import BudgetService
from curtilage.identity.service.keys import KeyService
from curtilage.identity.service.limits import LimitService
from curtilage.ledger.models import Verdict
from curtilage.ledger.sequencer import Sequencer
from curtilage.ledger.service import LedgerService
from curtilage.vault.models import LoadedScope
from curtilage.vault.service import Vault


@dataclass
class ControlPlane:
    """Implements `link.Control`, and holds what runs beside it."""

    settings: Settings
    changes: Changes
    vault: Vault
    keys: KeyService
    standing: StandingService
    limits: LimitService
    budgets: BudgetService
    kept: KeptRows
    meters: WorkerMeters
    ledger: LedgerService
    sequencer: Sequencer
    operator: Principal
    web: Any = None

    async def load_scope(self, scope: Scope) -> LoadedScope:
        return await self.vault.load_scope(scope)

    async def watch(self, known: str) -> Mapping[str, Any]:
        return await self.changes.watch(known)

    async def lease(self, ask: Ask) -> Portion:
        key = self._find_key(ask.key_id)
        return Portion(wait=1) if key is None else await self.limits.lease(key, ask)

    async def lease_budget(self, ask: BudgetAsk) -> BudgetPortion:
        return await self.budgets.lease(self._find_payer(ask.payer_id), ask)

    def _find_payer(self, id: str) -> Payer:
        """Raises `UnknownKeyId` for a key that is not known here: nothing can be counted."""
        payer = self.changes.caller_budgets.find_payer(self.vault.tenant(), id)
        if payer is not None:
            return payer
        key = self._find_key(id)
        if key is None:  # deleted meanwhile, or not yet known
            raise UnknownKeyId
        return key.payer

    def _find_key(self, id: str) -> ApiKey | None:
        return next((key for key in self.changes.table if key.id == id), None)

    async def report(self, worker: str, meters: Mapping[str, Any]) -> None:
        self.meters.report(worker, meters)

    async def use_proof(self, digest: bytes, until: datetime) -> bool:
        return await self.standing.use_proof(digest, until)

    async def note_uses(self, uses: Mapping[str, datetime]) -> None:
        await self.keys.note_uses(self.vault.tenant(), uses)

    async def find_kept(self, tenant: TenantId, lookup: str) -> Sequence[bytes]:
        return await self.kept.find_kept(tenant, lookup)

    async def page_kept(
        self, tenant: TenantId, lookup: str, *, after: str, newest_first: bool, limit: int
    ) -> Sequence[bytes]:
        return await self.kept.page_kept(
            tenant, lookup, after=after, newest_first=newest_first, limit=limit
        )

    async def keep_row(
        self, tenant: TenantId, lookup: str, *, id: str, sealed: bytes, until: datetime
    ) -> None:
        await self.kept.keep_row(tenant, lookup, id=id, sealed=sealed, until=until)

    async def forget_kept(self, tenant: TenantId, lookup: str, *, id: str = "") -> None:
        await self.kept.forget_kept(tenant, lookup, id=id)

    async def poll(self) -> None:
        """Look now for what changed, without waiting for the next look."""
        await self.changes.poll()

    async def settle(self) -> None:
        """Bring the ledger up to now: outbox drained, trees built, anchor set."""
        await outbox.drain(self.changes.database, self.changes.writer.append)
        await asyncio.to_thread(self.sequencer.step, anchor=True)

    def verify(self) -> Verdict:
        """Verify the whole ledger, in the calling thread."""
        return self.ledger.verify()
