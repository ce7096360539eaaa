"""Server-sent events (WHATWG HTML §9.2): cut bytes into frames, keep every byte.

A frame ends with an empty line, lines with LF, CRLF or CR, whatever the cuts
between reads. `Frame.raw` holds the bytes as they came, for forwarding; what
the frame says is read only when asked for.
"""

import re

from curtilage.gateway.wire.errors import BrokenStream

MAX_FRAME = 16 * 1024 * 1024  # one chunk of a reply; pictures in base64 reach 8 MB

_BOM = b"\xef\xbb\xbf"
_END = re.compile(rb"(?>\r\n|\n|\r)(?>\r\n|\n|\r)")  # atomic: CRLF is one line end, not two
_LINE = re.compile(rb"\r\n|\n|\r")
_LINES = re.compile(rb"[^\r\n]*+(?:\r\n|\n|\r|\Z)")
_DATA = re.compile(rb"data(?:[:\r\n]|\Z)")
_LINE_END = re.compile(rb"(?:\r\n|\n|\r)\Z")


class Frame:
    """One frame. `data` is None where it has no data line (comments, bare ids)."""

    __slots__ = ("_data", "_event", "_read", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self._read = False
        self._data: bytes | None = None
        self._event = b""

    @property
    def data(self) -> bytes | None:
        if not self._read:
            self._parse()
        return self._data

    @property
    def event(self) -> bytes:
        """The event's name, b"" where it has none."""
        if not self._read:
            self._parse()
        return self._event

    def _parse(self) -> None:
        self._read = True
        raw = self.raw
        if b"\r" not in raw and raw.endswith(b"\n\n"):  # what nearly every frame looks like
            ends = raw.count(b"\n")
            if ends == 2 and raw.startswith(b"data: "):
                self._data = raw[6:-2]
                return
            if ends == 3 and raw.startswith(b"event: "):
                event, _, rest = raw[7:-2].partition(b"\n")
                if rest.startswith(b"data: "):
                    self._event, self._data = event, rest[6:]
                    return
        lines = []
        for line in _LINE.split(raw.removeprefix(_BOM)):
            name, _, value = line.partition(b":")
            if name == b"data":
                lines.append(value.removeprefix(b" "))
            elif name == b"event":
                self._event = value.removeprefix(b" ")
        if lines:
            self._data = b"\n".join(lines)

    def rewrite(self, data: bytes) -> bytes:
        """The frame with other data: its event, id and comments stay as they are."""
        out = []
        written = False
        for line in _LINES.findall(self.raw):
            mark = _BOM if line.startswith(_BOM) else b""
            if not _DATA.match(line.removeprefix(mark)):
                out.append(line)
            elif not written:
                written = True
                end = _LINE_END.search(line)
                out.append(mark + b"data: " + data + (end.group() if end else b""))
        return b"".join(out)

    @property
    def ended(self) -> bool:
        """Whether its empty line has come; without it another frame would run into it."""
        return _END.search(self.raw[-4:]) is not None


def encode_data(data: bytes) -> bytes:
    """A frame of one data line."""
    return b"data: " + data + b"\n\n"


def encode_event(event: bytes, data: bytes) -> bytes:
    """A frame with an event's name."""
    return b"event: " + event + b"\ndata: " + data + b"\n\n"


class SSEParser:
    """Cuts a stream into frames. Raises BrokenStream for a frame without an end."""

    __slots__ = ("_buffer", "_limit", "_searched")

    def __init__(self, *, limit: int = MAX_FRAME) -> None:
        self._buffer = b""
        self._searched = 0
        self._limit = limit

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are whole now, in order."""
        buffer = self._buffer + data if self._buffer else data
        frames: list[Frame] = []
        start = 0
        if b"\r" not in buffer:
            end = buffer.find(b"\n\n", self._searched)
            while end >= 0:
                frames.append(Frame(buffer[start : end + 2]))
                start = end + 2
                end = buffer.find(b"\n\n", start)
        else:
            for match in _END.finditer(buffer, self._searched):
                frames.append(Frame(buffer[start : match.end()]))
                start = match.end()
        self._keep(buffer[start:] if start else buffer)
        return frames

    def _keep(self, rest: bytes) -> None:
        if len(rest) > self._limit:
            self._buffer = b""
            raise BrokenStream("The provider sent an event larger than this service takes.")
        self._buffer = rest
        self._searched = max(0, len(rest) - 3)  # an end is at most four bytes, "\r\n\r\n"

    def close(self) -> Frame | None:
        """What came after the last whole frame: some servers leave the empty line out."""
        rest, self._buffer = self._buffer, b""
        self._searched = 0
        return Frame(rest) if rest else None
