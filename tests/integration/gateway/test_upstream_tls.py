"""A provider whose certificate does not hold gets nothing: no prompt and no credential."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.fakes.provider import chat_reply, whole
from tests.integration.certificates import make_authority
from tests.integration.service import CREDENTIAL, RunningService, running_service

pytestmark = pytest.mark.slow
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
def providers(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, tuple[int, list[bytes]]]]:
    """One that is known and rightly named, one unknown, one that is somebody else."""
    folder = tmp_path_factory.mktemp("ca")
    known, unknown = make_authority(folder / "known"), make_authority(folder / "unknown")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(known.certificate))
        with (
            tls_provider(*known.issue("localhost", "127.0.0.1")) as good,
            tls_provider(*unknown.issue("localhost", "127.0.0.1")) as stranger,
            tls_provider(*known.issue("elsewhere.example")) as misnamed,
        ):
            yield {"good": good, "stranger": stranger, "misnamed": misnamed}


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


@pytest.mark.parametrize("name", ["stranger", "misnamed"])
def test_a_provider_whose_certificate_does_not_hold_gets_nothing(
    over_tls: RunningService, providers: dict[str, tuple[int, list[bytes]]], name: str
) -> None:
    reply = _ask(over_tls, name)
    assert reply.status_code == 502
    assert reply.json()["error"]["code"] == "gateway.upstream-failed"
    assert b"".join(providers[name][1]) == b""
    intent, outcome = over_tls.events(reply.headers["x-curtilage-request-id"])
    assert (intent.kind, outcome.kind) == ("exchange.intended", "exchange.failed")
