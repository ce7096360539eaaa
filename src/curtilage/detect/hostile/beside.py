"""Hostile text in what is scanned: documents, pages, corpora that a model is to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from curtilage.core.models import Finding
from curtilage.detect.hostile.assess import HostileText
from curtilage.detect.hostile.models import Origin


class Detector(Protocol):
    """Finds in a text, without a state and from any thread."""

    def scan(self, text: str) -> Sequence[Finding]: ...


@dataclass(frozen=True, slots=True)
class WithHostile:
    """What a detector finds, and hostile text beside it, whose findings may overlap."""

    detector: Detector
    hostile: HostileText
    origin: Origin = Origin.DOCUMENT

    def scan(self, text: str) -> tuple[Finding, ...]:
        """All of it, by where it begins."""
        found = (*self.detector.scan(text), *self.hostile.assess(text, self.origin).findings)
        return tuple(sorted(found, key=lambda item: item.start))
