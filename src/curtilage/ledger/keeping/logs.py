"""The logs of a ledger: in files of one node, or in a store that nodes share."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from curtilage.core.clock import Clock
from curtilage.core.ids import Ids
from curtilage.ledger.errors import SlotInUse
from curtilage.ledger.ports import Commits, SharedStore
from curtilage.ledger.writer import LedgerWriter, Unknown

WORKERS, CONTROL = "gateway", "control"
"""The kinds of logs."""


class Logs(Protocol):
    """Opens commit logs. Each method raises SlotInUse, LedgerTampered, or LedgerUnavailable."""

    def open_one_of(self, kind: str, *, process: str, opens: Collection[str]) -> Commits:
        """A log for a process: its own file, or any slot of this kind that is free."""

    def open(self, slot: str, *, opens: Collection[str]) -> Commits:
        """The log called `slot`."""

    def find_left(self, kind: str) -> list[str]:
        """The slots that were not given back, whose holders are gone."""


@dataclass(frozen=True, slots=True)
class LedgerKeeping:
    """The logs, and the store behind them where there is one."""

    logs: Logs
    store: SharedStore | None
    clock: Clock
    ids: Ids

    def writer(
        self,
        kind: str,
        *,
        process: str,
        opens: frozenset[str] = frozenset(),
        unknown: Unknown | None = None,
    ) -> LedgerWriter:
        """The writer of one process."""
        commits = self.logs.open_one_of(kind, process=process, opens=opens)
        return LedgerWriter.over(commits, clock=self.clock, ids=self.ids, unknown=unknown)

    def writer_of(self, slot: str) -> LedgerWriter:
        """The writer of a slot with a name that all know."""
        commits = self.logs.open(slot, opens=frozenset())
        return LedgerWriter.over(commits, clock=self.clock, ids=self.ids)

    def close_left(self, kind: str, *, opens: frozenset[str], unknown: Unknown) -> int:
        """Give every intent of processes that are gone its end. Gives how many there were."""
        closed = 0
        for slot in self.logs.find_left(kind):
            with suppress(SlotInUse):  # a new process was quicker, and does the same
                commits = self.logs.open(slot, opens=opens)
                writer = LedgerWriter.over(commits, clock=self.clock, ids=self.ids, unknown=unknown)
                writer.close()
                closed += len(writer.unfinished)
        return closed

    def close(self) -> None:
        """Let go of the store; whatever asks it next connects again."""
        if self.store is not None:
            self.store.close()
