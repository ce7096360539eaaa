"""What verify has found so far: a bounded list, one problem per place."""

from curtilage.ledger.models import Problem

LIMIT = 100  # more would not tell more: the first in each log is where to look


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
