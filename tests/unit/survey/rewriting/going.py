"""There and back: what `protect` and `restore` do to a document, with a finder of our own."""

import re
from collections.abc import Mapping, Sequence

from curtilage.core.models import Finding, Treatment
from curtilage.shield.held import Held, Origin, Sink
from curtilage.shield.protect import find_replacements, weave
from curtilage.shield.restore import Restored
from curtilage.survey.rewriting.choosing import open_document
from curtilage.survey.rewriting.documents import (
    Document,
    fill_slots,
    join_slots,
    place_findings,
    restore_slots,
    seen_text,
)
from tests.unit.shield.worlds import a_mint

VALUE = re.compile(r"[\w.]+@[\w.]+|(?<![0-9])[0-9]{13,16}(?![0-9])|[0-9]{4}-[0-9]{2}-[0-9]{2}")
TREATMENTS: Mapping[str, Treatment] = {"VALUE": Treatment.TOKEN}


def find_values(text: str) -> Sequence[Finding]:
    return [
        Finding(found.start(), found.end(), "VALUE", 1.0, "contact", "test")
        for found in VALUE.finditer(text)
    ]


class Journey:
    """One map, and the documents that went out with it."""

    def __init__(self) -> None:
        self.held = Held()
        self.bare: list[int] = []
        self.text = ""

    def protect(self, document: Document) -> bytes:
        findings = place_findings(document, find_values(seen_text(document))).inside
        replacements = find_replacements(
            join_slots(document.slots),
            findings,
            TREATMENTS,
            mint=a_mint(),
            held=self.held,
            origin=Origin.CALLER,
            clash="escape",
        )
        self.text = weave(join_slots(document.slots), replacements)
        changed = fill_slots(document.slots, replacements)
        self.bare = [number for number in changed if document.slots[number].is_bare]
        return document.filled(changed)

    def restore(self, document: Document) -> tuple[bytes, Restored]:
        changed, restored = restore_slots(document.slots, self.held, sink=Sink.INVERSE)
        return document.filled(changed, [each for each in self.bare if each in changed]), restored


def opened(name: str, raw: bytes) -> Document:
    document = open_document(name, raw)
    assert document is not None
    return document


def there_and_back(name: str, raw: bytes) -> tuple[bytes, bytes]:
    """What leaves, and what comes back. No value is in what leaves."""
    journey = Journey()
    left = journey.protect(opened(name, raw))
    again = opened(name, left)
    assert not find_values(seen_text(again))
    back, _ = journey.restore(again)
    return left, back
