"""Connections to providers: whose bytes are whose, and what ends a connection for good.

Real sockets and a provider that follows a script. h11 reads the same replies
where a second opinion is wanted.
"""

import asyncio
import gc
import random
import socket
import struct
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.gateway.adapters.connection import MOST_OF_HEAD, READ_BUFFER, Connection
from curtilage.gateway.adapters.provider import IDLE_SECONDS, MOST_IDLE, Provider
from curtilage.gateway.errors import MalformedHeader, UpstreamFailed
from curtilage.gateway.ports import UpstreamReply, UpstreamRequest

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"
NO = OK.replace(b"hi", b"no")
LIMIT = 20.0  # seconds of a test; uvloop keeps the alarm of pytest-timeout to itself
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """What a scripted provider saw."""

    port: int = 0
    opened: int = 0
    left: int = 0
    requests: list[bytes] = field(default_factory=list)
    all_left: asyncio.Event = field(default_factory=asyncio.Event)
    talking: set["asyncio.Task[object]"] = field(default_factory=set)

    async def read(self, reader: asyncio.StreamReader) -> bytes:
        """One request, head and body. Raises when the caller leaves."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        request = head + await reader.readexactly(length)
        self.requests.append(request)
        return request


@asynccontextmanager
async def serving(
    talk: Callable[[Server], Talk], *, limit: float = LIMIT
) -> AsyncIterator[tuple[Server, Provider]]:
    """A provider that says what `talk` says, once for each connection, and a pool for it."""
    server = Server()
    script = talk(server)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        server.talking.add(task)
        server.all_left.clear()
        server.opened += 1
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                await script(reader, writer)
                await writer.drain()
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
        finally:
            server.talking.discard(task)
            server.left += 1
            if not server.talking:
                server.all_left.set()

    listening = await asyncio.start_server(connected, "127.0.0.1", 0, limit=1 << 20)
    server.port = listening.sockets[0].getsockname()[1]
    provider = Provider(f"http://127.0.0.1:{server.port}/v1", connect_timeout=2)
    try:
        async with asyncio.timeout(limit):
            yield server, provider
    finally:
        await provider.close()
        listening.close()
        if server.talking:
            _, talking = await asyncio.wait(server.talking, timeout=5)
            assert not talking, "every caller left"


def saying(*replies: bytes, close: bool = False) -> Callable[[Server], Talk]:
    """One reply to each request of a connection; then it listens on, or closes."""

    def script(server: Server) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for reply in replies:
                await server.read(reader)
                writer.write(reply)
                await writer.drain()
            if not close:
                await reader.read()

        return talk

    return script


def request(body: bytes = b"{}", **headers: str) -> UpstreamRequest:
    return UpstreamRequest("POST", "/chat/completions", "", tuple(headers.items()), body)


async def whole(reply: UpstreamReply) -> bytes:
    parts = []
    while part := await reply.read():
        parts.append(part)
    await reply.close()
    return b"".join(parts)


async def ask(provider: Provider, body: bytes = b"{}") -> tuple[int, bytes]:
    reply = await provider.send(request(body))
    return reply.status, await whole(reply)


CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
WHOLE: dict[str, tuple[bytes, int, bytes]] = {
    "of a length": (OK, 200, b"hi"),
    "in chunks": (CHUNKED + b"1\r\nh\r\n1;x=y\r\ni\r\n0\r\n\r\n", 200, b"hi"),
    "with trailers": (CHUNKED + b"2\r\nhi\r\n0\r\nx-after: 1\r\n\r\n", 200, b"hi"),
    "without content": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
    "after interim ones": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n" + OK,
        200,
        b"hi",
    ),
    "not modified": (b"HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n", 304, b""),
    "an error": (b"HTTP/1.1 429 Too Many\r\ncontent-length: 0\r\n\r\n", 429, b""),
    "of the old version": (
        b"HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nhi",
        200,
        b"hi",
    ),
}


@pytest.mark.parametrize("kind", WHOLE)
async def test_a_reply_in_any_framing_is_read_and_its_connection_used_again(kind: str) -> None:
    said, status, body = WHOLE[kind]
    async with serving(saying(said, OK)) as (server, provider):
        assert await ask(provider) == (status, body)
        assert await ask(provider) == (200, b"hi")
        assert server.opened == 1


@pytest.mark.parametrize("kind", WHOLE)
async def test_a_reply_cut_at_every_byte_is_the_same(kind: str) -> None:
    said, status, body = WHOLE[kind]

    def drop_by_drop(server: Server) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await server.read(reader)
            for byte in said:
                writer.write(bytes([byte]))
                await asyncio.sleep(0)
            await reader.read()

        return talk

    async with serving(drop_by_drop) as (_, provider):
        assert await ask(provider) == (status, body)


async def test_interim_headers_and_trailers_are_not_those_of_the_reply() -> None:
    said = b"HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\nHTTP/1.1 200 OK\r\nX-Own: b\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx-after: c\r\n\r\n"
    async with serving(saying(said)) as (_, provider):
        reply = await provider.send(request())
        assert await whole(reply) == b""
        assert reply.headers == [("x-own", "b"), ("transfer-encoding", "chunked")]


@pytest.mark.parametrize("version", [b"HTTP/1.1", b"HTTP/1.0"])
async def test_a_reply_without_a_length_ends_with_its_connection(version: bytes) -> None:
    async with serving(saying(version + b" 200 OK\r\n\r\nhi", close=True)) as (server, provider):
        assert await ask(provider) == (200, b"hi")
        assert await ask(provider) == (200, b"hi")
        assert server.opened == 2


async def test_a_reply_without_a_length_whose_connection_breaks_is_not_whole() -> None:
    async with bare() as (provider, accept):
        calling = asyncio.ensure_future(provider.send(request()))
        end = await accept()
        await hear(end)
        end.send(b"HTTP/1.1 200 OK\r\n\r\nhi")
        reply = await calling
        assert await reply.read() == b"hi"
        reset(end)
        with pytest.raises(UpstreamFailed):
            await reply.read()
        await reply.close()


BROKEN: dict[str, bytes] = {
    "nothing": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "HTTP/0.9": b"<html>hi</html>",
    "a status that is none": b"HTTP/1.1 2x0 OK\r\n\r\n",
    "another protocol": b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    "another protocol unasked": b"HTTP/1.1 101 Switching\r\n\r\n" + OK,
    "a status below 100": b"HTTP/1.1 099 Odd\r\ncontent-length: 2\r\n\r\nno" + OK,
    "half a head": b"HTTP/1.1 200 OK\r\ncontent-le",
    "half a body": b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhi",
    "half a chunk": CHUNKED + b"9\r\nhi",
    "no last chunk": CHUNKED + b"2\r\nhi\r\n",
    "a chunk longer than said": CHUNKED + b"2\r\nhi!\r\n0\r\n\r\n",
    "a chunk size below zero": CHUNKED + b"-2\r\nhi\r\n0\r\n\r\n",
    "a chunk size past 64 bits": CHUNKED + b"10000000000000002\r\nhi\r\n0\r\n\r\n",
    "chunks with bare line feeds": CHUNKED + b"2\nhi\n0\n\n",
    "a chunk size that is none": CHUNKED + b"zz\r\nhi\r\n0\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nhi!",
    "a length below zero": b"HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\nhi",
    "a length past 64 bits": b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\nhi",
    "a length and chunks": b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    "two lengths in one": b"HTTP/1.1 200 OK\r\ncontent-length: 2, 3\r\n\r\nhi!",
    "a space before the colon": b"HTTP/1.1 200 OK\r\ncontent-length : 2\r\n\r\nhi",
    "a folded header": b"HTTP/1.1 200 OK\r\nx-a: b\r\n c\r\ncontent-length: 2\r\n\r\nhi",
    "folded framing": b"HTTP/1.1 200 OK\r\ntransfer-encoding:\r\n chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    "a bare line feed": b"HTTP/1.1 200 OK\r\nx-a: b\ncontent-length: 2\r\n\r\nhi",
    "a bare carriage return": b"HTTP/1.1 200 OK\r\nx-a: b\rc: d\r\ncontent-length: 2\r\n\r\nhi",
    "bare line feeds alone": OK.replace(b"\r", b""),
    "a control character in a value": b"HTTP/1.1 200 OK\r\nx-a: b\x00c\r\ncontent-length: 2\r\n\r\nhi",
    "a control character in a name": b"HTTP/1.1 200 OK\r\nx\x00y: 1\r\ncontent-length: 2\r\n\r\nhi",
    "a head without end": b"HTTP/1.1 200 OK\r\n" + b"x: " + b"y" * (MOST_OF_HEAD + 9),
    "a long head in one piece": b"HTTP/1.1 200 OK\r\nx: %b\r\n" % (b"y" * (MOST_OF_HEAD + 9))
    + OK[17:],
    "a trailer without end": CHUNKED + b"0\r\nx: " + b"y" * (2 * MOST_OF_HEAD),
    "a chunk extension without end": CHUNKED + b"2;x=" + b"y" * (2 * MOST_OF_HEAD),
    "many headers": b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * (MOST_OF_HEAD // 6 + 9),
    "a reply to nothing before": b"HTTP/1.1 150 Odd\r\n\r\n" * 4000,
}


@pytest.mark.parametrize("kind", BROKEN)
async def test_what_breaks_off_or_is_no_http_is_an_error_and_never_a_reply(kind: str) -> None:
    async with serving(saying(BROKEN[kind], close=True)) as (_, provider):
        with pytest.raises(UpstreamFailed) as failed:
            await ask(provider)
        assert (failed.value.reason, failed.value.sent) == ("broken", True)


@pytest.mark.parametrize(
    ("begins", "goes_on"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"x: y\r\n"),
        (CHUNKED + b"0\r\nx: ", b"yyyyyy"),
        (CHUNKED + b"2;x=", b"yyyyyy"),
    ],
    ids=["a head", "a trailer", "a chunk extension"],
)
async def test_what_goes_on_for_ever_and_is_no_content_is_given_up_early(
    begins: bytes, goes_on: bytes
) -> None:
    sent = 0

    def endless(server: Server) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal sent
            await server.read(reader)
            writer.write(begins)
            while sent < 100 << 20:
                writer.write(goes_on * 1000)
                sent += 6000
                await writer.drain()

        return talk

    async with serving(endless) as (_, provider):
        with pytest.raises(UpstreamFailed):
            await ask(provider)
    assert sent < 20 << 20  # what the sockets between them hold


@pytest.mark.parametrize(
    "header",
    [b"transfer-encoding: gzip, chunked", b"transfer-encoding: gzip", b"content-encoding: br"],
)
async def test_what_comes_packed_is_refused_and_its_connection_ended(header: bytes) -> None:
    said = CHUNKED.replace(b"transfer-encoding: chunked", header) + b"2\r\nhi\r\n0\r\n\r\n"
    async with serving(saying(said)) as (server, provider):
        with pytest.raises(UpstreamFailed) as failed:
            await ask(provider)
        assert (failed.value.reason, failed.value.sent) == ("encoded", True)
        await asyncio.wait_for(server.all_left.wait(), 5)


async def test_the_space_around_a_value_is_not_part_of_it() -> None:
    said = b"HTTP/1.1 200 OK\r\nX-A: \t b c \t\r\nx-b:\r\ncontent-encoding: identity \r\ncontent-length: 2 \r\n\r\nhi"
    async with serving(saying(said)) as (_, provider):
        reply = await provider.send(request())
        assert await whole(reply) == b"hi"
        assert reply.headers[:2] == [("x-a", "b c"), ("x-b", "")]


async def test_what_came_before_a_reply_broke_off_is_handed_over_first() -> None:
    async with serving(saying(BROKEN["half a body"], close=True)) as (_, provider):
        reply = await provider.send(request())
        assert await reply.read() == b"hi"
        with pytest.raises(UpstreamFailed):
            await reply.read()
        await reply.close()


UNASKED: dict[str, bytes] = {
    "a second reply at once": OK + NO,
    "a body longer than said": OK + b"no",
    "content where there is none": b"HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\nhi",
    "half a reply more": OK + b"HTTP/1.1 2",
    "an end of its own": OK.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"),
}


@pytest.mark.parametrize("kind", UNASKED)
async def test_after_anything_unasked_a_connection_is_never_used_again(kind: str) -> None:
    async with serving(saying(UNASKED[kind], OK)) as (server, provider):
        first = await ask(provider)
        assert first == ((204, b"") if b" 204 " in UNASKED[kind] else (200, b"hi"))
        assert await ask(provider) == first, "over another connection, so the same"
        assert server.opened == 2


async def test_what_comes_over_an_idle_connection_reaches_nobody() -> None:
    said = asyncio.Event()
    again = asyncio.Event()

    def talkative(server: Server) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await server.read(reader)
            writer.write(OK)
            if server.opened == 1:
                await again.wait()
                writer.write(NO)
                await writer.drain()
                said.set()
            await reader.read()

        return talk

    async with serving(talkative) as (server, provider):
        assert await ask(provider) == (200, b"hi")
        again.set()
        await said.wait()
        await asyncio.sleep(0.05)  # it is read in the loop's own time
        assert await ask(provider) == (200, b"hi")
        assert server.opened == 2


@asynccontextmanager
async def bare() -> AsyncIterator[tuple[Provider, Callable[[], Awaitable[socket.socket]]]]:
    """A pool, and the other ends of its connections: what goes in there is there at once."""
    loop = asyncio.get_running_loop()
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        listening.setblocking(False)
        port = listening.getsockname()[1]
        provider = Provider(f"http://127.0.0.1:{port}", connect_timeout=2)

        async def accept() -> socket.socket:
            end, _ = await loop.sock_accept(listening)
            return stack.enter_context(end)

        async with asyncio.timeout(LIMIT):
            yield provider, accept
        await provider.close()


def reset(end: socket.socket) -> None:
    """Close it so that the other side hears of a break, not of an end."""
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.close()


async def turn(times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


async def hear(end: socket.socket) -> bytes:
    return await asyncio.get_running_loop().sock_recv(end, 65536)


@pytest.mark.parametrize("unseen", [NO, b"HTTP/1.1 2", b""])
async def test_what_the_loop_has_not_seen_of_an_idle_connection_reaches_nobody(
    unseen: bytes,
) -> None:
    """It came after the reply, and before the next call: in between the loop did not turn."""
    async with bare() as (provider, accept):

        async def answer() -> socket.socket:
            end = await accept()
            await hear(end)
            end.send(OK)
            return end

        answering = asyncio.ensure_future(answer())
        assert await ask(provider) == (200, b"hi")
        end = await answering
        answering = asyncio.ensure_future(answer())
        if unseen:
            end.send(unseen)
        else:
            end.shutdown(socket.SHUT_WR)
        async with asyncio.timeout(5):
            assert await ask(provider) == (200, b"hi")
        await answering
        with suppress(ConnectionResetError):
            assert await hear(end) == b"", "nothing was sent into it"


async def test_what_a_used_connection_may_have_carried_is_not_sent_again() -> None:
    async with bare() as (provider, accept):
        first = asyncio.ensure_future(ask(provider))
        end = await accept()
        await hear(end)
        end.send(OK)
        await first
        second = asyncio.ensure_future(ask(provider, b"[]"))
        assert (await hear(end)).endswith(b"[]")
        end.close()
        with pytest.raises(UpstreamFailed) as failed:
            await second
        assert (failed.value.reason, failed.value.sent) == ("broken", True)


def unconnected(transport: "_Deaf | None" = None) -> Connection:
    """A connection whose other end is played by the test."""
    with socket.socket() as nowhere:
        connection = Connection(asyncio.get_running_loop(), nowhere)
    connection.connection_made(transport or _Deaf())
    return connection


async def called(connection: Connection, *said: bytes) -> None:
    """Once over that connection, and this is the answer."""
    calling = asyncio.ensure_future(connection.call(b"", b""))
    await asyncio.sleep(0)
    for piece in said:
        connection.data_received(piece)
    await calling


async def test_into_a_connection_that_is_closing_nothing_is_sent() -> None:
    class Closing(_Deaf):
        def is_closing(self) -> bool:
            return True

    connection = unconnected(Closing())
    assert not connection.is_open
    with pytest.raises(UpstreamFailed) as failed:
        await connection.call(b"", b"")
    assert not failed.value.sent, "so it is tried again"


async def test_a_connection_that_was_lost_while_it_was_made_stays_lost() -> None:
    connection = unconnected()
    connection.connection_lost(None)
    connection.connection_made(_Deaf())
    assert not connection.is_open
    with pytest.raises(UpstreamFailed) as failed:
        await connection.call(b"", b"")
    assert not failed.value.sent


async def test_what_tls_hands_over_after_the_end_ends_no_reply_well() -> None:
    connection = unconnected()
    await called(connection, CHUNKED, b"0\r\nx: ", b"y" * (MOST_OF_HEAD + 9))
    connection.data_received(b"y\r\n\r\n")
    with pytest.raises(UpstreamFailed):
        await connection.read()


async def test_not_more_is_kept_for_later_than_may_be() -> None:
    provider = Provider("http://127.0.0.1:9", connect_timeout=1)
    for _ in range(MOST_IDLE + 3):
        connection = unconnected()
        await called(connection, OK)
        provider.take_back(connection)
    assert len(provider._idle) == MOST_IDLE
    await provider.close()
    assert not provider._idle


async def test_an_idle_connection_that_was_closed_is_not_used() -> None:
    async with serving(saying(OK, close=True)) as (server, provider):
        assert await ask(provider) == (200, b"hi")
        while server.left == 0:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert await ask(provider) == (200, b"hi")
        assert server.opened == 2


async def test_a_connection_that_was_idle_for_long_is_not_used() -> None:
    async with serving(saying(OK, OK)) as (server, provider):
        await ask(provider)
        (idle,) = provider._idle  # the loop's own clock stands between
        idle.idle_since -= IDLE_SECONDS + 1
        await ask(provider)
        assert server.opened == 2


async def test_what_was_idle_for_long_ends_though_another_is_used_again_and_again() -> None:
    async with serving(saying(OK, OK, OK)) as (server, provider):
        await asyncio.gather(ask(provider), ask(provider))
        assert server.opened == 2
        provider._idle[0].idle_since -= IDLE_SECONDS + 1
        await ask(provider)
        while server.left == 0:
            await asyncio.sleep(0.01)
        assert (server.opened, server.left) == (2, 1)


async def test_a_reply_that_came_whole_and_was_not_read_leaves_no_deaf_connection() -> None:
    """Reading was paused when its last bytes came: nothing more would be heard over it."""
    connection, size = unconnected(), READ_BUFFER + 1
    await called(connection, OK.replace(b"2\r", b"%d\r" % size)[:-2] + b"x" * size)
    assert not connection.is_reusable
    assert len(await connection.read()) == size
    assert connection.is_reusable


async def test_a_reply_that_is_let_go_before_its_end_ends_the_connection() -> None:
    held = CHUNKED + b"2\r\nhi\r\n"
    async with serving(saying(held)) as (server, provider):
        reply = await provider.send(request())
        assert await reply.read() == b"hi"
        await reply.close()
        await asyncio.wait_for(server.all_left.wait(), 5)
        assert await reply.read() == b"", "another call's bytes must not be read through it"


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\n", CHUNKED, CHUNKED + b"2\r\nhi\r\n"])
async def test_whoever_is_cancelled_ends_the_connection(said: bytes) -> None:
    async with serving(saying(said)) as (server, provider):

        async def call() -> None:
            reply = await provider.send(request())
            try:
                await whole(reply)
            finally:
                await reply.close()

        calling = asyncio.ensure_future(call())
        while not server.requests:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.02)
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        await asyncio.wait_for(server.all_left.wait(), 5)


async def test_whoever_is_cancelled_while_a_large_body_is_written_ends_the_connection() -> None:
    def deaf(server: Server) -> Talk:
        async def talk(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            server.requests.append(await reader.readuntil(b"\r\n\r\n"))
            await asyncio.sleep(0.1)
            while await reader.read(1 << 20):
                pass

        return talk

    async with serving(deaf) as (server, provider):
        calling = asyncio.ensure_future(provider.send(request(b"x" * (64 << 20))))
        while not server.requests:
            await asyncio.sleep(0.01)
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        await asyncio.wait_for(server.all_left.wait(), 5)


def sockets() -> int:
    """How many this process holds."""
    return sum("socket:" in _named(entry) for entry in Path("/proc/self/fd").iterdir())


def _named(entry: Path) -> str:
    try:
        return str(entry.readlink())
    except OSError:
        return ""


async def test_whoever_is_cancelled_at_any_step_leaves_no_socket() -> None:
    """Cancelled after one turn of the loop, after two, and so on to the end of the call."""
    async with serving(saying(CHUNKED + b"2\r\nhi\r\n0\r\n\r\n")) as (server, provider):
        await ask(provider)
        await provider.close()
        await asyncio.wait_for(server.all_left.wait(), 5)
        before, ended = sockets(), 0
        for turns in range(200):
            pool = Provider(f"http://localhost:{server.port}", connect_timeout=2)
            calling = asyncio.ensure_future(ask(pool, b"x" * 300_000))
            for _ in range(turns):
                await asyncio.sleep(0)
            calling.cancel()
            with suppress(asyncio.CancelledError):
                ended += await calling == (200, b"hi")
            await pool.close()
            if ended == 3:
                break
        for _ in range(500):
            if sockets() == before:
                break
            await asyncio.sleep(0.01)
        assert sockets() == before


async def test_whoever_is_cancelled_while_connecting_leaves_no_socket() -> None:
    async with drowned() as provider:
        before = sockets()
        calling = asyncio.ensure_future(ask(provider))
        while sockets() == before:
            await asyncio.sleep(0.01)
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        await asyncio.sleep(0)
        assert sockets() == before


@asynccontextmanager
async def drowned() -> AsyncIterator[Provider]:
    """A machine that is there and takes no connection: its queue of them is full."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        address = listener.getsockname()
        for _ in range(8):  # the queue holds one or two; the rest wait like us
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        provider = Provider(f"http://127.0.0.1:{address[1]}", connect_timeout=60)
        yield provider
        await provider.close()


