"""Forms of digits and separators alone: one trigger for all, then told apart by layout.

There are some two hundred of them, and nearly every one would make Hyperscan walk the
whole text. So it looks for runs of digits once, and a run's *layout* (`999-99-9999`)
says which forms can be meant: that is worked out once for each layout.
"""

import re
from collections.abc import Sequence
from typing import Generic, TypeVar

from curtilage.detect.models import Form

LEAST_DIGITS = 6
TRIGGER = r"[0-9](?:[ \t.,/\-]{0,3}[0-9]){5}"
"""As long as the shortest run; its left edge is as every form's, what follows is read where it is."""
KNOWN = 4096  # layouts; those of longer runs are worked out each time
LONGEST_KNOWN = 80
REACH = 48  # characters that a form has behind where it begins; the longest has 22 digits
_RUN = re.compile(r"[0-9](?:[ \t.,/\-]{0,3}[0-9])*")
_TOKEN = re.compile(r"\[[^\]]*\]|\{[^}]*\}|\\.|\(\?:|.", re.DOTALL)
_DIGITS = re.compile(r"\[(?:[0-9](?:-[0-9])?)+\]|[0-9]")
_SEPARATORS = re.compile(r"\[(?:[ .,/]|\\-|\\t|-(?=\]))+\]|[ ,/\-]|\\[.\-/t]")
_GRAMMAR = frozenset({"(?:", ")", "|", "?", "(", "*", "+"})
_LAYOUT = str.maketrans("012345678", "9" * 9)

ShapeT = TypeVar("ShapeT")


def layout_of(form: Form) -> re.Pattern[str] | None:
    """What layouts a form has, as a pattern over them; None where it is more than digits."""
    if form.trigger or form.lead:
        return None
    layouts, digits = [], []
    for token in _TOKEN.findall(form.pattern):
        if _DIGITS.fullmatch(token):
            layouts.append("9")
            digits.append("9")
        elif _SEPARATORS.fullmatch(token):
            layouts.append(token)
            digits.append("(?:)")
        elif token in _GRAMMAR or token[0] == "{":
            layouts.append(token)
            digits.append(token)
        else:
            return None
    bare = re.compile("".join(digits))
    if any(bare.fullmatch("9" * count) for count in range(LEAST_DIGITS)):
        return None  # too short for the common trigger
    return re.compile(f"(?<!9)(?:{''.join(layouts)})(?!9)")


class Layouts(Generic[ShapeT]):
    """Which of the number forms a run of digits may be."""

    def __init__(self, shapes: Sequence[tuple[re.Pattern[str], ShapeT]]) -> None:
        self._shapes = shapes
        self._known: dict[str, tuple[ShapeT, ...]] = {}

    def fitting(self, text: str, start: int, end: int) -> tuple[ShapeT, ...]:
        """The forms that the run at `start`, and what of it begins before `end`, may have."""
        run = _RUN.match(text, start, end + REACH)  # further on the same run begins again
        layout = text[start : max(end, run.end() if run else end)].translate(_LAYOUT)
        known = self._known.get(layout)
        if known is None:
            known = tuple(shape for pattern, shape in self._shapes if pattern.search(layout))
            if len(layout) <= LONGEST_KNOWN and len(self._known) < KNOWN:
                self._known[layout] = known
        return known
