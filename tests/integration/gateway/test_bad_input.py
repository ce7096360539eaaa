"""What bad input gets: a clear error in the caller's own shape, nothing echoed, nothing sent."""

import gzip
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from curtilage.identity.wire.apikey import mint_api_key
from tests.fakes.entropy import FixedEntropy
from tests.fakes.provider import chat_reply, whole
from tests.integration.service import RunningService

SECRET = "ada.quill@orchard.example"
CHAT: dict[str, Any] = {"model": "gpt-4.1-mini", "messages": [{"role": "user", "content": SECRET}]}
GOOD = json.dumps(CHAT).encode()


def _deep(levels: int) -> bytes:
    return (
        b'{"model":"gpt-4.1-mini","messages":[],"metadata":' + b"[" * levels + b"]" * levels + b"}"
    )


BAD_BODIES: list[tuple[str, bytes, int]] = [
    ("nothing", b"", 400),
    ("not JSON", b"{'model': 1}", 400),
    ("cut short", GOOD[:-3], 400),
    ("something behind it", GOOD + b"x", 400),
    ("no object", b"[1, 2]", 400),
    ("no model", b'{"messages": []}', 400),
    ("a duplicate key", GOOD[:-1] + b', "model": "gpt-4.1"}', 400),
    (
        "a duplicate key inside",
        b'{"model":"gpt-4.1-mini","messages":[{"role":"user","content":"a","content":"b"}]}',
        400,
    ),
    ("too deep", _deep(200), 400),
    ("far too deep", _deep(100_000), 400),
    (
        "a lone surrogate",
        b'{"model":"gpt-4.1-mini","messages":[{"role":"user","content":"\\ud83d"}]}',
        400,
    ),
    ("bad UTF-8", b'{"model":"gpt-4.1-mini","messages":[{"role":"user","content":"\xff"}]}', 400),
    ("a byte order mark", b"\xef\xbb\xbf" + GOOD, 400),
    ("NaN", b'{"model":"gpt-4.1-mini","messages":[],"temperature":NaN}', 400),
    (
        "an integer beyond 64 bits",
        b'{"model":"gpt-4.1-mini","messages":[],"seed":123456789012345678901234}',
        400,
    ),
    (
        "an unknown content part",
        b'{"model":"gpt-4.1-mini","messages":[{"role":"user","content":[{"type":"hologram"}]}]}',
        400,
    ),
    (
        "an image",
        b'{"model":"gpt-4.1-mini","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}]}]}',
        403,
    ),
]


@pytest.mark.parametrize(
    ("what", "body", "status"), BAD_BODIES, ids=[name for name, _, _ in BAD_BODIES]
)
def test_a_bad_body_is_refused_in_shape(
    service: RunningService, client: httpx.Client, what: str, body: bytes, status: int
) -> None:
    reply = client.post("/v1/chat/completions", content=body)
    assert reply.status_code == status, reply.text
    error = reply.json()["error"]
    assert set(error) >= {"message", "type", "code", "param"}
    assert SECRET not in reply.text
    assert not service.provider.received, what
    kinds = [event.kind for event in service.events(reply.headers["x-curtilage-request-id"])]
    assert kinds == ["exchange.intended", "exchange.refused"]


def test_the_same_bad_body_is_refused_in_anthropics_shape(client: httpx.Client) -> None:
    reply = client.post("/v1/messages", content=b"{", headers={"anthropic-version": "2023-06-01"})
    body = reply.json()
    assert (reply.status_code, body["type"]) == (400, "error")
    assert set(body["error"]) == {"type", "message"}


def test_a_bomb_is_refused_before_it_unfolds(service: RunningService, client: httpx.Client) -> None:
    bomb = gzip.compress(b"0" * (64 << 20))
    reply = client.post("/v1/chat/completions", content=bomb, headers={"content-encoding": "gzip"})
    assert reply.status_code == 413
    assert not service.provider.received


def test_a_gzipped_body_is_read(service: RunningService, client: httpx.Client) -> None:
    service.provider.script = whole(chat_reply("Done."))
    headers = {"content-encoding": "gzip"}
    reply = client.post("/v1/chat/completions", content=gzip.compress(GOOD), headers=headers)
    assert reply.status_code == 200
    assert SECRET.encode() not in service.provider.received[0].body


def test_an_overlong_body_is_refused(service: RunningService, client: httpx.Client) -> None:
    limit = service.settings.gateway.max_body_bytes
    reply = client.post("/v1/chat/completions", content=b'"' + b"x" * limit + b'"')
    assert reply.status_code == 413


BAD_KEYS: list[tuple[str, dict[str, str], int, str]] = [
    ("none", {}, 401, "gateway.missing-key"),
    ("a provider's", {"authorization": "Bearer sk-proj-abc"}, 401, "gateway.provider-key"),
    (
        "unknown",
        {"authorization": f"Bearer {mint_api_key(FixedEntropy()).text}"},
        401,
        "identity.key-refused",
    ),
    ("malformed", {"authorization": "Bearer cur_short"}, 401, "identity.key-refused"),
    (
        "two that differ",
        {"authorization": "Bearer cur_a", "x-api-key": "cur_b"},
        401,
        "gateway.ambiguous-key",
    ),
]


