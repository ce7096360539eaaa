"""Connections to providers: every framing of a reply, what is none, and the head of a request."""

import asyncio

import pytest

from curtilage.gateway.adapters.http1_connection import MOST_OF_HEAD
from curtilage.gateway.adapters.provider import Provider
from curtilage.gateway.errors import MalformedHeader, UpstreamFailed
from curtilage.gateway.ports import UpstreamRequest
from tests.unit.gateway.adapters.scripted import (
    CHUNKED,
    OK,
    Server,
    Talk,
    ask,
    bare,
    hear,
    request,
    reset,
    saying,
    serving,
    whole,
)

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
