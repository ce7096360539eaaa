"""Where a place in a text is after values were put back: for annotations that point at it."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any

from curtilage.shield.grammar import find_shapes
from curtilage.shield.held import Held
from curtilage.shield.surrogates import find_anywhere

MAX_ANNOTATIONS = 4096  # a search cites tens; more are left as they came
_PLACES = ("start_index", "end_index")


def shift_places(citations: Iterable[Any], raw: str, restored: str, held: Held) -> bool:
    """Move the places that citations of `raw` point at to where they are in `restored`.

    `restored` may be a beginning, where more is to come. True where one moved.
    """
    if raw == restored or not held.may_hold(raw):
        return False
    moves = _find_moves(raw, restored, held)
    moved = False
    for citation in citations:
        if type(citation) is not dict:
            continue
        for name in _PLACES:
            index = citation.get(name)
            if type(index) is int and 0 <= index <= len(raw):
                citation[name] = _move(index, moves)
                moved = moved or citation[name] != index
    return moved


def _find_moves(raw: str, restored: str, held: Held) -> list[tuple[int, int]]:
    """Where each token and surrogate of a text ends, and how far what follows it moves.

    Found by laying the two texts beside each other: whether a token came back was
    decided with all that stood before it. What lies behind a place where they do not
    agree is not moved further.
    """
    moves: list[tuple[int, int]] = []
    read = at = 0
    for start, end, canonical in sorted(_pieces(raw, held)):
        if start < read:
            continue
        at += start - read
        read = end
        token = raw[start:end]
        if not restored.startswith(token, at):
            value = held.find(canonical)
            if value is None or not restored.startswith(value.value, at):
                break
            token = value.value
        at += len(token)
        moves.append((end, at - end))
    return moves


def _pieces(raw: str, held: Held) -> Iterator[tuple[int, int, str]]:
    """What may have come back: where it stands, and what it is held as."""
    for shape in find_shapes(raw):
        yield shape.start, shape.end, shape.canonical
    for found in find_anywhere(raw) if held.has_surrogates else ():
        yield found.start, found.end, found.text


def _move(index: int, moves: list[tuple[int, int]]) -> int:
    """Where a place is afterwards; one inside a token is not past the end of its value."""
    at = bisect_right(moves, index, key=itemgetter(0))
    moved = index + (moves[at - 1][1] if at else 0)
    return min(moved, sum(moves[at])) if at < len(moves) else moved