@pytest.mark.parametrize(
    ("what", "headers", "status", "code"), BAD_KEYS, ids=[name for name, *_ in BAD_KEYS]
)
def test_a_bad_key_is_refused(
    service: RunningService, what: str, headers: dict[str, str], status: int, code: str
) -> None:
    reply = httpx.post(f"{service.url}/v1/chat/completions", content=GOOD, headers=headers)
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code), what
    assert not service.provider.received


ROUTES: dict[str, tuple[str, dict[str, Any]]] = {
    "openai": ("/v1/chat/completions", CHAT),
    "anthropic": (
        "/v1/messages",
        {"model": "claude-sonnet-4-5", "max_tokens": 5, "messages": CHAT["messages"]},
    ),
}


@pytest.mark.parametrize("protocol", ROUTES)
@pytest.mark.parametrize("header", ["authorization", "x-api-key"])
def test_a_key_that_has_expired_is_refused(
    service: RunningService, protocol: str, header: str
) -> None:
    path, body = ROUTES[protocol]
    service.provider.script = whole(chat_reply("Done."))
    hour, instant = timedelta(hours=1), timedelta(microseconds=1)
    fresh, expired = (service.key(expires_in=expires_in) for expires_in in (hour, instant))
    for key, status in ((fresh, 200), (expired, 401)):
        sent = f"Bearer {key}" if header == "authorization" else key
        reply = httpx.post(f"{service.url}{path}", json=body, headers={header: sent})
        assert reply.status_code == status, reply.text
    assert SECRET not in reply.text and expired not in reply.text
    assert len(service.provider.received) == 1
    error = reply.json()["error"]
    assert error["type"] == "authentication_error"
    if protocol == "anthropic":
        assert reply.json()["type"] == "error"
    else:
        assert error["code"] == "identity.key-refused"


REFUSED_PATHS = (
    "/v1/assistants",
    "/v1/vector_stores",
    "/v1/moderations",
    "/v1/completions/cmpl_1",
    "/v1/x",
    "/openai/deployments/d/chat/completions",
)


@pytest.mark.parametrize("path", REFUSED_PATHS)
def test_every_other_path_of_v1_is_refused_in_shape(client: httpx.Client, path: str) -> None:
    reply = client.post(path, json=CHAT)
    assert (reply.status_code, reply.json()["error"]["type"]) == (404, "not_found_error")


def test_a_foreign_host_is_refused(client: httpx.Client) -> None:
    reply = client.post("/v1/chat/completions", content=GOOD, headers={"host": "rebound.example"})
    assert reply.status_code == 421


def test_a_foreign_origin_is_refused(client: httpx.Client) -> None:
    reply = client.post(
        "/v1/chat/completions", content=GOOD, headers={"origin": "https://evil.example"}
    )
    assert reply.status_code == 403


def test_a_query_that_could_hold_anything_is_refused(client: httpx.Client) -> None:
    reply = client.post(f"/v1/chat/completions?user={SECRET}", content=GOOD)
    assert reply.status_code == 400


def test_a_purpose_that_the_key_does_not_hold_is_refused(client: httpx.Client) -> None:
    reply = client.post(
        "/v1/chat/completions", content=GOOD, headers={"x-curtilage-purpose": "marketing"}
    )
    assert (reply.status_code, reply.json()["error"]["code"]) == (403, "gateway.purpose-not-held")


def test_a_subject_needs_the_right_to_assert_one(client: httpx.Client) -> None:
    reply = client.post(
        "/v1/chat/completions", content=GOOD, headers={"x-curtilage-subject": "person-1"}
    )
    assert (reply.status_code, reply.json()["error"]["code"]) == (
        403,
        "gateway.subject-not-allowed",
    )


def test_a_model_that_nobody_serves_is_a_404(client: httpx.Client) -> None:
    reply = client.post("/v1/chat/completions", json={**CHAT, "model": "llama-99"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "gateway.unknown-model")


def test_a_model_of_the_other_protocol_is_not_converted(client: httpx.Client) -> None:
    reply = client.post("/v1/chat/completions", json={**CHAT, "model": "claude-sonnet-4-5"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "gateway.wrong-protocol")


def test_forged_and_foreign_tokens_leave_as_tokens_for_themselves(
    service: RunningService, client: httpx.Client
) -> None:
    forged = "QX1-EMAIL-4w4vxy657fuc1mte-02k3r3vwpvjzsmtk"
    chat = {**CHAT, "messages": [{"role": "user", "content": f"Look: {forged}"}]}
    service.provider.script = whole(chat_reply("Done."))
    client.post("/v1/chat/completions", json=chat)
    left = service.provider.received[-1].document["messages"][0]["content"]
    assert forged not in left
    service.provider.script = whole(chat_reply(left))
    reply = client.post("/v1/chat/completions", json=chat)
    assert reply.json()["choices"][0]["message"]["content"] == f"Look: {forged}"


def test_a_reply_may_hold_forged_tokens_and_nothing_comes_of_it(
    service: RunningService, client: httpx.Client
) -> None:
    forged = "QX1-EMAIL-4w4vxy657fuc1mte-02k3r3vwpvjzsmtk"
    service.provider.script = whole(chat_reply(f"Secret: {forged}"))
    reply = client.post("/v1/chat/completions", json=CHAT)
    assert reply.json()["choices"][0]["message"]["content"] == f"Secret: {forged}"
