"""A service of leaked passwords: what it is told, and what becomes of every answer."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from curtilage.identity.adapters.breach_range import RangeService
from curtilage.identity.breached import Screening
from curtilage.identity.errors import BreachRangeAddress

pytestmark = [pytest.mark.requirement(38)]

PASSWORD = b"password"
REST = "1E4C9B93F3F0682250B6CF8331B7EE68FD8"
LEAKED, PADDED, OTHER = f"{REST}:3\r\n", f"{REST}:0\r\n", f"{'0' * 35}:9\r\n"


def ok(body: str, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


@asynccontextmanager
async def service(answer: bytes, heard: list[bytes]) -> AsyncIterator[str]:
    """A service on this machine that answers everything with `answer`."""

    open_: list[asyncio.StreamWriter] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            heard.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(answer)
        if answer:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1/"
    finally:
        server.close()
        for writer in open_:
            writer.transport.abort()
        await asyncio.sleep(0)  # the turn in which they are closed


async def screened(answer: bytes, heard: list[bytes] | None = None) -> Screening:
    async with service(answer, [] if heard is None else heard) as address:
        return await RangeService(address, seconds=1).screen(PASSWORD)


async def test_five_digits_and_nothing_else_of_the_password_leave() -> None:
    heard: list[bytes] = []
    assert await screened(ok(LEAKED), heard) is Screening.LEAKED
    (request,) = heard
    assert request.startswith(b"GET /v1/range/5BAA6 HTTP/1.1\r\n")
    lines = {line.lower() for line in request.splitlines()[1:] if line}
    assert b"add-padding: true" in lines
    names = {line.split(b":")[0] for line in lines}
    assert names == {
        b"host",
        b"user-agent",
        b"accept",
        b"accept-encoding",
        b"add-padding",
        b"connection",
    }
    assert PASSWORD not in request and REST.encode() not in request.upper()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (OTHER + LEAKED, Screening.LEAKED),
        (OTHER, Screening.CLEAR),
        (OTHER + PADDED, Screening.CLEAR),
        ("", Screening.CLEAR),
    ],
)
async def test_an_answer_tells(body: str, expected: Screening) -> None:
    assert await screened(ok(body)) is expected


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"no HTTP at all\r\n\r\n",
        ok("<html>"),
        ok(LEAKED, "503 Service Unavailable"),
        ok(LEAKED, "429 Too Many Requests"),
        b"HTTP/1.1 301 Moved\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + LEAKED.encode(),
        b"HTTP/1.1 200 OK\r\n\r\n" + b"0" * 2_000_000,
    ],
)
async def test_a_service_that_does_not_answer_leaves_it_open_and_it_is_said(
    answer: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert await screened(ok(LEAKED)) is Screening.LEAKED
    with caplog.at_level(logging.WARNING):
        assert await screened(answer) is Screening.UNKNOWN
    assert [record.getMessage() for record in caplog.records] == ["a new password was not screened"]
    assert "5BAA6" not in caplog.text


async def test_an_answer_may_be_announced_and_come_in_chunks() -> None:
    chunked = (
        "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    body = f"{len(OTHER):x}\r\n{OTHER}\r\n{len(LEAKED):x}\r\n{LEAKED}\r\n0\r\n\r\n"
    assert await screened((chunked + body).encode()) is Screening.LEAKED


async def test_a_service_that_is_not_there_leaves_it_open() -> None:
    assert await RangeService("http://127.0.0.1:9", seconds=1).screen(b"x") is Screening.UNKNOWN
    without = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody
    async with service(b"", []) as address:
        secured = RangeService(address.replace("http:", "https:"), seconds=0.5, tls=without)
        assert await secured.screen(b"x") is Screening.UNKNOWN


@pytest.mark.parametrize(
    "address",
    [
        "", "ranges.example", "http://ranges.example", "ftp://ranges.example", "https://", "https://a:b@ranges.example",
        "https://ranges.example?x=1", "https://ranges.example#x", "https://ranges.example:0", "https://ranges.example:x",
        "https://[::1", "https://rängens.example", "http://192.0.2.1", "http://127.0.0.1.ranges.example",
    ],
)  # fmt: skip
def test_an_address_that_would_give_something_away_is_refused(address: str) -> None:
    for good in ("https://ranges.example/v1", "http://localhost:1", "http://[::1]:8080"):
        assert RangeService(good)
    with pytest.raises(BreachRangeAddress) as refused:
        RangeService(address)
    assert "a:b" not in str(refused.value)
