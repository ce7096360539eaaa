"""The form in which a trick is declared: when to look, and how to undo it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from curtilage.detect.hidden.reading import Piece

Find = Callable[[str], Iterable[Piece]]

PLAIN = 0.5
"""What a finding scores at least: a number that only stands alone does not."""
JOINED = 0.7
"""The same, where a value was put together from parts: named, or of its own strong shape."""


@dataclass(frozen=True, slots=True)
class Trick:
    """One way to hide a value.

    `triggers` are what both engines of patterns read alike (`detect/models.py`); without
    one of them the text does not hold the trick, nor without the pattern that it `needs`
    besides. None at all: `find` is cheap enough, or asks first. `is_raw` tricks need the text as it was written, before it is folded. What `nests` may hide what it hid before; others are not tried twice.
    """

    name: str
    find: Find
    triggers: tuple[str, ...] = ()
    needs: str = ""
    least: float = PLAIN
    reach: int = 0
    is_raw: bool = False
    nests: bool = False
