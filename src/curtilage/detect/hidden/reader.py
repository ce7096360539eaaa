"""Every way to read a text that may say something else, with the way back."""

import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from curtilage.core.models import Finding
from curtilage.detect.hidden.reading import Back, Piece, Reading, Span, read
from curtilage.detect.hidden.trick import Trick
from curtilage.detect.hidden.triggers import HyperscanTriggers, ReTriggers, Triggers
from curtilage.detect.hidden.tricks import TRICKS
from curtilage.detect.normalise import Folder

DEPTH = 4  # tricks inside one another
MOST_READINGS = 48
SLACK = 4096  # characters of readings that any text may have; beyond them, twice its own length


@dataclass(slots=True)
class _Allowance:
    """What readings of one text may still come to."""

    readings: int
    characters: int

    def takes(self, reading: Reading) -> bool:
        self.readings -= 1
        self.characters -= len(reading.text)
        return self.readings >= 0 and self.characters >= 0


class HiddenText:
    """Gives the readings of texts. Immutable after it is built; any thread may read."""

    def __init__(self, *, backend: str, tricks: Sequence[Trick] = TRICKS) -> None:
        self._tricks = tricks
        self._folder = Folder()
        wanted = (pattern for trick in tricks for pattern in (*trick.triggers, trick.needs) if pattern)
        numbers = {pattern: number for number, pattern in enumerate(dict.fromkeys(wanted))}
        self._any = {trick.name: {numbers[pattern] for pattern in trick.triggers} for trick in tricks}
        self._all = {trick.name: {numbers[pattern] for pattern in (trick.needs,) if pattern} for trick in tricks}
        kind = HyperscanTriggers if backend == "hyperscan" else ReTriggers
        self._triggers: Triggers = kind(list(numbers))

    def readings(self, text: str, known: Sequence[Finding] = ()) -> Iterator[Reading]:
        """Other ways to read `text`, the least changed first.

        What lies in one of the `known` findings is not read again. A finding in a reading
        counts where `Reading.keeps` says so.
        """
        taken = [(finding.start, finding.end) for finding in known]
        allowance = _Allowance(MOST_READINGS, 2 * len(text) + SLACK)
        level: list[Reading | None] = [None]
        for _ in range(DEPTH):
            below: list[Reading | None] = []
            for above in level:
                for reading in self._read(text, above, taken):
                    if not allowance.takes(reading):
                        return
                    yield reading
                    below.append(reading)
            level = below

    def _read(self, text: str, above: Reading | None, taken: Sequence[Span]) -> Iterator[Reading]:
        """The readings of a text, or of another reading of it."""
        source = text if above is None else above.text
        folded = self._folder.fold(source)
        fired = self._triggers.fired(folded.text)
        for trick in self._tricks:
            if trick.triggers and fired.isdisjoint(self._any[trick.name]):
                continue
            if not self._all[trick.name] <= fired:
                continue
            if above is not None and not trick.nests and trick.name in above.name:
                continue
            back = _back(None if trick.is_raw else folded.span, above)
            found = trick.find(source if trick.is_raw else folded.text)
            pieces = [piece for piece in found if self._is_new(piece, source if trick.is_raw else folded.text, trick, folded.span, above, back, taken)]
            name = trick.name if above is None else f"{above.name}, {trick.name}"
            reading = read(
                source if trick.is_raw else folded.text, pieces, name=name, least=max(trick.least, above.least if above else 0), reach=trick.reach, back=back
            )
            if reading is not None:
                yield reading

    def _is_new(self, piece: Piece, text: str, trick: Trick, unfold: Back, above: Reading | None, back: Back, taken: Sequence[Span]) -> bool:
        if above is not None:
            start, end = (piece.start, piece.end) if trick.is_raw else unfold(piece.start, piece.end)
            if not above.is_about(start, end):
                return False
        if piece.said == text[piece.start:piece.end]:
            return False
        start, end = back(piece.start, piece.end)
        return not any(first <= start and end <= last for first, last in taken)


def _back(unfold: Back | None, above: Reading | None) -> Back:
    """The way back through what was folded, and through the reading above."""
    if above is None:
        return unfold or _same
    if unfold is None:
        return above.span
    return lambda start, end: above.span(*unfold(start, end))


def _same(start: int, end: int) -> Span:
    return start, end


def build_hidden_text(*, backend: str = "auto") -> HiddenText:
    """The reader of all tricks. `backend` is `auto`, `hyperscan` or `re`."""
    if backend not in ("auto", "hyperscan", "re"):
        raise ValueError("backend is not known; expected auto, hyperscan or re")
    if backend == "auto":
        backend = "hyperscan" if importlib.util.find_spec("hyperscan") else "re"
    return HiddenText(backend=backend)
