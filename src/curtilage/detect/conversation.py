"""What earlier texts of a conversation say about a later one. Forward only (law 5).

A name that was found once is found from there on, and a value that was begun in one
text is found where it ends in another. What is found in a text depends on that text and
on earlier ones, so that a history that is sent again is found the same.
"""

from collections import deque
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field

from curtilage.core.models import Finding
from curtilage.detect.hidden.turns import END, Turns
from curtilage.detect.memory import Memory
from curtilage.detect.scanner import merge_findings

NEAR = 6  # texts before one in which a value may have begun
Scan = Callable[[str], Sequence[Finding]]


@dataclass(slots=True)
class Conversation:
    """The texts so far. `scan` looks for patterns in what is read across two of them;
    `checked` are the types whose values have a check that held."""

    scan: Scan
    checked: Set[str] = frozenset()
    _memory: Memory = field(default_factory=Memory)
    _spoken: deque[str] = field(default_factory=lambda: deque(maxlen=NEAR))

    def follow(self, text: str, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """What is in the next text: what was found in it alone, and what earlier ones add."""
        more = [*self._memory.recall(text)]
        for reading in self._turns().readings(text):
            more += [
                item._replace(start=start, end=end, detector=f"{item.detector}, {reading.name}")
                for item in self.scan(reading.text)
                if reading.keeps(item)
                for start, end in [reading.span(item.start, item.end)]
            ]
        return merge_findings(text, [*found, *more], self.checked) if more else found

    def take(self, text: str, found: Sequence[Finding], *, spoken: bool = True) -> None:
        """Go on behind a text. Only of what is `spoken` does a value go on in the next."""
        self._memory.learn(text, found)
        if spoken and not _ends_with_a_value(text, found):
            self._spoken.append(text)

    def _turns(self) -> Turns:
        """Made of the last texts anew: most are sent again, and nobody asks behind them."""
        turns = Turns()
        for text in self._spoken:
            turns = turns.after(text)
        return turns


def _ends_with_a_value(text: str, found: Sequence[Finding]) -> bool:
    """Whether the last thing in a text is whole: what comes next is none of it."""
    last = len(text.rstrip(END))
    return any(item.end >= last for item in found)
