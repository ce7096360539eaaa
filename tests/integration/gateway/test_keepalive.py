"""Long silence: signs of life to the caller, an end to a stuck provider."""

from collections.abc import Iterator

import httpx
import pytest

from tests.fakes.provider import DONE, Hold, chat_delta, message_stream, stream, whole
from tests.integration.processes import release
from tests.integration.service import CREDENTIAL, RunningService, running_service

CHAT = {"model": "gpt-4.1-mini", "stream": True, "messages": [{"role": "user", "content": "Think"}]}
MESSAGE = {**CHAT, "model": "claude-sonnet-4-5", "max_tokens": 9}


@pytest.fixture(scope="module")
def shared_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """A service whose patience is short."""
    flags = {"gateway.keepalive_after": 0.2, "gateway.idle_timeout": 3.0}
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
            patch.setenv(name, CREDENTIAL)
        with running_service(tmp_path_factory.mktemp("service"), **flags) as service:
            yield service


def _read(service: RunningService, client: httpx.Client, path: str, body: object, sign: str) -> str:
    """The whole reply; the provider goes on once the caller has the sign of life."""
    text, goes_on = "", False
    with client.stream("POST", path, json=body) as reply:
        assert reply.status_code == 200
        for part in reply.iter_text():
            text += part
            if sign in text and not goes_on:
                goes_on = True
                release(service.provider)  # once: a second word could reach the next test
    return text


def test_a_silent_stream_gets_comments_between_its_frames(
    service: RunningService, client: httpx.Client
) -> None:
    frames = [
        chat_delta({"content": "A"}),
        Hold(),
        chat_delta({"content": "B"}),
        chat_delta({}, finish="stop"),
        DONE,
    ]
    service.provider.script = stream(*frames)
    text = _read(service, client, "/v1/chat/completions", CHAT, ": keep-alive\n\n")
    assert text.index('"A"') < text.index(": keep-alive\n\n") < text.index('"B"')
    assert text.endswith(DONE.decode())


def test_signs_of_life_come_before_the_providers_first_byte(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = [Hold(), *stream(*message_stream("Hello"))]
    text = _read(service, client, "/v1/messages", MESSAGE, "event: ping")
    assert text.startswith("event: ping")
    assert "Hello" in text


def test_an_error_after_signs_of_life_is_an_error_event(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = [Hold(), *whole({"error": {"message": "no"}}, "500 Oops")]
    text = _read(service, client, "/v1/messages", MESSAGE, "event: ping")
    assert text.rstrip().rpartition("event: ")[2].startswith("error")


def test_a_stuck_provider_is_given_up(service: RunningService, client: httpx.Client) -> None:
    service.provider.script = [Hold()]
    reply = client.post("/v1/chat/completions", json={**CHAT, "stream": False})
    assert (reply.status_code, reply.json()["error"]["code"]) == (504, "gateway.upstream-failed")
    kinds = [event.kind for event in service.events(reply.headers["x-curtilage-request-id"])]
    assert kinds == ["exchange.intended", "exchange.failed"]


def test_a_stream_that_gets_stuck_ends_with_an_error_event(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = stream(chat_delta({"content": "A"}), Hold())
    text = client.post("/v1/chat/completions", json=CHAT).text
    assert "fell silent" in text.splitlines()[-2] or "fell silent" in text
