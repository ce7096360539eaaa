"""How far the walk over one writer's log has come, and how it tells what differs."""

from dataclasses import dataclass, field
from pathlib import Path

from curtilage.core.clock import encode_instant
from curtilage.core.words import say
from curtilage.ledger.entries import BEGINNING
from curtilage.ledger.findings import Findings
from curtilage.ledger.layout import box_path, log_directory, segment_path
from curtilage.ledger.models import NO_RECORD
from curtilage.ledger.record import encode_hash


@dataclass(slots=True)
class LogWalk:
    """Where the next record must fit: shared by all that check one log."""

    ledger: Path
    writer: str
    findings: Findings
    mark: int | None = None
    n: int = 0
    prev: str | None = encode_hash(NO_RECORD)
    """The hash of the record before, as records spell it; None where that was not readable."""
    time: str = encode_instant(BEGINNING)
    opens: frozenset[str] = frozenset()
    open: dict[str, bytes] = field(default_factory=dict)
    sealed: dict[int, str] = field(default_factory=dict)
    """The present segment's records with a sealed part, and its hash; empty where none is told."""
    is_lost: bool = False
    """Records are missing: no tree can be rebuilt from here on."""

    @property
    def directory(self) -> Path:
        return log_directory(self.ledger, self.writer)

    def problem(self, code: str, detail: str, n: int | None = None) -> None:
        """Tell of record `n`, or of the one that is next."""
        self.findings.add(code, detail, writer=self.writer, n=self.n if n is None else n)

    def lose(self, code: str, detail: str) -> None:
        """Tell that from here on no tree can be rebuilt, and why."""
        self.problem(code, detail)
        self.is_lost = True

    def segment_name(self, first: int) -> str:
        """A segment's file, as people find it below the ledger's directory."""
        return segment_path(self.directory, first).relative_to(self.ledger).as_posix()

    def box_name(self, first: int) -> str:
        return box_path(self.directory, first).relative_to(self.ledger).as_posix()


def span(first: int, last: int) -> str:
    """`Record 7`, or `Records 7 to 9`, to begin a sentence with."""
    if first == last:
        return say("Record {first}", first=first)
    return say("Records {first} to {last}", first=first, last=last)


def are_missing(first: int, end: int) -> str:
    """That the records from `first` up to `end` are not there, told of `first`."""
    if end - first == 1:
        return say("It is missing")
    return say("Records {first} to {last} are missing", first=first, last=end - 1)
