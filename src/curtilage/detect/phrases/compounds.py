"""Streets whose name ends with the word for a street, as in German and Dutch.

`Hauptstraße 1`, `Berliner Allee 5`, `Straße des 17. Juni 135`, `Jan van Galenstraat 3`; and
those that begin with a preposition and need no such word, `Am Markt 5`, where they stand alone.
"""

import re
from collections.abc import Iterator

from curtilage.detect.phrases.lexicon import Hit, Hits
from curtilage.detect.phrases.parts import (
    ALONE,
    FULL,
    LETTER,
    NAME_ONLY,
    NUMBER,
    NUMBER_AFTER,
    REACH,
    SOME,
    WEAK,
    WORD,
    Leads,
    Street,
)
from curtilage.detect.phrases.places import UPPER

_OF_NAME = re.compile(
    rf"[ ](?:des|der|von|zum|zur|van|den|de)(?:[ ][0-9]{{1,2}}\.)?[ ]{WORD}(?:[ ]{WORD})?"
)
_LED = re.compile(
    r"(?:Am|An de[rn]|Auf de[rm]|Im|In de[rn]|Unter den|Zum|Zur|Hinter de[rm]|Vor dem|Bei der|Beim)[ ]"
    r"(?!Montag|Dienst|Mittw|Donners|Freitag|Sams|Sonn|Janu|Febr|März|April|Mai|Juni|Juli|Aug|Sept|Okt|Nov|Dez"
    r"|Jahr|Alter|Kapitel|Abschnitt|Schnitt)"
    rf"[{UPPER}]{LETTER}{{2,}}(?:[ -]{LETTER}{{3,}})?[ ](?![12][0-9]{{3}}){NUMBER}(?=[ ]?(?:[,;.?!\t\n|\"'(]|\Z|in[ ]))"
)
_BEFORE_LED = re.compile(
    r"(?:\A|[\n\t;,|\"'(]|[:=-][ ]|\b(?:an|in die|in der|lautet|ist|wohnt|wohne|wohnhaft|Adresse)[ ])[ ]?\Z"
)
_HYPHENATED = re.compile(
    rf"(?<![^\W_])(?:von-|zu-)?(?:[{UPPER}]{LETTER}*-(?:(?:in|an|am|ob|der|den|de|van|unter|auf|bei|vor)-){{0,2}})+\Z"
)
_ONE_NAME = re.compile(rf"(?<![^\W_])(?:[{UPPER}]{LETTER}+-)*[{UPPER}]{LETTER}+[ ]\Z")
_NAME_VAN = re.compile(
    rf"(?<![^\W_])(?:[{UPPER}]{LETTER}*\.?[ ](?:van|de|der|den|ter|ten|von)|van)(?:[ ](?:de|der|den))?[ ]\Z"
)
# Not "during", "remembering", "spring": English words that end so.
_RING = re.compile(rf"{LETTER}*[^\W\d_aeioutp]ring")
_ALWAYS_STREETS = frozenset({"straße", "strasse", "straat", "gracht"})
_STREETS = frozenset({"straße", "strasse", "straat", "gracht", "gasse", "laan", "chaussee"})


def find_led(text: str, hits: Hits) -> Iterator[Street]:
    """Streets that begin with a preposition, as the only thing in a cell or behind a colon."""
    for hit in hits.get("lead", ()):
        led = _LED.match(text, hit.start)
        if led and _BEFORE_LED.search(text, max(0, hit.start - 12), hit.start):
            yield Street(hit.start, led.end(), NAME_ONLY)


def read_compound(text: str, hit: Hit, leads: Leads) -> Street | None:
    """The street whose name ends at a hit."""
    word, end, _, _, term = hit
    start, is_named = _name_before(text, word, leads, needs_name=not term.is_suffix)
    if not is_named:
        of_name = _OF_NAME.match(text, end)
        if of_name is None:
            return None
        end = of_name.end()
    has_capital = text[start].isupper() or text.startswith(("van ", "von-", "zu-"), start)
    kind = term.words[0].lower()
    if kind == "str" and text[end : end + 1] == ".":
        end += 1
    elif kind == "str" and not has_capital:
        return None
    number = NUMBER_AFTER.match(text, end) if not text[end : end + 1].isdecimal() else None
    if number is None:
        is_sure = has_capital and not term.is_weak and kind in _ALWAYS_STREETS
        return Street(start, end, NAME_ONLY) if is_sure else None
    if not has_capital and kind not in _STREETS:
        return None
    return Street(start, number.end(), _sureness(text, start, hit, number.end()))


def _sureness(text: str, start: int, hit: Hit, end: int) -> float:
    term = hit.term
    is_hyphenated = text[hit.start - 1 : hit.start] == "-" and start < hit.start
    is_ring = term.words == ("ring",) and _RING.match(text, hit.start, hit.end)
    if is_hyphenated or is_ring or not term.is_weak:
        return FULL
    is_apart = term.words[0].islower() and not term.is_suffix
    return SOME if is_apart and ALONE.match(text, end) else WEAK


def _name_before(text: str, start: int, leads: Leads, *, needs_name: bool) -> tuple[int, bool]:
    """Where the name of a street begins that ends at a word, and whether there is one."""
    is_named = not needs_name
    window = max(0, start - REACH)
    hyphenated = _HYPHENATED.search(text, window, start)
    if hyphenated:
        start, is_named = hyphenated.start(), True
    elif needs_name and start - 1 not in leads:
        one = _ONE_NAME.search(text, window, start)
        if one:
            start, is_named = one.start(), True
    van = _NAME_VAN.search(text, window, start)
    if van:
        start = van.start()
    while start - 1 in leads:
        start, is_named = leads[start - 1], True
    return start, is_named
