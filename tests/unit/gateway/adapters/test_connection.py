"""Connections to providers: whose bytes are whose, and what ends a connection for good.

Real sockets and a provider that follows a script. h11 reads the same replies
where a second opinion is wanted.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.gateway.adapters.connection import MOST_OF_HEAD, READ_BUFFER, Connection
from curtilage.gateway.adapters.provider import IDLE_SECONDS, Provider
from curtilage.gateway.errors import MalformedHeader, UpstreamFailed
from curtilage.gateway.ports import UpstreamReply, UpstreamRequest

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """What a scripted provider saw."""

    port: int = 0
    opened: int = 0
    left: int = 0
    requests: list[bytes] = field(default_factory=list)
    all_left: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self, reader: asyncio.StreamReader) -> bytes:
        """One request, head and body. Raises when the caller leaves."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        request = head + await reader.readexactly(length)
        self.requests.append(request)
        return request


@asynccontextmanager
async def serving(talk: Callable[[Server], Talk]) -> AsyncIterator[tuple[Server, Provider]]:
    """A provider that says what `talk` says, once for each connection, and a pool for it."""
    server = Server()
    script = talk(server)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.opened += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await script(reader, writer)
            await writer.drain()
        writer.close()
        server.left += 1
        if server.left == server.opened:
            server.all_left.set()

    listening = await asyncio.start_server(connected, "127.0.0.1", 0, limit=1 << 20)
    server.port = listening.sockets[0].getsockname()[1]
    provider = Provider(f"http://127.0.0.1:{server.port}/v1", connect_timeout=2)
    try:
        yield server, provider
    finally:
        await provider.close()
        listening.close()
        await asyncio.wait_for(server.all_left.wait(), 5) if server.opened else None


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
    "an error": (b"HTTP/1.1 429 Too Many\r\ncontent-length: 0\r\n\r\n", 429, b""),
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


