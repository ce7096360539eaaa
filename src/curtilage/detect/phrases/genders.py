"""Genders: words for one, where a text says that it is someone's."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from curtilage.detect.phrases.lexicon import Hits, Words

REACH = 32  # characters before a word for a gender

_STATED = re.compile(
    r"\b(?:gender|sex|geschlecht|sexe|sexo|género|genere|sesso|gênero|geslacht|płeć|płci)\b(?: identity| is| ist| est| es| è| é| to|:)"
    r"[ ]?(?:now |a )?\Z|\bidentif(?:y|ies|ied|ying) (?:him|her|them|my)?(?:self|selves)? ?as (?:a |an )?\Z"
    r"|\b(?:born|biologically|legally|assigned|registered as) (?:as )?(?:a )?\Z|\bsexe \Z|\bd[eo] sexo \Z|\bdi sesso \Z",
    re.IGNORECASE,
)
_AGED = re.compile(
    r"(?:year[- ]old|years old|[0-9] ?yo|y/o|jährige[rn]?|ans|años|anni|anos|jarige|letnia|letni|aged [0-9]{1,3}),? \Z",
    re.IGNORECASE,
)
_BEARER = re.compile(
    r"[ ](?:patients?|applicants?|employees?|colleagues?|callers?|clients?|customers?|candidates?|drivers?|students?|teachers?|doctors?"
    r"|Patient(?:in)?|Mitarbeiter(?:in)?|Kund(?:e|in)|Person|Bewerber(?:in)?|identity)\b"
)  # fmt: skip


class Gender(NamedTuple):
    """A gender and how sure it is."""

    start: int
    end: int
    score: float


def find_genders(words: Words, hits: Hits) -> Iterator[Gender]:
    """Where a text says what gender someone has."""
    text = words.text
    for start, end, _, _, term in hits.get("gender", ()):
        before = text[max(0, start - REACH) : start]
        if _STATED.search(before):
            yield Gender(start, end, 0.85)
        elif _AGED.search(before) or (not term.is_weak and _BEARER.match(text, end)):
            yield Gender(start, end, 0.6)
