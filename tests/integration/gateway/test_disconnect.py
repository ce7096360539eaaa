"""A caller who leaves, at any point: the provider's work ends, and the ledger has both records."""

import json
import socket
from collections.abc import Callable, Iterator

import pytest

from curtilage.core.models import Event
from tests.fakes.provider import DONE, Hold, chat_delta, chat_reply, stream, whole
from tests.integration.processes import House, eventually, open_house
from tests.integration.service import RunningService

pytestmark = pytest.mark.slow
CHAT = {
    "model": "gpt-4.1-mini",
    "messages": [{"role": "user", "content": "Mail ada@orchard.example."}],
}
STREAMED = {**CHAT, "stream": True}


SOON = 3.0  # seconds: callers are looked after four times a second, and this machine may be busy


def _connect(service: RunningService | House, key: str, size: int) -> socket.socket:
    """A connection on which the head of a call was sent."""
    line = socket.create_connection(("127.0.0.1", service.port), 20)
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\n"
        f"host: 127.0.0.1:{service.port}\r\nauthorization: Bearer {key}\r\n"
        f"content-type: application/json\r\ncontent-length: {size}\r\n\r\n"
    )
    line.sendall(head.encode())
    return line


def _connect_and_wait(service: RunningService, key: str, size: int) -> socket.socket:
    """The same, once the call is under way: a connection that ends before that is no call."""
    line = _connect(service, key, size)
    eventually(lambda: service.worker.gateway.services.registrar.meters.active == 1)
    return line


def _read_until(line: socket.socket, end: bytes) -> bytes:
    read = b""
    while end not in read:
        part = line.recv(65536)
        assert part, read
        read += part
    return read


def _ended(service: RunningService, before: set[str]) -> list[Event]:
    """The two records of the one call that was made since."""
    new = [
        event
        for event in service.events()
        if event.kind.startswith("exchange.") and event.facts.get("intent", event.id) not in before
    ]
    return new if len(new) >= 2 else []


def _known(service: RunningService) -> set[str]:
    return {str(event.facts.get("intent", event.id)) for event in service.events()}


def _check(service: RunningService, leave: Callable[[str], None], kind: str) -> None:
    key = service.key()
    before = _known(service)
    leave(key)
    intent, outcome = eventually(lambda: _ended(service, before))
    assert (intent.kind, outcome.kind) == ("exchange.intended", f"exchange.{kind}")
    assert outcome.facts["intent"] == intent.id
    assert eventually(lambda: service.worker.gateway.services.registrar.meters.active == 0)


def test_before_the_body(service: RunningService) -> None:
    _check(service, lambda key: _connect_and_wait(service, key, 400).close(), "aborted")
    assert service.provider.received == []


def test_in_the_middle_of_the_body(service: RunningService) -> None:
    def leave(key: str) -> None:
        raw = json.dumps(CHAT).encode()
        with _connect_and_wait(service, key, len(raw)) as line:
            line.sendall(raw[:40])

    _check(service, leave, "aborted")
    assert service.provider.received == []


def test_before_the_providers_head(service: RunningService) -> None:
    service.provider.script = [Hold()]

    def leave(key: str) -> None:
        raw = json.dumps(CHAT).encode()
        with _connect(service, key, len(raw)) as line:
            line.sendall(raw)
            eventually(lambda: service.provider.received)

    _check(service, leave, "aborted")
    eventually(lambda: service.provider.left == 1)


def test_in_the_middle_of_a_stream(service: RunningService) -> None:
    service.provider.script = stream(chat_delta({"content": "Hel"}), Hold())

    def leave(key: str) -> None:
        raw = json.dumps(STREAMED).encode()
        with _connect(service, key, len(raw)) as line:
            line.sendall(raw)
            _read_until(line, b"Hel")

    _check(service, leave, "aborted")
    eventually(lambda: service.provider.left == 1)


def test_in_the_middle_of_a_whole_reply(service: RunningService) -> None:
    head, *_ = whole(chat_reply("x" * 900))
    assert isinstance(head, bytes)
    service.provider.script = [head[:400], Hold()]

    def leave(key: str) -> None:
        raw = json.dumps(CHAT).encode()
        with _connect(service, key, len(raw)) as line:
            line.sendall(raw)
            eventually(lambda: service.provider.received)

    _check(service, leave, "aborted")
    eventually(lambda: service.provider.left == 1)


@pytest.mark.parametrize("body", [CHAT, STREAMED], ids=["whole", "streamed"])
def test_after_the_last_byte(service: RunningService, body: dict[str, object]) -> None:
    service.provider.script = (
        stream(chat_delta({"content": "Hello."}, finish="stop"), DONE)
        if body.get("stream")
        else whole(chat_reply("Hello."))
    )

    def leave(key: str) -> None:
        raw = json.dumps(body).encode()
        with _connect(service, key, len(raw)) as line:
            line.sendall(raw)
            _read_until(line, b"[DONE]" if body.get("stream") else b"Hello.")

    _check(service, leave, "completed")
    assert service.provider.left == 0


def test_a_caller_who_leaves_while_the_policy_refuses(service: RunningService) -> None:
    """The record of a refusal does not wait for anybody to read it."""

    def leave(key: str) -> None:
        raw = json.dumps({"model": "gpt-4.1-mini", "messages": "no list"}).encode()
        with _connect_and_wait(service, key, len(raw)) as line:
            line.sendall(raw)

    _check(service, leave, "refused")


@pytest.fixture(scope="module", params=["granian", "uvicorn"])
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """The whole service, once on each server."""
    pytest.importorskip(request.param)
    folder = tmp_path_factory.mktemp(request.param)
    with open_house(folder, server={"http": request.param}) as house:
        yield house


def _at_once(house: House, line: socket.socket) -> None:
    """Before anybody looks whether the caller is there."""
    eventually(lambda: house.provider.received)


def _after_a_second(house: House, line: socket.socket) -> None:
    line.settimeout(1)
    with pytest.raises(TimeoutError):
        line.recv(1)


def _in_a_stream(house: House, line: socket.socket) -> None:
    _read_until(line, b"Hel")


def _late_in_a_stream(house: House, line: socket.socket) -> None:
    _read_until(line, b"Hel")
    line.settimeout(1)
    with pytest.raises(TimeoutError):
        line.recv(1)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("wait", [_at_once, _after_a_second, _in_a_stream, _late_in_a_stream])
def test_the_providers_work_ends_soon_after_the_caller_left(
    house: House, wait: Callable[[House, socket.socket], None]
) -> None:
    house.provider.reset()
    streamed = wait in (_in_a_stream, _late_in_a_stream)
    house.provider.script = stream(chat_delta({"content": "Hel"}), Hold()) if streamed else [Hold()]
    before = {event.id for event in house.events()}
    raw = json.dumps(STREAMED if streamed else CHAT).encode()
    with _connect(house, house.one_key, len(raw)) as line:
        line.sendall(raw)
        wait(house, line)
        assert house.provider.left == 0
    eventually(lambda: house.provider.left == 1, limit=SOON)
    new = eventually(lambda: _two(event for event in house.events() if event.id not in before))
    assert [event.kind for event in new] == ["exchange.intended", "exchange.aborted"]
    assert new[1].facts["reason"] == "caller-left"


def _two(events: Iterator[Event]) -> list[Event]:
    """The records of the one call there was, once both are there."""
    calls = [event for event in events if event.kind.startswith("exchange.")]
    return calls if len(calls) == 2 else []
