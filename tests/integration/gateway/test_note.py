"""The note to the model, over the wire: the same beginning on each turn, and in the record."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from curtilage.gateway.wire.note import NOTE, NOTE_NUMBER
from tests.fakes.provider import chat_reply, whole
from tests.integration.service import CREDENTIAL, RunningService

SYSTEM = {"role": "system", "content": "You grow pears."}
TURNS = [
    {"role": "user", "content": "Hello"},
    {"role": "assistant", "content": "Hello!"},
    {"role": "user", "content": "Write to ada@orchard.example"},
]


@pytest.fixture
def noting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningService]:
    monkeypatch.setenv("OPENAI_API_KEY", CREDENTIAL)
    service = RunningService(tmp_path, **{"gateway.note_to_model": True})
    service.start()
    yield service
    service.stop()


def test_each_turn_begins_with_the_same_bytes_and_the_record_says_so(
    noting: RunningService,
) -> None:
    noting.provider.script = whole(chat_reply("Done."))
    headers = {"authorization": f"Bearer {noting.key()}"}
    bodies = []
    with httpx.Client(base_url=noting.url, headers=headers) as client:
        for count in (1, 3):
            said = {"model": "gpt-4o", "messages": [SYSTEM, *TURNS[:count]]}
            assert client.post("/v1/chat/completions", json=said).status_code == 200
            bodies.append(noting.provider.received[-1].body)
    assert bodies[1].startswith(bodies[0][: bodies[0].rindex(b"]")])
    first = noting.provider.received[-1].document["messages"][0]
    assert first == {"role": "system", "content": f"{NOTE}\n\n{SYSTEM['content']}"}
    intents = [e for e in noting.events() if e.kind == "exchange.intended"]
    assert {event.facts["note"] for event in intents} == {NOTE_NUMBER}
