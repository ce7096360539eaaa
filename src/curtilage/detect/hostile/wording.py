"""A small linear model of wording: how much each run of words sounds like an attack.

Words and their neighbours are hashed into a table of 65,536 weights of one byte;
the sum over a window of words, with what the cues in it say, is the logarithm of
the odds. `tools/hostile` trains it: `make hostile`. Nothing of the training text
is kept but the weights.
"""

import math
import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from curtilage.detect.hostile.clusters import Weighed

SIZE = 1 << 16
STEP = 16.0  # a weight of one byte is in sixteenths
WINDOW = 48  # words and signs that are judged together
# A line of stars is one sign: forty times what a star weighs would outweigh any word.
TOKENS = re.compile(r"[a-z]+|[0-9]+|([\"“”«»`'|<>\[\]{}#*:])\1*|[.!?;]|\n[ \t\r]{0,20}\n|\n")
ENDS = re.compile(r"[.!?;]|\n.*\n", re.DOTALL)
MOST_SENTENCES = 6
STEM = 5
MOST_KNOWN = 50_000  # words that are remembered
QUIET = -3.0  # odds that nothing comes of
MOST = 8.0  # odds beyond this say no more
_HEAD = ">3h"
_MASK = SIZE - 1
_BEFORE, _LAST, _SKIPPED, _BOTH = 0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35, 0x27D4EB2F


class Said(NamedTuple):
    """A cue as the model sees it: where it begins, and the number of its feature."""

    start: int
    feature: int


Token = tuple[int, int, bool, tuple[int, ...]]
"""Start, end, whether a sentence ends here, and places in the table."""


def cue_feature(name: str, used: float) -> int:
    """The place in the table of a cue that counts in full, in part, or hardly."""
    degree = "full" if used >= 1 else "part" if used >= 0.5 else "told"
    return crc32(f"{degree} {name}".encode()) & _MASK


def tokens(text: str, said: Iterable[Said]) -> Iterator[Token]:
    """The tokens of a plain text, with their places in the table."""
    known: dict[str, tuple[int, int, bool]] = {}
    waiting = sorted(said, reverse=True)
    last = before = 0
    for match in TOKENS.finditer(text):
        word = match[0]
        codes = known.get(word)
        if codes is None:
            codes = known[word] = codes_of(word)
        code, stem, ends = codes
        features: tuple[int, ...] = (
            code & _MASK,
            stem,
            (code * _BEFORE ^ last * _LAST) >> 7 & _MASK,
            (code * _SKIPPED ^ before * _BEFORE) >> 9 & _MASK,
            (code * _BOTH ^ last * _SKIPPED ^ before * _LAST) >> 11 & _MASK,
        )
        start, end = match.span()
        while waiting and waiting[-1][0] <= start:
            features += (waiting.pop()[1],)
        yield start, end, ends, features
        if ends or (word == "\n" and not last):  # a sentence begins anew, on another line too
            code = last = 0
        before, last = last, code


def codes_of(word: str) -> tuple[int, int, bool]:
    """The code of a token, the place of its beginning in the table, whether a sentence ends."""
    stem = crc32(f"{word[:STEM]}~".encode()) & _MASK
    return crc32(word.encode()), stem, ENDS.fullmatch(word) is not None


class Known(NamedTuple):
    """A token as it is summed up: what it weighs alone, and its code times each factor."""

    alone: float
    by_before: int
    by_last: int
    by_skipped: int
    by_both: int
    ends: bool


class Window(NamedTuple):
    start: int
    end: int
    odds: float


@dataclass(frozen=True)
class Wording:
    """The model. `weights` has one byte for each place: 128 is nothing."""

    weights: bytes
    bias: float
    offset: float
    slope: float

    def __post_init__(self) -> None:
        if len(self.weights) != SIZE:
            raise ValueError(f"the model of wording has the wrong size; expected {SIZE} bytes")

    @cached_property
    def _table(self) -> Sequence[float]:
        return [(weight - 128) / STEP for weight in self.weights]

    @cached_property
    def _known(self) -> dict[str, Known]:
        """What was worked out of words that were read, so far as there is room."""
        return {}

    def windows(self, text: str, said: Iterable[Said]) -> list[Window]:
        """Runs of whole sentences, up to `WINDOW` tokens, with the odds of each that counts.

        As `tokens` and `spans` have it, with sums in place of features."""
        table, known = self._table, self._known
        waiting = sorted(said, reverse=True)
        places: list[tuple[int, int]] = []
        ends: list[bool] = []
        sums, total = [0.0], 0.0
        # Of the two tokens before, their codes times a factor each.
        last_last = last_skipped = before_before = before_last = last_before = 0
        for match in TOKENS.finditer(text):
            word = match[0]
            alone, by_before, by_last, by_skipped, by_both, is_end = known.get(word) or self._learn(
                word
            )
            total += (
                alone
                + table[(by_before ^ last_last) >> 7 & _MASK]
                + table[(by_skipped ^ before_before) >> 9 & _MASK]
                + table[(by_both ^ last_skipped ^ before_last) >> 11 & _MASK]
            )
            place = match.span()
            while waiting and waiting[-1][0] <= place[0]:
                total += table[waiting.pop()[1]]
            places.append(place)
            ends.append(is_end)
            sums.append(total)
            if is_end or (word == "\n" and not last_last):
                last_last = last_skipped = before_before = before_last = last_before = 0
            else:
                before_before, before_last = last_before, last_last
                last_before, last_last, last_skipped = by_before, by_last, by_skipped
        least = QUIET - self.bias
        return [
            Window(places[first][0], places[end - 1][1], sums[end] - sums[first] + self.bias)
            for first, end in spans(ends)
            if sums[end] - sums[first] > least
        ]

    def _learn(self, word: str) -> Known:
        code, stem, ends = codes_of(word)
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        found = self._known[word] = Known(
            self._table[code & _MASK] + self._table[stem],
            code * _BEFORE,
            code * _LAST,
            code * _SKIPPED,
            code * _BOTH,
            ends,
        )
        return found

    def chance(self, odds: float) -> float:
        """How likely an attack is: the odds of its worst window, calibrated."""
        known = max(-MOST, min(MOST, odds))
        return 1 / (1 + math.exp(-(self.offset + self.slope * known)))


def spans(ends: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """First and last of each window: whole sentences, or pieces of one that is too long.

    `ends` says of each token whether a sentence ends with it."""
    cuts = [0]
    for place, is_end in enumerate(ends, 1):
        if is_end or place - cuts[-1] == WINDOW // 2 or place == len(ends):
            cuts.append(place)
    for number, first in enumerate(cuts):
        for last in cuts[number + 1 : number + 1 + MOST_SENTENCES]:
            if last - first <= WINDOW:
                yield first, last


def said_by(weighed: Iterable[Weighed]) -> list[Said]:
    return [
        Said(each.hit.start, cue_feature(each.hit.name, each.used)) for each in weighed if each.used
    ]


def encode_head(*numbers: float) -> bytes:
    """Bias, offset and slope, as the file begins."""
    return struct.pack(_HEAD, *(round(number * 256) for number in numbers))


def load_wording() -> Wording:
    """The model that the package carries."""
    raw = Path(__file__).with_name("wording.bin").read_bytes()
    size = struct.calcsize(_HEAD)
    return Wording(raw[size:], *(number / 256 for number in struct.unpack(_HEAD, raw[:size])))
