"""A text while it is being made: parts, each with the type that it is of, or none."""

from collections.abc import Iterable
from random import Random
from typing import NamedTuple
from zlib import crc32

DEV_SHARE = 7  # one name and one frame in seven is kept for development


class Piece(NamedTuple):
    text: str
    type: str | None = None


def is_for_dev(word: str) -> bool:
    """Whether a name or a frame is kept back from training."""
    return crc32(word.encode()) % DEV_SHARE == 0


def split(words: Iterable[str], *, dev: bool) -> list[str]:
    """The words of one side. Where a side has none, all: a list of three has no two sides."""
    every = list(dict.fromkeys(words))
    return [word for word in every if is_for_dev(word) == dev] or every


def joined(pieces: Iterable[Piece]) -> tuple[str, list[tuple[int, int, str]]]:
    """The text, and the spans of its typed parts."""
    text, spans = [], []
    place = 0
    for piece in pieces:
        if piece.type and piece.text:
            spans.append((place, place + len(piece.text), piece.type))
        text.append(piece.text)
        place += len(piece.text)
    return "".join(text), spans


def pick(source: Random, chances: dict[str, float]) -> str:
    """One of the keys, by their weights."""
    return source.choices(list(chances), list(chances.values()))[0]
