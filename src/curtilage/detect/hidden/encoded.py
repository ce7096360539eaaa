r"""Text in letters and digits: base64, base32, hex, quoted-printable, bytes of UTF-8.

That a run of letters encodes readable text shows in its letters: the high bit of an
ASCII character is 0, and so certain letters cannot stand at certain places. A hash, a
UUID or an identifier has them there; a picture has them sooner or later.
"""

import base64
import binascii
import re
import string
from collections.abc import Iterator
from itertools import pairwise

from curtilage.detect.hidden.reading import Piece
from curtilage.detect.normalise import escapes

# A group of base64 that stands for three characters of printable ASCII (RFC 4648 §4, §5).
_TRIPLE = "[I-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589]"
_QUAD = f"{_TRIPLE}[0-9A-Za-z+/_-]"
BASE64 = (
    "(?:77[y2][0-9A-Za-z+/_-]){3}",  # full-width characters
    f"(?:{_QUAD}){{3}}",
    f"(?:{_QUAD}){{2}}(?:{_TRIPLE}=|{_TRIPLE}[^0-9A-Za-z+/_=-]|[I-Za-f][AQgw]==)",
)
# And of base32 for five, in either case (RFC 4648 §6).
_OCTET = "[E-P][ABEFIJMNQRUVYZ45][A-Z2-7][A-HQ-X][ACEGIKMOQSUWY246][A-Z2-7][A-DI-LQ-TYZ23][A-Z2-7]"
BASE32 = (
    f"{_OCTET}(?:[A-Z2-7]{{6}}|[A-Z2-7]{{2,5}}=)",
    f"{_OCTET.lower()}(?:[a-z2-7]{{6}}|[a-z2-7]{{2,5}}=)",
)
# And of hex for one, with what languages write between them.
_BYTE = "(?:[2-7][0-9A-Fa-f]|0[9ADad])"
_BETWEEN = r"(?:0x|\\{1,2}x|[ :,\-]{1,2}(?:0x|\\{1,2}x)?)"
HEX = f"(?:{_BYTE}{_BETWEEN}?){{6}}{_BYTE}"
ESCAPES = (
    "%(?:[2-6][0-9A-Fa-f]|7[0-9A-Ea-e])(?:[%0-9A-Za-z@.])",
    "&(?:amp;){0,4}#[0-9Xx]|&(?:amp;){1,4}[A-Za-z]",
    r"\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2})",
)
_ANY_BYTE = "[0-9A-Fa-f]{2}"
QUOTED = (
    "=(?:[2-6][0-9A-F]|7[0-9A-E])=(?:[2-6][0-9A-F]|7[0-9A-E])",
    "[0-9A-Za-z]=(?:2E|2D|5F|3D)[0-9A-Za-z\"']",
    # `=40` before a host, and not `took=404ms`, which is in many a log.
    "[0-9A-Za-z]=40(?:[A-Za-z\"']|[0-9][0-9A-Za-z-]{0,40}[.][A-Za-z])",
    "[0-9A-Za-z@.:-]=\r?\n[0-9A-Za-z@.,:)\t-]",
)
LONGEST_WHOLE = 1024  # characters of a run that is covered as a whole

_ALPHABET = "0-9A-Za-z+/_-"
# A line goes on in the next where that begins as text does, or is as long as such lines are.
_LAST = f"(?:{_TRIPLE}|[I-Za-f][AQgw])={{0,2}}(?![^\r\n])|[{_ALPHABET}]{{2,3}}={{1,2}}"
_WRAPPED = rf"(?:\r?\n[ \t>]{{0,8}}(?:{_QUAD}[{_ALPHABET}]*={{0,2}}|[{_ALPHABET}]{{40,128}}={{0,2}}|{_LAST}))*"
_BASE64_RUN = re.compile(rf"[{_ALPHABET}]{{10,}}={{0,2}}{_WRAPPED}")
_BASE64_START = re.compile("|".join(BASE64))
_BASE32_RUN = re.compile(r"(?<![0-9A-Za-z])(?:[A-Z2-7]{10,}|[a-z2-7]{10,})={0,6}(?![0-9A-Za-z])")
_BASE32_START = re.compile("|".join(BASE32))
_HEX_RUN = re.compile(
    rf"(?<![0-9A-Za-z])(?:0x|\\x)?{_ANY_BYTE}(?:{_BETWEEN}?{_ANY_BYTE}){{6,}}(?![0-9A-Za-z])"
)
_HEX_START = re.compile(HEX)
_HEX_PAIR = re.compile(r"(?:0x|\\{1,2}x)?([0-9A-Fa-f]{2})")
_QUOTED_RUN = re.compile(r"(?:=[0-9A-F]{2}|=\r?\n)+")
_UTF8_RUN = re.compile("(?:%[0-9A-Fa-f]{2})+")
_AMPERSAND = re.compile("&(?:amp;){1,4}(?=[#A-Za-z])")
_READABLE = frozenset(map(ord, string.printable))
_BITS = {ord("-"): "+", ord("_"): "/"} | dict.fromkeys(map(ord, " \t\r\n>"))


