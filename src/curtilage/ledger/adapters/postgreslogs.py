"""Commit logs in PostgreSQL; rows tell who holds one."""

from collections.abc import Collection
from dataclasses import dataclass

from curtilage.core.clock import Clock
from curtilage.core.ids import Ids
from curtilage.ledger.adapters.postgrescommitlog import PostgresCommitLog, Take
from curtilage.ledger.adapters.postgresline import BROKE, HINT, Cut, Line
from curtilage.ledger.adapters.postgresslots import (
    TakenSlot,
    find_left_slots,
    take_free_slot,
    take_slot,
)
from curtilage.ledger.errors import LedgerUnavailable, SlotInUse
from curtilage.ledger.ports import Commits


@dataclass(frozen=True, slots=True)
class PostgresLogs:
    """Implements `Logs`. Slots are named by their kind and a number, whoever holds them."""

    url: str
    clock: Clock
    ids: Ids

    def open_one_of(self, kind: str, *, process: str, opens: Collection[str]) -> Commits:
        prefix = f"{kind}-"
        return self._open(lambda line: take_free_slot(line, prefix, self.ids.new()), opens)

    def open(self, slot: str, *, opens: Collection[str]) -> Commits:
        return self._open(lambda line: self._take(line, slot), opens)

    def find_left(self, kind: str) -> list[str]:
        line = Line(self.url)
        try:
            return find_left_slots(line, f"{kind}-")
        except Cut:
            raise LedgerUnavailable(BROKE, hint=HINT) from None
        finally:
            line.drop()

    def _take(self, line: Line, name: str) -> TakenSlot:
        slot = take_slot(line, name, self.ids.new())
        if slot is None:
            raise SlotInUse
        return slot

    def _open(self, take: Take, opens: Collection[str]) -> Commits:
        return PostgresCommitLog(self.url, take=take, opens=opens, clock=self.clock)
