"""Values that are broken in two at the end of a line, quoted or not, hyphenated or not.

Most that stands on two sides of a line break has nothing to do with each other. So only what may be a part of a value is put together: digits behind a word that
names a number, a token that begins like a key, the two sides of an
`@`, the rest of a password or of its name.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from curtilage.detect.hidden.addresses import TOPS
from curtilage.detect.hidden.reading import Piece
from curtilage.detect.hidden.spaced import mark_between, names_a_number
from curtilage.detect.hidden.trick import KEY

FAR = 80  # characters before, for a word that names the number
_PART = re.compile(r"[0-9A-Za-z@._:+-]{1,40}$")

# A line break with what stands around it: a hyphen before, marks of quoting or comment after.
LONGEST_SPACE = 4  # characters before the end of a line
_SPACE = " \t|"
_BREAK = rf"[{_SPACE}]{{0,{LONGEST_SPACE}}}\\?\r?\n[ \t>|*#/]{{0,16}}"
LINES = (
    rf"[0-9][ -]?{_BREAK}[0-9A-Z]|[0-9A-Z]{{3}}-?{_BREAK}[0-9A-Z]{{3}}|[0-9a-f]:?-?{_BREAK}[0-9a-f]{{0,4}}:",
)
BROKEN = (
    rf"[^0-9A-Za-z]{KEY}-?{_BREAK}[0-9A-Za-z_]",
    rf"[0-9A-Za-z]@[0-9A-Za-z.-]{{0,40}}{_BREAK}[0-9A-Za-z.]",
    rf"[0-9A-Za-z._-]{_BREAK}[0-9A-Za-z._]{{0,40}}@[0-9A-Za-z-]{{1,40}}[.]",
)
_PASSWORD = (
    r"(?:[Pp]assword|PASSWORD|[Pp]asswort|[Pp]asswd|[Pp]assphrase|[Kk]ennwort|[Ww]achtwoord)"
)
_ASSIGNS = r"[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?"
PASSWORDS = (
    rf"{_PASSWORD}{_ASSIGNS}[^\x00-\x20\"'`,;<>]{{1,6}}{_BREAK}[!-~]",
    rf"[A-Za-z]-?{_BREAK}[A-Za-z]{{1,9}}{_ASSIGNS}[!-~]",
)
_LINE_BREAK = re.compile(
    rf"(?<=[0-9A-Za-z@.+_:-])(?P<hyphen>-?)(?P<gone>{_BREAK})(?=[0-9A-Za-z@.+_:-])"
)
_NAME = re.compile(_PASSWORD)
_VALUE_BROKEN = re.compile(
    rf"{_PASSWORD}{_ASSIGNS}[^\x00-\x20\"'`,;<>]{{1,5}}(?P<gone>-?{_BREAK})(?P<rest>[^\x00-\x20\"'`,;<>=]{{3,40}})(?![ \t]{{0,3}}[:=])"
)
_NAME_BROKEN = re.compile(
    rf"(?<![A-Za-z])(?P<first>[A-Za-z]{{1,9}})(?P<gone>-?{_BREAK})(?P<rest>[A-Za-z]{{1,9}}){_ASSIGNS}[!-~]"
)
_NEXT_PART = re.compile(r"[0-9A-Za-z@._:+-]{1,40}")
_NO_NUMBER = re.compile("[g-z@_]")
_DIGIT = re.compile("[0-9]")
_KNOWN_TOP = re.compile(rf"[.](?:{TOPS})[.:]?$")
_KEYLIKE = re.compile("[0-9]|[a-z][A-Z]")
_KEY_HERE = re.compile(rf"(?<![0-9A-Za-z]){KEY}$")


def find_breaks(text: str) -> Iterator[Piece]:
    """Line breaks that may be inside a number, and the hyphens before them, which they say."""
    for match in _line_breaks(text):
        beside = text[match.start("gone") - 1] + text[match.end()]
        if not _NO_NUMBER.search(beside):
            yield Piece(*match.span(), match["hyphen"])


def join_lines(text: str, breaks: Iterable[Piece]) -> Iterator[Piece]:
    """Breaks inside numbers that have a name; nothing takes their place."""
    for start, end, hyphen, _ in breaks:
        place = start + len(hyphen)
        if _is_inside(text, place, end, _is_number):
            yield Piece(place, end, "")


def join_hyphenated(text: str, breaks: Iterable[Piece]) -> Iterator[Piece]:
    """The same, where a hyphen at the end of the line belongs to the break."""
    for start, end, hyphen, _ in breaks:
        if hyphen and _is_inside(text, start + len(hyphen), end, _is_number):
            yield Piece(start, end, "")


def fill_lines(text: str, breaks: Iterable[Piece]) -> Iterator[Piece]:
    """Breaks between groups of digits: what parts the other groups takes their place."""
    for start, end, hyphen, _ in breaks:
        place = start + len(hyphen)
        is_between = text[place - 1].isdigit() and text[end].isdigit()
        if is_between and names_a_number(text, max(0, place - FAR), place):
            yield Piece(place, end, mark_between(text, place, end))


def find_broken(text: str) -> Iterator[Piece]:
    """Line breaks inside keys and addresses."""
    for match in _line_breaks(text):
        start, end = match.start("gone"), match.end()
        if _is_inside(text, start, end, _is_key_or_address):
            yield Piece(start, end, "")


def find_broken_hyphenated(text: str) -> Iterator[Piece]:
    """The same, where a hyphen at the end of the line belongs to the break."""
    for match in _line_breaks(text):
        start, end = match.start("gone"), match.end()
        if match["hyphen"] and _is_inside(text, start, end, _is_key_or_address):
            yield Piece(match.start(), end, "")


_Judge = Callable[[str, int, str, str], bool]
"""Whether a break at some place of a text, with what stands on both sides, is inside a value."""


def _line_breaks(text: str) -> Iterator[re.Match[str]]:
    """All of them: `find` is fast to tell where lines end; from there we look backwards."""
    place = text.find("\n")
    while place >= 0:
        start = place - (text[place - 1 : place] == "\r")
        start -= text[start - 1 : start] == "\\"
        least = max(0, start - LONGEST_SPACE)
        while start > least and text[start - 1] in _SPACE:
            start -= 1
        match = _LINE_BREAK.match(text, start - 1) if text[start - 1 : start] == "-" else None
        match = match or _LINE_BREAK.match(text, start)
        if match is not None:
            yield match
        place = text.find("\n", place + 1)


def _is_inside(text: str, start: int, end: int, judge: _Judge) -> bool:
    before = _PART.search(text, max(0, start - 40), start)
    after = _NEXT_PART.match(text, end)
    return before is not None and after is not None and judge(text, start, before[0], after[0])


def _is_number(text: str, place: int, before: str, after: str) -> bool:
    """Digits, or letters of an identifier, on both sides, behind a word that names a number."""
    if _NO_NUMBER.search(before) or _NO_NUMBER.search(after) or not _DIGIT.search(before + after):
        return False
    return names_a_number(text, max(0, place - FAR - len(before)), place)


def _is_key_or_address(text: str, place: int, before: str, after: str) -> bool:
    if _KEY_HERE.search(text, max(0, place - 420), place):
        return len(before) < 16 or _KEYLIKE.search(after) is not None
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
    is_set_in = gone.endswith((" ", "\t")) and ">" not in gone
    return not is_set_in and _KNOWN_TOP.search(domain) is not None  # else it is a decorator


def find_passwords(text: str) -> Iterator[Piece]:
    """Line breaks inside a password that is too short without its rest, or inside its name."""
    for match in _VALUE_BROKEN.finditer(text):
        if _KEYLIKE.search(match["rest"]):
            yield Piece(*match.span("gone"), "")
    for match in _NAME_BROKEN.finditer(text):
        if _NAME.fullmatch(match["first"] + match["rest"]):
            yield Piece(*match.span("gone"), "")
