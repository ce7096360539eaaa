"""Names that are likely where they stand: code, logs and tables hold few of them.

A model learns names from prose. In code every other word begins with a capital and
nobody is meant, so there a name has to be surer. Which lines are code, `detect.alone`
says; where many lines of a text are, so are the comments between them.
"""

import re
from collections.abc import Iterable

from curtilage.core.models import Finding
from curtilage.detect.alone import signs_of_code
from curtilage.detect.tagger.labels import CATEGORIES
from curtilage.detect.tagger.ports import TextTagger

LEAST_IN_CODE = 0.8  # the score that is right four times in five
SIGNS = 3  # of code beside a name: two are in many a note
FEW = 12  # lines: a form or a chat of so many has signs of code too
MUCH = 0.25  # of the lines of a longer text
LOOKED_AT = 400  # lines of a text, spread over it
LONGEST = 300  # characters of a line
# A number alone is no address, nor is what is cut out of a hash: a word is needed, by itself.
_WORD = re.compile(r"(?<![^\W_])[^\W\d_]{3,}(?![^\W_])")
_ENDLESS = re.compile(r"[^\W_]{50}")


class LikelyNames:
    """A tagger, without what it says of code and is not sure of."""

    def __init__(self, tagger: TextTagger) -> None:
        self._tagger = tagger

    def tag(self, text: str) -> tuple[Finding, ...]:
        """Findings that do not overlap, by where they begin."""
        return tuple(without_unlikely(text, self._tagger.tag(text)))


def without_unlikely(text: str, findings: Iterable[Finding]) -> list[Finding]:
    """The findings that are likely where they stand."""
    possible = [each for each in findings if _is_possible(text, each)]
    if all(map(_is_sure, possible)):
        return possible
    if _is_code(text):
        return [each for each in possible if _is_sure(each)]
    return [
        each
        for each in possible
        if _is_sure(each) or signs_of_code(text, each.start, each.end) < SIGNS
    ]


def _is_sure(finding: Finding) -> bool:
    """Whether it counts in code too: what is no name, as a number of one's own, does."""
    return finding.score >= LEAST_IN_CODE or finding.type not in CATEGORIES


def _is_possible(text: str, finding: Finding) -> bool:
    """Whether an address has a word, and no word is longer than any name's."""
    if _ENDLESS.search(text, finding.start, finding.end):
        return False
    if finding.type != "STREET_ADDRESS":
        return True
    return _WORD.search(text, finding.start, finding.end) is not None


def _is_code(text: str) -> bool:
    """Whether so many lines have signs of code that what is between them is code too."""
    lines = [line[:LONGEST] for line in text.splitlines() if line.strip()]
    looked_at = lines[:: 1 + len(lines) // LOOKED_AT]
    count = sum(signs_of_code(line, len(line), len(line)) > 0 for line in looked_at)
    return len(looked_at) >= FEW and count >= MUCH * len(looked_at)
