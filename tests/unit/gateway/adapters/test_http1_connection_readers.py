"""Replies cut anywhere, or with a wrong byte, read as another reader has them: h11."""

import asyncio
from dataclasses import dataclass

import h11
from hypothesis import given
from hypothesis import strategies as st

from curtilage.gateway.adapters.http1_connection import Connection
from curtilage.gateway.errors import UpstreamFailed
from tests.unit.gateway.adapters.scripted import unconnected


@dataclass(frozen=True)
class Read:
    """What a reader makes of a reply that came to its end."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def own(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without those of the framing: h11 writes them in its own way."""
    return [pair for pair in headers if pair[0] not in ("content-length", "transfer-encoding")]


def read_by_us(pieces: list[bytes], *, ended: bool) -> Read | None:
    """None where it is no reply, or not a whole one. `ended`: the provider closes at last."""

    async def read(connection: Connection) -> Read:
        await connection.call(b"", b"")
        body = b""
        while part := await connection.read():
            body += part
        return Read(connection.status, own(connection.headers), body)

    async def feed() -> Read | None:
        connection = unconnected()
        reading = asyncio.ensure_future(read(connection))
        await asyncio.sleep(0)
        for piece in pieces:
            connection.data_received(piece)
        if ended:
            connection.connection_lost(None)
        for _ in range(5):  # all is there: it waits for nothing
            await asyncio.sleep(0)
        if not reading.done():
            reading.cancel()
        (result,) = await asyncio.gather(reading, return_exceptions=True)
        if isinstance(result, UpstreamFailed | asyncio.CancelledError):
            return None
        assert isinstance(result, Read), result
        return result

    return asyncio.run(feed())


def read_by_h11(raw: bytes, *, ended: bool) -> Read | None:
    peer = h11.Connection(h11.CLIENT)
    peer.send(h11.Request(method="POST", target="/", headers=[("host", "x")]))
    peer.send(h11.EndOfMessage())
    found, body = None, b""
    try:
        peer.receive_data(raw)
        if ended:
            peer.receive_data(b"")
        while True:
            event = peer.next_event()
            if isinstance(event, h11.Response):
                found = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                assert found is not None
                headers = [
                    (name.decode(), value.decode("latin-1")) for name, value in found.headers
                ]
                return Read(found.status_code, own(headers), body)
            elif not isinstance(event, h11.InformationalResponse):
                return None
    except h11.RemoteProtocolError:
        return None


def cut(raw: bytes, lengths: list[int]) -> list[bytes]:
    pieces = []
    for length in lengths:
        pieces.append(raw[:length])
        raw = raw[length:]
    return [piece for piece in (*pieces, raw) if piece]


NAMES = st.sampled_from(["x-a", "Retry-After", "X-Request-ID", "set-cookie", "content-type"])


VALUES = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=["Cc"]), max_size=12
)


HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=4)


FRAMINGS = ("length", "chunks", "end")


def head(first: str, headers: list[tuple[str, str]]) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in headers), "\r\n"]
    return "\r\n".join(lines).encode("latin-1")


@st.composite
def replies(draw: st.DrawFn) -> tuple[bytes, str]:
    """A reply in any framing, and in which."""
    interim = draw(st.lists(st.tuples(st.sampled_from([100, 102, 103]), HEADERS), max_size=2))
    raw = b"".join(head(f"HTTP/1.1 {status} Wait", headers) for status, headers in interim)
    status = draw(st.sampled_from([200, 201, 204, 304, 401, 413, 429, 500, 599]))
    content = draw(st.lists(st.binary(min_size=1, max_size=60), max_size=5))
    framing = draw(st.sampled_from(FRAMINGS))
    headers = draw(HEADERS)
    if framing == "length":
        headers.append(("Content-Length", str(sum(map(len, content)))))
    elif framing == "chunks" and status not in (204, 304):
        headers.append(("Transfer-Encoding", draw(st.sampled_from(["chunked", "Chunked"]))))
    raw += head(f"HTTP/1.1 {status} {draw(st.sampled_from(['', 'OK', 'No way']))}", headers)
    if status in (204, 304):
        return raw, "none"
    if framing == "chunks":
        extension = draw(st.sampled_from(["", ";x", ";x=y", ';x="y"']))
        for piece in content:
            raw += b"%x%b\r\n%b\r\n" % (len(piece), extension.encode(), piece)
        return raw + b"0\r\n" + head("x-last: 1", draw(HEADERS)), framing
    return raw + b"".join(content), framing


@given(reply=replies(), lengths=st.lists(st.integers(1, 40), max_size=12))
def test_a_reply_cut_anywhere_reads_as_another_reader_has_it(
    reply: tuple[bytes, str], lengths: list[int]
) -> None:
    raw, framing = reply
    ended = framing == "end"
    read = read_by_us(cut(raw, lengths), ended=ended)
    assert read is not None
    assert read == read_by_us([raw], ended=ended) == read_by_h11(raw, ended=ended)
    if framing in ("length", "chunks"):
        for short in {len(raw) // 2, len(raw) - 1}:
            half = read_by_us(cut(raw[:short], lengths), ended=True)
            assert half is None or half == read, "what broke off is no reply"


@given(reply=replies(), at=st.integers(0, 400), byte=st.integers(0, 255))
def test_a_reply_with_a_wrong_byte_is_refused_or_reads_as_another_reader_has_it(
    reply: tuple[bytes, str], at: int, byte: int
) -> None:
    raw, framing = reply
    at %= len(raw)
    raw = raw[:at] + bytes((byte,)) + raw[at + 1 :]
    ended = framing == "end"
    ours, theirs = read_by_us([raw], ended=ended), read_by_h11(raw, ended=ended)
    assert ours is None or theirs is None or ours == theirs
