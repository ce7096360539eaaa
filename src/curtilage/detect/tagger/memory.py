"""Names found once are found from there on: in full, by surname, with an initial.

A conversation hands what it knows from text to text, forward only: what is found
in a text depends on it and on earlier ones.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from curtilage.core.models import Finding

SURE = 0.8  # what is doubtful where it was found is not looked for elsewhere
SCORE = 0.75
DETECTOR = "tagger.memory"
MOST = 400  # names that one conversation remembers; the first ones stay
SHORTEST = 3  # letters of a surname that may stand alone
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_AFTER_STOP = re.compile(r"(?:^|[.!?:\n])[\s\"'“„»(]*$")


@dataclass(frozen=True, slots=True)
class KnownNames:
    """How the people that were found may be called, in the order in which they were met."""

    forms: tuple[str, ...] = ()
    category: str = "user.name"
    _pattern: re.Pattern[str] | None = field(default=None, repr=False, compare=False)

    def __repr__(self) -> str:
        return f"KnownNames({len(self.forms)} forms)"

    def learn(self, text: str, findings: Iterable[Finding]) -> "KnownNames":
        """What is known after `text`, in which `findings` are."""
        forms = dict.fromkeys(self.forms)
        for finding in findings:
            if finding.type == "PERSON" and finding.score >= SURE:
                forms.update(dict.fromkeys(forms_of(text[finding.start : finding.end])))
        kept = tuple(forms)[:MOST]
        return self if kept == self.forms else KnownNames(kept, self.category, _compiled(kept))

    def find(self, text: str, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """Where known names stand in `text` beside `findings`, which keep their places."""
        if self._pattern is None:
            return ()
        taken = sorted((each.start, each.end) for each in findings)
        return tuple(self._free(text, self._pattern, taken))

    def _free(
        self, text: str, pattern: re.Pattern[str], taken: Sequence[tuple[int, int]]
    ) -> Iterator[Finding]:
        place = 0
        for match in pattern.finditer(text):
            start, end = match.span()
            while place < len(taken) and taken[place][1] <= start:
                place += 1
            is_free = place == len(taken) or taken[place][0] >= end
            if is_free and not _opens_sentence(text, start, match.group()):
                yield Finding(start, end, "PERSON", SCORE, self.category, DETECTOR)


def forms_of(name: str) -> Iterator[str]:
    """The name, its surname alone and after an initial; nothing for small letters."""
    words = _WORD.findall(name)
    if "," in name:
        words = [*words[1:], words[0]] if words else []
    if not words or not all(word[0].isupper() for word in (words[0], words[-1])):
        return
    yield " ".join(words)
    if len(words) > 1 and len(words[-1]) >= SHORTEST:
        yield words[-1]
        yield f"{words[0][0]}. {words[-1]}"
        if len(words[0]) >= SHORTEST:
            yield words[0]


def _compiled(forms: Sequence[str]) -> re.Pattern[str] | None:
    if not forms:
        return None
    longest = sorted(forms, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)")


def _opens_sentence(text: str, start: int, form: str) -> bool:
    """Whether a single word may be large for no other reason than its place."""
    return " " not in form and _AFTER_STOP.search(text[max(0, start - 8) : start]) is not None