async def test_a_name_that_cannot_be_one_is_not_reached() -> None:
    provider = Provider(f"http://{'a' * 64}.example", connect_timeout=2)
    with pytest.raises(UpstreamFailed) as failed:
        await ask(provider)
    assert (failed.value.reason, failed.value.sent) == ("connect", False)


@pytest.mark.parametrize("said", [OK, CHUNKED + b"2\r\nhi\r\n", b"SSH-2.0"])
async def test_an_ended_call_leaves_nothing_of_itself(said: bytes) -> None:
    """Whole, cut off or broken: no ring keeps its values until the collector comes by."""
    async with serving(saying(said, said)) as (server, provider):
        body = random.Random(2).randbytes(1000)
        gc.collect()
        before = sys.getrefcount(body)
        gc.disable()
        try:
            for _ in range(2):
                await _ask_and_leave(provider, body)
                for _ in range(5):
                    await asyncio.sleep(0)
                assert sys.getrefcount(body) == before
            await provider.close()
            await asyncio.wait_for(server.all_left.wait(), 5)
            assert not [thing for thing in gc.get_objects() if isinstance(thing, Connection)]
        finally:
            gc.enable()


async def _ask_and_leave(provider: Provider, body: bytes) -> None:
    with suppress(UpstreamFailed):
        reply = await provider.send(request(body))
        connection = reply._connection  # type: ignore[attr-defined]
        assert await reply.read() == b"hi"
        await reply.close()
        assert (connection.headers, connection._chunks) == ([], [])


