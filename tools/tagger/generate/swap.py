"""Texts of a corpus with other names in them: real surroundings, many more names."""

from collections.abc import Iterable, Iterator
from random import Random

from tools.tagger.corpora import Labelled
from tools.tagger.generate.people import People
from tools.tagger.generate.pieces import Piece, joined
from tools.tagger.generate.places import Places


def swapped(rows: Iterable[Labelled], *, seed: int) -> Iterator[Labelled]:
    """Each text that has a person, or now and then a place, under other names."""
    source = Random(seed)
    people = {lang: People(source, lang, dev=False) for lang in ("en", "fr", "es", "de", "nl")}
    places = {lang: Places(source, lang, people[lang], dev=False) for lang in people}
    for row in rows:
        if not any(span[2] in ("PERSON", "LOCATION") for span in row.spans):
            continue
        lang = (
            row.lang
            if row.lang in people and source.random() < 0.7
            else source.choice(list(people))
        )
        yield _swap(source, row, people[lang], places[lang])


def _swap(source: Random, row: Labelled, people: People, places: Places) -> Labelled:
    pieces, end = [], 0
    for start, stop, kind in row.spans:
        if start < end:
            continue
        pieces.append(Piece(row.text[end:start]))
        pieces.append(Piece(_other(source, row.text[start:stop], kind, people, places), kind))
        end = stop
    text, spans = joined([*pieces, Piece(row.text[end:])])
    return Labelled(text, tuple(spans), row.source, row.lang)


def _other(source: Random, value: str, kind: str, people: People, places: Places) -> str:
    words = value.split(" ")
    if not value[0].isalpha() or any("." in word for word in words[:1]):
        return value
    if kind == "PERSON" and len(words) <= 3:
        name = people.full() if len(words) > 1 else source.choice((people.given, people.family))()
        return (
            name.lower()
            if value.islower()
            else name.upper()
            if value.isupper() and len(value) > 3
            else name
        )
    if kind == "LOCATION" and len(words) == 1 and source.random() < 0.5 and not value.isupper():
        city = places.city()
        return city.lower() if value.islower() else city
    return value
