"""Bytes to text, piece by piece: by the mark at the beginning, by shape, else UTF-8.

What is no UTF-8 is read byte by byte as Windows-1252, which every byte has a place
in: nothing crashes, nothing is dropped, and a note says so.
"""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from curtilage.survey.errors import Unreadable

PIECE = 256 * 1024  # bytes at a time
MARKS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SINGLE = "cp1252"  # what is no UTF-8 and comes back is read so
_CONTROLS = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")  # but for white space, bells and escapes
MOST_CONTROLS = 0.02
MOSTLY = 0.7
LEAST = 16  # bytes that have a shape

FALLBACK = "curtilage-windows-1252"
_WINDOWS = [
    bytes([byte]).decode("cp1252", "replace").replace("\ufffd", chr(byte)) for byte in range(256)
]


def _as_windows(problem: UnicodeError) -> tuple[str, int]:
    if isinstance(problem, UnicodeDecodeError):
        bad = problem.object[problem.start : problem.end]
        return "".join([_WINDOWS[byte] for byte in bad]), problem.end
    raise problem


codecs.register_error(FALLBACK, _as_windows)


def find_encoding(head: bytes) -> tuple[str, int]:
    """The encoding that a file seems to be in, and the length of its mark."""
    for mark, name in MARKS:
        if head.startswith(mark):
            return name, len(mark)
    return _by_shape(head) or "utf-8", 0


def _by_shape(head: bytes) -> str | None:
    """Wide characters of mostly Western text, told by where the zeros stand."""
    if len(head) < LEAST or b"\0" not in head:
        return None
    whole = head[: len(head) // 4 * 4]
    zeros = [whole[place::4].count(0) * 4 / len(whole) for place in range(4)]
    if min(zeros[1:]) > MOSTLY and zeros[0] < 1 - MOSTLY:
        return "utf-32-le"
    if min(zeros[:3]) > MOSTLY and zeros[3] < 1 - MOSTLY:
        return "utf-32-be"
    if min(zeros[1], zeros[3]) > MOSTLY and max(zeros[0], zeros[2]) < 1 - MOSTLY:
        return "utf-16-le"
    if min(zeros[0], zeros[2]) > MOSTLY and max(zeros[1], zeros[3]) < 1 - MOSTLY:
        return "utf-16-be"
    return None


def decode_exactly(raw: bytes) -> tuple[str, str, bytes]:
    """A text, its encoding and its mark, so that encoding it gives the bytes again.

    Raises Unreadable where no encoding does."""
    marked = [(name, len(mark)) for mark, name in MARKS if raw.startswith(mark)]
    # The mark of UTF-32 is that of UTF-16 and a NUL.
    for name, length in marked or [(find_encoding(raw[:8192])[0], 0), (SINGLE, 0)]:
        try:
            text = raw[length:].decode(name)
        except UnicodeDecodeError:
            continue
        if text.encode(name) == raw[length:]:
            return text, codecs.lookup(name).name, raw[:length]
    raise Unreadable(
        "It is in no encoding that is known here.", hint="Convert the file to UTF-8 first."
    )


def is_binary(head: bytes) -> bool:
    """Whether it is no text in any encoding that we know."""
    if find_encoding(head) != ("utf-8", 0):
        return False
    return b"\0" in head or len(_CONTROLS.findall(head)) > MOST_CONTROLS * len(head)


class Decoded:
    """The text of a stream, in pieces. Afterwards it knows whether bytes were out of order."""

    def __init__(self, opened: BinaryIO, head: bytes, *, most: int | None = None) -> None:
        """`most`: so many bytes are read and no more; a file that grows has an end too."""
        self._opened = opened
        self.encoding, self._mark = find_encoding(head)
        self._most = most
        self.bytes = 0
        self.is_clean = True

    def __iter__(self) -> Iterator[str]:
        strict = codecs.getincrementaldecoder(self.encoding)()
        lenient = codecs.getincrementaldecoder(self.encoding)(
            FALLBACK if self.encoding == "utf-8" else "replace"
        )
        self.bytes = len(self._opened.read(self._mark))
        while raw := self._read():
            text = self._decode(strict, lenient, raw)
            if text:
                yield text
        rest = self._decode(strict, lenient, b"", final=True)
        if rest:
            yield rest

    def _decode(
        self,
        strict: codecs.IncrementalDecoder,
        lenient: codecs.IncrementalDecoder,
        raw: bytes,
        *,
        final: bool = False,
    ) -> str:
        if self.is_clean:
            kept = strict.getstate()
            try:
                return strict.decode(raw, final)
            except UnicodeDecodeError:
                self.is_clean = False
                lenient.setstate(kept)
        return lenient.decode(raw, final)

    def _read(self) -> bytes:
        room = PIECE if self._most is None else min(PIECE, self._most - self.bytes)
        raw = self._opened.read(room) if room > 0 else b""
        self.bytes += len(raw)
        return raw
