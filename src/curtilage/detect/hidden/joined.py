"""Values in parts that stand side by side: cells, fields, literals, stream frames.

Most that stands on two sides of a comma has nothing to do with each other. So numbers
are put together behind a word that names one, and literals where their parts together
may be a value at all.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from curtilage.detect.hidden.reading import Piece
from curtilage.detect.hidden.spaced import mark_between, names_a_number
from curtilage.detect.hidden.trick import KEY, KEY_SIGNS

NEAR = 160  # characters before a row, for a word that names the number
LEAST_DIGITS, MOST_DIGITS = 8, 22  # of a number that is spread over cells
LONGEST_PART = 22  # digits of one of its parts
FRAME_REACH = 600  # characters from one text of a stream to the next
_EDGE = 80  # characters of a literal's part that are looked at

# Cells of a row: of Markdown, of CSV and TSV, of HTML; rows of one cell.
_CELL = r"(?:[ \t]{0,4}\|[ \t]{0,4}(?:\r?\n[ \t]{0,4}\|[ \t]{0,4})?|[ ]{0,2}[,;][ ]{0,2}|\t{1,2}|</td>\s{0,8}<td[^>\n]{0,40}>)"
CELLS = (
    r"[0-9]{2}\)?[ \t]{0,4}\|[ \t\r\n|]{0,12}[0-9]{2}|[0-9]{2}\)? ?[,;\t] ?[0-9]{2}|[0-9]{2}</td>\s{0,8}<td[^>\n]{0,40}>[0-9]{2}",
)
_ROW = re.compile(rf"(?<![0-9])[(]?[0-9]{{1,8}}[)]?(?:{_CELL}[0-9]{{1,8}})++(?![0-9])")
_CELL_BREAK = re.compile(rf"(?<=[0-9)]){_CELL}(?=[0-9])")

# Lines of settings, one part in each: `first = 4111`, `second: "1111"`; JSON without quotation marks.
_SETTING = r"[\"']?,?\r?\n[ \t-]{0,16}[\"']?[A-Za-z_][0-9A-Za-z_-]{0,30}[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?"
_NUMBER_FIELD = r"[ \t]{0,4},\s{0,16}[\"'][0-9A-Za-z_ -]{1,40}[\"']\s{0,4}:\s{0,4}"
SETTINGS = (
    r"[0-9)][\"']?,?\r?\n[ \t-]{0,16}[\"']?[A-Za-z_][0-9A-Za-z_-]{0,30}[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?[0-9]",
    rf"[0-9]{_NUMBER_FIELD}[0-9]",
)
# These begin with what stands before the break, not with a look at it: `re` skips the rest so.
_OTHER_NUMBER = re.compile(".*[0-9]{3}", re.DOTALL)
_SETTING_BREAK = re.compile(
    rf"[0-9)](?=[\"',\s])({_SETTING}|{_NUMBER_FIELD})(?![0-9]+[.][0-9])(?=[0-9])"
)

_FIELD = r"\s{0,16},\s{0,16}[\"'][0-9A-Za-z_ -]{1,40}[\"']\s{0,4}:\s{0,4}[\"']"
_ITEM = r"\s{0,16},\s{0,16}[\"']"
FIELDS = (
    rf"[0-9A-Za-z@._:)-][\"']{_FIELD}[0-9A-Za-z@._:)/-]",
    rf"[0-9)][\"']{_ITEM}[0-9]",
)
_FIELD_BREAK = re.compile(
    rf"[\"'](?:(?<=[0-9A-Za-z@._:)+-].){_FIELD}(?=[0-9A-Za-z@._:)/+-])|(?<=[0-9)].){_ITEM}(?=[0-9]))"
)

# Literals that a program puts together: with an operator, side by side, with calls.
_OPERATOR = r"(?:\+|\.{1,2}|&|\|\||<<)"
_LITERAL = (
    rf"(?:[ \t]{{0,4}}{_OPERATOR}?[ \t]{{0,4}}\\?(?:\r?\n[ \t]{{0,24}})?{_OPERATOR}?[ \t]{{0,4}}"
    r"|\)[ \t]{0,4}(?:\r?\n[ \t]{0,24})?\.append\("
    r"|;?\r?\n[ \t]{0,24}[0-9A-Za-z_$]{1,24} {0,2}(?:\+|\.)= {0,2}|[ \t]{0,4},[ \t]{0,4})"
)
LITERALS = (
    r"[0-9A-Za-z@._-][\"'`][ \t]{0,4}(?:\+|\.|&|\|\||<<|\\?\r?\n)[ \t\r\n\\+.&|]{0,24}[\"'`][0-9A-Za-z@._)-]",
    r"[0-9][\"'][ \t]{1,4}[\"'][0-9]",
    r"[0-9A-Za-z@._-][\"'](?:\)[ \t\r\n]{0,24}\.append\(|;?\r?\n[ \t]{0,24}[0-9A-Za-z_$]{1,24} {0,2}[+.]= {0,2})[\"']",
    r"(?:join|concat|CONCAT)",
)
_LITERAL_BREAK = re.compile(rf"(?<=[^\s\"'`])[\"'`]{_LITERAL}[\"'`](?=[^\s\"'`])")
_JOINS = re.compile("join|concat", re.IGNORECASE)
_DIGITS = re.compile(
    r"[0-9](?:[^0-9]*[0-9]){5}|(?<![0-9])[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2}(?![0-9])"
    r"|[0-9][^\W\d_ ]{0,2}[.]? [^\W\d_]{3,9}[.,]? [0-9]{4}"
)
_DAY_BEFORE, _YEAR_AFTER = (
    re.compile(r"[0-9]{1,2}[.]? [^\W\d_]{1,9}"),
    re.compile(r"[^\W\d_]{1,9}[.,]? [0-9]{4}"),
)
_WORTH = re.compile(rf"[0-9A-Za-z]@[A-Za-z]|{KEY}|-----|passw|secret")
_SIGNS = ("@", "-----", "passw", "secret", *KEY_SIGNS)
"""One of these is in whatever `_WORTH` finds: much faster, where none is."""
_DIGIT = re.compile("[0-9]")
_NUMBER_AFTER = re.compile(r"[A-Z]|(?:\) )?[^\s\"'`0-9]{0,40}[0-9]")
_NEAR = 40  # characters of a field that are looked at beside a break: more than `_WHOLE` has
_QUOTE = re.compile("[\"'`]")
# What is whole: the id of a trace, a span or a request, and a time (RFC 3339).
_WHOLE = re.compile(
    r"(?=[0-9]*[a-f])(?:[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)

# Frames of streams, as providers of models send them.
_SAYING = "content|text|delta|token|response|value"
FRAMES = (rf"\n(?:data: ?)?\{{[^\n]{{0,240}}[\"'](?:{_SAYING})[\"']\s{{0,4}}:\s{{0,4}}[\"']",)
_FRAME = re.compile(rf"[\"'](?:{_SAYING})[\"']\s{{0,4}}:\s{{0,4}}\"((?:[^\"\\\n]|\\.){{0,400}})\"")


def find_cells(text: str) -> Iterator[Piece]:
    """What parts the cells of a row that may be one number, behind a word that names one."""
    for row in _ROW.finditer(text):
        digits = sum(map(str.isdigit, row[0]))
        if not LEAST_DIGITS <= digits <= MOST_DIGITS:
            continue
        if names_a_number(text, max(0, row.start() - NEAR), row.start()):
            for match in _CELL_BREAK.finditer(text, *row.span()):
                yield Piece(*match.span(), "")


def find_settings(text: str) -> Iterator[Piece]:
    """What parts the numbers of lines of settings, behind a word that names a number."""
    end, is_named = -1, False
    for match in _SETTING_BREAK.finditer(text):
        if match.start(1) > end + LONGEST_PART or not text[end : match.start(1)].isdigit():
            is_named = _is_row_named(text, match.start(1))
        end = match.end()
        if is_named:
            yield Piece(*match.span(1), "")


def _is_row_named(text: str, end: int) -> bool:
    """Whether a word names the number that ends here, with no other number between them."""
    before = text[max(0, end - LONGEST_PART) : end]
    start = end - len(before) + len(before.rstrip("0123456789()"))
    first = max(0, start - NEAR)
    other = _OTHER_NUMBER.match(text, first, start)
    return names_a_number(text, other.end() if other else first, start)


def find_fields(text: str) -> Iterator[Piece]:
    """What parts two fields or items of JSON whose values may belong together."""
    return _glue(text, _FIELD_BREAK, _may_go_on)


def find_literals(text: str) -> Iterator[Piece]:
    """What parts two literals that a program puts together; commas where it says `join`."""
    are_joined = _JOINS.search(text) is not None
    for piece in _glue(text, _LITERAL_BREAK, _may_be_anything):
        if are_joined or "," not in text[piece.start : piece.end]:
            yield piece


def find_frames(text: str) -> Iterator[Piece]:
    """What parts the texts of two frames of a stream."""
    until = -1
    for match in _FRAME.finditer(text):
        start = match.start(1)
        if until >= 0 and start - until < FRAME_REACH and "\n" in text[until:start]:
            yield Piece(until, start, "")
        until = match.end(1)


def fill(text: str, pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same breaks with what else parts the groups of the number in their place."""
    for piece in pieces:
        yield piece._replace(said=mark_between(text, piece.start, piece.end))


