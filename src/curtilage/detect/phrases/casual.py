"""Addresses in small letters, as people chat: `i live at 12 elm street, bristol bs1 4st`.

The words around a street that has no capital are read once more with capitals. What is
read so is one only with a number, and with nothing behind it that goes on; a town counts
with its postcode, or where the line ends.
"""

import re
from collections.abc import Iterator

from curtilage.detect.phrases.lexicon import Hit, Hits, Words
from curtilage.detect.phrases.places import SMALL_OR_AND
from curtilage.detect.phrases.streets import FULL, SOME, Leads, Street, read_street

BEFORE, AFTER = 48, 88  # characters around the word that says what a street is

_DIGIT = re.compile("[0-9]")
_SMALL = re.compile(rf"{SMALL_OR_AND}\Z")
_WORD = re.compile(r"(?<![^\W_])[^\W\d_]+")
_ENDS = re.compile(
    r"[ ]?(?:[,;.\t\n|)\"'?!&<]|\Z|[ -][ ]|(?:at|in|apt|near|und|and|et|y|e|i|en|bei|a|à|to|from|for|is)[ ]|[0-9])"
)
_POSTCODE = re.compile(
    r"(?<![^\W_])(?:[a-z]{1,2}[0-9][0-9a-z]? ?[0-9][a-z]{2}|[0-9]{4} ?[a-z]{2})(?![^\W_])"
)
_NO_STREET = re.compile(
    r"\b(?:the|way|a|an|this|that|in|on|to|is|are|was|if|no|not|with|by|of|or|as|per|your|our|any|each|one|from|off|same|other|for|minutes?"
    r"|miles?|more|it|we|you|they|then|when|times?|la|el|una?|das|die|der|den|het|een|que|di|tiene|hay|casas)\b"
)


def find_casual(words: Words, hits: Hits) -> Iterator[tuple[int, str, Street]]:
    """Streets in small letters: the text that each is read in, and where that begins."""
    text = words.text
    for name in ("street-end", "street-front", "street-behind", "street-last"):
        for hit in hits.get(name, ()):
            first, last = max(0, hit.start - BEFORE), hit.end + AFTER
            if not text[hit.start].islower() or not _DIGIT.search(text, first, last):
                continue
            first = max(first, text.rfind("\n", first, hit.start) + 1)
            window = text[first:last]
            around = text[max(first, hit.start - 24) : hit.end + 24].partition("\n\n")[0]
            if around.islower():
                yield from _read(name, hit, first, window)


def _read(name: str, hit: Hit, first: int, window: str) -> Iterator[tuple[int, str, Street]]:
    shown = with_capitals(window)
    moved = hit._replace(start=hit.start - first, end=hit.end - first)
    street = read_street(name, shown, moved, _NO_LEADS)
    if street is None or street.score < SOME:
        return
    written = window[street.start : street.end]
    name_of = written[: moved.start - street.start] + written[moved.end - street.start :]
    goes_on = _ENDS.match(window, street.end) is None
    if goes_on or _NO_STREET.search(name_of) or not _DIGIT.search(written):
        return
    if hit.term.is_weak and name != "street-last" and street.score < FULL:
        return
    yield first, shown, street._replace(score=SOME)


_NO_LEADS: Leads = {}


def with_capitals(text: str) -> str:
    """A text whose words begin with capitals, of the same length; postcodes are all capitals."""
    shown = _WORD.sub(_capital, text)
    for match in _POSTCODE.finditer(text):
        shown = shown[: match.start()] + match[0].upper() + shown[match.end() :]
    return shown


def _capital(match: re.Match[str]) -> str:
    word = match[0]
    first = word[0].upper()
    return word if len(first) > 1 or _SMALL.match(word) else first + word[1:]