def find_base64(text: str) -> Iterator[Piece]:
    """Runs of base64, standard or for URLs, in lines or not, with padding or without."""
    for run in _BASE64_RUN.finditer(text):
        start = _BASE64_START.search(text, run.start(), run.end())
        if start is None:
            continue
        first = (
            run.start() + (start.start() - run.start()) % 4
        )  # a `/` in front may be no part of it
        places = [at for at in range(first, run.end()) if text[at] not in " \t\r\n>="]
        letters = text[first : run.end()].translate(_BITS).rstrip("=").replace("=", "")
        if len(letters) % 4 == 1:
            letters = letters[:-1]
        try:
            raw = base64.b64decode(letters + "=" * (-len(letters) % 4))
        except binascii.Error:
            continue
        yield from _decoded(raw, places, run.end(), bits=6)


def find_base32(text: str) -> Iterator[Piece]:
    """Runs of base32, in upper or lower case."""
    for run in _BASE32_RUN.finditer(text):
        if _BASE32_START.match(text, run.start(), run.end()) is None:
            continue
        letters = run[0].rstrip("=").upper()
        letters = letters[: len(letters) - (len(letters) % 8 in (1, 3, 6))]
        raw = base64.b32decode(letters + "=" * (-len(letters) % 8))
        yield from _decoded(raw, range(run.start(), run.end()), run.end(), bits=5)


def find_hex(text: str) -> Iterator[Piece]:
    r"""Bytes in hex, together or apart, with `0x` or `\x` or nothing before each."""
    for run in _HEX_RUN.finditer(text):
        if _HEX_START.search(text, *run.span()) is None:
            continue
        pairs = list(_HEX_PAIR.finditer(run[0]))
        raw = bytes.fromhex("".join([pair[1] for pair in pairs]))
        places = [run.start() + pair.start() + side for pair in pairs for side in (0, 1)]
        yield from _decoded(raw, places, run.end(), bits=4)


def _decoded(raw: bytes, places: range | list[int], end: int, *, bits: int) -> Iterator[Piece]:
    """What is readable of `raw`, whose bits the characters at `places` hold.

    A short run is covered as a whole, so that nothing of it is left to decode; of a
    long one, a letter is what holds its byte.
    """
    said = raw.decode("utf-8", "replace")
    readable = sum(map(_READABLE.__contains__, raw))
    if readable < 6 or readable * 10 < len(raw) * 6:
        return
    if end - places[0] <= LONGEST_WHOLE:
        yield Piece(places[0], end, said)
        return
    marks = [places[0]]
    size = 0
    for char in said:
        size += len(char.encode()) if char != "\ufffd" else 1
        marks.append(places[min(-(-size * 8 // bits), len(places)) - 1] + 1)
    marks = [places[0], *(max(one, two) for one, two in pairwise(marks))]
    yield Piece(places[0], end, said, marks)


def find_quoted(text: str) -> Iterator[Piece]:
    """What `=40` and a `=` at the end of a line stand for (RFC 2045 §6.7)."""
    for run in _QUOTED_RUN.finditer(text):
        codes = re.sub(r"=\r?\n", "", run[0]).replace("=", "")
        yield Piece(run.start(), run.end(), bytes.fromhex(codes).decode("utf-8", "replace"))


def find_utf8(text: str) -> Iterator[Piece]:
    """Characters beyond ASCII in a web address, `%D9%A4` (RFC 3986 §2.5)."""
    for run in _UTF8_RUN.finditer(text):
        said = bytes.fromhex(run[0].replace("%", "")).decode("utf-8", "replace")
        if not said.isascii():
            yield Piece(run.start(), run.end(), said)


def find_escapes(text: str) -> Iterator[Piece]:
    """Escapes that were escaped themselves: `%2540`, `&amp;#64;`."""
    for start, end, said in escapes(text):
        yield Piece(start, end, said)
    if "&" in text:
        for match in _AMPERSAND.finditer(text):
            yield Piece(*match.span(), "&")
