"""What is cut out of a text."""

from collections.abc import Iterable

from curtilage.core.models import Finding

REMOVED = "[…]"  # so that what stood on both sides does not grow together


def strip(text: str, findings: Iterable[Finding]) -> str:
    """`text` without the findings. What overlaps is cut once; nothing else changes."""
    parts: list[str] = []
    at = 0
    for start, end in sorted((finding.start, finding.end) for finding in findings):
        if end <= at:
            continue
        if start > at or not parts:
            parts += (text[at:start], REMOVED)
        at = end
    parts.append(text[at:])
    return "".join(parts)
