"""Amazon's event stream encoding (`application/vnd.amazon.eventstream`), sans I/O.

A message is: its length and that of its headers (4 bytes each, big-endian), a CRC32
of these eight bytes, headers, a payload, and a CRC32 of all before it. A message is
read once it is whole and both sums hold; its bytes are kept, for forwarding.
Format: the Smithy specification, "Amazon Event Stream".
"""

from collections.abc import Mapping
from struct import Struct
from types import MappingProxyType
from zlib import crc32

from curtilage.gateway.wire.errors import BrokenStream

MAX_MESSAGE = 16 * 1024 * 1024  # as of one event of SSE; pictures reach 8 MB
MAX_HEADERS = 128 * 1024  # the specification's own limit
_PRELUDE = Struct(">III")
_SUM = Struct(">I")
_AROUND = _PRELUDE.size + _SUM.size
_STRING, _BYTES = 7, 6
# The sizes of values whose type gives one; strings and bytes say theirs.
_SIZES: Mapping[int, int] = MappingProxyType({0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16})


class Message:
    """One message: its bytes as they came, its headers that are strings, its payload."""

    __slots__ = ("_headers_end", "headers", "payload", "raw")

    def __init__(self, raw: bytes) -> None:
        """`raw` is a whole message whose prelude was checked."""
        if crc32(raw[: -_SUM.size]) != _SUM.unpack_from(raw, len(raw) - _SUM.size)[0]:
            raise BrokenStream("The provider sent a message whose checksum does not hold.")
        self.raw = raw
        self._headers_end = _PRELUDE.size + _PRELUDE.unpack_from(raw)[1]
        self.headers = _read_headers(raw[_PRELUDE.size : self._headers_end])
        self.payload = raw[self._headers_end : -_SUM.size]

    def rewrite(self, payload: bytes) -> bytes:
        """The message with another payload: its headers stay as they are."""
        return _encode(self.raw[_PRELUDE.size : self._headers_end], payload)


def encode_message(headers: Mapping[str, str], payload: bytes) -> bytes:
    """A message whose headers are all strings."""
    encoded = []
    for name, value in headers.items():
        key, text = name.encode(), value.encode()
        size = len(text).to_bytes(2)
        encoded.append(bytes((len(key),)) + key + bytes((_STRING,)) + size + text)
    return _encode(b"".join(encoded), payload)


def encode_event(kind: str, payload: bytes) -> bytes:
    """An event of this kind with a JSON document."""
    headers = {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}
    return encode_message(headers, payload)


def encode_exception(kind: str, payload: bytes) -> bytes:
    """An exception of the service's model, with which a stream ends."""
    headers = {
        ":exception-type": kind,
        ":content-type": "application/json",
        ":message-type": "exception",
    }
    return encode_message(headers, payload)


def _encode(headers: bytes, payload: bytes) -> bytes:
    lengths = _PRELUDE.pack(_AROUND + len(headers) + len(payload), len(headers), 0)[: -_SUM.size]
    whole = lengths + _SUM.pack(crc32(lengths)) + headers + payload
    return whole + _SUM.pack(crc32(whole))


def _read_headers(data: bytes) -> dict[str, str]:
    """The headers that are strings; others are passed over. Raises BrokenStream."""
    found: dict[str, str] = {}
    names: set[bytes] = set()
    at = 0
    try:
        while at < len(data):
            name = data[at + 1 : at + 1 + data[at]]
            at += 1 + data[at]
            kind = data[at]
            at += 1
            if kind in (_STRING, _BYTES):
                size = int.from_bytes(data[at : at + 2])
                at += 2
            else:
                size = _SIZES[kind]
            value = data[at : at + size]
            at += size
            if at > len(data) or name in names:
                raise BrokenStream("The provider sent a message with headers that contradict.")
            names.add(name)
            if kind == _STRING:
                found[name.decode()] = value.decode()
    except (IndexError, KeyError, UnicodeDecodeError):
        raise BrokenStream(
            "The provider sent a message with headers that cannot be read."
        ) from None
    return found


class EventStreamParser:
    """Cuts a stream into messages. Raises BrokenStream for one that does not hold."""

    __slots__ = ("_limit", "_size", "_waiting", "_wanted")

    def __init__(self, *, limit: int = MAX_MESSAGE) -> None:
        self._limit = limit
        self._waiting: list[bytes] = []  # pieces of a message, joined once it is whole
        self._size = 0
        self._wanted = _PRELUDE.size

    def feed(self, data: bytes) -> list[Message]:
        """The messages that are whole now, in order."""
        self._waiting.append(data)
        self._size += len(data)
        if self._size < self._wanted:
            return []
        joined = b"".join(self._waiting)
        messages: list[Message] = []
        start = 0
        while len(joined) - start >= _PRELUDE.size:
            self._wanted = self._read_length(joined, start)
            if len(joined) - start < self._wanted:
                break
            messages.append(Message(joined[start : start + self._wanted]))
            start += self._wanted
            self._wanted = _PRELUDE.size
        self._waiting = [joined[start:]]
        self._size = len(joined) - start
        return messages

    def _read_length(self, data: bytes, start: int) -> int:
        """How long the message is that begins at `start`."""
        total: int
        total, headers, expected = _PRELUDE.unpack_from(data, start)
        if crc32(data[start : start + _PRELUDE.size - _SUM.size]) != expected:
            raise BrokenStream("The provider sent a message whose checksum does not hold.")
        if total > self._limit or headers > MAX_HEADERS:
            raise BrokenStream("The provider sent a message larger than this service takes.")
        if total < _AROUND + headers:
            raise BrokenStream("The provider sent a message with lengths that contradict.")
        return total

    @property
    def is_between(self) -> bool:
        """Whether the last message was whole."""
        return not self._size
