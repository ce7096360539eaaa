"""Values that are broken in two: over lines, cells, fields, literals and stream frames.

Most that stands on two sides of a line break or a comma has nothing to do with each
other. So only what may be a part of a value is put together: digits behind a word that
names a number, a token that begins like a key, the two sides of an `@`.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from curtilage.detect.hidden.reading import Piece
from curtilage.detect.hidden.spaced import NAMED_HERE

KEY = (
    r"(?:AKIA|ASIA|sk-|gh[opsu]_|github_pat_|xox[abp]-|glpat-|hf_|AIza|eyJ)[0-9A-Za-z_./+-]{0,400}"
)
LEAST_DIGITS, MOST_DIGITS = 8, 22  # of a number that is spread over cells
FAR = 80  # characters before, for a word that names the number
_PART = re.compile(r"[0-9A-Za-z@._:+-]{1,40}$")

# A line break with what stands around it: a hyphen before, marks of quoting or comment after.
_BREAK = r"[ \t]{0,4}\\?\r?\n[ \t>|*#/]{0,16}"
LINES = (
    rf"[0-9][ -]?{_BREAK}[0-9A-Z]|[0-9A-Z]{{3}}-?{_BREAK}[0-9A-Z]{{3}}|[0-9a-f]:?-?{_BREAK}[0-9a-f]{{0,4}}:",
)
BROKEN = (
    rf"[^0-9A-Za-z]{KEY}-?{_BREAK}[0-9A-Za-z_]",
    rf"[0-9A-Za-z]@[0-9A-Za-z.-]{{0,40}}{_BREAK}[0-9A-Za-z.]",
    rf"[0-9A-Za-z._-]{_BREAK}[0-9A-Za-z._]{{0,40}}@[0-9A-Za-z-]{{1,40}}[.]",
)
_LINE_BREAK = re.compile(
    rf"(?<=[0-9A-Za-z@.+_:-])(?P<hyphen>-?)(?P<gone>{_BREAK})(?=[0-9A-Za-z@.+_:-])"
)
_NEXT_PART = re.compile(r"[0-9A-Za-z@._:+-]{1,40}")
_NO_NUMBER = re.compile("[g-z@_]")
_DIGIT = re.compile("[0-9]")
_KEY_HERE = re.compile(rf"(?<![0-9A-Za-z]){KEY}$")

# What stands between two cells of a row, two fields, two literals, two frames.
_CELL = r"(?:[ \t]{0,4}\|[ \t]{0,4}|[ ]{0,2}[,;][ ]{0,2}|\t{1,2}|</td>\s{0,8}<td[^>\n]{0,40}>)"
_FIELD = r"[\"']\s{0,8},\s{0,8}[\"'][0-9A-Za-z_ -]{1,40}[\"']\s{0,4}:\s{0,4}[\"']"
_LITERAL = r"[\"'`][ \t]{0,4}(?:(?:\+|\.|&|\|\||\.\.|,)?[ \t]{0,4}\\?\r?\n?[ \t]{0,24}(?:\+|\.|&|\|\|)?)[ \t]{0,4}[\"'`]"
_SAYING = "content|text|delta|token|response|value"
CELLS = (
    r"[0-9]{2}[ \t]{0,4}\|[ \t]{0,4}[0-9]{2}|[0-9]{2} ?[,;\t] ?[0-9]{2}|[0-9]{2}</td>\s{0,8}<td[^>\n]{0,40}>[0-9]{2}",
)
FIELDS = (rf"[0-9A-Za-z@._-]{_FIELD}[0-9A-Za-z@._-]",)
LITERALS = (
    r"[0-9A-Za-z@._-][\"'`][ \t]{0,4}(?:\+|\.|&|\|\||\\?\r?\n)[ \t\r\n\\+.&|]{0,24}[\"'`][0-9A-Za-z@._-]",
    "(?:join|concat|CONCAT)",
)
FRAMES = (rf"\n(?:data: ?)?\{{[^\n]{{0,240}}[\"'](?:{_SAYING})[\"']\s{{0,4}}:\s{{0,4}}[\"']",)
_CELLS = re.compile(rf"(?<![0-9])[0-9]{{1,8}}(?:{_CELL}[0-9]{{1,8}})++(?![0-9])")
_CELL_BREAK = re.compile(rf"(?<=[0-9]){_CELL}(?=[0-9])")
_FIELD_BREAK = re.compile(rf"(?<=[0-9A-Za-z@._+-]){_FIELD}(?=[0-9A-Za-z@._+-])")
_LITERAL_BREAK = re.compile(rf"(?<=[^\s\"'`]){_LITERAL}(?=[^\s\"'`])")
_FRAME = re.compile(rf"[\"'](?:{_SAYING})[\"']\s{{0,4}}:\s{{0,4}}\"((?:[^\"\\\n]|\\.){{0,400}})\"")
_FRAME_REACH = 600  # characters from one text to the next


def find_lines(text: str) -> Iterator[Piece]:
    """Line breaks inside numbers that have a name; nothing takes their place."""
    yield from _line_breaks(text, _is_number, hyphenated=False)


def find_hyphenated(text: str) -> Iterator[Piece]:
    """The same, where a hyphen at the end of the line belongs to the break."""
    yield from _line_breaks(text, _is_number, hyphenated=True)


def find_broken(text: str) -> Iterator[Piece]:
    """Line breaks inside keys and addresses."""
    yield from _line_breaks(text, _is_key_or_address, hyphenated=False)


def find_broken_hyphenated(text: str) -> Iterator[Piece]:
    """The same, where a hyphen at the end of the line belongs to the break."""
    yield from _line_breaks(text, _is_key_or_address, hyphenated=True)


_Judge = Callable[[str, int, str, str], bool]
"""Whether a break at some place of a text, with what stands on both sides, is inside a value."""


def _line_breaks(text: str, is_inside: _Judge, *, hyphenated: bool) -> Iterator[Piece]:
    for match in _LINE_BREAK.finditer(text):
        start, end = match.start("gone"), match.end()
        if hyphenated and not match["hyphen"]:
            continue
        before = _PART.search(text, max(0, start - 40), start)
        after = _NEXT_PART.match(text, end)
        if before and after and is_inside(text, start, before[0], after[0]):
            yield Piece(match.start() if hyphenated else start, end, "")


def _is_number(text: str, place: int, before: str, after: str) -> bool:
    """Digits, or letters of an identifier, on both sides, behind a word that names a number."""
    if _NO_NUMBER.search(before) or _NO_NUMBER.search(after) or not _DIGIT.search(before + after):
        return False
    return NAMED_HERE.search(text, max(0, place - FAR - len(before)), place) is not None


def _is_key_or_address(text: str, place: int, before: str, after: str) -> bool:
    if _KEY_HERE.search(text, max(0, place - 420), place):
        return len(before) < 16 or _DIGIT.search(after[:8]) is not None
    local, at, domain = before.rpartition("@")
    if at:
        is_whole = "." in domain.strip("-.") and not domain.endswith(("-", "."))
        return bool(local) and not is_whole
    local, at, domain = after.rpartition("@")
    if not at or "." not in domain:
        return False
    if local:
        return before[-1] in "-._+"
    gone = text[place : text.index("@", place)]
    return not gone.endswith((" ", "\t")) or ">" in gone  # what is set in is a decorator


def find_lines_apart(text: str) -> Iterator[Piece]:
    """Line breaks between groups of digits: a space takes their place."""
    for match in _LINE_BREAK.finditer(text):
        place = match.start("gone")
        is_between = text[place - 1].isdigit() and text[match.end()].isdigit()
        if is_between and NAMED_HERE.search(text, max(0, place - FAR), place):
            yield Piece(place, match.end(), " ")


def find_cells(text: str) -> Iterator[Piece]:
    """What parts the cells of a row that may be one number, behind a word that names one."""
    for row in _CELLS.finditer(text):
        digits = sum(map(str.isdigit, row[0]))
        if not LEAST_DIGITS <= digits <= MOST_DIGITS:
            continue
        if NAMED_HERE.search(text, max(0, row.start() - 2 * FAR), row.start()):
            for match in _CELL_BREAK.finditer(text, *row.span()):
                yield Piece(*match.span(), "")


def find_cells_apart(text: str) -> Iterator[Piece]:
    """The same with a space in its place."""
    for piece in find_cells(text):
        yield piece._replace(said=" ")


def find_fields(text: str) -> Iterator[Piece]:
    """What parts two fields of JSON whose values may belong together."""
    yield from _glue(text, _FIELD_BREAK)


def find_literals(text: str) -> Iterator[Piece]:
    """What parts two literals that a program puts together."""
    joined = re.search("join|concat", text, re.IGNORECASE) is not None
    for piece in _glue(text, _LITERAL_BREAK):
        if joined or "," not in text[piece.start : piece.end]:
            yield piece


def find_frames(text: str) -> Iterator[Piece]:
    """What parts the texts of two frames of a stream."""
    until = -1
    for match in _FRAME.finditer(text):
        start = match.start(1)
        if until >= 0 and start - until < _FRAME_REACH and "\n" in text[until:start]:
            yield Piece(until, start, "")
        until = match.end(1)


def _glue(text: str, pattern: re.Pattern[str]) -> Iterator[Piece]:
    """Breaks between parts of something that may be a value: chains with digits, `@` or a key."""
    chain: list[re.Match[str]] = []
    for match in pattern.finditer(text):
        if chain and match.start() - chain[-1].end() > 80:
            yield from _chained(text, chain)
            chain = []
        chain.append(match)
    yield from _chained(text, chain)


_WORTH = re.compile(rf"[0-9](?:[^0-9]*[0-9]){{5}}|@|{KEY}|-----|passw|secret")


def _chained(text: str, chain: list[re.Match[str]]) -> Iterator[Piece]:
    if not chain:
        return
    first, last = chain[0].start(), chain[-1].end()
    edges = [text[max(0, first - 80) : first].rpartition("\n")[2]]
    edges += [text[one.end() : two.start()] for one, two in pairwise(chain)]
    edges.append(text[last : last + 80].partition("\n")[0])
    if _WORTH.search("".join(edges)):
        for match in chain:
            yield Piece(*match.span(), "")
