"""Told to stop: streams end well, new calls go elsewhere, the last anchor covers everything."""

import json
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.fakes.provider import DONE, FakeProvider, Hold, chat_delta, stream
from tests.integration.processes import STREAMED, Service, eventually, release, running_provider

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
REPLY = stream(
    chat_delta({"content": "Hel"}), Hold(), chat_delta({"content": "lo"}, finish="stop"), DONE
)


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with running_provider() as provider:
        yield provider


class Caller(threading.Thread):
    """Reads one stream to its end, in a thread of its own."""

    def __init__(self, service: Service, key: str) -> None:
        super().__init__()
        self._service, self._key = service, key
        self.request_id = self.text = ""
        self.began = threading.Event()
        self.problem: Exception | None = None

    def run(self) -> None:
        try:
            with (
                self._service.client(self._key) as client,
                client.stream("POST", "/v1/chat/completions", json=STREAMED, timeout=120) as reply,
            ):
                self.request_id = reply.headers["x-curtilage-request-id"]
                for part in reply.iter_text():
                    self.text += part
                    self.began.set()
        except httpx.HTTPError as problem:
            self.problem = problem


@pytest.mark.parametrize("http", ["granian", "uvicorn"])
def test_a_stream_is_finished_before_the_service_stops(
    tmp_path: Path, provider: FakeProvider, http: str
) -> None:
    provider.reset()
    provider.script = REPLY
    patient = {"drain_timeout": 120}  # longer than this test takes on a busy machine
    service = Service(tmp_path, provider=provider, server={"http": http}, gateway=patient)
    try:
        service.start()
        key = service.key()
        callers = [Caller(service, key) for _ in range(6)]
        for caller in callers:
            caller.start()
        assert all(caller.began.wait(60) for caller in callers)
        assert service.process is not None
        service.process.send_signal(signal.SIGTERM)
        eventually(lambda: not _takes_new_calls(service, key))
        assert service.process.poll() is None, "it waits for the streams"
        release(provider)
        for caller in callers:
            caller.join(60)
            assert caller.problem is None
            assert caller.text.endswith("data: [DONE]\n\n"), caller.text
            assert service.kinds(caller.request_id) == ["intended", "completed"]
        assert service.process.wait(60) == 0
    finally:
        if service.process is not None and service.process.poll() is None:
            service.destroy()
    _check_ledger(service)


def _takes_new_calls(service: Service, key: str) -> bool:
    body = {"model": "mirror", "messages": [{"role": "user", "content": "Hello."}]}
    try:
        with service.client(key) as client:
            return client.post("/v1/chat/completions", json=body).status_code == 200
    except httpx.TransportError:
        return False


def _check_ledger(service: Service) -> None:
    """It verifies, and nothing is left that an anchor does not cover."""
    done = service.run("ledger", "verify", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    verdict = json.loads(done.stdout)
    assert verdict["unanchored"] == 0
    assert verdict["records"] == len(service.events())


def test_a_stream_that_never_ends_is_cut_at_the_time_that_was_set(
    tmp_path: Path, provider: FakeProvider
) -> None:
    provider.reset()
    provider.script = REPLY
    service = Service(tmp_path, provider=provider, workers=1, gateway={"drain_timeout": 1})
    try:
        service.start()
        caller = Caller(service, service.key())
        caller.start()
        assert caller.began.wait(60)
        assert service.stop() == 0
        caller.join(60)
        assert service.kinds(caller.request_id) == ["intended", "aborted"]
        assert service.events(caller.request_id)[1].facts["reason"] == "worker-stopped"
        assert eventually(lambda: provider.left > 0)
    finally:
        release(provider)
        if service.process is not None and service.process.poll() is None:
            service.destroy()
    _check_ledger(service)


def test_a_service_at_rest_stops_at_once_and_starts_again(tmp_path: Path) -> None:
    service = Service(tmp_path, workers=1)
    try:
        service.start()
        assert service.stop() == 0
        service.start()
        assert service.stop() == 0
    finally:
        if service.process is not None and service.process.poll() is None:
            service.destroy()
    _check_ledger(service)
