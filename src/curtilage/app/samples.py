"""Sample conversations for the demo: invented people, both protocols, all ways."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

PLEA = (
    "Please refund Ada Quill: ada.quill@orchard.example, phone +44 20 7946 0958, "
    "card 4111 1111 1111 1111, IBAN GB33BUKB20201555555555."
)
NOTE = "Deploy with password=tr0ub4dor-and-3-staples and mail the log to ops@harbour.example."
QUESTION = "Is 536-90-4399 the number we have for lin@meadow.example?"
TOOL = {
    "type": "object",
    "properties": {"received": {"type": "string"}},
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One call: where it goes, what it holds, which text a person wrote."""

    title: str
    path: str
    body: Mapping[str, Any]
    wrote: str

    @property
    def is_anthropic(self) -> bool:
        return self.path == "/v1/messages"


def list_samples() -> list[Sample]:
    """Plain, streamed and with a tool, in both protocols."""
    return [
        _openai("OpenAI, plain", PLEA),
        _openai("OpenAI, streamed", NOTE, stream=True),
        _openai("OpenAI, tool call", QUESTION, tools=[_openai_tool()]),
        _anthropic("Anthropic, plain", QUESTION),
        _anthropic("Anthropic, streamed", PLEA, stream=True),
        _anthropic("Anthropic, tool use, streamed", NOTE, stream=True, tools=[_anthropic_tool()]),
    ]


def _openai(title: str, text: str, **more: Any) -> Sample:
    body = {"model": "gpt-4.1-mini", "messages": [{"role": "user", "content": text}], **more}
    return Sample(title, "/v1/chat/completions", body, text)


def _anthropic(title: str, text: str, **more: Any) -> Sample:
    messages = [{"role": "user", "content": text}]
    body = {"model": "claude-sonnet-5-5", "max_tokens": 500, "messages": messages, **more}
    return Sample(title, "/v1/messages", body, text)


def _openai_tool() -> dict[str, Any]:
    return {"type": "function", "function": {"name": "look_up", "parameters": TOOL}}


def _anthropic_tool() -> dict[str, Any]:
    return {"name": "look_up", "input_schema": TOOL}


def read_left(body: bytes) -> str:
    """The text that a provider received."""
    content = orjson.loads(body)["messages"][-1]["content"]
    return content if isinstance(content, str) else orjson.dumps(content).decode()


def read_reply(sample: Sample, raw: bytes) -> str:
    """The text or the tool arguments that came back to the caller."""
    documents = list(_documents(raw)) if sample.body.get("stream") else [orjson.loads(raw)]
    pieces = [piece for document in documents for piece in _pieces(document)]
    return "".join(pieces)


def _documents(raw: bytes) -> Iterator[dict[str, Any]]:
    for line in raw.splitlines():
        if line.startswith(b"data: ") and line != b"data: [DONE]":
            yield orjson.loads(line[6:])


def _pieces(document: Mapping[str, Any]) -> Iterator[str]:
    for choice in document.get("choices", ()):
        part = choice.get("message") or choice.get("delta") or {}
        yield part.get("content") or ""
        for call in part.get("tool_calls") or ():
            yield call["function"].get("arguments", "")
    for block in document.get("content", ()) if document.get("type") == "message" else ():
        yield block.get("text", "")
        if "input" in block:
            yield orjson.dumps(block["input"]).decode()
    delta = document.get("delta") or {}
    yield delta.get("text") or delta.get("partial_json") or ""
