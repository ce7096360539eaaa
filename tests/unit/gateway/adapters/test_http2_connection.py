"""Calls over HTTP/2: whose bytes are whose, what is tried again, and what no provider may do."""

import asyncio

import pytest
from h2.errors import ErrorCodes
from h2.events import DataReceived

from curtilage.gateway.adapters.http1_connection import READ_BUFFER
from curtilage.gateway.adapters.http2_connection import MOST_INTERIM
from curtilage.gateway.adapters.multiplexed import Multiplexed
from curtilage.gateway.errors import MalformedHeader, UpstreamFailed
from curtilage.gateway.wire.http2 import MOST_OF_CONTROL
from tests.integration.certificates import Authority, make_authority
from tests.unit.gateway.adapters.http2 import Peer, echo, serving
from tests.unit.gateway.adapters.scripted import OK, ask, request, whole


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


async def test_many_calls_at_once_share_one_connection_and_each_has_its_own_reply(
    authority: Authority,
) -> None:
    bodies = [f"{number}".encode() * 50 for number in range(60)]
    async with serving(authority, echo) as (server, pool):
        replies = await asyncio.gather(*(ask(pool, body) for body in bodies))
        assert replies == [(200, body) for body in bodies]
        assert server.opened == 1


async def test_the_head_says_what_was_asked_and_nothing_of_http_1(authority: Authority) -> None:
    seen: list[dict[str, str]] = []

    async def talk(peer: Peer) -> None:
        id = await peer.request()
        seen.append(peer.headers[id])
        await peer.reply(id, content_type="application/json")
        await peer.request()

    async with serving(authority, talk) as (server, pool):
        reply = await pool.send(request(b"{}", authorization="Bearer k"))
        assert reply.headers == [("content-type", "application/json")]
        assert await whole(reply) == b"hi"
        assert seen == [
            {
                ":method": "POST", ":scheme": "https", ":path": "/v1/chat/completions",
                ":authority": f"127.0.0.1:{server.port}", "content-length": "2",
                "authorization": "Bearer k",
            }
        ]  # fmt: skip
        with pytest.raises(MalformedHeader):
            await pool.send(request(b"{}", authorization="k\r\nx: y"))


async def test_long_bodies_go_both_ways(authority: Authority) -> None:
    body = bytes(range(256)) * 12_000  # three megabytes: many times every window
    async with serving(authority, echo) as (_, pool):
        assert await ask(pool, body) == (200, body)


async def test_a_caller_who_does_not_read_stops_nobody_else(authority: Authority) -> None:
    async def talk(peer: Peer) -> None:
        slow = await peer.request()
        peer.h2.send_headers(slow, [(":status", "200")])
        while room := min(peer.h2.local_flow_control_window(slow), 16384):
            peer.h2.send_data(slow, b"s" * room)
        await peer.flush()
        quick = await peer.request()
        await peer.reply(quick)
        await peer.send(slow, b"!" * READ_BUFFER)
        await peer.request()

    async with serving(authority, talk) as (server, pool):
        slow = await pool.send(request())
        assert await ask(pool) == (200, b"hi")
        assert await whole(slow) == b"s" * READ_BUFFER + b"!" * READ_BUFFER
        assert server.opened == 1


async def test_a_caller_who_leaves_ends_the_own_stream_alone(authority: Authority) -> None:
    asked, resets = asyncio.Event(), []

    async def talk(peer: Peer) -> None:
        await peer.request()
        asked.set()
        resets.append(await peer.reset_by_caller())
        await echo(peer)

    async with serving(authority, talk) as (server, pool):
        calling = asyncio.ensure_future(pool.send(request()))
        await asked.wait()
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        assert await ask(pool, b"next") == (200, b"next")
        assert resets[0].error_code == ErrorCodes.CANCEL
        assert server.opened == 1


async def test_a_reply_that_is_not_wanted_further_is_cut_off(authority: Authority) -> None:
    resets = []

    async def talk(peer: Peer) -> None:
        await peer.reply(await peer.request(), b"begun", end=False)
        resets.append(await peer.reset_by_caller())
        await echo(peer)

    async with serving(authority, talk) as (_, pool):
        reply = await pool.send(request())
        assert await reply.read() == b"begun"
        await reply.close()
        assert await ask(pool, b"next") == (200, b"next")
        assert len(resets) == 1


