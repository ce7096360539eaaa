"""Names in calls: found in a process apart, forward through a conversation, or refused."""

import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes.provider import Received, Step, chat_reply, whole
from tests.integration.service import CREDENTIAL, RunningService

FIRST = "Please write to Ada Lovelace about her order."
REPLY = "I will write to her today."
SECOND = "Lovelace asked again; tell her it is on its way."


@pytest.fixture(scope="module")
def naming(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OPENAI_API_KEY", CREDENTIAL)
        service = RunningService(tmp_path_factory.mktemp("names"), **{"detect.names": True})
        service.start()
        yield service
        service.stop()


@pytest.fixture
def client(naming: RunningService) -> Iterator[httpx.Client]:
    naming.provider.received.clear()
    naming.provider.script = whole(chat_reply("Done."))
    headers = {"authorization": f"Bearer {naming.key()}"}
    with httpx.Client(base_url=naming.url, headers=headers, timeout=60) as client:
        yield client


def _say(client: httpx.Client, *texts: str) -> httpx.Response:
    turns: list[dict[str, Any]] = [
        {"role": "assistant" if place % 2 else "user", "content": text}
        for place, text in enumerate(texts)
    ]
    return client.post("/v1/chat/completions", json={"model": "gpt-4o", "messages": turns})


def _echo(request: Received) -> Sequence[Step]:
    return whole(chat_reply(request.document["messages"][-1]["content"]))


def _left(service: RunningService) -> list[str]:
    return [turn["content"] for turn in service.provider.received[-1].document["messages"]]


def test_a_name_leaves_as_a_token_and_comes_back(
    naming: RunningService, client: httpx.Client
) -> None:
    naming.provider.script = _echo
    said = _say(client, FIRST).json()["choices"][0]["message"]["content"]
    (left,) = _left(naming)
    assert "Lovelace" not in left and "QX1-PERSON-" in left
    assert said == FIRST


def test_who_was_named_is_known_from_there_on_and_earlier_turns_keep_their_bytes(
    naming: RunningService, client: httpx.Client
) -> None:
    assert _say(client, FIRST).status_code == 200
    first = _left(naming)
    assert _say(client, FIRST, REPLY, SECOND).status_code == 200
    left = _left(naming)
    assert left[:1] == first
    assert "Lovelace" not in left[2] and "QX1-PERSON-" in left[2]


def test_a_town_may_leave_and_a_street_may_not(
    naming: RunningService, client: httpx.Client
) -> None:
    _say(client, "We meet in Paris; she lives at 12 Baker Street, London NW1 6XE.")
    (left,) = _left(naming)
    assert "Paris" in left and "Baker Street" not in left


def test_a_value_in_disguise_and_one_in_two_turns_are_found(
    naming: RunningService, client: httpx.Client
) -> None:
    _say(client, "Mail ada dot quill at orchard dot example, card 4111 1111", "Go on.", "1111 1111")
    left = _left(naming)
    assert "orchard" not in left[0]
    assert left[2] != "1111 1111"


def test_whoever_looks_for_names_may_die_and_nothing_passes_unseen(
    naming: RunningService, client: httpx.Client
) -> None:
    names = naming.worker.names
    assert names is not None and names._line is not None
    os.kill(names._line._process.pid, signal.SIGKILL)
    assert _say(client, "Grace Hopper wrote this.").status_code == 200
    assert "Hopper" not in _left(naming)[0]


def test_out_of_time_refuses_and_a_history_that_is_known_does_not_ask(
    naming: RunningService, client: httpx.Client
) -> None:
    assert _say(client, FIRST).status_code == 200
    names = naming.worker.names
    assert names is not None and names._line is not None
    patience, names.patience = names.patience, 0.2
    os.kill(names._line._process.pid, signal.SIGSTOP)
    try:
        refused = _say(client, FIRST, REPLY, "Alan Turing came too.")
        assert _say(client, FIRST).status_code == 200
    finally:
        names.patience = patience
    assert refused.status_code == 503
    assert "Turing" not in refused.text and "names" in refused.json()["error"]["message"].lower()
    assert _say(client, FIRST, REPLY, "Alan Turing came too.").status_code == 200


def test_what_was_not_asked_for_is_not_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CREDENTIAL)
    service = RunningService(tmp_path)
    service.start()
    try:
        service.provider.script = whole(chat_reply("Done."))
        with httpx.Client(
            base_url=service.url, headers={"authorization": f"Bearer {service.key()}"}
        ) as client:
            assert _say(client, FIRST).status_code == 200
        assert _left(service) == [FIRST] and service.worker.names is None
    finally:
        service.stop()
