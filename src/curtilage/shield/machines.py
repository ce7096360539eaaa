"""Small machines that read a text once, in any pieces: a step function, made a table.

What they look for is not here: `tags` and `links` say it. A machine keeps no
text, only the state it is in, and has so many states as its step function can
reach; a table grows by what texts have come to, and is the same for all of them.
"""

import re
from collections.abc import Callable, Hashable, Iterable
from functools import cache
from typing import Generic, TypeVar

_S = TypeVar("_S", bound=Hashable)


class Row(Generic[_S]):
    """A state of a machine: what it reads over, and where anything else leads."""

    __slots__ = ("boring", "closed", "moves", "others", "state")

    def __init__(self, state: _S, *, closed: bool) -> None:
        self.state = state
        self.closed = closed
        self.boring: re.Pattern[str] | None = None
        self.moves: dict[str, Row[_S]] = {}
        self.others: Row[_S] | None = None


class Machine(Generic[_S]):
    """A step function made a table, row by row, as texts come to need them.

    `told_apart` are the characters that `step` tells apart, in groups that it
    takes for the same; all others are one more group.
    """

    def __init__(
        self,
        step: Callable[[_S, str], _S],
        start: _S,
        told_apart: Iterable[str],
        *,
        is_closed: Callable[[_S], bool],
        rest: _S | None = None,
        wakes: str = "",
    ) -> None:
        """`rest`: where it is in running text. What does not hold `wakes` leaves it there."""
        self._step = step
        self._wakes = wakes
        self._groups = tuple(told_apart)
        self._is_closed = is_closed
        self._rows: dict[_S, Row[_S]] = {}
        self.start = self._row(start)
        self.rest = self.start if rest is None else self._row(rest)

    def run(self, row: Row[_S], text: str) -> Row[_S]:
        """Where reading a text leads."""
        if row is self.rest and self._wakes not in text:
            return row
        at, end = 0, len(text)
        while at < end:
            if row.others is None:
                self._fill(row)
            if row.boring is not None:
                skipped = row.boring.match(text, at)
                at = skipped.end() if skipped is not None else at
                if at == end:
                    break
            others = row.others
            assert others is not None  # filled above
            row = row.moves.get(text[at], others)
            at += 1
        return row

    def _row(self, state: _S) -> Row[_S]:
        row = self._rows.get(state)
        if row is None:
            row = self._rows[state] = Row(state, closed=self._is_closed(state))
        return row

    def _fill(self, row: Row[_S]) -> None:
        others = self._row(self._step(row.state, "\0"))
        for group in self._groups:
            target = self._row(self._step(row.state, group[0]))
            row.moves.update(dict.fromkeys(group, target))
        stays = others is row
        unlike = "".join(c for c, target in row.moves.items() if (target is row) is not stays)
        if stays or unlike:
            row.boring = _run_of(unlike, inverted=stays)
        row.others = others


@cache
def _run_of(characters: str, *, inverted: bool) -> re.Pattern[str]:
    """A run of these characters, or of all but these."""
    if not characters:
        return re.compile(r"(?s:.*)")
    return re.compile(f"[{'^' if inverted else ''}{re.escape(characters)}]*")


States = frozenset[str]  # the readings that a text could have at once
NOWHERE: States = frozenset()
