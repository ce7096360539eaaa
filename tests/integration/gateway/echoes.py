"""Providers that answer with what they read, as the mirror does, but in every shape.

A model that repeats what it was told is the hardest reader of a gateway: all
that was protected has to come back, wherever it stands.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.fakes.provider import (
    DONE,
    Received,
    Step,
    chat_delta,
    chat_reply,
    message_event,
    message_reply,
    message_stream,
    stream,
    whole,
)

Answer = Callable[[Received], Sequence[Step]]
CUT = 5  # characters of a streamed piece: every token comes in several


def cut(text: str, size: int = CUT) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def last_text(received: Received) -> str:
    """The text of the last message, as it arrived at the provider."""
    content = received.document["messages"][-1]["content"]
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text") or part.get("content")) for part in content)


def chat_echo(received: Received) -> Sequence[Step]:
    """Every choice says the last text again, whole or as a stream."""
    document, text = received.document, last_text(received)
    count = document.get("n") or 1
    if not document.get("stream"):
        choice = chat_reply(text)["choices"][0]
        choices = [{**choice, "index": index} for index in range(count)]
        return whole({**chat_reply(text), "choices": choices}, x_request_id="req_provider_1")
    events = [chat_delta({"role": "assistant", "content": ""}, index=at) for at in range(count)]
    for piece in cut(text):
        events += [chat_delta({"content": piece}, index=at) for at in range(count)]
    events += [chat_delta({}, index=at, finish="stop") for at in range(count)]
    if (document.get("stream_options") or {}).get("include_usage"):
        usage = {**chat_reply(""), "object": "chat.completion.chunk", "choices": []}
        events.append(b"data: " + json.dumps(usage).encode() + b"\n\n")
    return stream(*events, DONE)


def chat_says(make: Callable[[str], str]) -> Answer:
    """A whole reply whose text is made from the last one."""
    return lambda received: whole(chat_reply(make(last_text(received))))


def chat_calls(name: str, make: Callable[[str], Mapping[str, Any]]) -> Answer:
    """A call of the caller's tool, with arguments made from the last text."""

    def answer(received: Received) -> Sequence[Step]:
        arguments = json.dumps(make(last_text(received)))
        opening = {"id": "call_abcdef1", "type": "function"}
        if not received.document.get("stream"):
            call = {**opening, "function": {"name": name, "arguments": arguments}}
            reply = chat_reply(None, tool_calls=[call])
            reply["choices"][0]["finish_reason"] = "tool_calls"
            return whole(reply)
        first = {"index": 0, **opening, "function": {"name": name, "arguments": ""}}
        deltas: list[dict[str, Any]] = [{"role": "assistant", "tool_calls": [first]}]
        deltas += [
            {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}
            for piece in cut(arguments)
        ]
        events = [chat_delta(delta) for delta in deltas]
        return stream(*events, chat_delta({}, finish="tool_calls"), DONE)

    return answer


def message_echo(received: Received) -> Sequence[Step]:
    """A message that says the last text again, whole or as a stream."""
    text = last_text(received)
    if received.document.get("stream"):
        return stream(*message_stream(*cut(text)))
    return whole(message_reply(text), request_id="req_provider_2")


def message_calls(name: str, make: Callable[[str], Mapping[str, Any]]) -> Answer:
    """A use of the caller's tool, with input made from the last text."""

    def answer(received: Received) -> Sequence[Step]:
        given = make(last_text(received))
        block = {"type": "tool_use", "id": "toolu_abcdef1", "name": name}
        if not received.document.get("stream"):
            reply = message_reply("")
            reply |= {"content": [{**block, "input": given}], "stop_reason": "tool_use"}
            return whole(reply)
        return stream(*_tool_stream(block, json.dumps(given)))

    return answer


def _tool_stream(block: Mapping[str, Any], text: str) -> list[bytes]:
    first, *_, stop, _, end = message_stream("")
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in ["", *cut(text)]]
    return [
        first,
        message_event("content_block_start", index=0, content_block={**block, "input": {}}),
        *(message_event("content_block_delta", index=0, delta=delta) for delta in deltas),
        stop,
        message_event(
            "message_delta",
            delta={"stop_reason": "tool_use", "stop_sequence": None},
            usage={"output_tokens": 9},
        ),
        end,
    ]
