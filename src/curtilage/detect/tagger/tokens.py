"""Cut a text into tokens that know where they stand, and tell which lines are code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

# Addresses, handles and URLs whole; O'Brien whole; else runs of letters, runs of digits, single signs.
_TOKEN = re.compile(
    r"(?:https?://|www\.)[^\s<>\"')\]]+"
    r"|[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}"
    r"|@\w+"
    r"|\bO['’][A-Z][^\W\d_]+"
    r"|[^\W\d_][^\W\d_\u0300-\u036f]*(?:[\u0300-\u036f]+[^\W\d_]*)*"
    r"|[0-9]+"
    r"|\S"
)
_CODE = re.compile(
    r"\s*(?:from [\w.]+ import [\w.*, ()]+|import [\w.]+(?: as \w+)?;?|(?:import|using|package) [\w.]+;|#include\b.*"
    r"|(?:async )?def \w+\(.*\)(?: ?-> ?[\w\[\], .|]+)?:|class \w+(?:\(.*\))?:|(?:if|elif|while) .*[=<>()!].*:|(?:else|try|finally):"
    r"|for \w+(?:, ?\w+)* in .+:|return [\w.]+\(.*\);?|[\w.\[\]]+ ?[-+*/|&]?= ?[\w.]+\(.*\)[;,]?|.*[=()].*[;{]|[{}()\[\];,]+"
    r"|@[\w.]+\(.*\)|[\w.]+\([^()]*\);?)\s*$"
)
_PAIR = re.compile(r"[A-ZÀ-Þ][^\W\d_]+[ ,]+[A-ZÀ-Þ][^\W\d_]+")  # as names are written
_QUOTES = ('"', "'", "#", "//", "/*")  # what stands in them may be written by and about people
LONGEST = 160  # tokens; a longer line is read in pieces that end where a sentence does

LONGEST_CODE = 300  # characters: a longer line is text, or written to make a pattern slow


class Token(NamedTuple):
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text, or a piece of a long one, and the last word of the line before."""

    tokens: tuple[Token, ...]
    before: str = ""


def lines(text: str) -> Iterator[Line]:
    """The lines of `text` that have a letter."""
    before, place = "", 0
    for raw in text.splitlines(keepends=True):
        tokens = [
            Token(match.group(), match.start(), match.end())
            for match in _TOKEN.finditer(text, place, place + len(raw))
        ]
        place += len(raw)
        if any(token.text[0].isalpha() for token in tokens) and not is_code(raw):
            for piece in _pieces(tokens):
                yield Line(tuple(piece), before)
                before = ""
        words = [token.text for token in tokens[-3:] if token.text[0].isalpha()]
        before = words[-1].lower() if words else ""


def is_code(line: str) -> bool:
    """Whether a line is plainly a statement of a program: no one is named in it."""
    return (
        len(line) <= LONGEST_CODE
        and _CODE.match(line) is not None
        and not any(mark in line for mark in _QUOTES)
        and _PAIR.search(line) is None
    )


def _pieces(tokens: list[Token]) -> Iterator[list[Token]]:
    start = 0
    while len(tokens) - start > LONGEST:
        cut = start + LONGEST
        for place in range(cut, start + LONGEST // 2, -1):
            if tokens[place - 1].text in ".!?;":
                cut = place
                break
        yield tokens[start:cut]
        start = cut
    yield tokens[start:]
