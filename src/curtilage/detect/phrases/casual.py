"""Addresses in small letters, as people chat: `i live at 12 elm street, bristol bs1 4st`.

The words around a street that has no capital are read once more with capitals. What is
read so is one only with a number, and with nothing behind it that goes on; a town counts
with its postcode, or where the line ends.
"""

import re
from collections.abc import Iterator

from curtilage.detect.phrases.lexicon import Hit, Hits, Words
from curtilage.detect.phrases.parts import SOME, Leads, Street
from curtilage.detect.phrases.places import SMALL_OR_AND
from curtilage.detect.phrases.streets import BEFORE_VIA, read_street

BEFORE, AFTER = 48, 88  # characters around the word that says what a street is

_INSIDE = frozenset("._@/#")  # before a part of a path, an address or a name in code
_DIGIT = re.compile("[0-9]")
_SMALL = re.compile(rf"{SMALL_OR_AND}\Z")
_WORD = re.compile(r"(?<![^\W_])[^\W\d_]+")
_ENDS = re.compile(
    r"[ ]?(?:[,;.\t\n|)\"'?!&<]|\Z|[ -][ ]|(?:at|in|apt|near|und|and|et|y|e|i|en|bei|a|à|to|from|for|is|by|near|with|il|op|am|um|alle|às|le|el|at)[ ]|[0-9])"
)
_POSTCODE = re.compile(
    r"(?<![^\W_])(?:[a-z]{1,2}[0-9][0-9a-z]? ?[0-9][a-z]{2}|[0-9]{4} ?[a-z]{2})(?![^\W_])"
)
_NO_STREET = re.compile(
    r"\b(?:the|way|a|an|this|that|in|on|to|is|are|was|if|no|not|cannot|with|by|of|or|as|per|at|row|your|our|any|each|one|from|off|same|other|for|minutes?"
    r"|miles?|more|it|we|you|they|then|when|times?|una?|die|het|een|que|tiene|hay|casas)\b"
)


def find_casual(words: Words, hits: Hits) -> Iterator[tuple[int, str, Street]]:
    """Streets in small letters: the text that each is read in, and where that begins."""
    text = words.text
    for name in ("street-end", "street-front", "street-behind", "street-last"):
        for hit in hits.get(name, ()):
            first, last = max(0, hit.start - BEFORE), hit.end + AFTER
            if not _may_be_one(name, text, hit):
                continue
            if not _DIGIT.search(text, first, last):
                continue
            first = max(first, text.rfind("\n", first, hit.start) + 1)
            window = text[first:last]
            around = text[max(first, hit.start - 24) : hit.end + 24].partition("\n\n")[0]
            if around.islower():
                yield from _read(name, hit, first, window)


def _may_be_one(name: str, text: str, hit: Hit) -> bool:
    is_word = hit.end - hit.start > 1 and text[hit.start - 1 : hit.start] not in _INSIDE
    is_usual = name != "street-last" or not hit.term.is_weak or hit.term.label == "usual"
    return text[hit.start].islower() and is_word and is_usual


def _read(name: str, hit: Hit, first: int, window: str) -> Iterator[tuple[int, str, Street]]:
    moved = hit._replace(start=hit.start - first, end=hit.end - first)
    shown = with_capitals(window)
    shown = shown[: moved.start] + shown[moved.start].upper() + shown[moved.start + 1 :]
    street = read_street(name, shown, moved, _NO_LEADS)
    if street is None or street.score < SOME:
        return
    written = window[street.start : street.end]
    name_of = written[: moved.start - street.start] + written[moved.end - street.start :]
    goes_on = _ENDS.match(window, street.end) is None
    if goes_on or _NO_STREET.search(name_of) or not _DIGIT.search(written):
        return
    is_short = window[moved.end : moved.end + 1] == "."
    is_led = BEFORE_VIA.search(window, max(0, moved.start - 16), moved.start) is not None
    if hit.term.is_weak and name != "street-last" and not (is_short or is_led):
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
