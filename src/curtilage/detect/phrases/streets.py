"""Streets with their numbers: what an address begins with.

A street is found by the word that says what it is. Languages put it before the name
(`Calle Mayor 5`), between number and name (`12 rue de la Paix`), after both (`5 Elm
Street`), or make it the end of the name (`Hauptstraße 1`).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from curtilage.detect.phrases.lexicon import Hit, Hits, Words
from curtilage.detect.phrases.places import SMALL_OR_AND, UNIT, UPPER

FULL, SOME, NAME_ONLY, WEAK, LEAST = 0.8, 0.6, 0.5, 0.4, 0.2
REACH = 70  # characters before the word that says what a street is

_LETTER = r"[^\W\d_]"
_END = r"(?![^\W_])(?![.:][0-9])"
_APART = r"(?<![^\W_])(?<![0-9][-./:,])(?<![$#@=.])"
_NUMBER = (
    r"[0-9]{1,5}(?:[a-zA-Z](?![^\W_])|[ ][A-DF-H](?![^\W_]))?(?:[ ]?[-/][ ]?(?:[0-9]{1,4}[a-zA-Z]?|[A-Z])(?![^\W_]))?"
    r"(?:[ ](?:bis|ter|quater)\b)?"
)
_NO = r"(?:n[º°]\.?|[Nn]o\.|[Nn]r\.?|[Nn]úm\.?|[Nn]úmero|numero|civico|n\.|km)"
_NUMBER_AFTER = re.compile(
    rf"(?:(?!,[ ]?[0-9]{{4}}[ ][{UPPER}]),?[ ]?(?:{_NO}[ ]?)?(?![0-9]{{5}})(?:{_NUMBER}(?![ºª°])|[#][ ]?[0-9]{{1,3}}[A-Z]?[ ]?-[ ]?[0-9]{{1,3}})"
    rf"{_END}(?![ ]?[%€$])(?![ ]-[0-9])|,[ ]?(?:s/n|S/N|snc|SNC)\b)"
)
_WORD = (
    rf"(?:[{UPPER}]{_LETTER}*(?:['’.-]{_LETTER}+)*\.?|[dlDL]['’]{_LETTER}+(?:-{_LETTER}+)*"
    rf"|[0-9]{{1,3}}(?:[ºª°.]|-go|-ego)?(?=[ ](?:de[ ])?[{UPPER}a-z]{_LETTER}{{2}}))"
)
_NAME = re.compile(
    rf"\.?[ ]?(?:{SMALL_OR_AND}[ ]){{0,3}}{_WORD}(?:[ ](?:{SMALL_OR_AND}[ ]){{0,3}}{_WORD}|[ ]?-[ ]?{_WORD}){{0,5}}"
)
_NAME_SMALL = re.compile(
    rf"\.?[ ](?:de[ ]la[ ]|de[ ]l['’]|du[ ]|des[ ]|de[ ]|d['’]){_LETTER}+(?:['’-]{_LETTER}+)*"
    rf"(?:[ ]{_WORD}){{0,2}}"
)
_OF_NAME = re.compile(
    rf"[ ](?:des|der|von|zum|zur|van|den|de)(?:[ ][0-9]{{1,2}}\.)?[ ]{_WORD}(?:[ ]{_WORD})?"
)
_MILITARY = re.compile(
    r"(?<![^\W_])(?:PSC [0-9]{1,5},? Box [0-9]{1,5}|Unit [0-9]{1,5},? Box [0-9]{1,5}|US(?:NS|NV|S|CGC) [A-Z][a-z]+)"
    r"(?:, |\r?\n| )(?:[AFD]PO,? A[AEP] [0-9]{5}(?:-[0-9]{4})?)(?![^\W_])"
)
_BOX = re.compile(r"\.?:?[ ]?(?:n[º°o]?\.?[ ]?)?[0-9](?:[ ]?[0-9]){0,6}(?![^\W_])")

# Before the word that says what a street is.
_NUMBER_BEFORE = re.compile(rf"{_APART}{_NUMBER},?[ ]\Z")
_NUMBERED = re.compile(
    rf"{_APART}{_NUMBER}(?:,[ ](?![0-9])|[ ])(?:(?:{_WORD}|[0-9]{{1,3}}(?:st|nd|rd|th))[ ]){{1,5}}\Z"
)
_PROPER = re.compile(rf"(?<![^\W_])(?:{_WORD}[ ]){{1,3}}\Z")
_SMALL_NUMBERED = re.compile(rf"{_APART}[0-9]{{1,5}}[a-z]?[ ](?:[a-z]{{3,}}[ ]){{1,2}}\Z")
_NO_NAME = re.compile(
    r"\b(?:the|this|that|down|per|way|and|your|our|any|each|one|from|off|long|same|other|new|old|for|minutes?|miles?|more)\b"
)
_HYPHENATED = re.compile(rf"(?<![^\W_])(?:[{UPPER}]{_LETTER}*-)+\Z")
_ONE_NAME = re.compile(rf"(?<![^\W_])(?:[{UPPER}]{_LETTER}+-)*[{UPPER}]{_LETTER}+[ ]\Z")
_NAME_VAN = re.compile(
    rf"(?<![^\W_])[{UPPER}]{_LETTER}*\.?[ ](?:van|de|der|den|ter|ten|von)(?:[ ](?:de|der|den))?[ ]\Z"
)
_BEFORE_VIA = re.compile(
    r"(?:\b(?:in|di|da|a|alla|della|dalla|nella|presso|residente|abito|abita|indirizzo|sede)|[:,;(>])[ ]?\Z",
    re.IGNORECASE,
)


class Street(NamedTuple):
    """A street: where it is, and how sure it is by itself."""

    start: int
    end: int
    score: float


Leads = Mapping[int, int]
"""Words such as `Am` and `Alte` that belong to a street's name: where they start, by their end."""


