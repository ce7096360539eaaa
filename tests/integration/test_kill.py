"""kill -9 of any process at any instant during load: no acknowledged call lacks its records."""

import os
import random
import signal
import threading
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.fakes.provider import (
    DONE,
    FakeProvider,
    Received,
    Step,
    chat_delta,
    chat_reply,
    stream,
    whole,
)
from tests.integration.processes import (
    CHAT,
    STREAMED,
    Service,
    command_of,
    eventually,
    running_provider,
)

CALLERS = 6
VICTIMS = ("gateway-0", "everything", "control", "gateway-1", "supervisor")
WHOLE = whole(chat_reply("Hello."))
STREAM = stream(*[chat_delta({"content": "Hello. "})] * 20, chat_delta({}, finish="stop"), DONE)
OUTCOMES = {"completed", "failed", "aborted", "refused", "unknown"}


class Load:
    """Callers who call without a pause, and note each id whose reply they had to its last byte."""

    def __init__(self, service: Service, key: str) -> None:
        self.acknowledged: list[str] = []
        self._service, self._key = service, key
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._call) for _ in range(CALLERS)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def wait_for_more(self, count: int) -> None:
        goal = len(self.acknowledged) + count
        eventually(lambda: len(self.acknowledged) >= goal)

    def _call(self) -> None:
        while not self._over.is_set():
            with suppress(httpx.TransportError), self._service.client(self._key) as client:
                while not self._over.is_set():
                    self._one(client, CHAT, '"Hello."')
                    self._one(client, STREAMED, "[DONE]")
            self._over.wait(0.05)

    def _one(self, client: httpx.Client, body: object, end: str) -> None:
        reply = client.post("/v1/chat/completions", json=body)
        if reply.status_code == 200 and end in reply.text and "error" not in reply.text:
            self.acknowledged.append(reply.headers["x-curtilage-request-id"])
        else:
            self._over.wait(0.05)


def _kill(service: Service, victim: str) -> None:
    assert service.process is not None
    if victim == "everything":
        service.destroy()
    elif victim == "supervisor":
        children = service.children().values()
        os.kill(service.process.pid, signal.SIGKILL)
        service.process.wait()
        eventually(lambda: not [pid for pid in children if "curtilage.app" in command_of(pid)])
    else:
        pid = service.children().get(victim)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        return
    service.launch()


def _check(service: Service, acknowledged: list[str]) -> None:
    """The ledger verifies, and each acknowledged call has its intent and one outcome."""
    done = eventually(lambda: _verified(service))
    kinds = defaultdict(list)
    for event in service.events():
        if event.kind.startswith("exchange."):
            kinds[event.facts.get("intent", event.id)].append(event.kind.partition(".")[2])
    for request_id in acknowledged:
        assert kinds[request_id] == ["intended", "completed"], (request_id, kinds[request_id], done)


def _verified(service: Service) -> str:
    done = service.run("ledger", "verify")
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


def _rounds(folder: Path, provider: FakeProvider, rounds: int, seed: int) -> None:
    chance = random.Random(seed)
    provider.script = _answer
    service = Service(folder, provider=provider, workers=2)
    try:
        service.start()
        key = service.key()
        with Load(service, key) as load:
            for number in range(rounds):
                load.wait_for_more(chance.randrange(1, 150))
                _kill(service, VICTIMS[number % len(VICTIMS)])
                eventually(service.is_ready)
                load.wait_for_more(5)
                if number % 5 == 4:
                    _check(service, list(load.acknowledged))
        assert service.stop() == 0
        _check(service, load.acknowledged)
        every = defaultdict(list)
        for event in service.events():
            if event.kind.startswith("exchange."):
                every[event.facts.get("intent", event.id)].append(event.kind.partition(".")[2])
        bad = {id_: kinds for id_, kinds in every.items() if not _is_closed(kinds)}
        assert not bad, "a call has one intent and one outcome, whatever happened to it"
    finally:
        if service.process is not None and service.process.poll() is None:
            service.destroy()


def _is_closed(kinds: list[str]) -> bool:
    return len(kinds) == 2 and kinds[0] == "intended" and kinds[1] in OUTCOMES


def _answer(received: Received) -> list[Step]:
    return STREAM if received.document.get("stream") else WHOLE


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_five_kills_lose_nothing(tmp_path: Path) -> None:
    with running_provider() as provider:
        _rounds(tmp_path, provider, 5, seed=20)


@pytest.mark.deep
@pytest.mark.timeout(7200)
def test_fifty_kills_lose_nothing(tmp_path: Path) -> None:
    with running_provider() as provider:
        _rounds(tmp_path, provider, 50, seed=21)
