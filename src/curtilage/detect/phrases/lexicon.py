"""Lexicons: lists of terms in text files, and where their terms stand in a text.

A file has sections, `[list label language]` or `[list language]`, with one term a line:

    = adj e er es em en     an ending of this section: `deutsch~adj` is six words
    deutsch~adj
    März                    with a capital: must have one in the text, or be all capitals
    marc{a,u}               braces as in a shell
    positive?               weak: counts only beside more evidence
    -straße                 the end of a word
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import accumulate, product
from typing import NamedTuple

# Letters and digits apart: `12th` is two words, `37-jährige` too.
_WORD = re.compile(r"([A-Za-z\u00aa\u00b5\u00ba\u00c0-\uffff]+|[0-9]+)")
_GAP = re.compile(r"(?: ?[.'’&/-]{0,2}(?: |\r?\n)?| & )\Z")
_BRACES = re.compile(r"\{([^}]*)\}")
_ENDING = re.compile(r"~([a-z]+)")
LONGEST_GAP = 4
LEAST_STEM = 2  # letters before a suffix


class Term(NamedTuple):
    """A word or phrase of a list. `words` are its words as they are written in the list."""

    list: str
    label: str
    language: str
    words: tuple[str, ...]
    is_weak: bool
    is_suffix: bool = False


class Hit(NamedTuple):
    """Where a term stands: its place, and the numbers of its first and last word."""

    start: int
    end: int
    first: int
    last: int
    term: Term


Hits = Mapping[str, Sequence[Hit]]
"""Hits by list, in order; those of one list do not overlap."""


class Words:
    """A text cut into words: what they are, where each starts and ends."""

    __slots__ = ("ends", "starts", "text", "words")

    def __init__(self, text: str) -> None:
        parts = _WORD.split(text)
        places = list(accumulate(map(len, parts)))
        self.text = text
        self.words = parts[1::2]
        self.starts = places[0:-1:2]
        self.ends = places[1::2]

    def gap(self, number: int) -> str:
        """What stands between a word and the next one."""
        return self.text[self.ends[number] : self.starts[number + 1]]

    def is_glued(self, number: int) -> bool:
        """Whether a word and the next one are written as one."""
        return number + 1 < len(self.words) and self.ends[number] == self.starts[number + 1]


class Lexicon:
    """The terms of some files, by their first word. Immutable; any thread may search."""

    def __init__(self, terms: Iterable[Term]) -> None:
        index: dict[str, list[tuple[str, Term]]] = {}
        self._suffixes: dict[str, Term] = {}
        for term in terms:
            if term.is_suffix:
                self._suffixes[term.words[0]] = term
            else:
                first, second = term.words[0].lower(), "".join(term.words[1:2]).lower()
                index.setdefault(first, []).append((second, term))
        for found in index.values():
            found.sort(key=lambda pair: -len(pair[1].words))
        self._index: Mapping[str, Sequence[tuple[str, Term]]] = index
        self._ends = tuple(self._suffixes)

    def hits(self, words: Words) -> dict[str, list[Hit]]:
        """Where terms stand, the longest of each list at each place."""
        found: dict[str, list[Hit]] = {}
        every, starts, ends = words.words, words.starts, words.ends
        known = {word: terms for word in set(every) if (terms := self._terms(word))}
        for number in [at for at, word in enumerate(every) if word in known]:
            following = every[number + 1].lower() if number + 1 < len(every) else ""
            for second, term in known[every[number]]:
                if second and (second != following or not _stands(term.words, words, number)):
                    continue
                hits = found.setdefault(term.list, [])
                if hits and hits[-1].last >= number:
                    continue
                last = number + len(term.words) - 1
                hits.append(Hit(starts[number], ends[last], number, last, term))
        return found

    def _terms(self, word: str) -> Sequence[tuple[str, Term]]:
        """The terms that may begin with a word of a text, each with its second word."""
        low = word.lower()
        terms = [pair for pair in self._index.get(low, ()) if _is_spelled(word, pair[1].words[0])]
        if low.endswith(self._ends):
            ends = (low[place:] for place in range(LEAST_STEM, len(low)))
            terms += [("", self._suffixes[end]) for end in ends if end in self._suffixes][:1]
        return terms


def _is_spelled(word: str, wanted: str) -> bool:
    """Whether a word of a text is the one of a list, with the capitals that this one has."""
    if wanted.islower() or not wanted.isalpha():
        return word.lower() == wanted
    return word in {wanted, wanted.upper()}


def _stands(term: tuple[str, ...], words: Words, number: int) -> bool:
    """Whether the words of a term stand at a word of the text, and nothing between them."""
    if number + len(term) > len(words.words):
        return False
    if not all(map(_is_spelled, words.words[number : number + len(term)], term)):
        return False
    return all(
        len(gap := words.gap(place)) <= LONGEST_GAP and _GAP.match(gap)
        for place in range(number, number + len(term) - 1)
    )


def read_terms(*names: str) -> Iterator[Term]:
    """The terms of the lexicons of these names."""
    for name in names:
        path = files(__package__) / "data" / f"{name}.txt"
        yield from terms_in(path.read_text(encoding="utf-8").splitlines())


def terms_in(lines: Iterable[str]) -> Iterator[Term]:
    """Lines of a lexicon as terms, endings and braces written out."""
    name = label = language = ""
    endings: dict[str, str] = {}
    for line in lines:
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if text.startswith("["):
            name, *labels, language = text.strip("[]").split(" ")
            label, endings = " ".join(labels), {}
        elif text.startswith("="):
            _, ending, *ends = text.split(" ")
            endings[ending] = "{" + ",".join(end.strip("-") for end in ends) + "}"
        else:
            is_weak = text.endswith("?")
            for spelled in _unfold(_with_endings(text.rstrip("?"), endings)):
                words = tuple(_WORD.findall(spelled))
                yield Term(name, label, language, words, is_weak, spelled.startswith("-"))


def _with_endings(text: str, endings: Mapping[str, str]) -> str:
    """A term whose `~ending` is written out as braces."""
    return _ENDING.sub(lambda match: endings[match[1]], text)


def _unfold(text: str) -> Iterator[str]:
    """Every reading of a text with braces."""
    parts = _BRACES.split(text)
    for choice in product(*(part.split(",") for part in parts[1::2])):
        spelled = [*choice, ""]
        yield "".join(a + b for a, b in zip(parts[0::2], spelled, strict=True))