def find_streets(words: Words, hits: Hits) -> Iterator[Street]:
    """Where streets stand, and boxes at a post office."""
    text = words.text
    none = {hit.first for hit in hits.get("not-street", ())}
    leads = {hit.end: hit.start for hit in hits.get("lead", ())}
    for name, read in _READERS.items():
        for hit in hits.get(name, ()):
            if text[hit.start - 1 : hit.start] not in {"_", "@", "."} and hit.first not in none:
                street = read(text, hit, leads)
                if street is not None:
                    yield street
    for military in _MILITARY.finditer(text):
        yield Street(*military.span(), FULL)
    for hit in hits.get("box", ()):
        box = _BOX.match(text, hit.end)
        if box:
            yield Street(hit.start, box.end(), WEAK if hit.term.is_weak else FULL)


def _end(text: str, hit: Hit, leads: Leads) -> Street | None:
    """`Hauptstraße 1`, `Berliner Allee 5`, `Straße des 17. Juni 135`, `Jan van Galenstraat 3`."""
    start, end, _, _, term = hit
    start, is_named = _name_before(text, start, leads, needs_name=not term.is_suffix)
    if not is_named:
        of_name = _OF_NAME.match(text, end)
        if of_name is None:
            return None
        end = of_name.end()
    has_capital = text[start].isupper()
    if text[end : end + 1] == "." and term.words[0].lower() == "str":
        end += 1
    number = _NUMBER_AFTER.match(text, end)
    if number is not None and (has_capital or not term.is_weak):
        return Street(start, number.end(), WEAK if term.is_weak else FULL)
    if has_capital and not term.is_weak and term.words[0].lower() in _STREETS:
        return Street(start, end, NAME_ONLY)
    return None


_STREETS = frozenset({"straße", "strasse", "straat", "gracht", "gasse", "laan", "chaussee"})


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


def _front(text: str, hit: Hit, leads: Leads) -> Street | None:
    """`Calle Mayor 5`, `Via Roma, 1`, `ul. Marszałkowska 10/12`."""
    start, end, _, _, term = hit
    name = _name_after(text, end)
    is_short = (
        end - start <= 2 and text[end : end + 1] not in {".", "/"} and text[start:end] != "Av"
    )
    if name is None or is_short:
        return None
    number = _NUMBER_AFTER.match(text, name.end())
    is_sure = text[start].isupper() or text[end] == "." or not term.is_weak
    if number is None:
        return Street(start, name.end(), NAME_ONLY if is_sure and not term.is_weak else LEAST)
    if is_sure or _BEFORE_VIA.search(text, max(0, start - 16), start):
        return Street(start, number.end(), SOME if term.is_weak else FULL)
    return Street(start, number.end(), WEAK)


def _name_after(text: str, place: int) -> re.Match[str] | None:
    """The name of a street behind the word that says what it is."""
    name = _NAME.match(text, place) if text[place : place + 1] in {" ", "."} else None
    name = name or _SLASHED.match(text, place)
    return None if name is None or _NO_STREET.match(text, place) else name


_SLASHED = re.compile(
    rf"/[ ]?(?:{SMALL_OR_AND}[ ]){{0,3}}{_WORD}(?:[ ](?:{SMALL_OR_AND}[ ]){{0,3}}{_WORD}){{0,5}}"
)
_NO_STREET = re.compile(rf"\.?[ ]{UNIT}")


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
    after = _NUMBER_AFTER.match(text, name.end())
    if after is not None:
        return Street(start, after.end(), WEAK if term.is_weak else FULL)
    is_certain = not term.is_weak and _FRENCH.match(text, end)
    return Street(start, name.end(), NAME_ONLY if is_certain else LEAST)


_FRENCH = re.compile(r"\.?[ ](?:de|du|des|la|le|d['’]|[Ss]aint|Victor|Jean|[Gg]énéral)")


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
        sure = (SOME if term.words[0] in _USUAL else WEAK) if term.is_weak else FULL
        return Street(numbered.start(), end, sure if is_capital else sure / 2)
    if term.is_weak:
        return None
    if is_capital:
        proper = _PROPER.search(text, window, start)
        return Street(proper.start(), end, NAME_ONLY) if proper else None
    small = _SMALL_NUMBERED.search(text, window, start)
    if small is not None and not _NO_NAME.search(small[0]):
        return Street(small.start(), end, SOME)
    return None


def _whole(text: str, hit: Hit, leads: Leads) -> Street | None:
    """`Gran Vía 12`, `Unter den Linden 77`, `1500 Broadway`: names that need no other word."""
    before = _NUMBER_BEFORE.search(text, max(0, hit.start - REACH), hit.start)
    after = _NUMBER_AFTER.match(text, hit.end)
    if before is not None and after is None:
        return Street(before.start(), hit.end, SOME)
    return Street(hit.start, after.end(), SOME) if after is not None else None


_USUAL = frozenset(
    {
        "st",
        "dr",
        "ct",
        "ln",
        "pl",
        "place",
        "court",
        "drive",
        "close",
        "row",
        "walk",
        "trail",
        "highway",
    }
    | {"circle", "cir", "gardens", "way", "hill", "sq", "ter", "rise", "view", "heights"}
)
_QUARTER = re.compile(r"[ ](?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\b\.?(?![ ][a-z])")
_READERS: Mapping[str, Callable[[str, Hit, Leads], Street | None]] = {
    "street-end": _end,
    "street-front": _front,
    "street-behind": _behind,
    "street-last": _last,
    "street-whole": _whole,
}
