"""Attacks on the running service that once worked, kept so that they never do again."""

import gzip
import json
import os
import threading
from pathlib import Path

import httpx
import pytest

from tests.fakes.provider import chat_delta, chat_reply, message_reply, stream, whole
from tests.integration.service import RunningService, running_service

EMAIL, CARD = "ada.quill@orchard.example", "4111111111111111"


def _chat(content: object, **fields: object) -> dict[str, object]:
    return {
        "model": "gpt-4.1-mini",
        "messages": [{"role": "user", "content": content}],
        **fields,
    }


def test_quoted_json_does_not_carry_values_out(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole(chat_reply("Done."))
    quoted = json.dumps({"note": f"paid with\n{CARD}\nby", "who": EMAIL}).replace("@", "\\u0040")
    address = f"https://shop.example/?mail={EMAIL.replace('@', '%40')}&card=%20{CARD}%20"
    assert client.post("/v1/chat/completions", json=_chat(quoted + address)).status_code == 200
    sent = service.provider.received[-1].body.decode()
    assert CARD not in sent and "ada.quill" not in sent


def test_a_number_in_a_setting_does_not_carry_a_card_out(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole(chat_reply("Done."))
    client.post("/v1/chat/completions", json=_chat("Hi", max_tokens=int(CARD)))
    assert CARD not in service.provider.received[-1].body.decode()


def test_a_value_that_begins_in_its_name_does_not_leave_by_half(
    service: RunningService, client: httpx.Client
) -> None:
    service.provider.script = whole(chat_reply("Done."))
    key = "-----BEGIN RSA PRIVATE KEY-----"
    rest = "MIIEpAIBAAKCAQEA3u8Zc1Jt0Qm7\n" * 8 + "-----END RSA PRIVATE KEY-----"
    client.post("/v1/chat/completions", json=_chat("Hi", metadata={key: rest}))
    assert "MIIEpAIBAAK" not in service.provider.received[-1].body.decode()


def test_a_finish_reason_does_not_carry_text_into_the_record(
    service: RunningService, client: httpx.Client
) -> None:
    reply = chat_reply("Done.")
    reply["choices"][0]["finish_reason"] = EMAIL
    service.provider.script = whole(reply)
    said = client.post("/v1/chat/completions", json=_chat("Hi"))
    events = service.events(said.headers["x-curtilage-request-id"])
    assert events[-1].facts["finish"] == ["other"]


def test_choices_without_end_are_cut_off_and_recorded(
    service: RunningService, client: httpx.Client
) -> None:
    chunks = [chat_delta({"content": "Q"}, index=index) for index in range(2000)]
    service.provider.script = stream(b"".join(chunks))
    said = client.post("/v1/chat/completions", json=_chat("Hi", stream=True))
    events = service.events(said.headers["x-curtilage-request-id"])
    assert [event.kind for event in events] == ["exchange.intended", "exchange.failed"]


def test_a_large_body_does_not_stop_the_loop_it_came_through(
    service: RunningService, client: httpx.Client
) -> None:
    """Its text is scanned on another thread than the one that serves, compressed or not."""
    service.provider.script = whole(chat_reply("Done."))
    seen: list[str] = []
    findings = service.worker.gateway.services.engine._scanner._findings
    scan = findings._scan
    findings._scan = lambda text: (
        seen.append(threading.current_thread().name),
        scan(text),
    )[1]
    try:
        text = f"{EMAIL} " + "a quiet sentence. " * 20_000
        packed = gzip.compress(json.dumps(_chat(text)).encode())
        head = {"content-encoding": "gzip", "content-type": "application/json"}
        said = client.post("/v1/chat/completions", content=packed, headers=head)
    finally:
        findings._scan = scan
    assert said.status_code == 200
    assert EMAIL not in service.provider.received[-1].body.decode()
    assert seen and "service" not in seen


def test_files_are_their_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)  # before the tests' own patterns are put there
    before = os.umask(0)
    try:
        with running_service(tmp_path) as service:
            service.provider.script = whole(chat_reply("Done."))
            with service.client(service.key()) as client:
                client.post("/v1/chat/completions", json=_chat(f"Hi {EMAIL}"))
            service.verify()
            modes = {
                path.relative_to(tmp_path): path.stat().st_mode & 0o077
                for folder in ("data", "keys")
                for path in (tmp_path / folder, *(tmp_path / folder).rglob("*"))
            }
    finally:
        os.umask(before)
    assert {path for path, others in modes.items() if others} == set()


THINKING = {
    "model": "claude-sonnet-4-5",
    "max_tokens": 50,
    "messages": [
        {"role": "user", "content": "Hello"},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "", "signature": "c2lnbmF0dXJl" * 8},
                {"type": "text", "text": "Hi"},
            ],
        },
        {"role": "user", "content": "Go on"},
    ],
}


@pytest.mark.parametrize(
    ("thought", "status"),
    [("I should greet ada@orchard.example.", 200), ("The card is 4111 1111 1111 1111.", 403)],
)
def test_cards_never_leave_in_thinking_that_a_caller_made_up(
    service: RunningService, client: httpx.Client, thought: str, status: int
) -> None:
    body = json.loads(json.dumps(THINKING))
    body["messages"][1]["content"][0]["thinking"] = thought
    service.provider.script = whole(message_reply("Hi"))
    assert client.post("/v1/messages", json=body).status_code == status


def test_a_bearer_key_behind_a_tab_is_still_our_key(service: RunningService) -> None:
    key = service.key()
    headers = {"x-curtilage-key": key, "authorization": f"Bearer\t{key}"}
    reply = httpx.post(f"{service.url}/v1/messages", json=THINKING, headers=headers)
    assert reply.status_code == 401
    assert not service.provider.received


def test_a_host_that_names_somebody_before_an_at_is_refused(client: httpx.Client) -> None:
    headers = {"host": "localhost:80@evil.example"}
    assert client.post("/v1/messages", json=THINKING, headers=headers).status_code == 421
