"""Cuts a text at its findings, so that a page can mark them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from curtilage.core.words import say
from curtilage.gateway.views import TryFinding

Column = Literal["wrote", "left", "back"]
GROUPS: Sequence[tuple[str, str]] = (
    ("contact", say("Contact")),
    ("identity", say("Identity")),
    ("financial", say("Money")),
    ("secret", say("Secret")),
    ("other", say("Other")),
)
IDENTITY = (
    "user.government_id",
    "user.unique_id",
    "user.name",
    "user.biometric",
    "user.demographic",
)


@dataclass(frozen=True, slots=True)
class Marked:
    """A finding as the page shows it; `number` ties the columns and the table together."""

    number: int
    group: str
    type: str
    title: str
    category: str
    score: float
    treatment: str
    why: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `find` says which finding it is, None between findings."""

    text: str = field(repr=False)
    find: Marked | None = None


def group_of(category: str) -> str:
    """The group of the legend that a category belongs to."""
    if category.startswith(
        ("secret", "system.credential", "user.authorization", "user.account.password")
    ):
        return "secret"
    if category.startswith("user.financial"):
        return "financial"
    if category.startswith("user.contact"):
        return "contact"
    return "identity" if category.startswith(IDENTITY) else "other"


def mark(findings: Iterable[TryFinding]) -> list[Marked]:
    """The findings numbered in reading order."""
    return [
        Marked(
            number=number,
            group=group_of(found.category),
            type=found.type,
            title=found.title,
            category=found.category,
            score=found.score,
            treatment=found.treatment,
            why=found.why,
        )
        for number, found in enumerate(findings, start=1)
    ]


def cut(text: str, findings: Sequence[TryFinding], column: Column) -> list[Piece]:
    """`text` of one column in pieces; joined they are the text again.

    A span that is absent, out of order or outside the text marks nothing: a
    wrong mark would be worse than none.
    """
    spans = zip(_spans(findings, column), mark(findings), strict=True)
    pieces: list[Piece] = []
    at = 0
    for (start, end), found in sorted(spans, key=lambda pair: pair[0]):
        if not at <= start < end <= len(text):
            continue
        if start > at:
            pieces.append(Piece(text[at:start]))
        pieces.append(Piece(text[start:end], found))
        at = end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return pieces


def _spans(findings: Sequence[TryFinding], column: Column) -> list[tuple[int, int]]:
    if column == "wrote":
        return [(found.start, found.end) for found in findings]
    if column == "left":
        return [(found.left_start, found.left_end) for found in findings]
    return [(found.back_start, found.back_end) for found in findings]
