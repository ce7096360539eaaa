"""The way to a provider: through a proxy, with a certificate of ours, to an authority of our own."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from curtilage.gateway.adapters.provider import Provider
from curtilage.gateway.adapters.way import Way
from curtilage.gateway.errors import UpstreamFailed
from curtilage.gateway.ports import UpstreamRequest
from curtilage.gateway.settings import UpstreamSettings
from curtilage.gateway.upstream.build import build_upstreams
from tests.fakes.proxy import FakeProxy
from tests.integration.certificates import Authority, make_authority

BODY = b'{"messages":["a prompt that nobody on the way reads"]}'
SECRET = "ada:a-secret-of-the-proxy"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def server(house: Authority) -> tuple[Path, Path]:
    return house.issue("localhost", "127.0.0.1")


@pytest.fixture(scope="module")
def us(house: Authority) -> tuple[Path, Path]:
    return house.issue("gateway.orchard.example")


@asynccontextmanager
async def provider_at(
    server: tuple[Path, Path] | None, *, asks_for: Authority | None = None
) -> AsyncIterator[str]:
    """The address of a provider; with `asks_for` one that wants a certificate of ours."""
    context = None
    if server is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*server)
        if asks_for is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(asks_for.certificate)
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # refused handshakes
    talking: set[asyncio.Task[object]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talking.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(len(BODY))
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi")
            await writer.drain()
            await reader.read()
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    scheme = "https" if server else "http"
    yield f"{scheme}://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
    listening.close()
    if talking:
        await asyncio.wait(talking)


@asynccontextmanager
async def proxy_at(**given: bytes) -> AsyncIterator[FakeProxy]:
    proxy = FakeProxy(**given)
    await proxy.start()
    yield proxy
    await proxy.stop()


async def ask(address: str, way: Way) -> bytes:
    provider = Provider(address, connect_timeout=3, way=way)
    try:
        request = UpstreamRequest("POST", "/chat/completions", "", (), BODY)
        reply = await provider.send(request)
        said = await reply.read()
        await reply.close()
    finally:
        await provider.close()
    return said


async def test_a_proxy_passes_on_and_reads_nothing(
    house: Authority, server: tuple[Path, Path]
) -> None:
    async with provider_at(server) as address, proxy_at() as proxy:
        way = Way(f"http://127.0.0.1:{proxy.port}", SECRET, ca_file=house.certificate)
        assert await ask(address, way) == b"hi"
        (head,) = proxy.heads
        host = address.split("/")[2]
        assert head.startswith(f"CONNECT {host} HTTP/1.1\r\nhost: {host}\r\n")
        assert "proxy-authorization: Basic YWRhOmEtc2VjcmV0LW9mLXRoZS1wcm94eQ==" in head
        assert proxy.seen and b"prompt" not in proxy.seen
    assert SECRET not in repr(way)


async def test_a_provider_without_tls_goes_through_the_proxy_too() -> None:
    async with provider_at(None) as address, proxy_at() as proxy:
        assert await ask(address, Way(f"http://127.0.0.1:{proxy.port}")) == b"hi"
        assert BODY in proxy.seen and "authorization" not in proxy.heads[0]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
        b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nno",
        b"HTTP/1.1 200 OK\r\nx: " + b"x" * 20_000,
    ],
)
async def test_a_proxy_that_does_not_pass_on_gets_nothing_more(answer: bytes) -> None:
    async with provider_at(None) as address, proxy_at(answer=answer) as proxy:
        with pytest.raises(UpstreamFailed) as failed:
            await ask(address, Way(f"http://127.0.0.1:{proxy.port}"))
        assert (failed.value.reason, failed.value.sent) == ("connect", False)
        assert b"prompt" not in proxy.seen


async def test_whoever_leaves_while_a_proxy_is_silent_leaves_no_connection() -> None:
    async with provider_at(None) as address, proxy_at(answer=b"") as proxy:
        call = asyncio.create_task(ask(address, Way(f"http://127.0.0.1:{proxy.port}")))
        while not proxy.heads:
            await asyncio.sleep(0.01)
        call.cancel()
        await asyncio.wait({call})
        async with asyncio.timeout(5):
            while not proxy.left:
                await asyncio.sleep(0.01)


async def test_a_provider_that_asks_who_we_are_is_told(
    house: Authority, server: tuple[Path, Path], us: tuple[Path, Path]
) -> None:
    async with provider_at(server, asks_for=house) as address:
        told = Way(ca_file=house.certificate, client_cert=us[0], client_key=us[1])
        assert await ask(address, told) == b"hi"
        with pytest.raises(UpstreamFailed):
            await ask(address, Way(ca_file=house.certificate))


async def test_an_authority_of_our_own_is_the_only_one_trusted(
    house: Authority, server: tuple[Path, Path], tmp_path: Path
) -> None:
    other = make_authority(tmp_path / "other").certificate
    async with provider_at(server) as address:
        assert await ask(address, Way(ca_file=house.certificate)) == b"hi"
        for way in (Way(ca_file=other), Way()):
            with pytest.raises(UpstreamFailed) as failed:
                await ask(address, way)
            assert not failed.value.sent


async def test_files_that_hold_no_certificate_fail_the_call_and_not_the_worker(
    tmp_path: Path, server: tuple[Path, Path]
) -> None:
    junk = tmp_path / "junk.pem"
    junk.write_text("no certificate")
    async with provider_at(server) as address:
        for way in (Way(ca_file=junk), Way(client_cert=junk, client_key=junk)):
            with pytest.raises(UpstreamFailed) as failed:
                await ask(address, way)
            assert (failed.value.reason, failed.value.sent) == ("connect", False)


Obstacle = Callable[[UpstreamSettings], Awaitable[str]]


async def test_what_stands_in_the_way_is_named_without_a_word_to_the_provider(
    house: Authority, server: tuple[Path, Path]
) -> None:
    find: Obstacle = build_upstreams(3.0, {"PROXY_AUTH": SECRET}).find_obstacle
    async with (
        provider_at(server) as address,
        proxy_at() as proxy,
        proxy_at(answer=b"HTTP/1.1 403 Forbidden\r\n\r\n") as closed,
    ):
        trusted = UpstreamSettings("openai", address, ca_file=house.certificate)
        assert await find(trusted) == ""
        assert await find(UpstreamSettings("openai", address)) == "tls"
        assert await find(UpstreamSettings("openai", "http://127.0.0.1:1/v1")) == "connect"
        through = UpstreamSettings(
            "openai", address, ca_file=house.certificate, proxy_auth_env="PROXY_AUTH",
            proxy=f"http://127.0.0.1:{proxy.port}",
        )  # fmt: skip
        assert await find(through) == "" and "Basic" in proxy.heads[0]
        refused = UpstreamSettings("openai", address, proxy=f"http://127.0.0.1:{closed.port}")
        assert await find(refused) == "proxy"
