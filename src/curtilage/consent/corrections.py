"""What people said about findings: *not personal*, *should have been found*. Pure.

No value is kept, only a keyed hash of it, with a reason and an end. A value that
is said to be not personal leaves as it is in sessions that begin afterwards; one
that should have been found is treated as what it is in all of them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

from curtilage.consent.combine import OVERLAP
from curtilage.core.models import Finding, PrincipalId

WORD = re.compile(r"\w+")
DETECTOR = "correction"
MOST_WORDS = 8  # of a value that should have been found; each costs a look at every word
LONGEST = 200
REMEMBERED = 4096  # sessions of a worker, see `gateway.sessions`


class Verdict(StrEnum):
    NOT_PERSONAL = "not_personal"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing that somebody said. `qualified` is the kind, as `category:TYPE`.

    `words` and `length` are the shape of a value that should have been found, so
    that few other texts are hashed. `ends_at` is when it expires or was withdrawn.
    `is_case`: the words around the value are kept, sealed, until then.
    """

    id: str
    verdict: Verdict
    qualified: str
    digest: bytes = field(repr=False)
    words: int
    length: int
    reason: str
    author: PrincipalId
    made_at: datetime
    ends_at: datetime
    is_case: bool = False


def digest_value(key: bytes, verdict: Verdict, kind: str, value: str) -> bytes:
    """What is kept of a value. What is not personal is so as one kind alone."""
    bound = kind if verdict is Verdict.NOT_PERSONAL else ""
    named = f"{verdict}\0{bound}\0{value.casefold()}".encode("utf-8", "surrogatepass")
    return blake2b(named, key=key, digest_size=16).digest()


def find_shape(value: str) -> tuple[int, int]:
    """How many words and characters a value has. 0 words where none begins and ends it."""
    words = list(WORD.finditer(value))
    is_whole = bool(words) and words[0].start() == 0 and words[-1].end() == len(value)
    return (len(words) if is_whole else 0), len(value)


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The corrections that hold in one session.

    `shapes` are the lengths of what was missed by its number of words, so that each
    word of a text is looked at once for each number, however many values there are.
    """

    key: bytes = field(repr=False)
    ignored: frozenset[bytes]
    missed: Mapping[bytes, str]
    shapes: Mapping[int, frozenset[int]]

    def correct(self, text: str, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """The findings without those that are not personal, with those that were missed."""
        kept = tuple(found for found in findings if not self._is_ignored(text, found))
        missed = self._find_missed(text) if self.shapes else []
        added = [each for each in missed if not any(_overlap(each, found) for found in kept)]
        return tuple(sorted((*kept, *added))) if added else kept

    def _is_ignored(self, text: str, found: Finding) -> bool:
        if not self.ignored:
            return False
        value = text[found.start : found.end]
        return digest_value(self.key, Verdict.NOT_PERSONAL, found.type, value) in self.ignored

    def _find_missed(self, text: str) -> list[Finding]:
        words = [match.span() for match in WORD.finditer(text)]
        found: list[Finding] = []
        for count in sorted(self.shapes, reverse=True):  # the longest first
            lengths = self.shapes[count]
            for (start, _), (_, end) in zip(words, words[count - 1 :], strict=False):
                if end - start in lengths:
                    self._look(text, start, end, found)
        return found

    def _look(self, text: str, start: int, end: int, found: list[Finding]) -> None:
        qualified = self.missed.get(digest_value(self.key, Verdict.MISSED, "", text[start:end]))
        if qualified is not None:
            category, _, kind = qualified.partition(":")
            new = Finding(start, end, kind, 1.0, category, DETECTOR)
            if not any(_overlap(new, each) for each in found):
                found.append(new)


def _overlap(one: Finding, other: Finding) -> bool:
    return one.start < other.end and other.start < one.end


@dataclass(slots=True)
class Corrections:
    """All corrections of a time, and which of them hold in a session of some age.

    `over` are the ids of those that have ended: a value that should have been found
    still is in sessions that began before, so that it does not leave half way.
    """

    key: bytes = field(repr=False)
    entries: Sequence[Correction]
    over: frozenset[str] = frozenset()
    _kept: dict[frozenset[str], Dictionary | None] = field(
        default_factory=dict, init=False, repr=False
    )
    _by_age: dict[datetime | None, Dictionary | None] = field(
        default_factory=dict, init=False, repr=False
    )

    def find_dictionary(self, begun_at: datetime | None) -> Dictionary | None:
        """What holds in a session that began then; None where nothing does."""
        if begun_at not in self._by_age:
            if len(self._by_age) >= REMEMBERED:
                self._by_age.clear()
            self._by_age[begun_at] = self._find(begun_at)
        return self._by_age[begun_at]

    def _find(self, begun_at: datetime | None) -> Dictionary | None:
        holding = [each for each in self.entries if self._holds(each, begun_at)]
        ids = frozenset(each.id for each in holding)
        if ids not in self._kept:
            self._kept[ids] = self._build(holding) if holding else None
        return self._kept[ids]

    def has_ended(self, now: datetime) -> bool:
        """Whether one has ended since this was put together."""
        return any(each.ends_at <= now and each.id not in self.over for each in self.entries)

    def _holds(self, correction: Correction, begun_at: datetime | None) -> bool:
        is_over = correction.id in self.over
        if correction.verdict is Verdict.NOT_PERSONAL:
            is_younger = begun_at is not None and begun_at > correction.made_at + OVERLAP
            return is_younger and not is_over
        return not is_over or begun_at is None or begun_at <= correction.ends_at + OVERLAP

    def _build(self, holding: Sequence[Correction]) -> Dictionary:
        missed = [each for each in holding if each.verdict is Verdict.MISSED]
        ignored = [each for each in holding if each.verdict is Verdict.NOT_PERSONAL]
        return Dictionary(
            self.key,
            frozenset(each.digest for each in ignored),
            {each.digest: each.qualified for each in missed},
            {
                count: frozenset(each.length for each in missed if each.words == count)
                for count in {each.words for each in missed}
            },
        )
