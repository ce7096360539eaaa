"""A small linear model of wording: how much each run of words sounds like an attack.

Words and their neighbours are hashed into a table of 65,536 weights of one byte;
the sum over a window of words, with what the cues in it say, is the logarithm of
the odds. `tools/hostile` trains it: `make hostile`. Nothing of the training text
is kept but the weights.
"""

import math
import re
import struct
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, compress, count, pairwise
from operator import itemgetter, sub
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from curtilage.detect.hostile.clusters import Weighed

SIZE = 1 << 16
STEP = 16.0  # a weight of one byte is in sixteenths
WINDOW = 48  # words and signs that are judged together
PIECE = WINDOW // 2  # of a sentence that is longer
SIGNS = "\"“”«»`'|<>[]{}#*:"
# A line of stars is one sign: forty times what a star weighs would outweigh any word.
# Each way begins with a character and not with a repeat, so that `re` passes over what begins
# none: twice as fast.
TOKENS = re.compile(
    r"[a-z][a-z]*|[0-9][0-9]*|[.!?;]|\n[ \t\r]{0,20}\n|\n|"
    + "|".join(f"{sign}{sign}*" for sign in map(re.escape, SIGNS))
)
ENDS = re.compile(r"[.!?;]|\n.*\n", re.DOTALL)
MOST_SENTENCES = 6
STEM = 5
MOST_KNOWN = 50_000  # words that are remembered
QUIET = -3.0  # odds that nothing comes of
MOST = 8.0  # odds beyond this say no more
BESIDE = 3  # places in the table that a token has by those before it: pair, skipped pair, triple
_HEAD = ">3h"
_PLACES = struct.Struct(f"={BESIDE}H")
_NO_PART = bytes(_PLACES.size)
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
    def _table(self) -> Sequence[int]:
        """In sixteenths, so that sums are exact in any order."""
        return [weight - 128 for weight in self.weights]

    @cached_property
    def _shares(self) -> "_Shares":
        return _Shares(self._table)

    def windows(self, text: str, said: Iterable[Said], *, least: float = QUIET) -> list[Window]:
        """Runs of whole sentences, up to `WINDOW` tokens, whose odds are more than `least`.

        As `tokens` and `spans` have it. What a text of many words costs is spent in C."""
        words = TOKENS.findall(text)
        if not words:
            return []
        alone, beside, ends = self._shares.read(words)
        cuts = cuts_of(ends, len(words))
        totals = [
            sum(alone[first:last]) + sum(beside[first * BESIDE : last * BESIDE])
            for first, last in pairwise(cuts)
        ]
        stands: list[tuple[int, int]] = []
        for start, feature in said:
            stands = stands or _stands(text)
            token = bisect_left(stands, (start,))
            if token < len(words):
                totals[bisect_right(cuts, token) - 1] += self._table[feature]
        sums = [0, *accumulate(totals)]
        least_sum = (least - self.bias) * STEP
        if max(_runs(sums)) <= least_sum:
            return []
        stands = stands or _stands(text)
        until = dict(zip(cuts, sums, strict=True))
        return [
            Window(stands[first][0], stands[last - 1][1], total / STEP + self.bias)
            for first, last in spans(cuts)
            if (total := until[last] - until[first]) > least_sum
        ]

    def chance(self, odds: float) -> float:
        """How likely an attack is: the odds of its worst window, calibrated."""
        known = max(-MOST, min(MOST, odds))
        return 1 / (1 + math.exp(-(self.offset + self.slope * known)))


class _Share(NamedTuple):
    """What a token weighs alone, and its part in its own places and those of the next two.

    Parts are numbers as bytes, one for each of `BESIDE`; the places are their exclusive or."""

    alone: int
    own: bytes
    to_next: bytes
    to_second: bytes
    is_break: bool
    """Whether a sentence may end with it."""


class _Shares(dict[str, _Share]):
    """What was worked out of words that were read, so far as there is room.

    A text is read a column at a time, each as one long number: a step of Python for each of
    its words would cost several times as much."""

    def __init__(self, table: Sequence[int]) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, word: str) -> _Share:
        code, stem, ends = codes_of(word)
        if len(self) >= MOST_KNOWN:
            self.clear()
        share = self[word] = _Share(
            self._table[code & _MASK] + self._table[stem],
            _packed(code * _BEFORE >> 7, code * _SKIPPED >> 9, code * _BOTH >> 11),
            _packed(code * _LAST >> 7, 0, code * _SKIPPED >> 11),
            _packed(0, code * _BEFORE >> 9, code * _LAST >> 11),
            ends or word == "\n",
        )
        return share

    def read(self, words: Sequence[str]) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
        """What tokens weigh alone, what beside others, and behind which of them sentences end.

        Beside others each has `BESIDE` weights."""
        columns: Any = zip(*map(self.__getitem__, words), strict=True)
        alone, own, to_next, to_second, breaks = map(list, columns)
        ends = []
        fresh = 0  # where a sentence begins
        for at in compress(count(), breaks):
            if words[at] != "\n":
                ends.append(at + 1)
            elif at != fresh:
                continue
            # Nothing reaches over the end of a sentence, nor the last token beyond the text.
            to_next[at] = to_second[at] = to_second[at - 1] = _NO_PART
            fresh = at + 1
        places = (
            int.from_bytes(b"".join(own), "little")
            ^ int.from_bytes(b"".join(to_next[:-1]), "little") << 8 * _PLACES.size
            ^ int.from_bytes(b"".join(to_second[:-2]), "little") << 16 * _PLACES.size
        )
        raw = places.to_bytes(len(words) * _PLACES.size, "little")
        return alone, itemgetter(*memoryview(raw).cast("H").tolist())(self._table), ends


def _packed(*places: int) -> bytes:
    return _PLACES.pack(*(place & _MASK for place in places))


def _stands(text: str) -> list[tuple[int, int]]:
    """From where to where each token stands."""
    return [match.span() for match in TOKENS.finditer(text)]


def _runs(sums: Sequence[int]) -> Iterator[int]:
    """The largest sum of as many pieces as a window may have, for each number of them."""
    for pieces in range(1, min(MOST_SENTENCES, len(sums) - 1) + 1):
        yield max(map(sub, sums[pieces:], sums))


def cuts_of(ends: Iterable[int], size: int) -> list[int]:
    """Between which tokens a text may be cut: ends of sentences, and of pieces of long ones."""
    cuts = [0]
    for end in (*ends, size):
        cuts.extend(range(cuts[-1] + PIECE, end, PIECE))
        if end > cuts[-1]:
            cuts.append(end)
    return cuts


def spans(cuts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of each window: whole sentences, or pieces of one that is too long."""
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
