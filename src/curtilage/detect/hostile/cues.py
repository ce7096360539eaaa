"""Find cues and marks: only where one of their words is, each at a bounded cost."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from curtilage.detect.hostile.folding import Plain
from curtilage.detect.hostile.models import Cue, Kind, Mark

_WORD = re.compile("[a-z0-9]+")
SPACING = 40  # characters between two hits of one cue that both count


class Hit(NamedTuple):
    """A cue in the plain text. They sort by where they stand."""

    start: int
    end: int
    kind: Kind
    name: str
    weight: float
    typed: float


class CueFinder:
    """All cues of the tables, by the words that they begin with."""

    def __init__(self, cues: Sequence[Cue], marks: Sequence[Mark]) -> None:
        self._by_word: Mapping[str, list[tuple[re.Pattern[str], Cue]]] = _by_word(cues)
        self._marks = tuple(marks)

    def hits(self, plain: Plain) -> list[Hit]:
        """What there is, by where it stands."""
        found = [*self._cues(plain), *self._marked(plain)]
        found.sort()
        return list(_apart(found))

    def _cues(self, plain: Plain) -> Iterator[Hit]:
        text, by_word = plain.text, self._by_word
        for word in _WORD.finditer(text):
            for pattern, cue in by_word.get(word[0], ()):
                start, end = word.span()
                match = pattern.match(text, end)
                if match and (not cue.shouted or plain.cased[start:end].isupper()):
                    yield Hit(start, match.end(), cue.kind, cue.name, cue.weight, cue.typed)

    def _marked(self, plain: Plain) -> Iterator[Hit]:
        for mark in self._marks:
            if any(gate in plain.text for gate in mark.gates):
                for match in mark.pattern.finditer(plain.cased):
                    yield Hit(*match.span(), mark.kind, mark.name, mark.weight, mark.typed)


def _apart(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Without what says the same thing once more right behind: it adds no voice, and a text
    that is one word over and over must not cost as many judgements."""
    last: dict[tuple[str, float], int] = {}
    for hit in hits:
        said = hit.name, hit.weight
        if hit.start >= last.get(said, -SPACING) + SPACING:
            last[said] = hit.start
            yield hit


def _by_word(cues: Iterable[Cue]) -> dict[str, list[tuple[re.Pattern[str], Cue]]]:
    """By the first word alone: `don't` is looked up as `don`."""
    table: dict[str, list[tuple[re.Pattern[str], Cue]]] = {}
    for cue in cues:
        patterns: dict[str, re.Pattern[str]] = {}
        for word in cue.words:
            first = _WORD.match(word)
            assert first, "a cue begins with a word in plain letters"
            rest = re.escape(word[first.end() :])
            if rest not in patterns:
                patterns[rest] = re.compile(rf"{rest}(?![a-z0-9]){cue.tail}")
            table.setdefault(first[0], []).append((patterns[rest], cue))
    return table