async def test_an_answer_before_the_body_was_read_is_the_answer() -> None:
    """RFC 9112 §9.3: and what was left of the body must not become the next request."""

    def impatient(server: Server) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            server.requests.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno")
            await writer.drain()
            while await reader.read(1 << 20):
                await asyncio.sleep(0)

        return talk

    async with serving(impatient) as (server, provider):
        assert await ask(provider, b"x" * (64 << 20)) == (413, b"no")
        assert not provider._idle
        assert (await ask(provider))[0] == 413
        assert server.opened == 2


@pytest.mark.parametrize("framing", [b"content-length: 2", b"connection: close"])
async def test_who_answers_early_and_reads_no_further_is_heard_to_the_end(framing: bytes) -> None:
    """The rest of the reply comes late, and nobody takes the rest of the request."""
    loop = asyncio.get_running_loop()
    async with bare() as (provider, accept):
        calling = asyncio.ensure_future(provider.send(request(b"x" * (64 << 20))))
        end = await accept()
        await hear(end)
        await turn(200)  # until nothing more of it goes
        await loop.sock_sendall(end, b"HTTP/1.1 413 Too Large\r\n%b\r\n\r\n" % framing)
        reply = await asyncio.wait_for(calling, 5)
        reading = asyncio.ensure_future(whole(reply))
        await asyncio.sleep(0)
        await loop.sock_sendall(end, b"no")
        if framing == b"connection: close":
            end.shutdown(socket.SHUT_WR)
        assert (reply.status, await asyncio.wait_for(reading, 5)) == (413, b"no")
        assert not provider._idle


