"""Values that are broken in two: over lines, cells, fields, literals and stream frames.

Most that stands on two sides of a line break or a comma has nothing to do with each
other. So only what may be a part of a value is put together: digits behind a word that
names a number, a token that begins like a key, the two sides of an `@`.
"""

import re
from collections.abc import Iterator

from curtilage.detect.hidden.reading import Piece
from curtilage.detect.hidden.spaced import NAMED_HERE

KEY = r"(?:AKIA|ASIA|sk-|gh[opsu]_|github_pat_|xox[abp]-|glpat-|hf_|AIza|eyJ)[0-9A-Za-z_./+-]{0,400}"
FAR = 80  # characters before, for a word that names the number
_PART = re.compile(r"[0-9A-Za-z@._:+-]{1,40}$")

# A line break with what stands around it: a hyphen before, marks of quoting or comment after.
_BREAK = r"[ \t]{0,4}\\?\r?\n[ \t>|*#/]{0,16}"
LINES = (
    rf"[0-9][ -]?{_BREAK}[0-9A-Z]|[0-9A-Z]{{3}}-?{_BREAK}[0-9A-Z]{{3}}|[0-9a-f]:?-?{_BREAK}[0-9a-f:]{{2,4}}:",
    rf"[^0-9A-Za-z]{KEY}-?{_BREAK}[0-9A-Za-z_]",
    rf"[0-9A-Za-z]@[0-9A-Za-z.-]{{0,40}}{_BREAK}[0-9A-Za-z.]",
    rf"[0-9A-Za-z._-]{_BREAK}[0-9A-Za-z._]{{0,40}}@[0-9A-Za-z-]{{1,40}}[.]",
)
_LINE_BREAK = re.compile(rf"(?<=[0-9A-Za-z@.+_:-])(?P<hyphen>-?)(?P<gone>{_BREAK})(?=[0-9A-Za-z@.+_:-])")
_LINE_BREAK_APART = re.compile(rf"(?<=[0-9]) {_BREAK}(?=[0-9])")

# What stands between two cells of a row, two fields, two literals, two frames.
_CELL = r"(?:[ \t]{0,4}\|[ \t]{0,4}|[ ]{0,2}[,;][ ]{0,2}|\t{1,2}|</td>\s{0,8}<td[^>\n]{0,40}>)"
_FIELD = r"[\"']\s{0,8},\s{0,8}[\"'][0-9A-Za-z_ -]{1,40}[\"']\s{0,4}:\s{0,4}[\"']"
_LITERAL = r"[\"'`][ \t]{0,4}(?:(?:\+|\.|&|\|\||\.\.|,)?[ \t]{0,4}\\?\r?\n?[ \t]{0,24}(?:\+|\.|&|\|\|)?)[ \t]{0,4}[\"'`]"
_SAYING = "content|text|delta|token|response|value"
CELLS = (
    r"[0-9]{2}[ \t]{0,4}\|[ \t]{0,4}[0-9]{2}|[0-9]{2} ?[,;\t] ?[0-9]{2}|[0-9]{2}</td>\s{0,8}<td[^>\n]{0,40}>[0-9]{2}",
)
FIELDS = (rf"[0-9A-Za-z@._-]{_FIELD}[0-9A-Za-z@._-]",)
LITERALS = (r"[0-9A-Za-z@._-][\"'`][ \t]{0,4}(?:\+|\.|&|\|\||\\?\r?\n)[ \t\r\n\\+.&|]{0,24}[\"'`][0-9A-Za-z@._-]", "(?:join|concat|CONCAT)")
FRAMES = (rf"\n(?:data: ?)?\{{[^\n]{{0,240}}[\"'](?:{_SAYING})[\"']\s{{0,4}}:\s{{0,4}}[\"']",)
_CELL_BREAK = re.compile(rf"(?<=[0-9]){_CELL}(?=[0-9])")
_FIELD_BREAK = re.compile(rf"(?<=[0-9A-Za-z@._+-]){_FIELD}(?=[0-9A-Za-z@._+-])")
_LITERAL_BREAK = re.compile(rf"(?<=[^\s\"'`]){_LITERAL}(?=[^\s\"'`])")
_FRAME = re.compile(rf"[\"'](?:{_SAYING})[\"']\s{{0,4}}:\s{{0,4}}\"((?:[^\"\\\n]|\\.){{0,400}})\"")
_FRAME_REACH = 600  # characters from one text to the next


def find_lines(text: str) -> Iterator[Piece]:
    """Line breaks inside keys, addresses and numbers that have a name; nothing takes their place."""
    yield from _line_breaks(text, hyphenated=False)


def find_hyphenated(text: str) -> Iterator[Piece]:
    """The same, where a hyphen at the end of the line belongs to the break."""
    if "-\n" in text or "-\r" in text:
        yield from _line_breaks(text, hyphenated=True)


def _line_breaks(text: str, *, hyphenated: bool) -> Iterator[Piece]:
    for match in _LINE_BREAK.finditer(text):
        before = _PART.search(text, max(0, match.start() - 40), match.start("gone"))
        if before is None:
            continue
        after = text[match.end() : match.end() + 40].split(maxsplit=1)[:1]
        kind = _broken(text, match.start("gone"), before[0], after[0] if after else "")
        if kind:
            yield Piece(match.start() if hyphenated else match.start("gone"), match.end(), "")


def _broken(text: str, place: int, before: str, after: str) -> str:
    """What is broken here: a number, a key, an address, or nothing (``""``)."""
    if before.strip("-")[-1:].isdigit() and after[:1].isdigit():
        if NAMED_HERE.search(text, max(0, place - FAR - len(before)), place):
            return "number"
    if re.search(f"(?:^|[^0-9A-Za-z]){KEY}$", text[max(0, place - 420) : place]):
        return "key" if len(before) < 16 or re.search("[0-9]", after[:8]) else ""
    local, at, domain = before.rpartition("@")
    if at:
        is_whole = "." in domain.strip("-.") and not domain.endswith(("-", "."))
        return "address" if local and not is_whole else ""
    if "@" in after[1:] and "." in after.rpartition("@")[2] and before[-1] in "-._+":
        return "address"
    if after[:1] == "@" and "." in after and after[1:2].isalnum():
        return "address"
    return "number" if before[-1].isalnum() and any(map(str.isdigit, before + after)) and not re.search("[g-z]", before + after) and len(before) < 20 and NAMED_HERE.search(text, max(0, place - FAR), place) else ""  # fmt: skip


def find_lines_apart(text: str) -> Iterator[Piece]:
    """Line breaks between groups of digits: a space takes their place."""
    for match in _LINE_BREAK.finditer(text):
        place = match.start("gone")
        if text[place - 1].isdigit() and text[match.end()].isdigit():
            if NAMED_HERE.search(text, max(0, place - FAR), place):
                yield Piece(place, match.end(), " ")


def find_cells(text: str) -> Iterator[Piece]:
    """What parts the cells of a row, between digits behind a word that names a number."""
    for match in _CELL_BREAK.finditer(text):
        if NAMED_HERE.search(text, max(0, match.start() - 2 * FAR), match.start()):
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
        if 0 <= until and start - until < _FRAME_REACH and "\n" in text[until:start]:
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
    edges += [text[one.end() : two.start()] for one, two in zip(chain, chain[1:], strict=False)]
    edges.append(text[last : last + 80].partition("\n")[0])
    if _WORTH.search("".join(edges)):
        for match in chain:
            yield Piece(*match.span(), "")
