"""Commit logs in files of one node; the kernel tells who holds one."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from curtilage.ledger.commitlog import CommitLog
from curtilage.ledger.ports import Commits


@dataclass(frozen=True, slots=True)
class FileLogs:
    """Implements `Logs`. A process has the slot of its own name, and recovers it itself."""

    ledger: Path

    def open_one_of(self, kind: str, *, process: str, opens: Collection[str]) -> Commits:
        return self.open(process, opens=opens)

    def open(self, slot: str, *, opens: Collection[str]) -> Commits:
        return CommitLog(self.ledger, slot=slot, opens=opens)

    def find_left(self, kind: str) -> list[str]:
        return []