async def test_what_the_provider_began_ends_well_when_it_shuts_down(authority: Authority) -> None:
    """GOAWAY: the streams up to the one it names are answered, the others were not looked at."""
    came = asyncio.Event()

    async def talk(peer: Peer) -> None:
        first = await peer.request()
        peer.h2.send_headers(first, [(":status", "200")])
        await peer.flush()
        await peer.request()
        peer.writer.write(goaway(first))
        await came.wait()
        await peer.send(first, b"ended well")
        await peer.request()

    async with serving(authority, talk, echo) as (server, pool):
        first = await pool.send(request())
        assert await ask(pool, b"again") == (200, b"again")
        assert server.opened == 2
        came.set()
        assert await whole(first) == b"ended well"


def goaway(last: int, size: int = 8) -> bytes:
    return size.to_bytes(3) + b"\x07\x00" + bytes(4) + last.to_bytes(4) + bytes(size - 4)


@pytest.mark.parametrize(
    ("code", "sent"),
    [
        (ErrorCodes.REFUSED_STREAM, False),
        (ErrorCodes.INTERNAL_ERROR, True),
        (ErrorCodes.CANCEL, True),
    ],
)
async def test_only_a_refused_stream_was_certainly_not_served(
    authority: Authority, code: ErrorCodes, *, sent: bool
) -> None:
    async def talk(peer: Peer) -> None:
        for _ in range(1 if sent else 2):
            peer.h2.reset_stream(await peer.request(), code)
            await peer.flush()
        await echo(peer)

    async with serving(authority, talk) as (server, pool):
        with pytest.raises(UpstreamFailed) as failed:
            await pool.send(request())
        assert failed.value.sent is sent
        assert await ask(pool, b"next") == (200, b"next")
        assert server.opened == 1


async def test_a_call_that_was_refused_once_is_sent_once_more(authority: Authority) -> None:
    async def talk(peer: Peer) -> None:
        peer.h2.reset_stream(await peer.request(), ErrorCodes.REFUSED_STREAM)
        await peer.flush()
        await echo(peer)

    async with serving(authority, talk) as (server, pool):
        assert await ask(pool, b"asked") == (200, b"asked")
        assert server.opened == 1


async def test_a_reset_in_the_middle_of_a_reply_may_have_been_served(authority: Authority) -> None:
    async def talk(peer: Peer) -> None:
        id = await peer.request()
        await peer.reply(id, b"begun", end=False)
        peer.h2.reset_stream(id, ErrorCodes.REFUSED_STREAM)
        await peer.flush()
        await peer.request()

    async with serving(authority, talk) as (_, pool):
        reply = await pool.send(request())
        with pytest.raises(UpstreamFailed) as failed:
            await whole(reply)
        assert failed.value.sent
        await reply.close()


async def test_a_lost_connection_may_have_served_all_that_was_under_way(
    authority: Authority,
) -> None:
    async def talk(peer: Peer) -> None:
        await peer.request()
        await peer.request()

    async with serving(authority, talk) as (_, pool):
        results = await asyncio.gather(
            pool.send(request()), pool.send(request()), return_exceptions=True
        )
        assert [isinstance(each, UpstreamFailed) and each.sent for each in results] == [True] * 2


async def test_an_answer_before_the_end_of_the_body_is_taken(authority: Authority) -> None:
    async def talk(peer: Peer) -> None:
        peer.is_reading_on = False
        first = await peer.next(DataReceived)
        await peer.reply(first.stream_id, b"too long", status="413")
        await peer.reset_by_caller()
        peer.is_reading_on = True
        peer.h2.increment_flow_control_window(1 << 20)
        await peer.flush()
        await echo(peer)

    async with serving(authority, talk) as (_, pool):
        assert await ask(pool, bytes(1 << 20)) == (413, b"too long")
        assert await ask(pool, b"next") == (200, b"next")


async def test_more_calls_than_the_provider_takes_have_more_connections(
    authority: Authority,
) -> None:
    both = asyncio.Event()
    seen = []

    async def talk(peer: Peer) -> None:
        id = await peer.request()
        seen.append(id)
        if len(seen) == 2:
            both.set()
        await both.wait()
        await peer.reply(id)
        await peer.request()

    async with serving(authority, talk, most=1) as (server, pool):
        assert await asyncio.gather(ask(pool), ask(pool)) == [(200, b"hi")] * 2
        assert server.opened == 2


async def test_a_provider_that_takes_no_call_is_not_reached(authority: Authority) -> None:
    async with serving(authority, echo, most=0) as (_, pool):
        with pytest.raises(UpstreamFailed) as failed:
            await pool.send(request())
        assert (failed.value.reason, failed.value.sent) == ("connect", False)


async def test_an_idle_connection_that_was_ended_is_not_used(authority: Authority) -> None:
    ended = asyncio.Event()

    async def once(peer: Peer) -> None:
        await peer.reply(await peer.request())
        peer.writer.transport.abort()
        ended.set()

    async with serving(authority, once, echo) as (server, pool):
        assert await ask(pool) == (200, b"hi")
        await ended.wait()
        assert await ask(pool, b"again") == (200, b"again")
        assert server.opened == 2


