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
_HALF_ENDS = (b"\r\n\r", b"\n\r")
_LINE = re.compile(rb"\r\n|\n|\r")
_LINES = re.compile(rb"[^\r\n]*+(?:\r\n|\n|\r|\Z)")
_DATA = re.compile(rb"data(?:[:\r\n]|\Z)")
_LINE_END = re.compile(rb"(?:\r\n|\n|\r)\Z")


class Frame:
    """One frame: its bytes as they came, its event's name (b"" where it has none), its data.

    `data` is None where no line holds data (comments, bare ids).
    """

    __slots__ = ("data", "event", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        first = raw.find(b"\n")
        if first == len(raw) - 2 and raw[:6] == b"data: " and b"\r" not in raw:
            self.event = b""  # what nearly every frame of OpenAI looks like
            self.data: bytes | None = raw[6:first]
        elif (
            raw[:7] == b"event: "
            and raw[first + 1 : first + 7] == b"data: "
            and raw.find(b"\n", first + 1) == len(raw) - 2
            and b"\r" not in raw
        ):
            self.event = raw[7:first]  # and of Anthropic
            self.data = raw[first + 7 : -2]
        else:
            self.event, self.data = _read_lines(raw)

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
        return self.raw.endswith((b"\n\n", b"\r\n\r\n", b"\r\r"))


def _read_lines(raw: bytes) -> tuple[bytes, bytes | None]:
    """Event and data of any frame, line by line."""
    event, data = b"", None
    for line in _LINE.split(raw.removeprefix(_BOM)):
        name, _, value = line.partition(b":")
        if name == b"data":
            piece = value.removeprefix(b" ")
            data = piece if data is None else data + b"\n" + piece
        elif name == b"event":
            event = value.removeprefix(b" ")
    return event, data


def encode_data(data: bytes) -> bytes:
    """A frame of one data line."""
    return b"data: " + data + b"\n\n"


def encode_event(event: bytes, data: bytes) -> bytes:
    """A frame with an event's name."""
    return b"event: " + event + b"\ndata: " + data + b"\n\n"


class SSEParser:
    """Cuts a stream into frames. Raises BrokenStream for a frame without an end."""

    __slots__ = ("_limit", "_size", "_tail", "_waiting")

    def __init__(self, *, limit: int = MAX_FRAME) -> None:
        self._waiting: list[bytes] = []  # pieces of a frame, joined once its end has come
        self._size = 0
        self._tail = b""
        self._limit = limit

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are whole now, in order."""
        if self._waiting:
            self._waiting.append(data)
            self._size += len(data)
            seam = self._tail + data  # an end is at most four bytes, "\r\n\r\n"
            if _END.search(seam) is None:
                self._tail = seam[-3:]
                self._check_size()
                return []
            data = b"".join(self._waiting)
            self._waiting.clear()
        frames: list[Frame] = []
        start = 0
        if b"\r" not in data:
            end = data.find(b"\n\n")
            while end >= 0:
                frames.append(Frame(data[start : end + 2]))
                start = end + 2
                end = data.find(b"\n\n", start)
        else:
            for match in _END.finditer(data):
                if match.end() == len(data) and match.group() in _HALF_ENDS:
                    break  # its LF is on the way; a reader that splits by hand needs it there
                frames.append(Frame(data[start : match.end()]))
                start = match.end()
        self._keep(data[start:] if start else data)
        return frames

    def _keep(self, rest: bytes) -> None:
        self._waiting = [rest] if rest else []
        self._size = len(rest)
        self._tail = rest[-3:]
        self._check_size()

    def _check_size(self) -> None:
        if self._size > self._limit:
            self._waiting.clear()
            raise BrokenStream("The provider sent an event larger than this service takes.")

    def close(self) -> Frame | None:
        """What came after the last whole frame: some servers leave the empty line out."""
        rest = b"".join(self._waiting)
        self._waiting.clear()
        self._size = 0
        return Frame(rest) if rest else None
