"""Which connection is used again, so that nobody is handed another one's reply."""

import asyncio
import random
import socket
from contextlib import suppress

import pytest

from curtilage.gateway.adapters.http1_connection import MOST_OF_HEAD, READ_BUFFER
from curtilage.gateway.adapters.provider import IDLE_SECONDS, MOST_IDLE, Provider
from curtilage.gateway.errors import UpstreamFailed
from tests.unit.gateway.adapters.scripted import (
    CHUNKED,
    NO,
    OK,
    Deaf,
    Server,
    Talk,
    ask,
    bare,
    called,
    hear,
    request,
    saying,
    serving,
    unconnected,
    whole,
)

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


async def test_into_a_connection_that_is_closing_nothing_is_sent() -> None:
    class Closing(Deaf):
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
    connection.connection_made(Deaf())
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
