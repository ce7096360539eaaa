"""Large bodies: early answers, slow readers, and other calls meanwhile."""

import asyncio
import random
import socket

import pytest

from curtilage.gateway.adapters.http1_connection import READ_BUFFER
from curtilage.gateway.errors import UpstreamFailed
from tests.unit.gateway.adapters.scripted import (
    OK,
    Deaf,
    Server,
    Talk,
    ask,
    bare,
    called,
    hear,
    request,
    reset,
    saying,
    serving,
    turn,
    unconnected,
    whole,
)


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
    class Slow(Deaf):
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
