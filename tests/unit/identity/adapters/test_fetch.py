"""Calling addresses that others gave us."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_network

import pytest

from curtilage.identity.adapters.fetch import Fetcher, LookUp, split_address
from curtilage.identity.errors import AddressNotCalled, AnswerUnreadable, NoAnswer
from tests.tcp import end_tasks

HERE = (ip_network("127.0.0.0/8"),)
Answers = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(raw: bytes, *, asked: list[bytes] | None = None) -> AsyncIterator[str]:
    """A server that answers anything with these bytes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            if asked is not None:
                asked.append(head)
            writer.write(raw)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.close()
        await server.wait_closed()
        await end_tasks()


FINE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}"


async def test_an_answer_comes_back_whole() -> None:
    asked: list[bytes] = []
    async with serving(FINE, asked=asked) as base:
        fetcher = Fetcher(inside=HERE)
        answer = await fetcher.call("POST", f"{base}/told?a=1", headers=[("X", "y")], body=b"z")
    assert (answer.status, answer.media_type, answer.body) == (200, "application/json", b"{}")
    assert asked[0].startswith(b"POST /told?a=1 HTTP/1.1\r\n")
    assert b"x: y" in asked[0].lower()


def finding(*addresses: str) -> LookUp:
    """A name server that says the same to everybody, and counts."""

    async def look_up(host: str, port: int) -> list[str]:
        return list(addresses)

    return look_up


async def test_an_address_where_nobody_listens_is_passed_over() -> None:
    """`localhost` is ::1 first on many machines, and a service listens on 127.0.0.1."""
    inside = (*HERE, ip_network("::1/128"))
    async with serving(FINE) as base:
        fetcher = Fetcher(inside=inside, look_up=finding("::1", "127.0.0.1"))
        assert (await fetcher.get(base)).status == 200
        with pytest.raises(AddressNotCalled):
            await Fetcher(inside=inside, look_up=finding("127.0.0.1", "10.0.0.1")).get(base)


@pytest.mark.complaint(9)
@pytest.mark.requirement(25)
@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"], ["::1"], ["10.0.0.1"], ["192.168.1.1"], ["169.254.169.254"], ["fd00::1"],
        ["::ffff:10.0.0.1"], ["100.64.0.1"], ["0.0.0.0"], ["224.0.0.1"], ["fe80::1%eth0"],
        ["198.18.0.1"], ["240.0.0.1"], ["255.255.255.255"], ["2001:db8::1"], ["192.0.2.1"],
        ["93.184.215.14", "127.0.0.1"], ["93.184.215.14", "fd00::1"], [],
    ],
)  # fmt: skip
async def test_a_name_that_leads_inside_is_never_dialled(addresses: list[str]) -> None:
    with pytest.raises(AddressNotCalled) as refused:
        await Fetcher(look_up=finding(*addresses)).get("https://orchard.example/keys")
    assert "orchard" not in str(refused.value)


@pytest.mark.complaint(9)
async def test_plain_http_is_for_networks_of_ones_own() -> None:
    with pytest.raises(AddressNotCalled):
        await Fetcher(look_up=finding("93.184.215.14")).get("http://orchard.example/")


@pytest.mark.complaint(9)
async def test_what_was_looked_up_is_dialled_and_nobody_is_asked_again() -> None:
    looked_up: list[str] = []

    async def look_up(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    async with serving(FINE) as base:
        port = base.rpartition(":")[2]
        fetcher = Fetcher(inside=HERE, look_up=look_up)
        assert (await fetcher.get(f"http://orchard.example:{port}/")).status == 200
    assert looked_up == ["orchard.example"]


@pytest.mark.parametrize(
    "url",
    [
        "", "ftp://orchard.example/", "file:///etc/passwd", "https://", "https:///x", "//orchard.example",
        "https://ada:secret@orchard.example/", "https://orchard.example/#x", "https://orchard.example:x/",
        "https://orchard.example/a b", "https://orchard.example/\r\nx: y", "https://[::1/",
        "https://orch\u0430rd.example/", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_what_is_no_address_to_call_is_refused(url: str) -> None:
    with pytest.raises(AddressNotCalled):
        split_address(url)


@pytest.mark.complaint(9)
async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n"
    async with serving(moved) as base:
        assert (await Fetcher(inside=HERE).get(base)).status == 302


@pytest.mark.parametrize(
    "raw",
    [
        b"not http at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 1_000_000 + b"\r\n\r\n",
        b"",
    ],
)
async def test_an_answer_that_is_none_or_too_much_is_refused(raw: bytes) -> None:
    async with serving(raw) as base:
        with pytest.raises((AnswerUnreadable, NoAnswer)):
            await Fetcher(inside=HERE).get(base)


async def test_who_does_not_answer_in_time_is_left() -> None:
    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(wait, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(NoAnswer):
        await Fetcher(seconds=0.2, inside=HERE).get(f"http://127.0.0.1:{port}/")
    server.close()
    await server.wait_closed()
    await end_tasks()
