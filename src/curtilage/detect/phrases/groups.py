"""Nations, beliefs, opinions and origins: what people are called by their group.

A nation's name is also that of its language, its bread and its dogs. In English, where
capitals say nothing more, it counts beside a word for people, or in a statement about a
person; in the other languages, unless it stands beside a word for a thing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from curtilage.detect.phrases.lexicon import Hit, Hits, Words
from curtilage.detect.phrases.persons import Evidence, Persons, is_glued

NATION = "user.demographic"
SURE, LIKELY, LOOSE = 0.85, 0.65, 0.5

_LANGUAGE_BEFORE = re.compile(
    r"\b(?:speaks?|spoke|spoken|speaking|read|reads|learn(?:s|ing)?|stud(?:y|ies|ied)|teach(?:es)?|translat(?:e|ed|es|ion)|written|fluent|native|in|into|to|from|auf|aus dem"
    r"|ins|en|au|du|le|al|del|el|do|em|no|na|po|z|in het|naar het|spricht|sprechen|parle|parler|habla|hablar|parla|parlare|fala|falar|spreekt|mówi|mówić)[ ](?:the |fluent |basic )?\Z"
    r"|\b(?:languages?|sprachen?|langues?|idiomas?|lingu[ae]|línguas?|taal|talen|języki?)\b[\"']?[ ]?[:=|-][ ]?[\"']?\Z",
    re.IGNORECASE,
)
_LANGUAGE_AFTER = re.compile(
    r"[ ]?(?:[,.;:)/!?\"']|\Z|\r?\n|(?:and|or|und|oder|et|ou|y|o|e|en|of|i|lub)[ ])"
)
_TONGUE_AFTER = re.compile(r"[- ](?:language|speaking|language-|sprachig|speaker)")
_NATION_BEFORE = re.compile(
    r"\b(?:is|was|am|are|i'm|he's|she's|as|ist|bin|est|suis|es|soy|è|sono|é|sou|jest|jestem|ben) (?:an? |ein(?:e)? |un(?:e|a)? |um(?:a)? |een )?(?:half[- ])?\Z"
    r"|\b(?:nationality|citizenship|nationalité|nacionalidad|nazionalità|nacionalidade|nationaliteit|narodowość|Nationalität|Staatsangehörigkeit)(?: is| ist| est| es|:)? ?\Z"
    r"|\b(?:an?|the|two|three|young|old|other|ein(?:e)?) (?:young |elderly |retired |former )?\Z",
    re.IGNORECASE,
)


_DOCUMENT = re.compile(
    r" national (?:anthem|team|football|museum|park|library|radio|holiday|day|flag)|[^.\n]{0,48}\b(?:numbers?|nr|ID|id|card|codes?|identity)\b"
)
_BEGINS = re.compile(r"(?:\A|[.!?:][ \n]|\n[-* ]*|[\"'(¿¡])\Z")


_LISTED = re.compile(
    r"(?:, ?| ?/ ?| ?\+ ?|,? (?:and|or|und|oder|et|ou|y|o|e|en|of|i|lub|oraz)(?: (?:the|die|der|das|la|le|el|a|de|het|quella|in|into))? )"
    r"|(?: (?:version|versione|versión|versão|wersja|Fassung|versie|traduction) (?:and|e|y|i|und|et|en)(?: (?:the|die|la|a|de|quella))? )"
)


class Group(NamedTuple):
    """A word for a group, with the type and category that it has where it stands."""

    start: int
    end: int
    type: str
    category: str
    score: float


def find_groups(words: Words, hits: Hits, persons: Persons) -> Iterator[Group]:
    """Where a text calls people by a group."""
    bearers = _numbers(hit for hit in hits.get("bearer", ()) if _is_word(words.text, hit))
    things = _numbers(hits.get("thing", ()))
    nations = hits.get("nation", ())
    for hit, is_thing in zip(nations, _are_things(words, nations, things), strict=True):
        score = 0.0 if is_thing else _nation_score(words, hit, bearers, persons)
        if score:
            yield Group(hit.start, hit.end, "NRP", NATION, score)
    topics = things | _numbers(hits.get("topic", ()))
    for hit in hits.get("group", ()):
        group = _group(words, hit, bearers, topics, persons)
        if group is not None:
            yield group


def _numbers(hits: Iterable[Hit]) -> set[int]:
    """The first and the last words of terms."""
    return {number for hit in hits for number in (hit.first, hit.last)}


def _is_word(text: str, hit: Hit) -> bool:
    return hit.term.language != "en" or text[hit.start].islower()


def _are_things(words: Words, nations: Sequence[Hit], things: set[int]) -> list[bool]:
    """Which names of nations are of a thing or a language, or listed beside one that is."""
    text = words.text
    marks = [_is_thing(words, hit, things) or _is_language(text, hit) for hit in nations]
    for order in (range(1, len(marks)), range(len(marks) - 1, 0, -1)):
        for place in order:
            before, after = nations[place - 1], nations[place]
            if marks[place - 1] != marks[place] and _LISTED.fullmatch(
                text, before.end, after.start
            ):
                marks[place - 1] = marks[place] = True
    return marks


def _nation_score(words: Words, hit: Hit, bearers: set[int], persons: Persons) -> float:
    text, term = words.text, hit.term
    if term.language == "en" and _DOCUMENT.match(text, hit.end):
        return 0.0
    if _beside(words, hit, bearers):
        return SURE
    evidence = persons.evidence(hit.start, hit.end)
    if evidence and _NATION_BEFORE.search(text[max(0, hit.start - 32) : hit.start]):
        return SURE
    is_plural = text[hit.end - 1] == "s" and not text[hit.start : hit.end].endswith("ss")
    needs_person = term.language == "en" and not is_plural
    if (needs_person and evidence is not Evidence.SAID) or (term.is_weak and not evidence):
        return 0.0
    return LIKELY if evidence else LOOSE


def _group(
    words: Words, hit: Hit, bearers: set[int], things: set[int], persons: Persons
) -> Group | None:
    """A belief, an opinion or an origin: a special category where it is said of a person."""
    term = hit.term
    if _is_thing(words, hit, things):
        return None
    evidence = persons.evidence(hit.start, hit.end)
    if evidence is Evidence.SAID:
        kind = "NRP" if term.label.startswith("user.government_id") else "SPECIAL_CATEGORY"
        return Group(hit.start, hit.end, kind, term.label, LIKELY if term.is_weak else SURE)
    if _beside(words, hit, bearers):
        return Group(hit.start, hit.end, "NRP", term.label, LIKELY)
    if term.is_weak or (evidence is Evidence.NONE and term.language == "en"):
        return None
    return Group(hit.start, hit.end, "NRP", term.label, LIKELY if evidence else LOOSE)


def _is_language(text: str, hit: Hit) -> bool:
    if hit.term.label != "tongue":
        return False
    if _TONGUE_AFTER.match(text, hit.end):
        return True
    before = text[max(0, hit.start - 32) : hit.start]
    return bool(_LANGUAGE_BEFORE.search(before) and _LANGUAGE_AFTER.match(text, hit.end))


def _is_thing(words: Words, hit: Hit, things: set[int]) -> bool:
    """Whether the next word, or the one before, is of what is called so without being anyone."""
    text = words.text
    if is_glued(text, hit.start, hit.end):
        return True
    is_romance = hit.term.list == "nation" and hit.term.language in {"es", "it", "pt"}
    if (
        is_romance
        and text[hit.start].isupper()
        and not _BEGINS.search(text[max(0, hit.start - 4) : hit.start])
    ):
        return True
    return _beside(words, hit, things)


def _beside(words: Words, hit: Hit, numbers: set[int]) -> bool:
    if hit.last + 1 in numbers and words.gap(hit.last) in {" ", "-", "\n"}:
        return True
    return hit.first - 1 in numbers and words.gap(hit.first - 1) in {" ", "-", "\n"}