async def test_a_packed_reply_is_refused(authority: Authority) -> None:
    async def talk(peer: Peer) -> None:
        await peer.reply(await peer.request(), content_encoding="gzip")
        await peer.request()

    async with serving(authority, talk) as (_, pool):
        with pytest.raises(UpstreamFailed) as failed:
            await pool.send(request())
        assert failed.value.reason == "encoded"


async def test_a_body_on_its_way_fails_with_its_connection(authority: Authority) -> None:
    async def talk(peer: Peer) -> None:
        peer.is_reading_on = False
        await peer.next(DataReceived)

    async with serving(authority, talk) as (_, pool):
        with pytest.raises(UpstreamFailed) as failed:
            await pool.send(request(bytes(1 << 22)))
        assert failed.value.sent


async def test_who_cannot_be_reached_is_told_to_all_who_wait(authority: Authority) -> None:
    async with serving(authority, echo) as (server, pool):
        stranger = Multiplexed(f"https://127.0.0.1:{server.port}", connect_timeout=5)
        results = await asyncio.gather(
            *(stranger.send(request()) for _ in range(3)), return_exceptions=True
        )
        assert [isinstance(each, UpstreamFailed) and each.reason for each in results] == [
            "connect"
        ] * 3
        assert await ask(pool, b"a friend") == (200, b"a friend")
        await stranger.close()


def ping() -> bytes:
    return b"\x00\x00\x08\x06\x00" + bytes(4) + b"12345678"


def head(flags: int, block: bytes, kind: int = 1) -> bytes:
    return len(block).to_bytes(3) + bytes((kind, flags)) + (1).to_bytes(4) + block


FLOODS = {
    "pings": ping() * (MOST_OF_CONTROL + 1),
    "empty data": head(4, b"\x88") + head(0, b"", kind=0) * (MOST_OF_CONTROL + 1),
    "unknown frames": b"\x00\x00\x00\xfa\x00" + bytes(4),
    "continuations": head(0, b"\x88") + head(0, b"\x00\x01a\x01b" * 3000, kind=9) * 70,
    "interim heads": head(4, b"\x08\x03100") * (MOST_INTERIM + 1),
    "a frame too long": b"\x00\x40\x01\x00\x00" + bytes(4),
    "a head too long": head(0, b"\x88" + b"\x00\x01a\x7f\x81\xf0\x04" + b"b" * 16000)
    + head(0, b"b" * 16000, kind=9) * 3
    + head(4, b"b" * 16000, kind=9),
    "a pushed stream": b"\x00\x00\x05\x05\x04\x00\x00\x00\x01\x00\x00\x00\x02\x82",
    "a head without a status": head(5, b"\x00\x01a\x01b"),
    "a GOAWAY cut short": b"\x00\x00\x04\x07\x00" + bytes(8),
    "something else": b"HTTP/1.1 400 Bad Request\r\n\r\n",
}
FLOODS["unknown frames"] *= MOST_OF_CONTROL + 1


@pytest.mark.parametrize("kind", FLOODS)
async def test_what_no_provider_sends_ends_the_connection(authority: Authority, kind: str) -> None:
    async def talk(peer: Peer) -> None:
        await peer.request()
        peer.writer.write(FLOODS[kind])
        await peer.reader.read()

    async with serving(authority, talk, echo) as (server, pool):
        with pytest.raises(UpstreamFailed) as failed:
            await whole(await pool.send(request()))
        assert failed.value.sent
        assert await ask(pool, b"again") == (200, b"again")
        assert server.opened == 2


async def test_where_http_2_is_not_offered_http_1_is_spoken(authority: Authority) -> None:
    async def talk(peer: Peer) -> None:
        for _ in range(2):
            await peer.reader.readuntil(b"\r\n\r\n{}")
            peer.writer.write(OK)
        await peer.reader.read()

    async with serving(authority, talk, speaks=("http/1.1",)) as (_, pool):
        assert await ask(pool) == (200, b"hi")
        assert await ask(pool) == (200, b"hi")


async def test_a_pool_that_is_closed_ends_what_is_idle_and_later_the_rest(
    authority: Authority,
) -> None:
    async def talk(peer: Peer) -> None:
        await peer.reply(await peer.request(), b"begun", end=False)
        await peer.send(1, b" and ended")
        await peer.request()

    async with serving(authority, talk) as (_, pool):
        reply = await pool.send(request())
        await pool.close()
        assert await whole(reply) == b"begun and ended"
