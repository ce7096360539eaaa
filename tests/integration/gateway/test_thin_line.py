"""One call, whole: what leaves, what comes back, what is written down."""

import json

import httpx

from tests.fakes.provider import (
    DONE,
    chat_delta,
    chat_reply,
    message_reply,
    message_stream,
    stream,
    whole,
)
from tests.integration.service import CREDENTIAL, RunningService

EMAIL, CARD = "ada.quill@orchard.example", "4111 1111 1111 1111"
TEXT = f"Refund {EMAIL}, card {CARD}."
CHAT = {"model": "gpt-4.1-mini", "messages": [{"role": "user", "content": TEXT}]}
MESSAGE = {
    "model": "claude-sonnet-4-5",
    "max_tokens": 50,
    "messages": [{"role": "user", "content": TEXT}],
}


def _sent(service: RunningService) -> str:
    return service.provider.received[-1].body.decode()


def _tokens(service: RunningService) -> str:
    """The text that left."""
    text: str = service.provider.received[-1].document["messages"][-1]["content"]
    return text


def test_personal_data_does_not_reach_the_provider(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole(chat_reply("Done."))
    reply = client.post("/v1/chat/completions", json=CHAT)
    assert reply.status_code == 200
    assert EMAIL not in _sent(service) and CARD not in _sent(service)
    assert reply.headers["x-curtilage-protected"] == "CREDIT_CARD=1, EMAIL_ADDRESS=1"


def test_a_reply_comes_back_restored(service: RunningService, client: httpx.Client) -> None:
    service.provider.script = whole(chat_reply("Done."))
    client.post("/v1/chat/completions", json=CHAT)
    left = _tokens(service)
    service.provider.script = whole(chat_reply(f"You said: {left}"))
    reply = client.post("/v1/chat/completions", json=CHAT)
    assert reply.json()["choices"][0]["message"]["content"] == f"You said: {TEXT}"


def test_the_same_text_leaves_as_the_same_bytes(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole(chat_reply("Done."))
    client.post("/v1/chat/completions", json=CHAT)
    client.post("/v1/chat/completions", json=CHAT)
    first, second = service.provider.received
    assert first.body == second.body


def test_a_stream_comes_back_restored_however_it_is_cut(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole(chat_reply("Done."))
    client.post("/v1/chat/completions", json=CHAT)
    left = _tokens(service)
    pieces = [left[at : at + 5] for at in range(0, len(left), 5)]
    events = [chat_delta({"content": piece}) for piece in pieces] + [
        chat_delta({}, finish="stop"),
        DONE,
    ]
    service.provider.script = stream(*events)
    reply = client.post("/v1/chat/completions", json={**CHAT, "stream": True})
    text = "".join(_content(line) for line in reply.text.splitlines())
    assert text == TEXT
    assert reply.text.rstrip().endswith("[DONE]")


def _content(line: str) -> str:
    if not line.startswith("data: {"):
        return ""
    choices = json.loads(line[6:])["choices"]
    return (choices[0]["delta"].get("content") or "") if choices else ""


def test_anthropic_messages_come_back_restored(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole(message_reply("Done."))
    client.post("/v1/messages", json=MESSAGE)
    left = _tokens(service)
    assert EMAIL not in left
    service.provider.script = whole(message_reply(left))
    assert client.post("/v1/messages", json=MESSAGE).json()["content"][0]["text"] == TEXT
    service.provider.script = stream(*message_stream(*left))
    reply = client.post("/v1/messages", json={**MESSAGE, "stream": True})
    assert reply.text.rstrip().endswith('{"type":"message_stop"}') or "message_stop" in reply.text


def test_the_providers_credential_is_ours_and_the_callers_key_stays_here(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole(chat_reply("Done."))
    client.post("/v1/chat/completions", json=CHAT, headers={"x-curtilage-session": "s-1"})
    headers = service.provider.received[-1].headers
    assert headers["authorization"] == f"Bearer {CREDENTIAL}"
    assert not [name for name in headers if name.startswith("x-curtilage")]


def test_intent_and_outcome_are_in_the_ledger(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole(chat_reply("Done."))
    reply = client.post("/v1/chat/completions", json=CHAT)
    intent, outcome = service.events(reply.headers["x-curtilage-request-id"])
    assert (intent.kind, outcome.kind) == ("exchange.intended", "exchange.completed")
    assert intent.facts["found"] == {"CREDIT_CARD": 1, "EMAIL_ADDRESS": 1}
    assert outcome.facts["tokens_in"] == 9
    verdict = service.verify()
    assert verdict.holds, verdict.problems
