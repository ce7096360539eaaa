"""Numbers in words: `four one one one`, `double seven`, `trente-deux`, `vier eins`."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from curtilage.detect.hidden import numerals
from curtilage.detect.hidden.reading import Piece

LEAST_DIGITS = 6  # fewer are no value, but for a year or an age
LEAST_WORDS = 2

_NUMBERS = numerals.numbers()
_MARKS = {word: mark for mark, words in numerals.MARKS.items() for word in words.split()}
_NAMES = frozenset(
    {"SSN", "IBAN", "NHS", "CPF", "BSN", "NIR", "NIF", "DNI", "NIE", "PESEL", "NINO", "PIN", "TIN", "ID", "IP", "IS", "MY", "NO", "NR", "TEL", "DOB", "PAN", "VAT", "CARD", "AADHAAR", "AND", "OK"}
)  # fmt: skip
"""Words in capitals that name a number and are no part of it."""


def _open(word: str) -> str:
    """A word as a pattern: any case of its first letter, anything where letters have accents."""
    rest = re.sub("[eouzacsn]", lambda match: f"(?:{match[0]}|.)" if word in _ACCENTED else match[0], word[1:])  # fmt: skip
    return f"[{word[0].upper()}{word[0]}]{rest}"


_ACCENTED = frozenset({"zero", "funf", "tres", "een", "piec", "szesc", "dziewiec"})
_SHORT = sorted(
    {word for word, number in _NUMBERS.items() if number < 10} | {"double", "triple", "doppel"}
)
_LONG = sorted(word for word, number in _NUMBERS.items() if number >= 10 and word.isascii())
_ANY = "|".join(map(_open, _SHORT)) + "|[0-9]"
_NEXT = "|".join(
    [_ANY, "[A-Z]", *(word for words in numerals.MARKS.values() for word in words.split())]
)
_GLUE = "[ ,.\\n/-]{1,3}"
SPELLED = (
    f"[^0-9A-Za-z](?:{_ANY}){_GLUE}(?:{'|'.join(map(_open, _SHORT))}){_GLUE}(?:{_NEXT})[^0-9A-Za-z]",
    f"[^A-Za-z](?:{'|'.join(map(_open, _LONG))}){_GLUE}(?:(?:and|und|et|y|e|en){_GLUE})?(?:{'|'.join(map(_open, [*_LONG, *_SHORT]))})[^A-Za-z]",
)
_TOKEN = re.compile(r"[^\W\d_]+|[0-9]+|[+/]|(?<= )-(?= )")
_APART = re.compile(r"[\s,.;:\-\u2013_/&|\"'()+]{0,5}")


class _Token(NamedTuple):
    """A word that may belong to a number. `digits` is None for tens that still wait."""

    start: int
    end: int
    said: str
    number: int | None
    """The number that a word says; None for digits, letters and marks."""
    word: str


def find_spelled(text: str) -> Iterator[Piece]:
    """Runs of words that say digits, with the digits, letters and marks among them."""
    run: list[_Token] = []
    for match in _TOKEN.finditer(text):
        token = _token(match)
        if run and (token is None or not _APART.fullmatch(text, run[-1].end, match.start())):
            yield from _said(run)
            run = []
        if token is not None:
            run.append(token)
    yield from _said(run)


def _token(match: re.Match[str]) -> _Token | None:
    word = match[0]
    start, end = match.span()
    if not word[0].isalpha():
        return _Token(start, end, word, None, word)
    if len(word) == 1 and word.isupper():
        return _Token(start, end, word, None, word)
    plain = _plain(word) if len(word) < 24 else ""
    if plain in _NUMBERS:
        return _Token(start, end, str(_NUMBERS[plain]), _NUMBERS[plain], plain)
    if plain in numerals.TIMES or plain in numerals.AND or plain in numerals.HUNDRED:
        return _Token(start, end, "", None, plain)
    if plain in _MARKS:
        return _Token(start, end, _MARKS[plain], None, plain)
    if len(word) <= 6 and word.isupper() and word not in _NAMES:
        return _Token(start, end, word, None, word)
    return None


@lru_cache(maxsize=4096)
def _plain(word: str) -> str:
    """In small letters, without accents."""
    return "".join(
        char
        for char in unicodedata.normalize("NFD", word.casefold())
        if not unicodedata.combining(char)
    ).replace("ł", "l")


def _said(run: list[_Token]) -> Iterator[Piece]:
    """What a run says; nothing where it says too little."""
    first, last = 0, len(run)
    while first < last and not _may_begin(run[first]):
        first += 1
    while first < last and run[last - 1].number is None and not run[last - 1].said.isalnum():
        last -= 1
    run = run[first:last]
    if sum(token.number is not None for token in run) < LEAST_WORDS:
        return
    tokens = _composed(run)
    said = "".join(token.said for token in tokens)
    if sum(map(str.isdigit, said)) < LEAST_DIGITS:
        return
    marks = [run[0].start]
    for number, token in enumerate(tokens):
        until = tokens[number + 1].start if number + 1 < len(tokens) else run[-1].end
        marks += [*([token.end] * (len(token.said) - 1)), until][: len(token.said)]
    yield Piece(run[0].start, run[-1].end, said, marks)


def find_bare(text: str) -> Iterator[Piece]:
    """The digits alone, without the dashes and dots that were said between them."""
    for piece in find_spelled(text):
        kept = [at for at, char in enumerate(piece.said) if char.isalnum() or char == "+"]
        if len(kept) < len(piece.said) and piece.marks is not None:
            marks = [piece.start, *(piece.marks[at + 1] for at in kept[:-1]), piece.end]
            yield Piece(piece.start, piece.end, "".join(piece.said[at] for at in kept), marks)


def _may_begin(token: _Token) -> bool:
    return token.said.isalnum() or token.said == "+" or token.word in numerals.TIMES


def _composed(run: list[_Token]) -> list[_Token]:
    """Tens joined with their units, hundreds, and what is said twice or three times."""
    tokens: list[_Token] = []
    times = 1
    joins = False
    for token in run:
        if token.word in numerals.TIMES:
            times = numerals.TIMES[token.word]
        elif token.word in numerals.AND:
            joins = True
            continue
        elif token.word in numerals.HUNDRED:
            if tokens and tokens[-1].number in range(1, 10):
                last = tokens.pop()
                tokens.append(last._replace(end=token.end, said=f"{last.said}00", number=100 * (last.number or 1), word=token.word))  # fmt: skip
        elif tokens and (whole := _sum(tokens[-1], token, joins=joins)) is not None:
            last = tokens.pop()
            tokens.append(last._replace(end=token.end, said=str(whole), number=whole, word=token.word))  # fmt: skip
        else:
            tokens.append(token._replace(said=token.said * times))
            times = 1
        joins = False
    return tokens


def _sum(first: _Token, second: _Token, *, joins: bool) -> int | None:
    """What two numbers say together, `forty` and `one`; None where each stands alone."""
    one, two = first.number, second.number
    if one is None or two is None or first.said != str(one):
        return None
    if second.start - first.end > 1 and not joins:
        return None
    if first.word == "quatre" and second.word in ("vingt", "vingts"):
        return 80
    if one % 10 == 0 and 20 <= one < 100 and (0 < two < 10 or (one in (60, 80) and 10 <= two < 20 and first.word in ("soixante", "vingt", "vingts"))):  # fmt: skip
        return one + two
    if first.word == "dix" and second.word in ("sept", "huit", "neuf"):
        return 10 + two
    if joins and one % 100 == 0 and one > 0 and two < 100:
        return one + two
    return None
