"""The form in which a trick is declared: when to look, and how to undo it."""

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass

from curtilage.detect.hidden.reading import Piece

Find = Callable[[str], Iterable[Piece]]
Again = Callable[[str, Iterable[Piece]], Iterable[Piece]]
"""Reads what another trick found in a text in a way of its own."""

KEY = r"(?:AKIA|ASIA|sk-|gh[opsu]_|github_pat_|xox[abp]-|glpat-|hf_|AIza|eyJ|LS0tLS1CRUdJTi)[0-9A-Za-z_./+-]{0,400}"
"""How keys begin that are known by it, and what they go on with."""
KEY_SIGNS = ("AKIA", "ASIA", "sk-", "gh", "github_pat_", "xox", "glpat-", "hf_", "AIza", "eyJ", "LS0tLS1CRUdJTi")  # fmt: skip
"""One of these is in each `KEY`."""
PLAIN = 0.5
"""What a finding scores at least: a number that only stands alone does not."""
JOINED = 0.7
"""The same, where a value was put together from parts: named, or of its own strong shape."""


@dataclass(frozen=True, slots=True)
class Trick:
    """One way to hide a value.

    `triggers` are what both engines of patterns read alike (`detect/models.py`): `find`
    sees the text around them, and without one of them nothing. A trick without
    triggers is in texts with one of its `letters`, which are not ASCII. `is_named`: a word
    that names a number must stand somewhere before the trigger. `is_guess`: what is put
    together may not belong together, and is not where one part is a value. `is_raw` tricks
    need the text as it was written, before it is folded. What `nests` may hide what it
    hid before; others are not tried twice. With `again`, it reads otherwise what the trick
    before it with the same `find` found: then nothing is looked for twice.
    """

    name: str
    find: Find
    triggers: tuple[str, ...] = ()
    letters: Set[str] = frozenset()
    before: int = 300
    after: int = 200
    """Characters around a trigger that `find` sees."""
    least: float = PLAIN
    reach: int = 0
    is_named: bool = False
    is_guess: bool = False
    is_raw: bool = False
    nests: bool = False
    again: Again | None = None
