"""Values that are begun in one text of a conversation and finished in a later one.

Forward only: what is found stands in the later text, and depends on it and on earlier
ones, never on what comes after (law 5). What was sent before has been sent; but without
its end it is no value.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from curtilage.core.models import Finding
from curtilage.detect.hidden.reading import Span
from curtilage.detect.hidden.spaced import names_a_number

TAIL = 160  # characters of a text that are carried on: its last words, which name and begin a value
MOST_PARTS = 8
LEAST = 0.75
"""What a finding over two texts scores at least: it has a name, or a strong shape."""

# Groups of digits, and tokens with digits: what a value may be given in. Not what is too
# long, nor one of many: a text full of numbers is a table.
_PART = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-Za-z_@.+-]*[0-9@_-][0-9A-Za-z_@.+-]*(?:[ -][0-9]{2,6}){0,3}(?![0-9A-Za-z])"
)
END = " \t\r\n.,;:!?…\"'»”)"


@dataclass(frozen=True, slots=True)
class Continued:
    """A text read behind what came before it. Findings count where they end in the text."""

    name: str
    text: str
    places: tuple[tuple[int, int, int], ...]
    """Where parts of the reading stood in the text: start and end in the reading, start in the text."""
    least: float = LEAST

    def span(self, start: int, end: int) -> Span:
        """The part of the text itself that `text[start:end]` covers; empty where none is."""
        found: list[Span] = []
        for first, last, origin in self.places:
            if start < last and first < end:
                found.append((origin + max(start - first, 0), origin + min(end, last) - first))
        return (found[0][0], found[-1][1]) if found else (0, 0)

    def keeps(self, finding: Finding) -> bool:
        """Whether it began earlier and ends in the text."""
        begins = self.places[0][0]
        return finding.score >= self.least and finding.start < begins < finding.end


@dataclass(frozen=True, slots=True)
class Turns:
    """What earlier texts of a conversation ended with, and which parts of values they held."""

    tails: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    names: str = ""
    """The words around the first of the parts, which may say what they are parts of."""
    most: int = field(default=3, kw_only=True)
    """So many of the newest texts: between two of a person's there is often an answer."""

    def after(self, text: str) -> "Turns":
        """The same once `text` has come."""
        tails = (*self.tails, text[-TAIL:])[-self.most :]
        found = _parts(text)
        if not found:
            return Turns(tails, self.parts, self.names, most=self.most)
        names = self.names if self.parts else text[: found[0].start()][-TAIL:]
        parts = (*self.parts, *(match[0].strip(END) for match in found))[-MOST_PARTS:]
        return Turns(tails, parts, names, most=self.most)

    def readings(self, text: str) -> Iterator[Continued]:
        """`text` behind the end of each earlier one, and its parts behind theirs."""
        head = text[: 2 * TAIL]
        for tail in self.tails:
            if _may_go_on(tail, head):
                for glue in ("", " "):
                    before = tail.rstrip(END) + glue
                    start = len(head) - len(head.lstrip(" \t\r\n.…"))
                    place = (len(before), len(before) + len(head) - start, start)
                    yield Continued("turns", before + head[start:], (place,))
        found = _parts(text)
        if self.parts and found and names_a_number(f"{self.names} {text[: found[0].start()]}"):
            yield from self._in_parts(text, [match.span() for match in found])

    def _in_parts(self, text: str, found: list[Span]) -> Iterator[Continued]:
        for glue in (" ", ""):
            said = self.names.rstrip() + " " + glue.join(self.parts)
            places = []
            for start, end in found:
                said += glue
                places.append((len(said), len(said) + end - start, start))
                said += text[start:end]
            yield Continued("turns, in parts", said, tuple(places))


def _parts(text: str) -> list[re.Match[str]]:
    """What in a text may be a part of a value; nothing where there is much of it."""
    if len(text) > 8 * TAIL:
        return []
    found = (match for match in _PART.finditer(text) if 1 <= sum(map(str.isalnum, match[0])) <= 80)
    first = list(islice(found, 3))
    return first if len(first) <= 2 else []


def _may_go_on(tail: str, head: str) -> bool:
    """Whether one text ends, and the next begins, with what a value has inside."""
    before, after = tail.rstrip(END).split()[-1:], head.lstrip(" \t\r\n.…").split()[:1]
    if not before or not after:
        return False
    return any(map(_is_valuelike, (before[0], after[0])))


def _is_valuelike(word: str) -> bool:
    return "@" in word or any(map(str.isdigit, word))
