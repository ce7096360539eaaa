"""Callers who do not send, or do not read: their place is free again after a while."""

import json
import socket
from collections.abc import Iterator

import pytest

from curtilage.core.models import Event
from tests.fakes.provider import Received, Step, chat_delta, stream
from tests.integration.processes import eventually
from tests.integration.service import CREDENTIAL, RunningService, running_service

pytestmark = pytest.mark.slow
CHAT = {"model": "gpt-4.1-mini", "stream": True, "messages": [{"role": "user", "content": "Hi"}]}
RAW = json.dumps(CHAT).encode()


@pytest.fixture(scope="module", params=["granian", "uvicorn"])
def shared_service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningService]:
    """A service whose patience is short."""
    flags = {
        "server.http": request.param,
        "gateway.read_timeout": 0.5,
        "gateway.idle_timeout": 1.0,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
            patch.setenv(name, CREDENTIAL)
        with running_service(tmp_path_factory.mktemp("service"), **flags) as service:
            yield service


def _open(
    service: RunningService, sent: bytes, path: str = "/v1/chat/completions"
) -> socket.socket:
    """A connection on which a call, or its beginning, was sent in one piece."""
    line = socket.create_connection(("127.0.0.1", service.port), 20)
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{service.port}\r\n"
        f"authorization: Bearer {service.key()}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(RAW)}\r\n\r\n"
    )
    line.sendall(head.encode() + sent)
    return line


def _ended(service: RunningService, before: int) -> list[Event]:
    new = [event for event in service.events() if event.kind.startswith("exchange.")][before:]
    return new if len(new) >= 2 else []


def _exchanges(service: RunningService) -> int:
    return sum(event.kind.startswith("exchange.") for event in service.events())


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
def test_a_body_that_does_not_come_gets_a_408_and_frees_its_place(
    service: RunningService, path: str
) -> None:
    before = _exchanges(service)
    with _open(service, RAW[:20], path) as line:
        reply = b""
        while part := line.recv(65536):  # to its end: the connection is closed
            reply += part
    head, _, body = reply.partition(b"\r\n\r\n")
    assert b" 408 " in head.splitlines()[0]
    document = json.loads(body)
    if path == "/v1/messages":
        assert (document["type"], document["error"]["type"]) == ("error", "invalid_request_error")
    else:
        assert document["error"]["code"] == "gateway.body-too-slow"
    intent, ended = eventually(lambda: _ended(service, before))
    assert (intent.kind, ended.kind) == ("exchange.intended", "exchange.refused")
    assert ended.facts["reason"] == "gateway.body-too-slow"
    assert eventually(lambda: service.worker.gateway.services.registrar.meters.active == 0)


class Endless:
    """A script that sends until nobody takes any more."""

    def __call__(self, _: Received) -> Iterator[Step]:  # type: ignore[override]
        piece = chat_delta({"content": "Hello there. " * 20}) * 150
        yield from stream(*[piece] * 400, end=False)


def test_a_reader_who_takes_nothing_is_let_go_and_recorded(service: RunningService) -> None:
    before = _exchanges(service)
    service.provider.script = Endless()  # type: ignore[assignment]
    with _open(service, RAW) as line:
        assert line.recv(1000)
        _, ended = eventually(lambda: _ended(service, before))
        assert (ended.kind, ended.facts["reason"]) == ("exchange.aborted", "caller-stalled")
        assert eventually(lambda: service.worker.gateway.services.registrar.meters.active == 0)
        eventually(lambda: service.provider.left == 1)
