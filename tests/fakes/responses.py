"""Responses as OpenAI streams and sends them: texts in deltas, then whole, then inside all around."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.provider import Received, Step, stream, whole


class ResponseScript:
    """Writes the events of one streamed response, numbered, and the response they end in."""

    def __init__(self, id: str = "resp_1", **response: Any) -> None:
        self.response: dict[str, Any] = {
            "id": id,
            "object": "response",
            "created_at": 1,
            "status": "in_progress",
            "model": "gpt-5",
            "output": [],
            **response,
        }
        self.events: list[dict[str, Any]] = []
        self.add("response.created", response=json.loads(json.dumps(self.response)))

    def add(self, kind: str, **fields: Any) -> None:
        self.events.append({"type": kind, "sequence_number": len(self.events), **fields})

    def message(self, *texts: Iterable[str], annotations: Any = ()) -> None:
        """A message of one or more parts, each in the pieces given."""
        index = len(self.response["output"])
        at: dict[str, Any] = {"item_id": f"msg_{index}", "output_index": index}
        item = {"type": "message", "id": f"msg_{index}", "role": "assistant", "content": []}
        self.add("response.output_item.added", output_index=index, item=dict(item))
        parts = []
        for number, pieces in enumerate(texts):
            place = {**at, "content_index": number}
            part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
            self.add("response.content_part.added", **place, part=dict(part))
            whole = ""
            for piece in pieces:
                whole += piece
                self.add("response.output_text.delta", **place, delta=piece, logprobs=[])
            for count, annotation in enumerate(annotations):
                given = {"annotation": dict(annotation), "annotation_index": count}
                self.add("response.output_text.annotation.added", **place, **given)
            part.update(text=whole, annotations=[dict(each) for each in annotations])
            self.add("response.output_text.done", **place, text=whole, logprobs=[])
            self.add("response.content_part.done", **place, part=json.loads(json.dumps(part)))
            parts.append(part)
        self._end({**item, "content": parts, "status": "completed"})

    def call(self, pieces: Iterable[str], *, name: str = "look", kind: str = "function") -> None:
        """A call of a function or of a custom tool."""
        index = len(self.response["output"])
        at: dict[str, Any] = {"item_id": f"fc_{index}", "output_index": index}
        field, family = {
            "function": ("arguments", "function_call_arguments"),
            "custom_tool": ("input", "custom_tool_call_input"),
            "mcp": ("arguments", "mcp_call_arguments"),
        }[kind]
        item = {"type": f"{kind}_call", "id": f"fc_{index}", "name": name, "call_id": "call_1"}
        self.add("response.output_item.added", output_index=index, item={**item, field: ""})
        whole = ""
        for piece in pieces:
            whole += piece
            self.add(f"response.{family}.delta", **at, delta=piece)
        self.add(f"response.{family}.done", **at, **{field: whole})
        self._end({**item, field: whole, "status": "completed"})

    def reasoning(self, pieces: Iterable[str]) -> None:
        """A summary of what the model thought."""
        index = len(self.response["output"])
        place: dict[str, Any] = {
            "item_id": f"rs_{index}",
            "output_index": index,
            "summary_index": 0,
        }
        item: dict[str, Any] = {"type": "reasoning", "id": f"rs_{index}", "summary": []}
        self.add("response.output_item.added", output_index=index, item=dict(item))
        part = {"type": "summary_text", "text": ""}
        self.add("response.reasoning_summary_part.added", **place, part=dict(part))
        whole = ""
        for piece in pieces:
            whole += piece
            self.add("response.reasoning_summary_text.delta", **place, delta=piece)
        part = {"type": "summary_text", "text": whole}
        self.add("response.reasoning_summary_text.done", **place, text=whole)
        self.add("response.reasoning_summary_part.done", **place, part=dict(part))
        self._end({**item, "summary": [part]})

    def item(self, item: dict[str, Any]) -> None:
        """An item that comes at once."""
        index = len(self.response["output"])
        begun = {**item, "content": []} if "content" in item else dict(item)
        self.add("response.output_item.added", output_index=index, item=begun)
        self._end(item)

    def _end(self, item: dict[str, Any]) -> None:
        index = len(self.response["output"])
        self.add("response.output_item.done", output_index=index, item=json.loads(json.dumps(item)))
        self.response["output"].append(item)

    def end(self, kind: str = "completed") -> "ResponseScript":
        self.response["status"] = kind
        self.response["usage"] = {
            "input_tokens": 9,
            "input_tokens_details": {"cached_tokens": 2},
            "output_tokens": 3,
            "total_tokens": 12,
        }
        self.add(f"response.{kind}", response=json.loads(json.dumps(self.response)))
        return self

    def frames(self) -> list[bytes]:
        return [encode(event) for event in self.events]


def encode(event: dict[str, Any]) -> bytes:
    """One event as OpenAI sends it."""
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


@dataclass
class KeepingModel:
    """A provider that answers with the last thing it was told, and keeps conversations.

    A script for `FakeProvider`: what it was told before is known by an id alone. Asked to
    `recall`, it says all that was said so far in the conversation.
    """

    kept: dict[str, tuple[ResponseScript, list[str]]] = field(default_factory=dict)
    inputs: dict[str, list[Any]] = field(default_factory=dict)
    cancelled: list[str] = field(default_factory=list)
    conversations: dict[str, list[str]] = field(default_factory=dict)

    def __call__(self, received: Received) -> Sequence[Step]:
        path, _, query = received.target.partition("?")
        if path.startswith("/v1/conversations"):
            return self._converse(received, path.removeprefix("/v1/conversations").strip("/"))
        name = path.removeprefix("/v1/responses").strip("/")
        if not name:
            return self._answer(received.document)
        if name == "input_tokens":
            return whole({"object": "response.input_tokens", "input_tokens": 11})
        id, _, operation = name.partition("/")
        if id not in self.kept:
            return whole({"error": {"message": "not found"}}, "404 Not Found")
        if received.method == "DELETE":
            del self.kept[id]
            return whole({"id": id, "object": "response.deleted", "deleted": True})
        if operation == "input_items":
            return whole({"object": "list", "data": self.inputs[id], "has_more": False})
        if operation == "cancel":
            self.cancelled.append(id)
            return whole({**self.kept[id][0].response, "status": "cancelled"})
        script = self.kept[id][0]
        if "stream=true" in query:
            return stream(*script.frames())
        return whole(script.response)

    def _converse(self, received: Received, name: str) -> Sequence[Step]:
        if not name:
            id = f"conv_{len(self.conversations):024x}"
            told = [_last_told([item]) for item in received.document.get("items") or ()]
            self.conversations[id] = told
            return whole({"id": id, "object": "conversation", "metadata": {}, "created_at": 1})
        id, _, operation = name.partition("/")
        if received.method == "DELETE":
            del self.conversations[id]
            return whole({"id": id, "object": "conversation.deleted", "deleted": True})
        if operation == "items":
            parts = [[{"type": "input_text", "text": text}] for text in self.conversations[id]]
            items = [{"type": "message", "role": "user", "content": part} for part in parts]
            return whole({"object": "list", "data": items, "has_more": False})
        return whole({"id": id, "object": "conversation", "metadata": {}, "created_at": 1})

    def _answer(self, document: Any) -> Sequence[Step]:
        id = f"resp_{len(self.kept):024x}"
        before = self.kept.get(document.get("previous_response_id") or "", (None, []))[1]
        told = _last_told(document["input"])
        named = document.get("conversation") or ""
        conversation = self.conversations.get(named["id"] if isinstance(named, dict) else named)
        if conversation is not None:
            before = list(conversation)
            conversation.append(told)
        history = [*before, told]
        text = " / ".join(history) if told == "recall" else told
        script = ResponseScript(id, instructions=document.get("instructions"))
        script.message([text[at : at + 7] for at in range(0, len(text), 7)])
        script.end()
        if document.get("store") is not False:
            self.kept[id] = (script, history)
            self.inputs[id] = [
                {
                    "type": "message",
                    "id": "msg_in",
                    "role": "user",
                    "content": [{"type": "input_text", "text": told}],
                }
            ]
        if document.get("background"):
            queued = {**script.response, "status": "queued", "output": [], "background": True}
            return whole(queued)
        return stream(*script.frames()) if document.get("stream") else whole(script.response)


def _last_told(given: Any) -> str:
    if isinstance(given, str):
        return given
    content = given[-1].get("content", given[-1].get("output", ""))
    return content if isinstance(content, str) else "".join(part["text"] for part in content)
