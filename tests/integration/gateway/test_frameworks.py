"""What people build on, unchanged but for address and key: no value leaves, every value returns."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.provider import Received, Step, stream, whole
from tests.fakes.responses import KeepingModel, ResponseScript
from tests.integration.gateway.echoes import chat_calls, chat_echo, cut, message_echo
from tests.integration.service import RunningService

REPOSITORY = Path(__file__).resolve().parents[3]
PYTHON = REPOSITORY / ".venv-frameworks" / "bin" / "python"
PROGRAMS = REPOSITORY / "tests" / "clients" / "frameworks"
TEXT = "Refund ada.quill@orchard.example, card 4111 1111 1111 1111."
FOUND = f"found {TEXT}"
READ = {"chat": TEXT, "stream": TEXT, "claude": TEXT, "claude_stream": TEXT}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not PYTHON.exists(), reason=".venv-frameworks is not there; `make test` makes it"
    ),
]


def answer(received: Received) -> Sequence[Step]:
    """Calls the first tool where one is offered and has not answered yet; else says the last text."""
    if received.target.partition("?")[0].endswith("/messages"):
        return message_echo(received)
    document = received.document
    answered = any(message["role"] == "tool" for message in document["messages"])
    if document.get("tools") and not answered:
        name = document["tools"][0]["function"]["name"]
        return chat_calls(name, lambda text: {"query": text})(received)
    return chat_echo(received)


class Agents(KeepingModel):
    """As `answer`, for Responses."""

    def __call__(self, received: Received) -> Sequence[Step]:
        document = received.document
        told = document["input"][-1]
        if not document.get("tools") or told.get("type") == "function_call_output":
            return super().__call__(received)
        script = ResponseScript(
            "resp_call", created_at=1, parallel_tool_calls=True, tool_choice="auto", tools=[]
        )
        script.reasoning(["a thought"])
        script.call(cut(json.dumps({"query": told["content"]})), name=document["tools"][0]["name"])
        script.end()
        return stream(*script.frames()) if document.get("stream") else whole(script.response)


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("langchain_chat", {**READ, "arguments": TEXT, "answer": FOUND}),
        ("llama_index_chat", {**READ, "answer": FOUND}),
        ("pydantic_ai_agent", {**READ, "arguments": TEXT, "answer": FOUND}),
        ("instructor_objects", {"arguments": TEXT}),
        ("litellm_client", READ),
        ("haystack_chat", {"arguments": TEXT, "answer": FOUND, "stream": TEXT}),
    ],
)
def test_a_framework_gets_its_own_words_back(
    service: RunningService, program: str, expected: Mapping[str, str]
) -> None:
    service.provider.script = answer
    said = run(service, program)
    assert {name: said.get(name) for name in expected} == expected
    nothing_left(service)


def test_an_agent_over_responses_gets_its_own_words_back(service: RunningService) -> None:
    service.provider.script = Agents()
    said = run(service, "openai_agents_loop")
    assert said == {"arguments": TEXT, "answer": FOUND, "stream": TEXT}
    items = [item for one in service.provider.received for item in one.document["input"]]
    thoughts = [item for item in items if item.get("type") == "reasoning"]
    assert [item["id"] for item in thoughts] == ["rs_0"], "what it thought came back by its id"
    nothing_left(service)


def run(service: RunningService, program: str) -> Any:
    """What a program says in its last line."""
    done = subprocess.run(
        [PYTHON, f"{program}.py", service.url, service.key(), TEXT],
        cwd=PROGRAMS, capture_output=True, text=True, timeout=200, check=False,
        env={"PATH": "/usr/bin:/bin", "HAYSTACK_TELEMETRY_ENABLED": "False"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def nothing_left(service: RunningService) -> None:
    assert service.provider.received
    for received in service.provider.received:
        for value in (b"ada.quill", b"orchard", b"4111"):
            assert value not in received.body
