"""Whoever is cancelled, at any step, ends the connection and leaves nothing."""

import asyncio
import gc
import random
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest

from curtilage.gateway.adapters.http1_connection import Connection
from curtilage.gateway.adapters.provider import Provider
from curtilage.gateway.errors import UpstreamFailed
from tests.unit.gateway.adapters.scripted import (
    CHUNKED,
    OK,
    Server,
    Talk,
    ask,
    request,
    saying,
    serving,
    whole,
)


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
