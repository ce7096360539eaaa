"""Where the ledger holds the records of a request."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from curtilage.gateway.ports import LedgerSource
from curtilage.gateway.views import RecordPlace
from curtilage.ledger.models import Record


@dataclass(frozen=True, slots=True)
class RecordPlaces:
    """Implements `RecordFinder` on the ledger's reader."""

    ledger: LedgerSource
    is_covered: Callable[[Record], bool]

    async def find_places(self, request_id: str) -> Sequence[RecordPlace]:
        return await asyncio.to_thread(self._find, request_id)

    def _find(self, request_id: str) -> list[RecordPlace]:
        return [
            RecordPlace(record.event.id, record.writer, record.n, self.is_covered(record))
            for record in self.ledger.trail(request_id)
        ]
