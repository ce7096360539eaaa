"""A small linear model of wording: how much each run of words sounds like an attack.

Words and their neighbours are hashed into a table of 65,536 weights of one byte;
the sum over a window of words, with what the cues in it say, is the logarithm of
the odds. `tools/hostile` trains it: `make hostile`. Nothing of the training text
is kept but the weights.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

SIZE = 1 << 16
STEP = 16.0  # a weight of one byte is in sixteenths
WINDOW = 48  # words and signs that are judged together
TOKENS = re.compile(r"[a-z]+|[0-9]+|[\"“”«»`'|<>\[\]{}#*:]|[.!?;]|\n[ \t\r]{0,20}\n|\n")
ENDS = re.compile(r"[.!?;]|\n.*\n", re.DOTALL)
MOST_SENTENCES = 6
STEM = 5
_MASK = SIZE - 1
_BEFORE, _LAST, _SKIPPED, _BOTH = 0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35, 0x27D4EB2F


class Said(NamedTuple):
    """A cue as the model sees it: where it begins, and the number of its feature."""

    start: int
    feature: int


class Token(NamedTuple):
    start: int
    end: int
    ends: bool
    """Whether a sentence ends here."""
    features: tuple[int, ...]


def cue_feature(name: str, used: float) -> int:
    """The place in the table of a cue that counts in full, in part, or hardly."""
    degree = "full" if used >= 1 else "part" if used >= 0.5 else "told"
    return crc32(f"{degree} {name}".encode()) & _MASK


def tokens(text: str, said: Iterable[Said]) -> Iterator[Token]:
    """The tokens of a plain text with their places in the table."""
    known: dict[str, tuple[int, int]] = {}
    waiting = sorted(said, reverse=True)
    last = before = 0
    for match in TOKENS.finditer(text):
        word = match[0]
        codes = known.get(word)
        if codes is None:
            stem = crc32(f"{word[:STEM]}~".encode()) & _MASK
            codes = known[word] = (crc32(word.encode()), stem)
        code, stem = codes
        features = (
            code & _MASK,
            stem,
            (code * _BEFORE ^ last * _LAST) >> 7 & _MASK,
            (code * _SKIPPED ^ before * _BEFORE) >> 9 & _MASK,
            (code * _BOTH ^ last * _SKIPPED ^ before * _LAST) >> 11 & _MASK,
        )
        while waiting and waiting[-1].start <= match.start():
            features += (waiting.pop().feature,)
        yield Token(match.start(), match.end(), ENDS.fullmatch(word) is not None, features)
        before, last = last, code


@dataclass(frozen=True)
class Wording:
    """The model. `weights` has one byte for each place: 128 is nothing."""

    weights: bytes
    bias: float = 0.0

    def __post_init__(self) -> None:
        if len(self.weights) != SIZE:
            raise ValueError(f"the model of wording has the wrong size; expected {SIZE} bytes")

    @cached_property
    def table(self) -> Sequence[float]:
        return [(weight - 128) / STEP for weight in self.weights]

    def windows(self, text: str, said: Iterable[Said]) -> Iterator[tuple[int, int, float]]:
        """Runs of whole sentences, up to `WINDOW` tokens, with the odds of each."""
        table = self.table
        parts = list(tokens(text, said))
        sums = [0.0, *accumulate(sum(map(table.__getitem__, part.features)) for part in parts)]
        for first, last in spans(parts):
            yield parts[first].start, parts[last - 1].end, sums[last] - sums[first] + self.bias


def spans(parts: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """First and last of each window: whole sentences, or pieces of one that is too long."""
    cuts = [0]
    for place, part in enumerate(parts, 1):
        if part.ends or place - cuts[-1] == WINDOW // 2 or place == len(parts):
            cuts.append(place)
    for number, first in enumerate(cuts):
        for last in cuts[number + 1 : number + 1 + MOST_SENTENCES]:
            if last - first <= WINDOW:
                yield first, last


def load_wording() -> Wording:
    """The model that the package carries."""
    raw = Path(__file__).with_name("wording.bin").read_bytes()
    return Wording(raw[2:], int.from_bytes(raw[:2], "big", signed=True) / STEP)
