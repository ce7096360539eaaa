"""What is known of words: names, places, how often and in which case they are written.

Two tables, read from one file: facts by the word in lower case, and clusters by
the word as written. A table holds no words, only 32-bit hashes of them in order:
half a million words in a few megabytes, and one unknown word in ten thousand
is taken for a known one.
"""

import lzma
import struct
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import Final
from zlib import crc32

MAGIC = b"CTLX1\n"
FACTS: Final = (
    "given",  # 0-3: how usual as a given name
    "family",
    "place",  # 0-3 by the size of the town; 4 region, 5 country
    "opens",  # 1: opens the name of a place of several words
    "company",  # 0-3: in how many names of companies
    "english",  # 0-7: how often written small, where it is a word of the language
    "german",
    "spanish",
    "common",  # 0-7: how often said, in the eight languages
    "sense",  # cluster of meaning, 0 none
)
CLUSTERS: Final = ("en", "de", "es")
NO_FACTS: Final = (0,) * len(FACTS)
NO_CLUSTERS: Final = (0,) * len(CLUSTERS)


class Table:
    """Rows of small numbers, found by the hash of a word."""

    def __init__(self, keys: "array[int]", columns: "Sequence[array[int]]") -> None:
        self._keys = keys
        self._columns = columns
        self._none = (0,) * len(columns)

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, word: str) -> tuple[int, ...]:
        """The row of `word`; zeros where it has none."""
        key = crc32(word.encode())
        keys = self._keys
        place = bisect_left(keys, key)
        if place == len(keys) or keys[place] != key:
            return self._none
        return tuple([column[place] for column in self._columns])


class Lexicon:
    """The two tables. Immutable; any thread may look."""

    def __init__(self, facts: Table, clusters: Table) -> None:
        self.facts = facts.find
        self.clusters = clusters.find
        self.size = len(facts), len(clusters)


def unpack_lexicon(data: bytes) -> Lexicon:
    """A lexicon from what `pack_lexicon` wrote."""
    if not data.startswith(MAGIC):
        raise ValueError("file is no lexicon of version 1; expected one that `make tagger` wrote")
    raw = memoryview(lzma.decompress(data[len(MAGIC) :]))
    facts, place = _unpack_table(raw, 0, len(FACTS))
    clusters, _ = _unpack_table(raw, place, len(CLUSTERS))
    return Lexicon(facts, clusters)


def pack_lexicon(facts: dict[str, tuple[int, ...]], clusters: dict[str, tuple[int, ...]]) -> bytes:
    """The file of a lexicon: words become hashes, which become distances, which pack well."""
    raw = _pack_table(facts, len(FACTS)) + _pack_table(clusters, len(CLUSTERS))
    return MAGIC + lzma.compress(raw, preset=9 | lzma.PRESET_EXTREME)


def _pack_table(rows: dict[str, tuple[int, ...]], width: int) -> bytes:
    by_hash: dict[int, tuple[int, ...]] = {}
    for word in sorted(rows):
        by_hash.setdefault(crc32(word.encode()), rows[word])
    keys = sorted(by_hash)
    steps = [key - before for key, before in zip(keys, [0, *keys], strict=False)]
    # Bytes of one weight together: the high ones are nearly all alike.
    parts = [bytes(step >> shift & 255 for step in steps) for shift in (0, 8, 16, 24)]
    for column in range(width):
        values = [by_hash[key][column] for key in keys]
        parts += [bytes(value & 255 for value in values), bytes(value >> 8 for value in values)]
    return struct.pack("<I", len(keys)) + b"".join(parts)


def _unpack_table(raw: memoryview, place: int, width: int) -> tuple[Table, int]:
    (count,) = struct.unpack_from("<I", raw, place)
    place += 4
    parts = [bytes(raw[place + count * part : place + count * (part + 1)]) for part in range(4)]
    steps = array("I", _woven(parts))
    keys = array("I", accumulate(steps))
    place += 4 * count
    columns = []
    for _ in range(width):
        low, high = raw[place : place + count], raw[place + count : place + 2 * count]
        columns.append(_column(bytes(low), bytes(high)))
        place += 2 * count
    return Table(keys, columns), place


def _column(low: bytes, high: bytes) -> "array[int]":
    if not any(high):
        return array("B", low)
    return array("H", _woven([low, high]))


def _woven(parts: Sequence[bytes]) -> bytes:
    """Bytes of each weight, put back beside each other, in the machine's own order."""
    woven = bytearray(len(parts[0]) * len(parts))
    order = parts if struct.pack("=H", 1) == struct.pack("<H", 1) else parts[::-1]
    for place, part in enumerate(order):
        woven[place :: len(parts)] = part
    return bytes(woven)
