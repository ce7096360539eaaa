"""The sum of a survey: how much was read, what was found, what is left open."""

from collections import Counter
from dataclasses import dataclass, field

from curtilage.survey.columns import Column
from curtilage.survey.models import Done, Found, Note, Problem, Result


@dataclass(slots=True)
class Tally:
    """Counts of what went by."""

    files: int = 0
    skipped: int = 0
    characters: int = 0
    found: Counter[str] = field(default_factory=Counter)
    known: int = 0
    """Findings that the baseline has: they are in no other figure."""
    problems: int = 0
    notes: int = 0
    columns: tuple[Column, ...] = ()
    """Of the tables that went by, known when all is."""

    def take(self, result: Result) -> None:
        if isinstance(result, Found):
            self.found[result.finding.type] += 1
        elif isinstance(result, Problem):
            self.problems += 1
        elif isinstance(result, Note):
            self.notes += 1
        elif isinstance(result, Done):
            self.files += 1
            self.skipped += result.is_skipped
            self.characters += result.characters
