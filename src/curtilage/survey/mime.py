"""Messages taken apart: headers, parts, encodings (RFC 5322, 2045 to 2047).

Not by the library: its time grows with the depth of what is nested, and its headers
raise. Here every byte is looked at a bounded number of times, and what does not hold is
given as it stands.
"""

import binascii
import codecs
import re
from collections.abc import Iterable, Sequence
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from typing import NamedTuple

LONGEST_HEADERS = 1024 * 1024  # bytes of all of a part; what is behind is its body
LONGEST_HEADER = 64 * 1024  # of one that is decoded; what is longer is read as it stands
LONGEST_STRUCTURED = 8 * 1024  # of one whose parameters are looked for
MOST_PARTS = 10_000  # of a message
STRUCTURED = ("content-type", "content-disposition", "content-transfer-encoding")
BASE64_JUNK = bytes(
    byte for byte in range(256) if not re.match(rb"[A-Za-z0-9+/=\s]", bytes([byte]))
)
_HEADER = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,100})[ \t]*:(.*)", re.DOTALL)
# Those of Python that are none of texts, or take time that grows with the square, are not here.
_CHARSET = re.compile(
    r"ascii|utf|iso|cp\d|windows|mac|koi8|gb|big5|shift|euc|johab|hz|tis|ptcp|kz|latin"
)


class Entity(NamedTuple):
    """A message or a part of one: its headers as they stand, and what is behind them."""

    headers: Sequence[tuple[str, bytes]]
    body: bytes


def parse_entity(raw: bytes) -> Entity:
    """Headers with their continuations, up to the first line that is empty or none of them."""
    headers: list[tuple[str, list[bytes]]] = []
    place = 0
    while place < min(len(raw), LONGEST_HEADERS):
        end = raw.find(b"\n", place) + 1 or len(raw)
        line = raw[place:end]
        if not line.strip(b"\r\n"):
            return Entity(_joined(headers), raw[end:])
        if line[:1] in b" \t" and headers:
            headers[-1][1].append(line)
        elif match := _HEADER.fullmatch(line):
            headers.append((match[1].decode("ascii"), [match[2]]))
        elif headers or not line.startswith(b"From "):
            return Entity(_joined(headers), raw[place:])
        place = end
    return Entity(_joined(headers), raw[place:])


def _joined(headers: Iterable[tuple[str, list[bytes]]]) -> Sequence[tuple[str, bytes]]:
    return [(name, b"".join(lines).strip()) for name, lines in headers]


def split_parts(body: bytes, boundary: bytes) -> tuple[bytes, Sequence[bytes]]:
    """What is before the parts, and the parts. The end of the last need not be there."""
    mark, parts = b"\n--" + boundary, list[bytes]()
    text = b"\n" + body  # so that a mark at the beginning is like any other
    before, place = b"", 0
    start = text.find(mark)
    while start >= 0 and len(parts) <= MOST_PARTS:
        end = text.find(b"\n", start + 1)
        end = len(text) if end < 0 else end
        behind = text[start + len(mark) : end].rstrip()
        if behind in (b"", b"--"):
            piece = text[place:start].removesuffix(b"\r")
            if place:
                parts.append(piece[1:])
            else:
                before = piece[1:]
            place = end
            if behind:
                break
        start = text.find(mark, end)
    if not place:
        return body, parts
    return before, [*parts, text[place + 1 :]] if text[place:].strip() else parts


def structured(headers: Iterable[tuple[str, bytes]]) -> Message:
    """The headers that say what a body is; the first of each counts."""
    said = Message()
    for name, raw in headers:
        if name.lower() in STRUCTURED and name not in said and len(raw) <= LONGEST_STRUCTURED:
            said[name] = re.sub(r"\s+", " ", raw.decode("utf-8", "replace"))
    return said


def decode_text(raw: bytes) -> str:
    """A header as people read it: encoded words decoded, unfolded; else as it stands."""
    plain = re.sub(r"\s+", " ", raw.decode("utf-8", "replace"))
    if "=?" not in plain or len(plain) > LONGEST_HEADER:
        return plain
    try:
        pieces = decode_header(plain)
    except (HeaderParseError, binascii.Error, ValueError):
        return plain
    texts: list[str] = []
    for piece, charset in pieces:
        if isinstance(piece, str):
            texts.append(piece)
        else:
            text = decode_charset(piece, charset or "ascii")
            texts.append(piece.decode("latin-1") if text is None else text)
    return "".join(texts)


def decode_transfer(body: bytes, encoding: str) -> tuple[bytes, bool]:
    """A body without its transfer encoding, and whether that held."""
    match encoding.strip().lower():
        case "base64":
            return _decode_base64(body)
        case "quoted-printable":
            return binascii.a2b_qp(body), True
        case "" | "7bit" | "8bit" | "binary":
            return body, True
        case _:
            return body, False


def _decode_base64(body: bytes) -> tuple[bytes, bool]:
    """What is no digit of it is passed over; what is no group of four at the end is left out."""
    digits = body.translate(None, BASE64_JUNK + b"=\r\n\t \x0b\x0c")
    whole = digits[: len(digits) - (len(digits) % 4 == 1)]
    content = binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
    is_clean = len(whole) == len(digits) and body.translate(None, BASE64_JUNK) == body
    return content, is_clean


def decode_charset(content: bytes, charset: str) -> str | None:
    """The text, by a character set that is one; None where it does not hold."""
    if not charset or charset.lower() in ("us-ascii", "ascii"):
        charset = "utf-8"  # it often is, whatever it says
    try:
        name = codecs.lookup(charset).name
        return content.decode(name) if _CHARSET.match(name) else None
    except (LookupError, ValueError):
        return None
