"""Streets with their numbers: what an address begins with.

A street is found by the word that says what it is. Languages put it before the name
(`Calle Mayor 5`), between number and name (`12 rue de la Paix`), after both (`5 Elm
Street`), or make it the end of the name (`Hauptstraße 1`, in `compounds`).
"""

import re
from collections.abc import Callable, Iterator, Mapping

from curtilage.detect.phrases.compounds import find_led, read_compound
from curtilage.detect.phrases.lexicon import Hit, Hits, Words
from curtilage.detect.phrases.parts import (
    ALONE,
    APART,
    FULL,
    LEAST,
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
from curtilage.detect.phrases.places import SMALL_OR_AND, UNIT

_NAME = re.compile(
    rf"\.?[ ]{{0,2}}(?:{SMALL_OR_AND}[ ]){{0,3}}{WORD}(?:[ ]{{1,2}}(?:{SMALL_OR_AND}[ ]){{0,3}}{WORD}|[ ]?-[ ]?{WORD}){{0,5}}"
)
_NAME_SMALL = re.compile(
    rf"\.?[ ](?:de[ ]la[ ]|de[ ]l['’]|du[ ]|des[ ]|de[ ]|d['’]){LETTER}+(?:['’-]{LETTER}+)*"
    rf"(?:[ ]{WORD}){{0,2}}"
)
_SLASHED = re.compile(
    rf"/[ ]?(?:{SMALL_OR_AND}[ ]){{0,3}}{WORD}(?:[ ](?:{SMALL_OR_AND}[ ]){{0,3}}{WORD}){{0,5}}"
)
_NO_STREET = re.compile(rf"\.?[ ]{UNIT}")
_FRENCH = re.compile(r"\.?[ ](?:de|du|des|la|le|d['’]|[Ss]aint|Victor|Jean|[Gg]énéral)")
_MILITARY = re.compile(
    r"(?<![^\W_])(?:PSC [0-9]{1,5},? Box [0-9]{1,5}|Unit [0-9]{1,5},? Box [0-9]{1,5}|US(?:NS|NV|S|CGC) [A-Z][a-z]+)"
    r"(?:, |\r?\n| )(?:[AFD]PO,? A[AEP] [0-9]{5}(?:-[0-9]{4})?)(?![^\W_])"
)
_BOX = re.compile(r"\.?:?[ ]?(?:n[º°o]?\.?[ ]?)?[0-9](?:[ ]?[0-9]){0,6}(?![^\W_])")

# Before the word that says what a street is.
_NUMBER_BEFORE = re.compile(rf"{APART}{NUMBER},?[ ]\Z")
_NUMBERED = re.compile(
    rf"{APART}{NUMBER}(?:,[ ](?![0-9])|[ ]{{1,2}})(?:(?:{WORD}|[0-9]{{1,3}}(?:st|nd|rd|th))[ ]{{1,2}}){{1,5}}\Z"
)
_PROPER = re.compile(rf"(?<![^\W_])(?:{WORD}[ ]){{1,3}}\Z")
_SMALL_NUMBERED = re.compile(rf"{APART}[0-9]{{1,5}}[a-z]?[ ](?:[a-z]{{3,}}[ ]){{1,2}}\Z")
_NO_NAME = re.compile(
    r"\b(?:the|this|that|down|per|way|and|your|our|any|each|one|from|off|long|same|other|new|old|for|minutes?|miles?|more)\b"
)
_NO_NAMES = frozenset({"the ", "a ", "this ", "that ", "our ", "your "})
_QUARTER = re.compile(r"[ ](?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\b\.?(?![ ][a-z])")
BEFORE_VIA = re.compile(
    r"(?:\b(?:in|di|da|a|alla|della|dalla|nella|presso|residente|abito|abita|indirizzo|sede|è|é|para|na|no|en|op|przy|na|au)|[:,;(>|-])[ ]?\Z",
    re.IGNORECASE,
)
_INSIDE = frozenset("_@./#")  # before a part of a path, an address or a name in code


def find_streets(words: Words, hits: Hits) -> Iterator[Street]:
    """Where streets stand, and boxes at a post office."""
    text = words.text
    none = {hit.first for hit in hits.get("not-street", ())}
    leads = {hit.end: hit.start for hit in hits.get("lead", ())}
    for name, read in _READERS.items():
        for hit in hits.get(name, ()):
            if text[hit.start - 1 : hit.start] not in _INSIDE and hit.first not in none:
                street = read(text, hit, leads)
                if street is not None:
                    yield street
    yield from find_led(text, hits)
    if any(name in text for name in ("APO", "DPO", "FPO")):
        yield from (Street(*match.span(), FULL) for match in _MILITARY.finditer(text))
    for hit in hits.get("box", ()):
        box = _BOX.match(text, hit.end)
        if box:
            yield Street(hit.start, box.end(), WEAK if hit.term.is_weak else FULL)


def _front(text: str, hit: Hit, leads: Leads) -> Street | None:
    """`Calle Mayor 5`, `Via Roma, 1`, `ul. Marszałkowska 10/12`."""
    start, end, _, _, term = hit
    name = _name_after(text, end)
    is_short = (
        end - start <= 2 and text[end : end + 1] not in {".", "/"} and text[start:end] != "Av"
    )
    if name is None or is_short or (end - start == 1 and text[end + 1 : end + 2].isdecimal()):
        return None
    number = NUMBER_AFTER.match(text, name.end())
    is_sure = text[start].isupper() or text[end] == "." or not term.is_weak
    if number is None:
        return Street(start, name.end(), NAME_ONLY if is_sure and not term.is_weak else LEAST)
    is_line = start == 0 or text[start - 1] in '\n\t;"'
    if (
        is_sure
        or BEFORE_VIA.search(text, max(0, start - 16), start)
        or (is_line and ALONE.match(text, number.end()))
    ):
        return Street(start, number.end(), SOME if term.is_weak else FULL)
    return Street(start, number.end(), WEAK)


def _name_after(text: str, place: int) -> re.Match[str] | None:
    """The name of a street behind the word that says what it is."""
    name = _NAME.match(text, place) if text[place : place + 1] in {" ", "."} else None
    name = name or _SLASHED.match(text, place)
    return None if name is None or _NO_STREET.match(text, place) else name


def _behind(text: str, hit: Hit, leads: Leads) -> Street | None:
    """`12 bis, rue de la Paix`; in Belgium and Switzerland `Rue de la Loi 16`."""
    start, end, _, _, term = hit
    name = _name_after(text, end) or _NAME_SMALL.match(text, end)
    is_short = end - start <= 2 and text[end : end + 1] != "." and term.is_weak
    if name is None or is_short:
        return None
    sure = SOME if term.is_weak else FULL
    before = _NUMBER_BEFORE.search(text, max(0, start - REACH), start)
    if before is not None:
        return Street(before.start(), name.end(), sure)
    after = NUMBER_AFTER.match(text, name.end())
    if after is not None:
        return Street(start, after.end(), WEAK if term.is_weak else FULL)
    is_certain = not term.is_weak and (_FRENCH.match(text, end) or term.words == ("rue",))
    return Street(start, name.end(), NAME_ONLY if is_certain else LEAST)


def _last(text: str, hit: Hit, leads: Leads) -> Street | None:
    """`221B Baker Street`, `4797 Steven Hollow`, `350 Fifth Ave.`, `12 elm street`."""
    start, end, _, _, term = hit
    window = max(0, start - REACH)
    if text[end : end + 1] == "." and end - start <= 4:
        end += 1
    tail = _QUARTER.match(text, end)
    end = tail.end() if tail else end
    numbered = _NUMBERED.search(text, window, start)
    is_capital = text[start].isupper()
    if numbered is not None:
        sure = (SOME if term.label == "usual" else WEAK) if term.is_weak else FULL
        return Street(numbered.start(), end, sure if is_capital else sure / 2)
    if term.is_weak:
        return None
    if is_capital:
        proper = _PROPER.search(text, window, start)
        is_named = proper is not None and proper[0].lower() not in _NO_NAMES
        return Street(proper.start(), end, NAME_ONLY) if proper and is_named else None
    small = _SMALL_NUMBERED.search(text, window, start)
    if small is not None and not _NO_NAME.search(small[0]):
        return Street(small.start(), end, SOME)
    return None


def _whole(text: str, hit: Hit, leads: Leads) -> Street | None:
    """`Gran Vía 12`, `Unter den Linden 77`, `1500 Broadway`: names that need no other word."""
    before = _NUMBER_BEFORE.search(text, max(0, hit.start - REACH), hit.start)
    after = NUMBER_AFTER.match(text, hit.end)
    if before is not None and after is None:
        return Street(before.start(), hit.end, SOME)
    return Street(hit.start, after.end(), SOME) if after is not None else None


_READERS: Mapping[str, Callable[[str, Hit, Leads], Street | None]] = {
    "street-end": read_compound,
    "street-front": _front,
    "street-behind": _behind,
    "street-last": _last,
    "street-whole": _whole,
}


def read_street(name: str, text: str, hit: Hit, leads: Leads) -> Street | None:
    """The street at a hit of the list of a name."""
    return _READERS[name](text, hit, leads)