BROKEN: dict[str, bytes] = {
    "nothing": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "HTTP/0.9": b"<html>hi</html>",
    "a status that is none": b"HTTP/1.1 2x0 OK\r\n\r\n",
    "another protocol": b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    "another protocol unasked": b"HTTP/1.1 101 Switching\r\n\r\n" + OK,
    "half a head": b"HTTP/1.1 200 OK\r\ncontent-le",
    "half a body": b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhi",
    "half a chunk": CHUNKED + b"9\r\nhi",
    "no last chunk": CHUNKED + b"2\r\nhi\r\n",
    "a chunk size that is none": CHUNKED + b"zz\r\nhi\r\n0\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nhi!",
    "a length below zero": b"HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\nhi",
    "a length past 64 bits": b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\nhi",
    "a length and chunks": b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    "a control character in a name": b"HTTP/1.1 200 OK\r\nx\x00y: 1\r\ncontent-length: 2\r\n\r\nhi",
    "a head without end": b"HTTP/1.1 200 OK\r\n" + b"x: " + b"y" * (MOST_OF_HEAD + 9),
    "many headers": b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * (MOST_OF_HEAD // 6 + 9),
    "a reply to nothing before": b"HTTP/1.1 150 Odd\r\n\r\n" * 4000,
}


@pytest.mark.parametrize("kind", BROKEN)
async def test_what_breaks_off_or_is_no_http_is_an_error_and_never_a_reply(kind: str) -> None:
    async with serving(saying(BROKEN[kind], close=True)) as (_, provider):
        with pytest.raises(UpstreamFailed) as failed:
            await ask(provider)
        assert (failed.value.reason, failed.value.sent) == ("broken", True)


async def test_a_head_that_goes_on_for_ever_is_given_up_early() -> None:
    sent = 0

    def endless(server: Server) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal sent
            await server.read(reader)
            writer.write(b"HTTP/1.1 200 OK\r\n")
            while sent < 100 << 20:
                writer.write(b"x: y\r\n" * 1000)
                sent += 6000
                await writer.drain()

        return talk

    async with serving(endless) as (_, provider):
        with pytest.raises(UpstreamFailed):
            await ask(provider)
    assert sent < 20 << 20  # what the sockets between them hold


async def test_what_came_before_a_reply_broke_off_is_handed_over_first() -> None:
    async with serving(saying(BROKEN["half a body"], close=True)) as (_, provider):
        reply = await provider.send(request())
        assert await reply.read() == b"hi"
        with pytest.raises(UpstreamFailed):
            await reply.read()
        await reply.close()


UNASKED: dict[str, bytes] = {
    "a second reply at once": OK + OK.replace(b"hi", b"no"),
    "a body longer than said": OK + b"no",
    "half a reply more": OK + b"HTTP/1.1 2",
    "an end of its own": OK.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"),
}


@pytest.mark.parametrize("kind", UNASKED)
async def test_after_anything_unasked_a_connection_is_never_used_again(kind: str) -> None:
    async with serving(saying(UNASKED[kind], OK)) as (server, provider):
        assert await ask(provider) == (200, b"hi")
        assert await ask(provider) == (200, b"hi")
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
                writer.write(OK.replace(b"hi", b"no"))
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


async def test_a_large_body_arrives_whole() -> None:
    body = random.Random(1).randbytes(5 << 20)
    async with serving(saying(OK)) as (server, provider):
        assert await ask(provider, body) == (200, b"hi")
        assert server.requests[0].endswith(body) and len(server.requests[0]) < len(body) + 500


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


async def test_nobody_is_ever_handed_another_ones_reply() -> None:
    """Forty callers over one pool; the provider breaks off, lags, adds, and half of them leave."""
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
        for turn in range(25):
            body = b"%d-%d" % (number, turn)
            try:
                async with asyncio.timeout(dice.choice([0.002, 0.004, 5])):
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

    async with serving(careless) as (server, provider):
        await asyncio.gather(*(caller(provider, number) for number in range(40)))
        assert right > 200 and server.opened > 40


PIECES = st.lists(st.binary(min_size=1, max_size=60), max_size=6)


@given(pieces=PIECES, chunked=st.booleans(), cuts=st.lists(st.integers(1, 40), max_size=12))
def test_a_reply_reads_as_another_reader_has_it(
    pieces: list[bytes], chunked: bool, cuts: list[int]
) -> None:
    """h11 writes and reads it as well; the connection gets it cut anywhere."""
    peer = h11.Connection(h11.SERVER)
    peer.receive_data(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
    peer.next_event()
    size = str(sum(map(len, pieces)))
    framing = ("transfer-encoding", "chunked") if chunked else ("content-length", size)
    raw = peer.send(h11.Response(status_code=201, headers=[("x-a", "b c"), framing])) or b""
    for piece in pieces:
        raw += peer.send(h11.Data(data=piece)) or b""
    raw += peer.send(h11.EndOfMessage()) or b""

    async def read() -> tuple[int, list[tuple[str, str]], bytes]:
        connection = Connection(asyncio.get_running_loop())
        connection.connection_made(_Deaf())
        calling = asyncio.ensure_future(connection.call(b"", b""))
        await asyncio.sleep(0)
        at = 0
        for cut in [*cuts, len(raw)]:
            if at < len(raw):
                connection.data_received(raw[at : at + cut])
                at += cut
        await calling
        body = b""
        while part := await connection.read():
            body += part
        assert connection.is_reusable
        return connection.status, connection.headers, body

    status, headers, body = asyncio.run(read())
    assert (status, body) == (201, b"".join(pieces))
    assert headers[0] == ("x-a", "b c") and headers[1][0] == framing[0]


class _Deaf(asyncio.Transport):
    """Takes what is written."""

    def writelines(self, list_of_data: object) -> None:
        """Nobody listens."""

    def abort(self) -> None:
        """Nothing is open."""

    def pause_reading(self) -> None:
        """Nothing more comes."""

    def resume_reading(self) -> None:
        """Nothing more comes."""
