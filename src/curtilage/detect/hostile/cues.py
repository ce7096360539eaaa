"""Find cues and marks: only where one of their words is, each at a bounded cost."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from curtilage.detect.hostile.folding import Plain
from curtilage.detect.hostile.gates import any_of, gate, open_gates
from curtilage.detect.hostile.models import Cue, Kind, Mark

_WORD = re.compile("[a-z0-9]+")
SPACING = 40  # characters between two hits of one cue that both count
FEW = 40  # more words, looked for one by one, cost more than looking at each of the text
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_Way = tuple[re.Pattern[str], Cue]
"""How a cue goes on behind its first word."""
_Ways = Mapping[str, Sequence[_Way]]


class Hit(NamedTuple):
    """A cue in the plain text. They sort by where they stand."""

    start: int
    end: int
    kind: Kind
    name: str
    weight: float
    typed: float


@dataclass(frozen=True, slots=True)
class _Gated:
    """What is behind one gate: cues by the words that they begin with, or a mark."""

    pattern: str
    ways: _Ways
    marks: Sequence[Mark] = ()


class CueFinder:
    """All cues of the tables, by the words that they begin with.

    With a `cache_dir`, one pass tells first which of them a text may hold (`gates`);
    `late`: once that is ready."""

    def __init__(
        self,
        cues: Sequence[Cue],
        marks: Sequence[Mark],
        *,
        cache_dir: Path | None = None,
        late: bool = False,
    ) -> None:
        self._gated = [*_gated(cues), *(_Gated(any_of(each.gates), {}, (each,)) for each in marks)]
        self._marks = tuple(marks)
        self._ways = _together(self._gated)
        patterns = [each.pattern for each in self._gated]
        self._gates = open_gates(patterns, cache_dir, late=late)

    def hits(self, plain: Plain) -> list[Hit]:
        """What there is, by where it stands."""
        numbers = None if self._gates is None else self._gates.opened(plain.text)
        if numbers is None:
            ways, marks = self._ways, [mark for mark in self._marks if _may_hold(plain, mark)]
        else:
            opened = [self._gated[number] for number in numbers]
            ways, marks = _together(opened), [mark for each in opened for mark in each.marks]
        found = [*_cues(plain, ways), *_marked(plain, marks)]
        found.sort()
        return list(_apart(found))


def _may_hold(plain: Plain, mark: Mark) -> bool:
    return any(text in plain.text for text in mark.gates)


def _cues(plain: Plain, ways: _Ways) -> Iterator[Hit]:
    for word, start in _heads(plain.text, ways):
        end = start + len(word)
        for pattern, cue in ways[word]:
            match = pattern.match(plain.text, end)
            if match and (not cue.shouted or plain.cased[start:end].isupper()):
                yield Hit(start, match.end(), cue.kind, cue.name, cue.weight, cue.typed)


def _heads(text: str, words: Collection[str]) -> Iterator[tuple[str, int]]:
    """Where one of `words` stands."""
    if len(words) > FEW:
        for found in _WORD.finditer(text):
            if found[0] in words:
                yield found[0], found.start()
    else:
        for word in words:
            for start in _places(text, word):
                yield word, start


def _places(text: str, word: str) -> Iterator[int]:
    """Where `word` stands as a whole one."""
    size = len(word)
    start = text.find(word)
    while start >= 0:
        end = start + size
        if text[end : end + 1] not in _LETTERS and text[max(start - 1, 0) : start] not in _LETTERS:
            yield start
        start = text.find(word, end)


def _marked(plain: Plain, marks: Iterable[Mark]) -> Iterator[Hit]:
    for mark in marks:
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


def _gated(cues: Iterable[Cue]) -> Iterator[_Gated]:
    """One gate for each cue; where it is words alone, one for each of them."""
    for cue in cues:
        for words in [cue.words] if cue.tail else [(word,) for word in cue.words]:
            yield _Gated(gate(words, cue.tail), _ways(cue, words))


def _ways(cue: Cue, words: Iterable[str]) -> _Ways:
    """By the first word alone: `don't` is looked up as `don`."""
    ways: dict[str, list[_Way]] = {}
    patterns: dict[str, re.Pattern[str]] = {}
    for word in words:
        first = _WORD.match(word)
        assert first, "a cue begins with a word in plain letters"
        rest = re.escape(word[first.end() :])
        if rest not in patterns:
            patterns[rest] = re.compile(rf"{rest}(?![a-z0-9]){cue.tail}")
        ways.setdefault(first[0], []).append((patterns[rest], cue))
    return ways


def _together(gated: Iterable[_Gated]) -> _Ways:
    table: dict[str, list[_Way]] = {}
    for each in gated:
        for word, ways in each.ways.items():
            table.setdefault(word, []).extend(ways)
    return table
