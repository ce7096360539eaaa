"""Whether a text speaks of a person where a term stands.

That makes `asthma` personal data. A sentence about medicine names diseases; one about a person says who has one. So a term
counts beside a person in the same sentence, and counts for more where a statement about
one leads to it: "she was diagnosed with", "er leidet an".
"""

import re
from bisect import bisect_left, bisect_right
from enum import IntEnum

from curtilage.detect.phrases.lexicon import Hit, Hits

SENTENCE = 200  # characters that are looked at on each side at most
SAYS_REACH = 48  # from a statement to what it states: "diagnosed with a severe form of"
HAS_REACH = 16
WHO_REACH = 60  # from a person to a word that says something of whoever is named

# Where a sentence ends; "Mr. X" and "z. B." do not end one.
_END = re.compile(r"(?<=[^\W\d_][^\W\d_])[.!?][\"')\]]?(?=\s)|\n\s*\n|\n(?=[-*•#>])|[.!?]\n|;\s")
_NAME = re.compile(r"(?<![^\W_])[A-Z\u00c0-\u00de\u0141][^\W\d_]+ \Z")
_ASKING = frozenset(
    {
        "is",
        "was",
        "were",
        "am",
        "are",
        "has",
        "have",
        "had",
        "with",
        "mit",
        "avec",
        "con",
        "com",
        "met",
        "z",
        "a",
    }
)
_TITLES = ("Mr.", "Ms.", "Dr.", "Mrs.", "Sr.", "St.")


class Evidence(IntEnum):
    """How surely a place in a text is about a person."""

    NONE = 0
    NEAR = 1
    SAID = 2


def is_glued(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is a part of an identifier, a path or a call, not a word."""
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return before.isalnum() or before in _GLUE_BEFORE or after.isalnum() or after in _GLUE_AFTER


_GLUE_BEFORE = frozenset("_/@#\\.$")
_GLUE_AFTER = frozenset("_@(/\\=<")


class Persons:
    """The words of one text that speak of people, to be asked about places in it."""

    def __init__(self, text: str, hits: Hits) -> None:
        self._text = text
        by_label: dict[str, list[Hit]] = {}
        for hit in hits.get("person", ()):
            by_label.setdefault(hit.term.label, []).append(hit)
        self._who = by_label.get("who", [])
        self._starts = [hit.start for hit in self._who]
        self._lead = sorted(
            (hit.end, hit.start, label)
            for label in ("says", "does", "has")
            for hit in by_label.get(label, ())
        )
        self._after = {hit.start for hit in hits.get("after", ())}

    def evidence(self, start: int, end: int) -> Evidence:
        """What the sentence around `text[start:end]` says of a person."""
        first, last = self._sentence(start, end)
        best = Evidence.NEAR if self._names_someone(first, last) else Evidence.NONE
        if end + 1 in self._after and self._text[end] in " -\n":
            return Evidence.SAID
        for place in range(bisect_right(self._lead, (start + 1,)) - 1, -1, -1):
            lead_end, lead_start, label = self._lead[place]
            if lead_end < max(first, start - SAYS_REACH):
                break
            if label == "says":
                return Evidence.SAID
            if label == "has" and start - lead_end > HAS_REACH:
                continue
            if self._begins(first, lead_start, lead_end):
                return Evidence.SAID
            if self._names_someone(max(first, lead_start - WHO_REACH), lead_end):
                return Evidence.SAID
            if lead_end - lead_start > 1 and _NAME.search(self._text, first, lead_start):
                return Evidence.SAID
        return best

    def _begins(self, first: int, start: int, end: int) -> bool:
        """Whether a verb without a subject begins the sentence: "Tiene asma", "Takes aspirin"."""
        if self._text[first:start].strip() or not self._text[start].isupper():
            return False
        return self._text[start:end].lower() not in _ASKING

    def _names_someone(self, first: int, last: int) -> bool:
        place = bisect_left(self._starts, first)
        return place < len(self._starts) and self._starts[place] < last

    def _sentence(self, start: int, end: int) -> tuple[int, int]:
        first = max(0, start - SENTENCE)
        for match in _END.finditer(self._text, first, start):
            if not self._text[first : match.start() + 1].endswith(_TITLES):
                first = match.end()
        last = min(len(self._text), end + SENTENCE)
        stop = _END.search(self._text, end, last)
        return first, stop.start() if stop else last
