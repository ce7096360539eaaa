"""Names found once are found again, in a text and forward through a conversation.

Whoever was `Ada Lovelace` in one sentence is `Lovelace`, `A. Lovelace` or `A.L.` in the
next, and `ada.lovelace@…` is how she is written to. A memory learns from what was found
in earlier texts and finds in later ones; it never goes back, so that what is found in a
text depends on that text and earlier ones alone.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from curtilage.core.models import Finding

PERSON, EMAIL = "PERSON", "EMAIL_ADDRESS"
CATEGORY, DETECTOR = "user.name", "memory.PERSON"
MOST_FORMS = 2000  # of one conversation; what comes later is found by its own evidence alone
LEAST_SCORE = 0.5  # a name that is less sure is not worth repeating
LEAST_SURNAME = 3  # letters
LONGEST = 80  # characters of a name
FULL, PART = 0.85, 0.7  # how sure a whole name is, and a part of one
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_RUN = re.compile(r"\w+")  # what `_goes_on` keeps together
_LOCAL = re.compile(r"([^\W\d_]{2,})[._-]([^\W\d_]{2,})")
_PARTICLES = frozenset(
    {"van", "von", "de", "der", "den", "del", "della", "di", "da", "dos", "du", "la", "le", "ter", "ten", "zu", "bin", "al"}
)  # fmt: skip
_TITLES = frozenset(
    {"mr", "mrs", "ms", "miss", "dr", "prof", "sir", "herr", "frau", "mme", "mlle", "sr", "sra", "srta", "sig", "dott", "pan", "pani", "mevr", "dhr", "jr"}
)  # fmt: skip


@dataclass(slots=True)
class Memory:
    """What a conversation has named so far: the forms of each name, and how sure each is.

    Only forms whose first word a text has are looked for in it: of two thousand names most
    texts hold none."""

    forms: dict[str, float] = field(default_factory=dict)
    _heads: dict[str, str] = field(default_factory=dict)

    def learn(self, text: str, findings: Iterable[Finding]) -> None:
        """Remember the names in findings of a text."""
        for item in findings:
            value = text[item.start : item.end]
            if len(value) > LONGEST or item.score < LEAST_SCORE:
                continue
            if item.type == PERSON:
                self._add(forms_of_name(value))
            elif item.type == EMAIL:
                self._add(forms_of_address(value))

    def recall(self, text: str) -> tuple[Finding, ...]:
        """Where the names that are known stand in a text."""
        if not self.forms:
            return ()
        words, heads = set(_RUN.findall(text)), self._heads
        return tuple(
            Finding(start, end, PERSON, score, CATEGORY, DETECTOR)
            for form, score in self.forms.items()
            if heads[form] in words
            for start, end in _places(form, text)
        )

    def _add(self, forms: Iterable[tuple[str, float]]) -> None:
        for form, score in forms:
            if len(self.forms) < MOST_FORMS or form in self.forms:
                self.forms[form] = max(score, self.forms.get(form, 0.0))
                self._heads[form] = _RUN.findall(form)[0]


def forms_of_name(name: str) -> list[tuple[str, float]]:
    """How somebody of that name is also written, each with how sure it is."""
    words = [word for word in _WORD.findall(name) if word.lower().rstrip(".") not in _TITLES]
    if not words:
        return []
    if len(words) == 1:
        return [(words[0], PART)] if _is_telling(words[0]) else []
    first, surname = words[0], _surname(words)
    forms = [(" ".join(words), FULL), (f"{first} {surname}", FULL), (f"{surname}, {first}", FULL)]
    if _is_telling(words[-1]):
        forms += [
            (surname, PART),
            (f"{first[0]}. {surname}", FULL),
            (f"{first[0]} {surname}", PART),
        ]
        forms += [(form, PART) for form in _handles(first, surname)]
    if _is_telling(first):
        forms.append((first, PART))
    forms.append((f"{first[0]}.{words[-1][0]}.", PART))
    shouted = [(form.upper(), score) for form, score in forms[:3]]
    return list(dict.fromkeys(forms + shouted))


def forms_of_address(address: str) -> list[tuple[str, float]]:
    """The name that the part before the `@` spells out, if it does."""
    match = _LOCAL.fullmatch(address.partition("@")[0])
    if match is None:
        return []
    first, surname = (part.capitalize() for part in match.groups())
    if not _is_telling(surname):
        return []
    return [(f"{first} {surname}", FULL), (f"{first[0]}. {surname}", PART)]


def _surname(words: Sequence[str]) -> str:
    """The last word, with the particles before it."""
    place = len(words) - 1
    while place > 1 and words[place - 1].lower() in _PARTICLES:
        place -= 1
    return " ".join(words[place:])


def _handles(first: str, surname: str) -> list[str]:
    """What people call themselves where no spaces are allowed."""
    given, family = first.lower(), surname.lower().replace(" ", "")
    return [f"{given}.{family}", f"{given[0]}.{family}", f"{given}_{family}", f"{given[0]}{family}"]


def _is_telling(word: str) -> bool:
    return len(word) >= LEAST_SURNAME and word[0].isupper() and not word.isupper()


def _places(form: str, text: str) -> Iterable[tuple[int, int]]:
    """Where a form stands as whole words."""
    start = text.find(form)
    while start >= 0:
        end = start + len(form)
        if not _goes_on(text[start - 1 : start]) and not _goes_on(text[end : end + 1]):
            yield start, end
        start = text.find(form, end)


def _goes_on(char: str) -> bool:
    """Whether a letter, digit or `_` beside a form makes it a part of another word."""
    return char.isalnum() or char == "_"