def fill_numbers(text: str, pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same, of breaks between digits alone."""
    return fill(text, (piece for piece in pieces if _is_between_digits(text, piece)))


def _is_between_digits(text: str, piece: Piece) -> bool:
    return text[piece.start - 1] in "0123456789)" and text[piece.end : piece.end + 1].isdigit()


_MayGoOn = Callable[[str, re.Match[str]], bool]
"""Whether what ends before a break may go on behind it, where no `@` and no key is near."""


def _glue(text: str, pattern: re.Pattern[str], may_go_on: _MayGoOn) -> Iterator[Piece]:
    """Breaks between parts of something that may be a value: chains with digits, `@` or a key."""
    signs = [sign for sign in _SIGNS if sign in text]
    chain: list[re.Match[str]] = []
    for match in pattern.finditer(text):
        if chain and match.start() - chain[-1].end() > _EDGE:
            yield from _chained(text, chain, signs, may_go_on)
            chain = []
        chain.append(match)
    if chain:
        yield from _chained(text, chain, signs, may_go_on)


def _chained(
    text: str, chain: list[re.Match[str]], signs: Sequence[str], may_go_on: _MayGoOn
) -> Iterator[Piece]:
    first, last = chain[0].start(), chain[-1].end()
    around = text[max(0, first - _EDGE) : last + _EDGE]
    breaks: Sequence[re.Match[str]] = ()
    if any(sign in around for sign in signs) and _WORTH.search(_glued(text, chain)):
        breaks = chain
    else:
        breaks = [match for match in chain if may_go_on(text, match)]
        if breaks and _DIGITS.search(_glued(text, chain)) is None:
            return
    for match in breaks:
        yield Piece(*match.span(), "")


def _glued(text: str, chain: Sequence[re.Match[str]]) -> str:
    """The parts of a chain without what parts them."""
    first, last = chain[0].start(), chain[-1].end()
    said = [text[max(0, first - _EDGE) : first].rpartition("\n")[2]]
    said += [text[one.end() : two.start()] for one, two in pairwise(chain)]
    said.append(text[last : last + _EDGE].partition("\n")[0])
    return "".join(said)


def _may_be_anything(_text: str, _match: re.Match[str]) -> bool:
    return True


def _may_go_on(text: str, match: re.Match[str]) -> bool:
    """Whether a number may reach from one field to the next: there are digits or capitals.

    Most that stands in a line of a log does not: a time, a level, an id of a request."""
    start, end = match.span()
    before = _QUOTE.split(text[max(0, start - _NEAR) : start])[-1]
    if _DAY_BEFORE.fullmatch(before) and _YEAR_AFTER.match(text, end):
        return True
    if _NUMBER_AFTER.match(text, end) is None:
        return False
    if not (before[-1:].isupper() or _DIGIT.search(before.rpartition(" ")[2])):
        return False
    after = _QUOTE.split(text[end : end + _NEAR], maxsplit=1)[0]
    return _WHOLE.fullmatch(before) is None and _WHOLE.fullmatch(after) is None
