"""What is inside pictures beside the picture, taken out: JPEG, PNG, WebP, GIF. Pure.

Cameras write where and when, with what, by whom; editors write names, captions, earlier
versions, small copies of what was cut away. All of it lies in segments or chunks of its
own, so it is left out and the picture's own bytes are kept: nothing is encoded anew. What
is kept is what a reader needs to show the picture, by name; the way it is turned is written
anew from its one number. A file whose structure is not understood is refused.

Sources: ITU-T T.81 annex B (JPEG), CIPA DC-008 (Exif), W3C PNG third edition §§5, 11,
RFC 9649 (WebP), CompuServe GIF89a.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping

from curtilage.gateway.wire.errors import MalformedMedia

JPEG, PNG, WEBP, GIF = "image/jpeg", "image/png", "image/webp", "image/gif"


def strip_picture(data: bytes, kind: str) -> bytes:
    """The picture without what is beside it. Raises MalformedMedia."""
    try:
        return b"".join(_STRIPPERS[kind](data))
    except (struct.error, IndexError, ValueError, OverflowError):
        raise MalformedMedia from None


# JPEG

_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"
_SOS, _COM, _JFIF, _EXIF, _ADOBE = 0xDA, 0xFE, 0xE0, 0xE1, 0xEE
_APPS = range(0xE0, 0xF0)
# Frames, tables, restarts, scans (T.81 table B.1); others could hold anything.
_DRAWN = frozenset((*range(0xC0, 0xC8), *range(0xC9, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD))
_ALONE = frozenset((0x01, *range(0xD0, 0xD8)))  # markers without a length
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)  # linear in what it goes through
_JFIF_HEAD = b"JFIF\x00"
_EXIF_HEAD = b"Exif\x00\x00"


def _strip_jpeg(data: bytes) -> Iterator[bytes]:
    yield _SOI
    at, is_turned = 2, False
    while True:
        if data[at] != 0xFF:
            raise MalformedMedia
        while data[at] == 0xFF:  # fill bytes, T.81 §B.1.1.2
            at += 1
        marker = data[at]
        at += 1
        if marker == _EOI[1]:  # what follows is no part of the picture
            yield _EOI
            return
        if marker in _ALONE or marker == 0:
            raise MalformedMedia
        (length,) = struct.unpack_from(">H", data, at)
        body = data[at + 2 : at + length]
        if length < 2 or at + length > len(data):
            raise MalformedMedia
        at += length
        kept = _keep_segment(marker, body, is_turned=is_turned)
        is_turned = is_turned or (marker == _EXIF and kept is not None)
        if kept is not None:
            yield b"\xff" + bytes((marker,)) + struct.pack(">H", len(kept) + 2) + kept
        if marker == _SOS:
            found = _NEXT_MARKER.search(data, at)
            if found is None:
                raise MalformedMedia
            yield data[at : found.start()]
            at = found.start()


def _keep_segment(marker: int, body: bytes, *, is_turned: bool) -> bytes | None:
    """What is kept of a segment; None where all of it goes."""
    if marker == _JFIF and body.startswith(_JFIF_HEAD):
        return body[:12] + b"\x00\x00" if len(body) >= 14 else None  # without its small copy
    if marker == _EXIF and body.startswith(_EXIF_HEAD) and not is_turned:
        turn = _read_turn(body[len(_EXIF_HEAD) :])
        return _EXIF_HEAD + _write_turn(turn) if turn else None
    if marker == _ADOBE and body.startswith(b"Adobe"):
        return body[:12]  # which colours these are
    if marker in _APPS or marker == _COM:
        return None
    if marker not in _DRAWN:
        raise MalformedMedia
    return body


def _read_turn(tiff: bytes) -> int:
    """The orientation that Exif says, 2 to 8; 0 where it says none (DC-008 §4.6.5.1)."""
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    if order is None:
        return 0
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for number in range(min(count, 512)):
            tag, kind, _, turn = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
            if (tag, kind) == (0x0112, 3):
                return turn if 2 <= turn <= 8 else 0
    except struct.error:
        pass  # an Exif that cannot be read goes, and says nothing
    return 0


def _write_turn(turn: int) -> bytes:
    """An Exif of that one number."""
    return b"MM\x00*\x00\x00\x00\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, turn, 0, 0)


# PNG

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SHOWN = frozenset(
    (
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs",
        b"cICP", b"mDCV", b"cLLI", b"acTL", b"fcTL", b"fdAT",
    )
)  # fmt: skip

_LONGEST = {  # bytes of those that have a fixed or small size (PNG §11); more of it could be words
    b"IHDR": 13, b"IEND": 0, b"PLTE": 768, b"tRNS": 256, b"gAMA": 4, b"cHRM": 32, b"sRGB": 1, b"sBIT": 4,
    b"bKGD": 6, b"pHYs": 9, b"cICP": 4, b"mDCV": 24, b"cLLI": 8, b"acTL": 8, b"fcTL": 26,
}  # fmt: skip


def _strip_png(data: bytes) -> Iterator[bytes]:
    yield _SIGNATURE
    at = len(_SIGNATURE)
    expected = b"IHDR"
    while True:
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data) or (expected and name != expected) or not name.isalpha():
            raise MalformedMedia
        (checksum,) = struct.unpack_from(">I", data, end - 4)
        if zlib.crc32(data[at + 4 : end - 4]) != checksum:
            raise MalformedMedia
        expected = b""
        if name in _SHOWN:
            if length > _LONGEST.get(name, length):
                raise MalformedMedia
            yield data[at:end]
        elif not name[0] & 0x20:  # one that a reader must know (§5.4)
            raise MalformedMedia
        if name == b"IEND":
            return
        at = end


# WebP

_OF_WEBP = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"))
_OF_FRAME = frozenset((b"VP8 ", b"VP8L", b"ALPH"))
_ANNOUNCED = 0x04 | 0x08 | 0x20  # XMP, Exif, ICC profile
_FRAME_HEAD = 16


def _strip_webp(data: bytes) -> Iterator[bytes]:
    (size,) = struct.unpack_from("<I", data, 4)
    if size + 8 > len(data) or size < 4:
        raise MalformedMedia
    body = b"".join(_keep_chunks(data[12 : 8 + size], _OF_WEBP))
    if not body:
        raise MalformedMedia
    yield b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _keep_chunks(data: bytes, kept: frozenset[bytes]) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        end = at + 8 + length
        if end > len(data):
            raise MalformedMedia
        body = data[at + 8 : end]
        if name in kept:
            body = _keep_of_chunk(name, body)
            yield name + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) & 1)
        at = end + (length & 1)


def _keep_of_chunk(name: bytes, body: bytes) -> bytes:
    if name == b"VP8X":
        return bytes((body[0] & ~_ANNOUNCED,)) + body[1:]
    if name == b"ANMF":
        return body[:_FRAME_HEAD] + b"".join(_keep_chunks(body[_FRAME_HEAD:], _OF_FRAME))
    return body


# GIF

_IMAGE, _EXTENSION, _TRAILER, _CONTROL, _APPLICATION = 0x2C, 0x21, 0x3B, 0xF9, 0xFF
_LOOPS = (b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0")


def _strip_gif(data: bytes) -> Iterator[bytes]:
    at = 13 + _size_of_colours(data[10])
    yield data[:at]
    while True:
        kind = data[at]
        if kind == _TRAILER:
            yield b";"
            return
        if kind == _IMAGE:
            start = at + 10 + _size_of_colours(data[at + 9]) + 1
            end = _skip_blocks(data, start)
            yield data[at:end]
        elif kind == _EXTENSION:
            end = _skip_blocks(data, at + 2)
            is_loop = data[at + 1] == _APPLICATION and data[at + 2 : at + 14] in _LOOPS
            if data[at + 1] == _CONTROL or (is_loop and end - at <= 19):
                yield data[at:end]
        else:
            raise MalformedMedia
        at = end


def _size_of_colours(packed: int) -> int:
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _skip_blocks(data: bytes, at: int) -> int:
    """Where a row of sub-blocks ends."""
    while data[at]:
        at += data[at] + 1
    return at + 1


_STRIPPERS: Mapping[str, Callable[[bytes], Iterator[bytes]]] = {
    JPEG: _strip_jpeg,
    PNG: _strip_png,
    WEBP: _strip_webp,
    GIF: _strip_gif,
}
