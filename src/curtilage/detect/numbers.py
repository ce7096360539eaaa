"""Forms of digits and separators alone: one trigger for all, then told apart by layout.

There are some two hundred of them, and nearly every one would make Hyperscan walk the
whole text. So it looks for runs of digits once, and the *layout* of what begins at a
group of digits (`999-99-9999`) says which forms can be meant there. A tree of layouts
knows them: it grows as texts show new ones, and ends where few forms are left.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

import regex

from curtilage.detect.models import Form

LEAST_DIGITS = 6
TRIGGER = r"[0-9](?:[ \t.,/\-]{0,3}[0-9]){5}"
"""As long as the shortest run; its left edge is as every form's, what follows is read where it is."""
KNOWN = 4096  # layouts of whole runs; those of others are looked up group by group
LONGEST_KNOWN = 80
FEW = 4  # forms that are tried rather than told apart further; so the tree has some 500 branches
REACH = 48  # characters that a form has behind where it begins; the longest has 22 digits
_RUN = r"[0-9](?:[ \t.,/\-]{0,3}[0-9])*"
_TOKEN = re.compile(r"\[[^\]]*\]|\{[^}]*\}|\\.|\(\?:|.", re.DOTALL)
_DIGITS = re.compile(r"\[(?:[0-9](?:-[0-9])?)+\]|[0-9]")
_SEPARATORS = re.compile(r"\[(?:[ .,/]|\\-|\\t|-(?=\]))+\]|[ ,/\-]|\\[.\-/t]")
_GRAMMAR = frozenset({"(?:", ")", "|", "?", "(", "*", "+"})
_PART = re.compile("9+|[^9]+")
LONGEST_PART = 24  # characters; the digits of longer ones are no form's
_LAYOUT = bytes.maketrans(b"012345678", b"9" * 9)

ShapeT = TypeVar("ShapeT")
FormsT = TypeVar("FormsT")


def layout_of(form: Form) -> str | None:
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
    return "".join(layouts)


class Layouts(Generic[ShapeT, FormsT]):
    """Which of the number forms may begin at a group of digits."""

    def __init__(
        self,
        shapes: Sequence[tuple[str, ShapeT]],
        gather: Callable[[Sequence[ShapeT]], FormsT],
        *,
        right: str = "",
    ) -> None:
        """Each shape with its layouts, as `layout_of` gives them; `gather` makes of those that
        may begin at one place what is asked for. `right` is what every form ends before: what is
        behind the last such place of a run is none, as the day in `2026-03-01T12`."""
        self._run = re.compile(_RUN + right)
        self._gather = gather
        forms = tuple((regex.compile(layout), shape) for layout, shape in shapes)
        self._root: _Branch[ShapeT, FormsT] = _Branch(forms, "", range(len(forms)), frozenset())
        self._known: dict[bytes, tuple[tuple[int, FormsT], ...]] = {}

    def fitting(self, text: str, start: int, end: int) -> Iterable[tuple[int, FormsT]]:
        """How far from `start` groups of digits begin, and the forms that each may be."""
        run = self._run.match(text, start, end + REACH)  # further on the same run begins again
        if run is None:
            return ()
        layout = run[0].encode("ascii").translate(_LAYOUT)
        known = self._known.get(layout)
        if known is None:
            known = tuple(self._fitting(layout.decode("ascii")))
            if len(layout) <= LONGEST_KNOWN and len(self._known) < KNOWN:
                self._known[layout] = known
        return known

    def _fitting(self, layout: str) -> Iterator[tuple[int, FormsT]]:
        parts = _PART.findall(layout)
        place = 0
        for first in range(0, len(parts), 2):
            branch, last = self._root.after(parts[first]), first
            while branch.open and last + 1 < len(parts):
                last += 1
                branch = branch.after(parts[last])
            if branch.found:
                if branch.gathered is None:
                    branch.gathered = self._gather(branch.found)
                yield place, branch.gathered
            place += sum(map(len, parts[first : first + 2]))


class _Branch(Generic[ShapeT, FormsT]):
    """What a layout may be that begins with these digits and separators."""

    __slots__ = ("_forms", "_matched", "_next", "_prefix", "found", "gathered", "open")

    def __init__(
        self,
        forms: Sequence[tuple[regex.Pattern[str], ShapeT]],
        prefix: str,
        left: Sequence[int],
        matched: frozenset[int],
    ) -> None:
        self._forms, self._prefix, self._matched = forms, prefix, matched
        self.open = left if not prefix or len(left) > FEW else ()
        """Forms that may go on, where they are too many to be tried."""
        found = matched if self.open else matched.union(left)
        self.found = tuple(forms[number][1] for number in sorted(found))
        self.gathered: FormsT | None = None
        self._next: dict[str, _Branch[ShapeT, FormsT]] = {}

    def after(self, part: str) -> "_Branch[ShapeT, FormsT]":
        """The branch that more digits, or what parts them from more, lead to."""
        part = part[:LONGEST_PART]
        known = self._next.get(part)
        if known is None:
            known = self._next[part] = self._grow(self._prefix + part)
        return known

    def _grow(self, layout: str) -> "_Branch[ShapeT, FormsT]":
        matches = {
            number: self._forms[number][0].fullmatch(layout, partial=True) for number in self.open
        }
        left = [number for number, match in matches.items() if match is not None]
        whole = [number for number, match in matches.items() if match and not match.partial]
        return _Branch(self._forms, layout, left, self._matched.union(whole))
