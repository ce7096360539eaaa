"""What each column of a table is, by what was found in its first rows and by its title.

The evidence is kept beside the verdict: how many cells were looked at, in how many
the type was found, and whether the title says so too. Pure: tables and findings in, columns out.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from curtilage.survey.models import Found, Result, Table

MOSTLY = 0.5  # of the cells that hold anything: the column is of that type
SOME = 0.05  # so many, or fewer with a title that names it: it holds some
SAMPLE = 1000  # rows that tell what a column is; readers of tables count no more
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|[_\W]+")


@dataclass(frozen=True, slots=True)
class Column:
    """One column, and what speaks for it."""

    path: str
    within: tuple[str, ...]
    number: int
    title: str
    type: str
    category: str
    share: float
    """Of the cells that hold anything."""
    filled: int
    found: int
    is_named: bool
    """Whether the title says it too."""

    @property
    def is_mostly(self) -> bool:
        return self.share >= MOSTLY

    def told(self) -> str:
        """The evidence in words."""
        named = ", and its title says so" if self.is_named else ""
        return f"{self.found:,} of {self.filled:,} cells{named}"


class Columns:
    """Takes the results of a survey; gives the columns of the tables that went by."""

    def __init__(self, words: Callable[[str], Collection[str]] = lambda _: ()) -> None:
        """`words` gives those that name a type in a title."""
        self._words = words
        self._tables: list[Table] = []
        self._cells: dict[tuple[object, ...], Counter[str]] = defaultdict(Counter)
        self._last: dict[tuple[object, ...], int] = {}
        self._categories: dict[str, str] = {}

    def take(self, result: Result) -> None:
        if isinstance(result, Table):
            self._tables.append(result)
        elif isinstance(result, Found):
            field = result.spot.field
            if field is None or field.row is None or field.column is None or field.row > SAMPLE:
                return
            type = result.finding.type
            place = (result.path, result.spot.within, field.column)
            if self._last.get((*place, type)) != field.row:  # two in a cell are one cell
                self._last[*place, type] = field.row
                self._cells[place][type] += 1
                self._categories[type] = result.finding.category

    def columns(self) -> Iterator[Column]:
        """Of every table, the columns that hold something, with the likeliest type of each."""
        for table in self._tables:
            for number, (title, filled) in enumerate(
                zip(table.titles, table.filled, strict=True), 1
            ):
                counts = self._cells.get((table.path, table.within, number))
                if not counts or not filled:
                    continue
                type, found = max(counts.items(), key=lambda each: (each[1], each[0]))
                is_named = _names(title, self._words(type))
                share = min(1.0, found / filled)
                if share >= SOME or is_named:
                    category = self._categories[type]
                    yield Column(
                        table.path, table.within, number, title, type, category,
                        round(share, 3), filled, found, is_named,
                    )  # fmt: skip


def _names(title: str, words: Collection[str]) -> bool:
    """Whether a title has a word of the type: `customerSSN`, `e_mail`, `IBAN Nr.`."""
    parts = [part.lower() for part in _HUMP.split(title) if part]
    spoken = {*parts, " ".join(parts), "".join(parts)}
    return not spoken.isdisjoint(words)
