"""HTTP/2 beside the library h2: the fields of a request, and frames before h2 reads them.

h2 ends a connection at a GOAWAY, though a provider that shuts down still answers what it has
begun (RFC 9113 §6.8). So frames are cut here, GOAWAY is read here, and h2 gets all others.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from curtilage.gateway.errors import MalformedHeader
from curtilage.gateway.wire.errors import BrokenStream
from curtilage.gateway.wire.http1 import CONTROL

MAX_FRAME = 16_384  # of a payload: RFC 9113 §4.2; we allow no peer more
MOST_OF_CONTROL = 10_000  # frames without content or a head in a row; a long upload has 2,000
_HEAD = 9
_DATA, _HEADERS, _GOAWAY = 0, 1, 7

Fields = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class GoAway:
    """The provider takes no more streams; those after `last` it has not looked at."""

    last: int
    code: int


class FrameCutter:
    """Cuts what comes into whole frames. Raises BrokenStream for what no provider sends."""

    __slots__ = ("_controls", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._controls = 0

    def feed(self, data: bytes) -> tuple[bytes, list[GoAway]]:
        """The frames for h2, and the others."""
        joined = self._rest + data if self._rest else data
        for_h2: list[bytes] = []
        leaving: list[GoAway] = []
        at = 0
        while len(joined) - at >= _HEAD:
            size, kind = int.from_bytes(joined[at : at + 3]), joined[at + 3]
            if size > MAX_FRAME:
                raise BrokenStream("The provider sent a frame larger than it may.")
            end = at + _HEAD + size
            if end > len(joined):
                break
            self._count(kind, size)
            if kind == _GOAWAY:
                leaving.append(_read_goaway(joined[at:end]))
            else:
                for_h2.append(joined[at:end])
            at = end
        self._rest = joined[at:]
        return b"".join(for_h2), leaving

    def _count(self, kind: int, size: int) -> None:
        """Who sends frames that say nothing, and more of them than anybody needs, is ended."""
        if size and kind in (_DATA, _HEADERS):
            self._controls = 0
            return
        self._controls += 1
        if self._controls > MOST_OF_CONTROL:
            raise BrokenStream("The provider sent more frames without content than it may.")


def _read_goaway(frame: bytes) -> GoAway:
    if len(frame) < _HEAD + 8 or frame[5:_HEAD] != bytes(4):
        raise BrokenStream("The provider sent a GOAWAY that cannot be read.")
    last = int.from_bytes(frame[_HEAD : _HEAD + 4]) & 0x7FFF_FFFF
    return GoAway(last, int.from_bytes(frame[_HEAD + 4 : _HEAD + 8]))


def encode_fields(
    method: str, target: str, *, host: str, headers: Iterable[tuple[str, str]], length: int
) -> Fields:
    """The fields of a request with a body of `length` bytes. Raises MalformedHeader."""
    fields = [
        (":method", method),
        (":scheme", "https"),
        (":authority", host),
        (":path", target),
        ("content-length", str(length)),
        *((name.lower(), value) for name, value in headers),
    ]
    if CONTROL.search("".join(value for _, value in fields)):
        raise MalformedHeader("A header for the provider holds a control character.")
    try:
        return [(name.encode("ascii"), value.encode("latin-1")) for name, value in fields]
    except UnicodeEncodeError:
        raise MalformedHeader("A header for the provider holds more than Latin-1.") from None
