"""curl, as a shell script calls it: plain and streamed, both protocols."""

import json
import shutil
import subprocess

import pytest

from tests.fakes.provider import chat_reply, whole
from tests.integration.gateway.echoes import chat_echo, message_echo
from tests.integration.service import RunningService

CURL = shutil.which("curl")
TEXT = "Mail ada.quill@orchard.example about card 4111 1111 1111 1111."
CHAT = {"model": "gpt-4.1-mini", "messages": [{"role": "user", "content": TEXT}]}
MESSAGE = {**CHAT, "model": "claude-next", "max_tokens": 50}

pytestmark = pytest.mark.skipif(CURL is None, reason="curl is not installed")


def curl(service: RunningService, path: str, body: object, *more: str) -> str:
    """What curl prints, with our key where the provider's would be."""
    assert CURL
    key = f"authorization: Bearer {service.key()}"
    command = [CURL, "-sS", "--max-time", "20", f"{service.url}{path}", "-H", key, *more]
    if body is not None:
        command += ["-H", "content-type: application/json", "--data", json.dumps(body)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_chat_comes_back_restored_with_our_headers(service: RunningService) -> None:
    service.provider.script = chat_echo
    head, _, body = curl(service, "/v1/chat/completions", CHAT, "-i").partition("\n\n")
    assert json.loads(body)["choices"][0]["message"]["content"] == TEXT
    assert "x-curtilage-protected: CREDIT_CARD=1, EMAIL_ADDRESS=1" in head
    assert "x-curtilage-request-id: " in head
    assert b"ada.quill" not in service.provider.received[-1].body


def test_a_stream_arrives_as_events(service: RunningService) -> None:
    service.provider.script = chat_echo
    out = curl(service, "/v1/chat/completions", {**CHAT, "stream": True}, "-N")
    lines = [line[6:] for line in out.splitlines() if line.startswith("data: ")]
    assert lines[-1] == "[DONE]"
    deltas = [json.loads(line)["choices"][0]["delta"] for line in lines[:-1]]
    assert "".join(delta.get("content") or "" for delta in deltas) == TEXT


def test_a_message_comes_back_restored(service: RunningService) -> None:
    service.provider.script = message_echo
    version = ("-H", "anthropic-version: 2023-06-01")
    reply = json.loads(curl(service, "/v1/messages", MESSAGE, *version))
    assert reply["content"] == [{"type": "text", "text": TEXT}]
    assert service.provider.received[-1].headers["anthropic-version"] == "2023-06-01"


def test_a_body_that_waits_for_permission_is_taken(service: RunningService) -> None:
    """curl asks `Expect: 100-continue` (RFC 9110 §10.1.1) before it sends a large body."""
    service.provider.script = whole(chat_reply("Done."))
    body = {**CHAT, "messages": [{"role": "user", "content": f"{TEXT} {'word ' * 20_000}"}]}
    out = curl(service, "/v1/chat/completions", body, "-H", "Expect: 100-continue")
    assert json.loads(out)["choices"][0]["message"]["content"] == "Done."
    assert len(service.provider.received[-1].body) > 100_000


def test_the_models_are_listed(service: RunningService) -> None:
    names = [model["id"] for model in json.loads(curl(service, "/v1/models", None))["data"]]
    assert "mirror" in names
