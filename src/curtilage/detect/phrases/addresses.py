"""Addresses: a street with all that belongs to it, and what a postcode makes certain."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from curtilage.detect.phrases.casual import find_casual
from curtilage.detect.phrases.lexicon import Hits, Words
from curtilage.detect.phrases.parts import WEAK, Street
from curtilage.detect.phrases.places import FOLLOWING, UNIT, UNIT_WORD, UPPER, postcodes
from curtilage.detect.phrases.streets import find_streets

MOST_PARTS = 7  # flat, floor, district, town, state, postcode, country
MOST_OF = {"unit": 3, "town": 3}
LEAST_SCORE = 0.45  # less is no address without a town or a postcode
TOWN_SCORE = 0.7
AROUND = 5  # words on both sides of a number in which its town stands
REACH = 110  # characters before a postcode in which its street stands

_UNIT_BEFORE = re.compile(
    rf"(?<![^\W_])(?:{UNIT}(?:,[ ]?|[ ]?\r?\n[ ]{{0,12}}|[ ]|/)|{UNIT_WORD}\.?[ ])\Z"
)
_CAP = rf"[{UPPER}][^\W_]*(?:['’.-][^\W_]+)*\.?"
_NUMBER = r"[0-9]{1,5}[A-Za-z]?(?:[-/][0-9]{1,4}[A-Za-z]?)?"
_SMALL_WORDS = r"(?:de la|de|du|des|del|der|den|dem|van der|van|of|the|la|le)"
_LINE = (
    rf"(?:{_SMALL_WORDS}[ ])?{_CAP}(?:[ ](?:{_SMALL_WORDS}[ ])?{_CAP}){{0,4}}(?:[ ][a-z]{{3,12}})?"
)
_SEPARATOR = r"(?:[ ]?,[ ]?(?:\r?\n[ ]{0,12})?|[ ]?\r?\n[ ]{0,12}|[ ])"
_BEFORE_POSTCODE = re.compile(
    rf"(?<![^\W_])(?<![-./:,@#$_=])(?:{UNIT}{_SEPARATOR}(?:{_NUMBER},?[ ])?{_LINE}|{_NUMBER}(?:,?[ ]|,?\n){_LINE}"
    rf"|{_LINE},?[ ]{_NUMBER})(?:{_SEPARATOR}{UNIT})?(?:{_SEPARATOR}{_LINE})?[ ]?(?:,[ ]?|,?\r?\n[ ]{{0,12}}|[ ])\Z"
)


class Address(NamedTuple):
    """An address and how sure it is; a town with no more than its postcode is a place."""

    start: int
    end: int
    score: float
    type: str = "STREET_ADDRESS"


def find_addresses(words: Words, hits: Hits) -> Iterator[Address]:
    """The addresses of a text, in order; none begins inside another."""
    text = words.text
    found = [_whole(text, street, 0) for street in _apart(find_streets(words, hits))]
    found += [_moved(*casual) for casual in find_casual(words, hits)]
    end = 0
    for address in sorted(found, key=lambda each: (each.start, -each.end)):
        if address.score >= LEAST_SCORE and address.start >= end:
            end = address.end
            yield address


def _moved(first: int, shown: str, street: Street) -> Address:
    """An address that was read in a piece of the text, which begins at `first`."""
    start, end, score, _ = _whole(shown, street, 0, needs_code=True)
    return Address(start + first, end + first, score)


def find_by_postcode(words: Words, taken: Sequence[Address]) -> Iterator[Address]:
    """Addresses whose street no word tells, and towns, by their postcode."""
    text, end = words.text, 0
    for place, first, last in _maybe_postcodes(words, taken):
        anchor = postcodes().search(text, max(first, end), last) if place >= end else None
        if anchor is None or not anchor.start() <= place < anchor.end():
            continue
        before = _BEFORE_POSTCODE.search(text, max(end, anchor.start() - REACH), anchor.start())
        if before is not None:
            street = Street(before.start(), _without_gap(text, anchor.start()), 0.5)
            found = _whole(text, street, end)
        elif anchor["certain"] and not anchor[0].isupper():
            found = Address(anchor.start(), anchor.end(), TOWN_SCORE, "LOCATION")
        else:
            continue
        end = found.end
        yield found


def _maybe_postcodes(words: Words, taken: Sequence[Address]) -> Iterator[tuple[int, int, int]]:
    """Where numbers stand outside addresses that may be a postcode, and what is around them."""
    every, starts, ends = words.words, words.starts, words.ends
    places = iter([*taken, Address(len(words.text), len(words.text) + 1, 0.0)])
    address = next(places)
    for number, word in enumerate(every):
        if not word.isdecimal() or (len(word) == 1 and not words.is_glued(number)):
            continue
        place = starts[number]
        while address.end <= place:
            address = next(places)
        near = (every[number - 1], every[min(number + 1, len(every) - 1)])
        if address.start > place and any(other[0].isupper() for other in near):
            last = min(len(every) - 1, number + AROUND)
            yield place, starts[max(0, number - AROUND)], ends[last]


def _without_gap(text: str, place: int) -> int:
    """Where what stands before a place ends."""
    while place and text[place - 1] in " ,\r\n":
        place -= 1
    return place


def _apart(streets: Iterator[Street]) -> Iterator[Street]:
    """Of streets that overlap, the surest and then the longest."""
    best: Street | None = None
    for street in sorted(streets):
        if best is not None and street.start < best.end:
            best = max(best, street, key=lambda each: (each.score, each.end - each.start))
        else:
            if best is not None:
                yield best
            best = street
    if best is not None:
        yield best


def _whole(text: str, street: Street, least: int, *, needs_code: bool = False) -> Address:
    """A street with what stands before and after it; a town perhaps only with its postcode."""
    start, end, score = street
    unit = _UNIT_BEFORE.search(text, max(least, start - 24), start)
    if unit is not None:
        start = unit.start()
    seen: list[str] = []
    certain = end
    """Up to where it is: a second town counts only with a postcode or country behind it."""
    for _ in range(MOST_PARTS):
        name, end = _next_part(text, end, seen)
        if not name:
            break
        is_alone = needs_code and text[end : end + 1] not in _LINE_ENDS
        if name != "town" or ("town" not in seen and not is_alone):
            certain = end
        seen.append(name)
        if name == "country":
            break
    return Address(start, certain, _score(score, frozenset(seen)))


_LINE_ENDS = frozenset('\t;|"')


def _next_part(text: str, end: int, seen: Sequence[str]) -> tuple[str, int]:
    """The name of what follows and where it ends; nothing follows: no name."""
    for name, pattern in FOLLOWING.items():
        if seen.count(name) < MOST_OF.get(name, 1):
            part = pattern.match(text, end)
            if part is not None:
                return name, part.end()
    return "", end


def _score(score: float, seen: frozenset[str]) -> float:
    if seen & {"post_town", "town_state_post", "town_post", "town_letters", "post"}:
        return 0.95 if score >= 0.5 else 0.85
    if seen & {"country", "unit", "line"} or (seen and score > WEAK):
        return min(0.9, score + 0.1) if score >= WEAK else score
    return score
