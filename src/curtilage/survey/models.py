"""What a survey is about: parts of sources, places, what was found, what was not read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from curtilage.core.models import Finding


class Field(NamedTuple):
    """The field of a record that a place is in."""

    name: str
    """A JSON pointer, the title of a column, a path of elements."""
    row: int | None = None
    """The record, from 1; a title is the first."""
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is, as far as its format can tell: lines and columns from 1."""

    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    within: tuple[str, ...] = ()
    """From the outside in: `member letters/1.txt`, `page 3`, `sheet Orders`."""
    field: Field | None = None

    def __reduce__(self) -> tuple[type["Spot"], tuple[object, ...]]:
        """By hand: a big log has millions that come from other processes."""
        return Spot, (
            self.line, self.column, self.end_line, self.end_column, self.within, self.field,
        )  # fmt: skip


class Place(Protocol):
    """Leads the spans of a part's text back to where they are."""

    def spot(self, start: int, end: int) -> Spot: ...

    def lines(self, start: int) -> tuple[str, str]:
        """The line of the original that `start` is in, and the one before it; empty if none."""
        ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """The place of a text that is all in one spot: a cell, a page, a field of metadata."""

    where: Spot

    def spot(self, start: int, end: int) -> Spot:
        return self.where

    def lines(self, start: int) -> tuple[str, str]:
        return "", ""


@dataclass(frozen=True, slots=True)
class Part:
    """A text of a source. Findings count that begin in its core; the rest is context."""

    text: str
    place: Place
    core: tuple[int, int] | None = None
    """None: all of it."""


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a table, counted over its first rows, for telling what each one is."""

    titles: tuple[str, ...]
    filled: tuple[int, ...]
    """How many cells of each column hold anything."""
    rows: int
    """So many rows were counted, titles among them."""
    within: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be examined. A reader leaves the path to who knows it."""

    why: str
    advice: str = ""
    within: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody should know about a file that was examined: it changes no exit code."""

    what: str
    within: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that holds no text and that no reader knows: counted, not reported."""


@dataclass(frozen=True, slots=True)
class Commit:
    """The commit that brought a line in."""

    hash: str
    author: str
    """A pseudonym, unless names are asked for."""
    date: str


@dataclass(frozen=True, slots=True)
class Found:
    """A finding and where it is."""

    path: str
    spot: Spot
    finding: Finding
    fingerprint: str = ""
    value: str = field(default="", repr=False)
    """Only where values are asked for."""
    why: tuple[str, ...] = ()
    """What spoke for it, where that is asked for."""
    commit: Commit | None = None

    def __reduce__(self) -> tuple[type["Found"], tuple[object, ...]]:
        """By hand, as with `Spot`: in a third of the time."""
        return Found, (
            self.path, self.spot, self.finding, self.fingerprint, self.value, self.why, self.commit,
        )  # fmt: skip


Item = Part | Table | Problem | Note | Skipped
"""What a reader gives."""


@dataclass(frozen=True, slots=True)
class Done:
    """A file is through, whatever came of it."""

    path: str
    size: int
    characters: int
    is_skipped: bool = False


@dataclass(frozen=True, slots=True)
class Passed:
    """So much of a big file is through: for who watches."""

    path: str
    characters: int


Result = Found | Table | Problem | Note | Passed | Done
"""What a survey gives, file after file; each file ends with its `Done`."""

Fielder = Callable[[int], Field | None]
"""Tells the field of an offset into the original."""
