"""Typed fields: what stands behind `address:`, `"gender":` or `Diagnose:`."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from curtilage.detect.phrases.lexicon import Hit, Hits, Words
from curtilage.detect.phrases.places import UPPER

# After the name of a field: quotes or emphasis that close it, a mark, quotes that open the value.
_MARK = re.compile(r"(?:\*\*|__|[\"'`])?[ ]?(?::|=>|=|\t|</?b>:)(?:\*\*)?[ ]{0,3}(?P<quote>[\"'])?")
_BEFORE = re.compile(r"(?:\A|[\n,;{|(\t*>#•\[\"'_-]|[.:] )[ ]{0,8}(?:[-*•] )?(?:\*\*)?[\"'`]?\Z")
_VALUE = re.compile(r"[^\"'\n\r\t;|<>{}\[\]()=\\@$%^*`_]{1,120}")
_TYPES = frozenset(
    {"str", "string", "int", "integer", "float", "bool", "boolean", "none", "null", "true", "false", "any", "text", "number", "object", "array", "list", "dict"}
    | {"optional", "required", "undefined", "unknown", "n/a", "na", "varchar", "char", "enum", "nil", "self", "yes", "no", "tbd", "todo", "keine", "none known", "-"}
)  # fmt: skip

_AGE = re.compile(
    r"(?:1[01][0-9]|[1-9]?[0-9])(?:[ ](?:years?|y|Jahre|ans|años|anni|anos|jaar|lat))?\Z"
)
_GENDER = re.compile(
    r"(?:[mfwdxMFWDXvVkK]|male|female|man|woman|non-?binary|other|diverse?|divers|männlich|weiblich|Mann|Frau|homme|femme|masculin|féminin"
    r"|hombre|mujer|masculin[oa]|femenin[oa]|var[oó]n|uomo|donna|maschio|femmina|maschile|femminile|feminin[oa]|homem|mulher|mannelijk|vrouwelijk|vrouw"
    r"|kobieta|mężczyzna|żeńska|męska|trans(?:gender)?(?: man| woman)?)\Z",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    rf"(?=[^\n]*[0-9])(?=[^\n]*[^\W\d_]{{3}})(?![a-z]+:|[0-9.:]+\Z|[0-9a-fx]+\Z)[{UPPER}0-9a-z]"
)
_NAMES = re.compile(rf"[{UPPER}][^\W\d_]+(?:[ '’&.,/-]{{1,3}}[^\W_]+){{0,5}}\.?\Z")


def _is_text(value: str) -> bool:
    letters = sum(char.isalpha() for char in value)
    return (letters >= 3 and bool(_WORDS.match(value))) or bool(_BLOOD.match(value))


_WORDS = re.compile(r"[^\W\d_][^\W_]*(?:(?:, |[ /&+-]| - )[^\W_]+){0,8}\.?\Z")
_BLOOD = re.compile(r"(?:A|B|AB|0|O) ?(?:[+-]|positive?|negative?|pos\.?|neg\.?)\Z", re.IGNORECASE)
_HOLDS: Mapping[str, Callable[[str], bool]] = {
    "STREET_ADDRESS": lambda value: bool(_ADDRESS.match(value)) and " " in value,
    "AGE": lambda value: bool(_AGE.match(value)),
    "GENDER": lambda value: bool(_GENDER.match(value)),
    "NRP": lambda value: bool(_NAMES.match(value)),
    "SPECIAL_CATEGORY": _is_text,
    "LOCATION": lambda value: bool(_NAMES.match(value)),
    "ORGANIZATION": lambda value: bool(_NAMES.match(value)),
}
# A name in front of a mark is often a variable; these are, where no quotes say otherwise.
_NEEDS_QUOTES = frozenset({"LOCATION", "ORGANIZATION", "SPECIAL_CATEGORY", "NRP"})
SCORES = {"GENDER": 0.85, "AGE": 0.8, "LOCATION": 0.6, "ORGANIZATION": 0.6}


class Field(NamedTuple):
    """The value of a field; `label` is its type and perhaps its category."""

    start: int
    end: int
    label: str
    score: float
    is_quoted: bool


def find_fields(words: Words, hits: Hits) -> Iterator[Field]:
    """The values of a text's fields whose names say that they are about a person."""
    for hit in hits.get("field", ()):
        field = _field(words.text, hit)
        if field is not None:
            yield field


def _field(text: str, hit: Hit) -> Field | None:
    mark = _MARK.match(text, hit.end)
    if mark is None or not _BEFORE.search(text[max(0, hit.start - 16) : hit.start]):
        return None
    value = _VALUE.match(text, mark.end())
    if value is None:
        return None
    kind = hit.term.label.split(" ")[0]
    quote = mark["quote"]
    end = value.end()
    if quote and text[end : end + 1] != quote:
        return None
    written = value[0] if quote else _first_cell(value[0], kind)
    written = written.rstrip(" ,.")
    is_part = text[hit.start - 1 : hit.start] in {"_", "-"}
    if not quote and (is_part or (kind in _NEEDS_QUOTES and "=" in mark[0])):
        return None
    if written.lower() in _TYPES or not _HOLDS[kind](written):
        return None
    if not quote and text[mark.end() + len(written) : mark.end() + len(written) + 1] in {
        "(",
        "[",
        "=",
        "_",
    }:
        return None
    return Field(
        mark.end(), mark.end() + len(written), hit.term.label, SCORES.get(kind, 0.75), bool(quote)
    )


def _first_cell(value: str, kind: str) -> str:
    """Up to where the next field of a line begins: `Age: 37, gender: male`."""
    following = (_SENTENCE if kind == "STREET_ADDRESS" else _NEXT).search(value)
    return value[: following.start()] if following else value


_SENTENCE = re.compile(
    r"(?<=[^\W\d_]{4})\.(?:[ ]|\Z)|[?!]|(?<=[0-9])[ ](?=[^\W\d_]+[ ][^\W\d_]+[ ][^\W\d_]+)|:"
)
_NEXT = re.compile(r",[ ]?[^\W\d_]{2,20}(?: [^\W\d_]{2,20})?:|\.(?:[ ]|\Z)|, (?=[a-z]+ ?=)|:")
