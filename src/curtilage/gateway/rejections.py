"""Callers who were turned away before they were known, recorded in sums.

One record per such request would let anybody fill the disk; none would hide an
attack. So a worker writes one `caller.rejected` a second at most, with counts
by reason.
"""

import asyncio
import logging
from dataclasses import dataclass, field

from curtilage.core.clock import Clock
from curtilage.core.errors import UnavailableError
from curtilage.core.ids import Ids
from curtilage.core.models import TenantId
from curtilage.gateway import records
from curtilage.gateway.meters import Meters
from curtilage.gateway.ports import Recorder

log = logging.getLogger(__name__)

EVERY = 1.0  # seconds


@dataclass
class Rejections:
    """Counts now, writes soon. `flush` is called once more at shutdown."""

    recorder: Recorder
    tenant: TenantId
    clock: Clock
    ids: Ids
    meters: Meters = field(default_factory=Meters)
    _counts: dict[str, int] = field(default_factory=dict)
    _task: "asyncio.Task[None] | None" = None

    def count(self, reason: str) -> None:
        self._counts[reason] = self._counts.get(reason, 0) + 1
        self.meters.count(f"rejected:{reason}")

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        await self.flush()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.flush()
            except Exception:  # a bug in one round must not end the others
                log.error("rejections were not recorded", extra={"event": "bug"}, exc_info=True)

    async def flush(self) -> None:
        """Write what was counted. Counts that cannot be written are kept for later."""
        if not self._counts:
            return
        counts, self._counts = self._counts, {}
        event = records.rejected(
            event_id=self.ids.new(), at=self.clock.now(), tenant=self.tenant, counts=counts
        )
        try:
            await self.recorder.append(event)
        except UnavailableError:
            for reason, number in counts.items():
                self._counts[reason] = self._counts.get(reason, 0) + number
