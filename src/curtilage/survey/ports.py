"""What the survey needs of others."""

from collections.abc import Sequence
from typing import Protocol

from curtilage.core.models import Finding


class Detector(Protocol):
    """Finds personal data and secrets in a text, without a state and from any thread."""

    def scan(self, text: str) -> Sequence[Finding]: ...
