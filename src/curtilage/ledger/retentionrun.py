"""Carries prunings out: record, anchor, remove; each step may be the last before a kill."""

import asyncio
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from time import sleep

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from curtilage.core.canonical import Json
from curtilage.core.clock import Clock, encode_instant
from curtilage.core.ids import Ids
from curtilage.core.models import Event, TenantId
from curtilage.ledger.checkpoints import Checkpoints
from curtilage.ledger.disk import lock_file, sync_directory
from curtilage.ledger.errors import LedgerTampered, NotYetAnchored, SlotInUse
from curtilage.ledger.keeping.logs import LedgerKeeping
from curtilage.ledger.layout import box_path, find_segments, log_directory, segment_path
from curtilage.ledger.models import Verdict
from curtilage.ledger.origins import Origins
from curtilage.ledger.ports import AnchorStore
from curtilage.ledger.read import LedgerReader
from curtilage.ledger.retention import (
    KIND,
    SLOT,
    Plan,
    Sizes,
    anchored_sizes,
    encode_facts,
    find_prunings,
    plan_pruning,
    pruned_before,
)
from curtilage.ledger.sequencer import Sequencer

WAIT_SECONDS = 30.0  # a service anchors every five
LOOK_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Pruner:
    """Prunes one ledger, beside a service at work or without one."""

    ledger: Path
    name: str
    tenant: TenantId
    key: Ed25519PrivateKey
    anchors: AnchorStore
    verify: Callable[[], Verdict]
    clock: Clock
    ids: Ids
    keeping: LedgerKeeping
    wait_seconds: float = WAIT_SECONDS

    def prune(self, cutoff: datetime, *, policy: str) -> Plan:
        """Remove what is older than `cutoff` and may go; first what an earlier run left.

        Raises SlotInUse, LedgerTampered where the ledger does not verify, or
        NotYetAnchored, with nothing removed that was not recorded and anchored."""
        lock = lock_file(self.ledger / "retention.lease")
        try:
            if not self.verify().holds:
                raise LedgerTampered("The ledger does not verify; nothing was removed.")
            self._finish_earlier()
            plan = self.plan(cutoff)
            if plan.spans:
                facts = encode_facts(plan, cutoff=encode_instant(cutoff), policy=policy)
                self._wait_for_anchor(self._record(facts))
                self._remove(pruned_before(self.ledger, self._anchored()))
            return plan
        finally:
            self.keeping.close()
            os.close(lock)

    def plan(self, cutoff: datetime) -> Plan:
        """What `prune` would remove now; changes nothing."""
        return plan_pruning(self.ledger, cutoff=cutoff, anchored=self._anchored())

    def _anchored(self) -> Sizes:
        checkpoints = Checkpoints(self.ledger, Origins(self.name), self.key.public_key())
        return anchored_sizes(checkpoints, self.anchors)

    def _finish_earlier(self) -> None:
        """Carry out what was recorded by a run that was killed."""
        if self._count_recorded() > self._count_anchored():
            self._wait_for_anchor()
        self._remove(pruned_before(self.ledger, self._anchored()))

    def _count_recorded(self) -> int:
        everything: Sizes = {(self.tenant, SLOT): 2**53}
        return sum(1 for _ in find_prunings(self.ledger, everything))

    def _count_anchored(self) -> int:
        return sum(1 for _ in find_prunings(self.ledger, self._anchored()))

    def _record(self, facts: Mapping[str, Json]) -> str:
        event = Event(
            id=self.ids.new(), at=self.clock.now(), kind=KIND, tenant=self.tenant, facts=facts
        )
        asyncio.run(self._append(event))
        return event.id

    async def _append(self, event: Event) -> None:
        writer = self.keeping.writer_of(SLOT)
        try:
            await writer.append(event)
        finally:
            writer.close()

    def _wait_for_anchor(self, recorded: str = "") -> None:
        """Until an anchor covers every recorded pruning; a service makes it, or we do.

        Where nodes share the ledger, one of them signs, and we wait for it."""
        give_up = self.clock.monotonic() + self.wait_seconds
        while True:
            with suppress(SlotInUse):
                self._sequencer().close()
            if self._is_here(recorded) and self._count_anchored() >= self._count_recorded():
                return
            if self.clock.monotonic() >= give_up:
                raise NotYetAnchored
            sleep(LOOK_SECONDS)

    def _sequencer(self) -> Sequencer:
        return Sequencer(
            self.ledger,
            name=self.name,
            key=self.key,
            clock=self.clock,
            anchors=self.anchors,
            shared=self.keeping.store,
        )

    def _is_here(self, recorded: str) -> bool:
        """Has this node copied the record from the shared store?"""
        return not recorded or LedgerReader(self.ledger).find(recorded) is not None

    def _remove(self, before: Mapping[str, int]) -> None:
        """Remove segments, oldest first, so that what is left is always whole from one on."""
        for writer, end in before.items():
            directory = log_directory(self.ledger, writer)
            for first, following in pairwise(find_segments(directory)):
                if following > end:
                    break
                segment_path(directory, first).unlink()
                sync_directory(directory)  # a record that is left never lacks its sealed part
                box_path(directory, first).unlink(missing_ok=True)
            _remove_strays(directory)
            if self.keeping.store is not None:
                self.keeping.store.forget(writer, find_segments(directory)[0])


def _remove_strays(directory: Path) -> None:
    """Remove sealed parts whose segment a killed run has removed."""
    oldest = find_segments(directory)[0]
    for path in directory.glob("*.box"):
        if path.stem.isdecimal() and int(path.stem) < oldest:
            path.unlink()
    sync_directory(directory)