async def test_who_breaks_off_while_a_large_body_waits_is_noticed() -> None:
    async with bare() as (provider, accept):
        calling = asyncio.ensure_future(provider.send(request(b"x" * (64 << 20))))
        end = await accept()
        await turn(200)
        reset(end)
        with pytest.raises(UpstreamFailed) as failed:
            await asyncio.wait_for(calling, 5)
        assert (failed.value.reason, failed.value.sent) == ("broken", True)


async def test_a_connection_into_which_a_body_is_still_written_is_not_used_again() -> None:
    class Slow(_Deaf):
        left = 1

        def get_write_buffer_size(self) -> int:
            return self.left

    transport = Slow()
    connection = unconnected(transport)
    await called(connection, OK)
    assert not connection.is_reusable
    transport.left = 0
    assert connection.is_reusable


async def test_while_a_large_body_waits_other_calls_go_on() -> None:
    """Also where it does not wait, because the provider takes all at once."""
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with bare() as (provider, accept):
        large = asyncio.ensure_future(ask(provider, b"x" * (64 << 20)))
        await accept()
        small = asyncio.ensure_future(ask(provider))
        end = await accept()
        await hear(end)
        end.send(OK)
        assert await asyncio.wait_for(small, 5) == (200, b"hi")
        assert not large.done()
        large.cancel()
    connection = unconnected()
    counting = asyncio.ensure_future(count())
    calling = asyncio.ensure_future(connection.call(b"", b"x" * (8 << 20)))
    await asyncio.sleep(0)
    while connection._waiter is None:
        await asyncio.sleep(0)
    assert turns >= 32, "one for each piece"
    counting.cancel()
    calling.cancel()
    await asyncio.wait([counting, calling])


