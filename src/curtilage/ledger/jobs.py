"""Shows heads to other parties, and ends what processes left open that are gone.

They run in the `jobs` role; what fails is tried again later."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from curtilage.core.errors import CurtilageError
from curtilage.ledger.keeping.logs import WORKERS, LedgerKeeping
from curtilage.ledger.witnessstate import COSIGNED, WitnessState
from curtilage.ledger.writer import Unknown

LOOK_SECONDS = 2.0
log = logging.getLogger(__name__)


class Asker(Protocol):
    """Shows the newest head to one other party; None where there is nothing new."""

    def ask(self) -> WitnessState | None: ...


@dataclass(frozen=True, slots=True)
class ShowHeads:
    """A Job. Each is asked every so many seconds; one that is slow keeps no other waiting."""

    askers: Sequence[tuple[Asker, float]]
    name: str = "show-heads"

    async def run(self) -> None:
        await asyncio.gather(*(self._keep_showing(*each) for each in self.askers))

    async def _keep_showing(self, asker: Asker, seconds: float) -> None:
        while True:
            try:
                state = await asyncio.to_thread(asker.ask)
            except (CurtilageError, OSError) as fault:
                code = fault.code if isinstance(fault, CurtilageError) else f"errno {fault.errno}"
                log.error("head not shown", extra={"event": "ledger.head-not-shown", "code": code})
            else:
                if state is not None and state.outcome != COSIGNED:
                    found = {"event": "ledger.head-not-shown", "code": state.outcome}
                    log.warning("head not shown", extra=found)
            await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class CloseLeft:
    """A Job of the node that leads: what a node that is gone left open gets its end."""

    keeping: LedgerKeeping
    opens: frozenset[str]
    unknown: Unknown
    name: str = "close-left-slots"

    async def run(self) -> None:
        while True:
            await asyncio.to_thread(self._close)
            await asyncio.sleep(LOOK_SECONDS)

    def _close(self) -> None:
        closed = self.keeping.close_left(WORKERS, opens=self.opens, unknown=self.unknown)
        if closed:
            log.warning("calls closed", extra={"event": "ledger.closed-left", "count": closed})
