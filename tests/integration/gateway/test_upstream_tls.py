"""A provider whose certificate does not hold gets nothing: no prompt and no credential."""

import asyncio
import random
import ssl
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import uvloop

from curtilage.gateway.adapters.provider import Provider
from curtilage.gateway.errors import UpstreamFailed
from curtilage.gateway.ports import UpstreamRequest
from tests.fakes.provider import chat_reply, whole
from tests.integration.certificates import VALID_FROM, Authority, make_authority
from tests.integration.service import CREDENTIAL, RunningService, running_service

pytestmark = pytest.mark.slow
A_DAY_LATER = VALID_FROM + timedelta(days=1)
LOOPS = pytest.mark.parametrize("loop", [uvloop.new_event_loop, asyncio.new_event_loop])
STILL_OPEN = ("01", "02", "08")  # established, being opened, ended by the other side alone
Loop = Callable[[], asyncio.AbstractEventLoop]
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"
BODY = {"messages": [{"role": "user", "content": "Mail ada@orchard.example."}]}


@contextmanager
def tls_provider(cert: Path, key: Path) -> Iterator[tuple[int, list[bytes]]]:
    """A provider behind TLS; the list fills with what it could read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    read: list[bytes] = []
    (reply,) = whole(chat_reply("Hello."))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        read.append(await reader.read(65536))
        assert isinstance(reply, bytes)
        writer.write(reply)
        await writer.drain()
        writer.close()

    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)  # refused handshakes are what is tested
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    start = asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    server = asyncio.run_coroutine_threadsafe(start, loop).result(10)
    try:
        yield server.sockets[0].getsockname()[1], read
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """The one authority that this process trusts while the module runs."""
    authority = make_authority(tmp_path_factory.mktemp("known"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(authority.certificate))
        yield authority


@pytest.fixture(scope="module")
def providers(
    tmp_path_factory: pytest.TempPathFactory, known: Authority
) -> Iterator[dict[str, tuple[int, list[bytes]]]]:
    """One that is known and rightly named, one unknown, one somebody else, one too old."""
    unknown = make_authority(tmp_path_factory.mktemp("unknown"))
    with (
        tls_provider(*known.issue("localhost", "127.0.0.1")) as good,
        tls_provider(*unknown.issue("localhost", "127.0.0.1")) as stranger,
        tls_provider(*known.issue("elsewhere.example")) as misnamed,
        tls_provider(*known.issue("127.0.0.1", until=A_DAY_LATER)) as expired,
    ):
        yield {"good": good, "stranger": stranger, "misnamed": misnamed, "expired": expired}


@pytest.fixture(scope="module")
def over_tls(
    tmp_path_factory: pytest.TempPathFactory, providers: dict[str, tuple[int, list[bytes]]]
) -> Iterator[RunningService]:
    flags: dict[str, object] = {"routes": [{"model": name, "upstream": name} for name in providers]}
    for name, (port, _) in providers.items():
        flags[f"upstreams.{name}.protocol"] = "openai"
        flags[f"upstreams.{name}.base_url"] = f"https://127.0.0.1:{port}/v1"
        flags[f"upstreams.{name}.api_key_env"] = "OPENAI_API_KEY"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", CREDENTIAL)
        with running_service(tmp_path_factory.mktemp("service"), **flags) as service:
            yield service


def _ask(service: RunningService, model: str) -> httpx.Response:
    with service.client(service.key()) as client:
        return client.post("/v1/chat/completions", json={**BODY, "model": model})


def test_a_provider_with_a_certificate_that_holds_is_called(
    over_tls: RunningService, providers: dict[str, tuple[int, list[bytes]]]
) -> None:
    assert _ask(over_tls, "good").status_code == 200
    assert CREDENTIAL.encode() in providers["good"][1][0]


@pytest.mark.parametrize("name", ["stranger", "misnamed", "expired"])
def test_a_provider_whose_certificate_does_not_hold_gets_nothing(
    over_tls: RunningService, providers: dict[str, tuple[int, list[bytes]]], name: str
) -> None:
    reply = _ask(over_tls, name)
    assert reply.status_code == 502
    assert reply.json()["error"]["code"] == "gateway.upstream-failed"
    assert b"".join(providers[name][1]) == b""
    intent, outcome = over_tls.events(reply.headers["x-curtilage-request-id"])
    assert (intent.kind, outcome.kind) == ("exchange.intended", "exchange.failed")


def run(loop: Loop, work: Coroutine[object, object, None]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(20):
            await work

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(limited())


async def ask(provider: Provider, body: bytes = b"{}") -> tuple[int, bytes]:
    reply = await provider.send(UpstreamRequest("POST", "/v1/chat/completions", "", (), body))
    said = b""
    try:
        while part := await reply.read():
            said += part
    finally:
        await reply.close()
    return reply.status, said


@LOOPS
@pytest.mark.parametrize("name", ["stranger", "misnamed", "expired"])
def test_a_certificate_that_does_not_hold_is_no_connection_and_nothing_was_sent(
    providers: dict[str, tuple[int, list[bytes]]], loop: Loop, name: str
) -> None:
    async def work() -> None:
        provider = Provider(f"https://127.0.0.1:{providers[name][0]}", connect_timeout=5)
        with pytest.raises(UpstreamFailed) as failed:
            await ask(provider)
        assert (failed.value.reason, failed.value.sent) == ("connect", False)
        await provider.close()

    run(loop, work())
    assert b"".join(providers[name][1]) == b""


@pytest.fixture(scope="module")
def context(known: Authority) -> ssl.SSLContext:
    """Of a provider whose certificate holds."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(*known.issue("localhost", "127.0.0.1"))
    return made


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def listen(talk: Talk, context: ssl.SSLContext | None) -> tuple[asyncio.Server, Provider]:
    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context, limit=1 << 24)
    port = server.sockets[0].getsockname()[1]
    return server, Provider(f"https://127.0.0.1:{port}", connect_timeout=5)


