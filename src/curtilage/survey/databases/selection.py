"""What of a database is read, and what is said of it afterwards."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from curtilage.survey.models import Note, Problem
from curtilage.survey.tables import Row

LONGEST = 1024 * 1024  # characters or bytes of a value; what is longer is cut and told
PAGE = 100  # records that are fetched at once
SEED = 1  # the same sample again, as long as the table is the same
ENDLESS = 1 << 62  # a database holds what it holds: nothing in it unfolds


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a database is read."""

    sample: int = 0
    """Records of each table; 0: all."""
    tables: tuple[str, ...] = ()
    """Patterns of names, with the schema or without; none: all."""

    def wants(self, schema: str, table: str) -> bool:
        names = (table, f"{schema}.{table}")
        return not self.tables or any(
            fnmatchcase(name, pattern) for name in names for pattern in self.tables
        )

    def said_of_none(self, count: int) -> Problem:
        """What to say where none of `count` tables is wanted."""
        return Problem(
            f"None of its {count:,} tables was asked for." if count else "It has no tables.",
            "See --tables, and that the user sees the schema.",
        )


@dataclass(slots=True)
class Counting:
    """Counts the records of a table while they are read."""

    sample: int
    count: int = 0
    cut: int = 0

    def over(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            self.count += 1
            self.cut += any(
                isinstance(value, str | bytes) and len(value) >= LONGEST for value in row
            )
            yield row

    def said(self, records: float, drawn: str) -> Iterator[Note | Problem]:
        """How many of about how many, and how they were `drawn`; ``""``: the first ones."""
        if (self.sample and self.count >= self.sample) or drawn:
            about = f" of about {records:,.0f}" if records >= self.count else ""
            how = drawn or "the first ones"
            yield Note(f"{self.count:,} records{about} were examined, {how}, as asked for.")
        if self.cut:
            yield Problem(
                f"{self.cut:,} records have values longer than {LONGEST:,}: their beginnings were read.",
                "Write what they hold to files, and scan those.",
            )
