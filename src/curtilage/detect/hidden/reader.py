"""Every way to read a text that may say something else, with the way back."""

import importlib.util
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from curtilage.core.models import Finding
from curtilage.detect.hidden.reading import Back, Piece, Reading, Span, read
from curtilage.detect.hidden.spaced import FAR, NAMING
from curtilage.detect.hidden.trick import Find, Trick
from curtilage.detect.hidden.tricks import TRICKS
from curtilage.detect.hidden.triggers import HyperscanTriggers, ReTriggers, Triggers, windows
from curtilage.detect.normalise import Folded, Folder

DEPTH = 4  # tricks inside one another
WHOLE_VALUE = 0.9  # a finding that scores as much is a value, and no part of a longer one
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


class _Taken:
    """What the plain text was found to hold: it is not read again, nor made longer."""

    def __init__(self, known: Sequence[Finding]) -> None:
        self._spans = sorted((finding.start, finding.end) for finding in known)
        self._starts = {finding.start for finding in known if finding.score >= WHOLE_VALUE}
        self._ends = {finding.end for finding in known if finding.score >= WHOLE_VALUE}

    def has(self, span: Span, *, is_guess: bool) -> bool:
        """Whether a span lies in a value, or by a mere guess goes on with one."""
        start, end = span
        before = bisect_right(self._spans, start, key=_start_of) - 1
        if before >= 0 and end <= self._spans[before][1]:
            return True
        return is_guess and (start in self._ends or end in self._starts)


def _start_of(span: Span) -> int:
    return span[0]


class HiddenText:
    """Gives the readings of texts. Immutable after it is built; any thread may read."""

    def __init__(self, tricks: Sequence[Trick], *, backend: str, cache_dir: Path | None) -> None:
        self._tricks = tricks
        self._folder = Folder()
        numbered = [(trick, pattern) for trick in tricks for pattern in trick.triggers]
        patterns = list(dict.fromkeys([*NAMING, *(pattern for _, pattern in numbered)]))
        self._numbers = {
            trick.name: frozenset(patterns.index(each) for each in trick.triggers)
            for trick in tricks
        }
        self._triggers: Triggers = (
            HyperscanTriggers(patterns, cache_dir)
            if backend == "hyperscan"
            else ReTriggers(patterns)
        )

    def readings(
        self, text: str, known: Sequence[Finding] = (), folded: Folded | None = None
    ) -> Iterator[Reading]:
        """Other ways to read `text`, the least changed first.

        What lies in one of the `known` findings is not read again. A finding in a reading
        counts where `Reading.keeps` says so. `folded` is the text if that was folded already.
        """
        taken = _Taken(known)
        allowance = _Allowance(MOST_READINGS, 2 * len(text) + SLACK)
        level: list[Reading | None] = [None]
        for _ in range(DEPTH):
            below: list[Reading | None] = []
            for above in level:
                for reading in self._read(text, above, taken, folded):
                    if not allowance.takes(reading):
                        return
                    yield reading
                    below.append(reading)
            level = below

    def _read(
        self, text: str, above: Reading | None, taken: _Taken, whole: Folded | None
    ) -> Iterator[Reading]:
        """The readings of a text, or of another reading of it."""
        source = text if above is None else above.text
        folded = whole if whole and above is None else self._folder.fold(source)
        ends: dict[int, list[int]] = {}
        for number, end in self._triggers.ends(folded.text):
            ends.setdefault(number, []).append(end)
        letters: Set[str] = frozenset() if source.isascii() else frozenset(source)
        if not letters and all(number < len(NAMING) for number in ends):
            return
        found: dict[Find, list[Piece]] = {}
        for trick in self._tricks:
            if self._numbers[trick.name].isdisjoint(ends) and letters.isdisjoint(trick.letters):
                continue
            if above is not None and not trick.nests and trick.name in above.name:
                continue
            here, unfold = (source, None) if trick.is_raw else (folded.text, folded.span)
            back = _back(unfold, above)
            if trick.find not in found:
                found[trick.find] = list(self._found(trick, here, ends))
            known: Iterable[Piece] = found[trick.find]
            pieces = [
                piece
                for piece in (known if trick.again is None else trick.again(here, known))
                if _is_new(piece, here, unfold, above)
                and not taken.has(back(piece.start, piece.end), is_guess=trick.is_guess)
            ]
            reading = read(
                here,
                pieces,
                name=trick.name if above is None else f"{above.name}, {trick.name}",
                least=trick.least if above is None else max(trick.least, above.least),
                reach=trick.reach,
                back=back,
            )
            if reading is not None:
                yield reading

    def _found(self, trick: Trick, text: str, ends: Mapping[int, Sequence[int]]) -> Iterator[Piece]:
        """What a trick hid in a text: around its triggers, or wherever its letters are."""
        if not trick.triggers:
            yield from trick.find(text)
            return
        places = [end for number in self._numbers[trick.name] for end in ends.get(number, ())]
        if trick.is_named:
            words = sorted(end for number in range(len(NAMING)) for end in ends.get(number, ()))
            places = [
                end for end in places if bisect_left(words, end - FAR) < bisect_left(words, end)
            ]
        for first, last in windows(places, text, before=trick.before, after=trick.after):
            for piece in trick.find(text[first:last]):
                yield piece.moved(first)


def _is_new(piece: Piece, text: str, unfold: Back | None, above: Reading | None) -> bool:
    """Whether a piece says something else, of what the reading above had read."""
    if piece.said == text[piece.start : piece.end]:
        return False
    if above is None:
        return True
    return above.is_about(*(unfold or _same)(piece.start, piece.end))


def _back(unfold: Back | None, above: Reading | None) -> Back:
    """The way back through what was folded, and through the reading above."""
    if above is None:
        return unfold or _same
    if unfold is None:
        return above.span
    return lambda start, end: above.span(*unfold(start, end))


def _same(start: int, end: int) -> Span:
    return start, end


def build_hidden_text(cache_dir: Path | None = None, *, backend: str = "auto") -> HiddenText:
    """The reader of all tricks. `backend` is `auto`, `hyperscan` or `re`."""
    if backend not in ("auto", "hyperscan", "re"):
        raise ValueError("backend is not known; expected auto, hyperscan or re")
    if backend == "auto":
        backend = "hyperscan" if importlib.util.find_spec("hyperscan") else "re"
    return HiddenText(TRICKS, backend=backend, cache_dir=cache_dir)