async def test_a_large_body_arrives_whole() -> None:
    body = random.Random(1).randbytes(5 << 20)
    async with serving(saying(OK, OK)) as (server, provider):
        assert await ask(provider, body) == (200, b"hi")
        assert server.requests[0].endswith(body) and len(server.requests[0]) < len(body) + 500
        assert await ask(provider) == (200, b"hi")
        assert server.opened == 1


async def test_a_caller_who_does_not_read_makes_the_provider_wait() -> None:
    size = 50 << 20
    sent = 0

    def generous(server: Server) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal sent
            await server.read(reader)
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size)
            while sent < size:
                writer.write(bytes([sent >> 20 & 0xFF]) * (1 << 20))
                sent += 1 << 20
                await writer.drain()
            await reader.read()

        return talk

    async with serving(generous) as (_, provider):
        reply = await provider.send(request())
        before = -1
        while sent != before:  # until nothing goes any more
            before = sent
            await asyncio.sleep(0.2)
        connection = reply._connection  # type: ignore[attr-defined]
        assert connection._size <= 4 * READ_BUFFER
        assert sent < size
        taken = 0
        while part := await reply.read():
            assert part[0] == taken >> 20 & 0xFF
            taken += len(part)
        assert taken == size
        await reply.close()


BAD = ["a\rb", "a\nb", "a\r\nx: y", "a\x00b", "Å\u0142"]


