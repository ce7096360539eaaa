"""Comments in a file that allow a finding: `curtilage:allow TYPE reason`.

The comment stands in the line of the finding, or alone in the line before. A type
may be `*`. Without a reason it allows nothing: whoever reads it later must know why.
"""

import re
from collections.abc import Iterable

MARK = "curtilage:allow"
_COMMENT = re.compile(
    re.escape(MARK) + r"[ \t]+(?P<type>[A-Z][A-Z0-9_]*|\*)(?:[ \t:]+(?P<reason>[^\n]*))?"
)
_CLOSINGS = re.compile(
    r"(?:\*/|-->|#\}|\}\}|\"\"\"|[\"'),;\s])+$"
)  # what ends a comment is no reason
_ALONE = re.compile(r"[\s#/*;%<!\-\"'{(.]*")
LEAST_REASON = 3  # letters


def is_allowed(type: str, lines: Iterable[str]) -> bool:
    """Whether the line of a finding, or the one before, allows this type with a reason.

    `lines` are the finding's line and the one before."""
    line, before = lines
    return _allows(type, line) or (
        MARK in before
        and _ALONE.fullmatch(before[: before.index(MARK)]) is not None
        and _allows(type, before)
    )


def _allows(type: str, line: str) -> bool:
    if MARK not in line:
        return False
    return any(
        match["type"] in (type, "*") and _is_reason(match["reason"] or "")
        for match in _COMMENT.finditer(line)
    )


def _is_reason(text: str) -> bool:
    return sum(map(str.isalpha, _CLOSINGS.sub("", text))) >= LEAST_REASON
