"""Companies: names that end with a legal form, `Müller & Söhne GmbH & Co. KG`."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from curtilage.detect.phrases.lexicon import Hit, Hits, Words
from curtilage.detect.phrases.places import UPPER

MOST_WORDS = 6
REACH = 80  # characters before a legal form

_WORD = rf"(?:[{UPPER}]\.(?:[{UPPER}]\.)*|[{UPPER}0-9][\w'’+-]*(?:\.\w+)*|[a-z]+[A-Z]\w*)"
_SMALL = r"(?:and|und|&|\+|of|de|du|des|della|di|del|do|da|dos|das|e|y|et|i|en|von|van|la|les?)"
_NAME = re.compile(
    rf"(?<![^\W_])(?<![-.@/_]){_WORD}(?:[ ](?:{_SMALL}[ ]){{0,2}}{_WORD}){{0,{MOST_WORDS}}},?[ ](?:{_SMALL}[ ])?\Z"
)
_NO_NAME = re.compile(
    r"(?:The|This|That|These|An?|In|At|Of|For|From|With|By|To|And|Or|Our|Your|My|If|When|Is|Are|We|I|Copyright|Dear|Hi|Hello|Die|Der|Das|Den|Dem|Ein|Eine|Einer|Bei|Von|Für"
    r"|Mit|Im|Am|Zur|Zum|Und|Oder|Auf|Wir|Ich|Sie|Les?|La|El|Los|Las|Un|Une?|Il|Lo|Een|Het|De la|Firma|Sociedad|Société|Chez|Bij|Voor|Od|Dla|[0-9]{4}(?:-[0-9]{4})?|[0-9]{2},?)[ ]"
)  # fmt: skip


# Whose a work is stands in the head of every file, and says nothing of a person.
_NOTICE = re.compile(r"[Cc]opyright|COPYRIGHT|\([cC]\)|©|[Ll]icen[sc]e")


_AND = ("&", "+", " and", " und", " et", " y", " e")
_CAPITALISED = re.compile(rf"[{UPPER}][^\W_]*[^\W\d_{UPPER}]")
_GOES_ON = re.compile(rf"[ -][{UPPER}0-9]")


class Company(NamedTuple):
    """The name of a company, with its legal form, and how sure it is."""

    start: int
    end: int
    score: float


def find_companies(words: Words, hits: Hits) -> Iterator[Company]:
    """The companies of a text whose legal form is written."""
    for hit in hits.get("company", ()):
        company = _named(words.text, hit)
        if company is not None:
            yield company


def _named(text: str, hit: Hit) -> Company | None:
    name = _NAME.search(text, max(0, hit.start - REACH), hit.start)
    if name is None or text[hit.end : hit.end + 1] in {"_", "@", "/"}:
        return None
    start = name.start()
    while first := _NO_NAME.match(text, start, hit.start):
        start = first.end()
    if ". " in text[hit.start : hit.end] and _GOES_ON.match(text, hit.end + 1):
        return None  # initials: W. H. Press, S. A. Teukolsky
    if hit.term.is_weak and not _is_written(text, start, hit):
        return None
    if _NOTICE.search(text[max(0, start - REACH) : start].rpartition("\n")[2]):
        return None
    if start >= hit.start or not text[start].isalnum():
        return None
    end = hit.end + (text[hit.end : hit.end + 1] == "." and _takes_dot(text, hit))
    return Company(start, end, 0.5 if hit.term.is_weak else 0.8)


def _is_written(text: str, start: int, hit: Hit) -> bool:
    """Whether a weak form stands behind a name, not in a line of capitals or of other words."""
    is_shouted = text[hit.start : hit.end].isupper() and not hit.term.words[-1].isupper()
    if hit.term.words == ("Co",) and not text[start : hit.start].rstrip().endswith(_AND):
        return False
    has_name = _CAPITALISED.search(text, start, hit.start) is not None
    return has_name and not is_shouted and _GOES_ON.match(text, hit.end) is None


def _takes_dot(text: str, hit: Hit) -> bool:
    """Whether a full stop belongs to the legal form: `S.p.A.`, `Inc.`."""
    return "." in text[hit.start : hit.end] or hit.term.words[-1] in _SHORTENED


_SHORTENED = frozenset({"Co", "Corp", "Inc", "Lda", "Ltd", "Ltda"})