@pytest.mark.parametrize("value", BAD)
async def test_a_header_that_could_begin_another_request_is_refused_before_anything_goes(
    value: str,
) -> None:
    async with serving(saying(OK)) as (server, provider):
        with pytest.raises(MalformedHeader) as refused:
            await provider.send(request(authorization=value))
        assert value not in str(refused.value)
        assert server.opened == 0


async def test_the_head_names_the_host_and_never_who_may_enter() -> None:
    async with serving(saying(OK)) as (server, _):
        provider = Provider(f"http://ada:secret@127.0.0.1:{server.port}/base/", connect_timeout=2)
        reply = await provider.send(
            UpstreamRequest("POST", "/v1/messages", "beta=true", (("x-a", "b"),), b"{}")
        )
        await whole(reply)
        await provider.close()
        assert server.requests == [
            b"POST /base/v1/messages?beta=true HTTP/1.1\r\nhost: 127.0.0.1:%d\r\n"
            b"content-length: 2\r\nx-a: b\r\n\r\n{}" % server.port
        ]


async def test_an_ipv6_address_is_called_as_it_stands() -> None:
    async def hello(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await writer.drain()
        writer.close()

    try:
        listening = await asyncio.start_server(hello, "::1", 0)
    except OSError:
        pytest.skip("this machine has no IPv6")
    port = listening.sockets[0].getsockname()[1]
    provider = Provider(f"http://[::1]:{port}", connect_timeout=2)
    assert await ask(provider) == (200, b"hi")
    await provider.close()
    listening.close()


async def test_after_closing_nothing_is_kept_for_later() -> None:
    async with serving(saying(OK, OK)) as (server, provider):
        reply = await provider.send(request())
        await provider.close()
        assert await whole(reply) == b"hi", "a call under way ends well"
        await asyncio.wait_for(server.all_left.wait(), 5)


@pytest.mark.parametrize(
    "turns",
    [12, pytest.param(2000, marks=[pytest.mark.deep, pytest.mark.timeout(600)])],
)
async def test_nobody_is_ever_handed_another_ones_reply(turns: int) -> None:
    """64 callers over one pool; the provider breaks off, lags, adds, and half of them leave."""
    dice = random.Random(7)

    def careless(server: Server) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while True:
                asked = await server.read(reader)
                number = asked.rpartition(b"\r\n\r\n")[2]
                reply = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(number), number)
                await asyncio.sleep(dice.random() * 0.004)
                fate = dice.random()
                if fate < 0.8:
                    writer.write(reply)
                elif fate < 0.9:
                    writer.write(reply + reply)
                else:
                    writer.write(reply[: dice.randrange(len(reply))])
                    return
                await writer.drain()

        return talk

    right = 0

    async def caller(provider: Provider, number: int) -> None:
        nonlocal right
        for turn in range(turns):
            body = b"%d-%d" % (number, turn)
            try:
                async with asyncio.timeout(dice.choice([dice.random() * 0.02, 60])):
                    reply = await provider.send(request(body))
                    try:
                        said = b""
                        while part := await reply.read():
                            said += part
                        assert said == body
                        right += 1
                    finally:
                        await reply.close()
            except (UpstreamFailed, TimeoutError):
                continue

    async with serving(careless, limit=500) as (server, provider):
        await asyncio.gather(*(caller(provider, number) for number in range(64)))
        assert right > 20 * turns and server.opened > 64


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


class _Deaf(asyncio.Transport):
    """Takes what is written."""

    def write(self, data: object) -> None:
        """Nobody listens."""

    def writelines(self, list_of_data: object) -> None:
        """Nobody listens."""

    def abort(self) -> None:
        """Nothing is open."""

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        """Nothing more comes."""

    def resume_reading(self) -> None:
        """Nothing more comes."""