@LOOPS
def test_a_connection_over_tls_is_used_again_and_carries_large_bodies(
    context: ssl.SSLContext, loop: Loop
) -> None:
    """What TLS itself says after the handshake (tickets) is nothing that came unasked."""
    body = random.Random(3).randbytes(5 << 20)
    opened = 0

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened
        opened += 1
        with suppress(asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                size = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
                said = await reader.readexactly(size)
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size + said)
                await writer.drain()
        writer.close()

    async def work() -> None:
        server, provider = await listen(echo, context)
        for sent in (b"{}", body, b"[]"):
            assert await ask(provider, sent) == (200, sent)
        assert opened == 1
        await provider.close()
        server.close()

    run(loop, work())


@LOOPS
def test_who_takes_the_connection_and_never_shakes_hands_is_given_up(loop: Loop) -> None:
    """The time to connect covers TLS; and whoever is cancelled meanwhile leaves no socket."""
    taken, left = 0, asyncio.Event()

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal taken
        taken += 1
        while await reader.read(65536):
            pass
        writer.close()
        taken -= 1
        left.set()

    async def work() -> None:
        server, provider = await listen(mute, None)
        short = Provider(
            f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", connect_timeout=0.2
        )
        with pytest.raises(UpstreamFailed) as failed:
            await ask(short)
        assert (failed.value.reason, failed.value.sent) == ("connect", False)
        await left.wait()
        left.clear()
        calling = asyncio.ensure_future(ask(provider))
        while not taken:
            await asyncio.sleep(0.01)
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        await left.wait()
        server.close()

    run(loop, work())


@LOOPS
def test_whoever_is_cancelled_at_any_step_over_tls_leaves_no_socket(
    context: ssl.SSLContext, loop: Loop
) -> None:
    talking: set[asyncio.Task[object]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talking.add(task)
        with suppress(asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            await reader.readuntil(b"x" * 300_000)
            writer.write(OK)
            await writer.drain()
            await reader.read()
        writer.close()
        with suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()
        talking.discard(task)

    async def work() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # broken handshakes
        server, provider = await listen(answer, context)
        ended = 0
        for turns in range(400):
            calling = asyncio.ensure_future(ask(provider, b"x" * 300_000))
            for _ in range(turns):
                await asyncio.sleep(0)
            calling.cancel()
            with suppress(asyncio.CancelledError):
                ended += await calling == (200, b"hi")
            while provider._idle:
                provider._idle.pop().abort()
            if ended == 2:
                break
        while talking or _open_towards(server.sockets[0].getsockname()[1]):
            await asyncio.sleep(0.01)
        await provider.close()
        server.close()

    run(loop, work())


def _open_towards(port: int) -> int:
    """How many connections to a port of this machine their caller has not closed."""
    lines = [line.split() for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]]
    called = f":{port:04X}"
    return sum(line[2].endswith(called) and line[3] in STILL_OPEN for line in lines)
