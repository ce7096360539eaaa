"""Small pictures with things beside the picture, made by hand from their specifications."""

import struct
import zlib

NOTE = b"taken by Ada Quill at 52.37N 4.89E"


def segment(marker: int, body: bytes) -> bytes:
    """One segment of a JPEG."""
    return b"\xff" + bytes((marker,)) + struct.pack(">H", len(body) + 2) + body


def exif(turn: int = 6, order: str = ">") -> bytes:
    """An Exif with an orientation and a note."""
    head = b"MM\x00*" if order == ">" else b"II*\x00"
    first = struct.pack(f"{order}I", 8)
    entries = struct.pack(f"{order}HHHIHH", 1, 0x0112, 3, 1, turn, 0)
    return b"Exif\x00\x00" + head + first + entries + b"\x00" * 4 + NOTE


def a_jpeg(*beside: bytes, after: bytes = b"") -> bytes:
    """A JPEG of two scans; `beside` are segments before them."""
    return b"".join(
        (
            b"\xff\xd8",
            segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
            *beside,
            segment(0xDB, b"\x00" + bytes(64)),
            segment(0xC2, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00"),
            segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"scan\xff\x00one\xff\xd0more",
            segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"scan\xfetwo",
            b"\xff\xd9",
            after,
        )
    )


def chunk(name: bytes, body: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def a_png(*beside: bytes, after: bytes = b"") -> bytes:
    """A PNG of one white pixel."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"\x00\xff"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(beside) + data + chunk(b"IEND", b"") + after


def riff(name: bytes, body: bytes) -> bytes:
    """One chunk of a WebP."""
    return name + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) & 1)


def a_webp(*beside: bytes, flags: int = 0, after: bytes = b"") -> bytes:
    """A WebP in its extended form."""
    body = riff(b"VP8X", bytes((flags,)) + bytes(9)) + riff(b"VP8L", b"/\x00\x00\x00\x00")
    whole = b"WEBP" + body + b"".join(beside)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole + after


def a_gif(*beside: bytes, after: bytes = b"") -> bytes:
    """A GIF of one pixel and two colours."""
    head = b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + b"\x00\x00\x00\xff\xff\xff"
    image = b"\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00"
    return head + b"".join(beside) + image + b";" + after


def blocks(data: bytes) -> bytes:
    """Sub-blocks of a GIF."""
    pieces = [data[at : at + 255] for at in range(0, len(data), 255)]
    return b"".join(bytes((len(piece),)) + piece for piece in pieces) + b"\x00"
