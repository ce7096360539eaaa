"""What finds names, whatever it is made of."""

from typing import Protocol

from curtilage.core.models import Finding


class TextTagger(Protocol):
    """Finds people, places and organisations in running text."""

    def tag(self, text: str) -> tuple[Finding, ...]:
        """Findings that do not overlap, by where they begin."""
        ...
