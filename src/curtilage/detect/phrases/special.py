"""Special categories: health, orientation, union, body and offences of a person."""

from collections.abc import Iterator
from typing import NamedTuple

from curtilage.detect.phrases.lexicon import Hits, Words
from curtilage.detect.phrases.persons import Evidence, Persons, is_glued

SAID, NEAR = 0.85, 0.6


class Special(NamedTuple):
    """A term of a special category: which, and how surely it is about a person."""

    start: int
    end: int
    category: str
    score: float


def find_special(words: Words, hits: Hits, persons: Persons) -> Iterator[Special]:
    """The terms of special categories that stand beside a person."""
    text = words.text
    topics = {hit.first for hit in hits.get("topic", ())}
    for start, end, _, last, term in hits.get("special", ()):
        if last + 1 in topics or is_glued(text, start, end):
            continue
        evidence = persons.evidence(start, end)
        if evidence is Evidence.SAID:
            yield Special(start, end, term.label, NEAR if term.is_weak else SAID)
        elif evidence is Evidence.NEAR and not term.is_weak:
            yield Special(start, end, term.label, NEAR)
