"""What verify has found so far: a bounded list, one problem per place."""

from collections.abc import Mapping

from curtilage.core.words import Sentence, say, say_count
from curtilage.ledger.models import Problem

LIMIT = 100  # more would not tell more: the first in each log is where to look

TITLES: Mapping[str, str] = {
    "anchor-damaged": say("An anchor is damaged"),
    "anchor-differs": say("An anchor says otherwise"),
    "anchor-missing": say("There is no anchor"),
    "batch-damaged": say("A batch is damaged"),
    "box-changed": say("A sealed part was changed"),
    "box-damaged": say("A sealed part is damaged"),
    "box-misplaced": say("A sealed part is out of place"),
    "box-missing": say("A sealed part is missing"),
    "checkpoint-damaged": say("A checkpoint is damaged"),
    "checkpoint-missing": say("A checkpoint is missing"),
    "head-changed": say("The head log was changed"),
    "head-damaged": say("The head log is damaged"),
    "head-inconsistent": say("The head log contradicts itself"),
    "ledger-gone": say("The ledger is gone"),
    "mark-damaged": say("A durable mark is damaged"),
    "mark-missing": say("A durable mark is missing"),
    "pending-damaged": say("An unfinished step is damaged"),
    "pruned-damaged": say("A pruning does not hold"),
    "record-backdated": say("A record is out of time"),
    "record-changed": say("A record was changed"),
    "record-damaged": say("A record is damaged"),
    "record-misplaced": say("A record is out of place"),
    "records-missing": say("Records are missing"),
    "rollback": say("The data is older than its anchors"),
    "segment-changed": say("A segment was changed"),
    "segment-damaged": say("A segment is damaged"),
    "timestamp-damaged": say("A time stamp is damaged"),
    "timestamp-differs": say("A time stamp says otherwise"),
    "torn-tail": say("The last write was not finished"),
    "tree-differs": say("A tree differs from its checkpoint"),
    "witness-damaged": say("A cosignature is damaged"),
    "witness-differs": say("A cosignature says otherwise"),
    "witness-disagrees": say("A witness disagrees"),
}
"""What each code says, for a page; the command prints the codes."""


def count_records(number: int) -> str:
    """`1 record`, inside a sentence."""
    return say_count("{count} record", "{count} records", number)


def count_checkpoints(number: int) -> str:
    """`2 checkpoints`, inside a sentence."""
    return say_count("{count} checkpoint", "{count} checkpoints", number)


def placed(detail: str, place: str) -> str:
    """What is wrong, and in brackets with what."""
    return Sentence("{what} ({place})", given={"what": detail, "place": place})


class Findings:
    """Collects problems in the order of finding; counts those beyond the limit."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.more = 0
        self.notices: list[str] = []
        self._seen: set[tuple[str, int | str]] = set()

    def add(self, code: str, detail: str, *, writer: str = "", n: int | None = None) -> None:
        """Note a problem, unless this place of this writer has one already.

        Without a record, the place is what the detail says."""
        place = writer, detail if n is None else n
        if writer and place in self._seen:
            return
        if len(self.problems) >= LIMIT:
            self.more += 1
            return
        self._seen.add(place)
        self.problems.append(Problem(code, writer, n, detail))

    def touch(self, writer: str, first: int, end: int) -> bool:
        """Is there a problem of this writer from record `first` up to `end`?"""
        return any(
            problem.writer == writer and problem.n is not None and first <= problem.n < end
            for problem in self.problems
        )

    def sorted(self) -> tuple[Problem, ...]:
        """What concerns all first, then by writer and by record."""
        return tuple(sorted(self.problems, key=lambda p: (p.writer, -1 if p.n is None else p.n)))

    def note(self, text: str) -> None:
        """Note something that is no problem but worth knowing."""
        if len(self.notices) < LIMIT:
            self.notices.append(text)
