"""The mirror: a provider inside the service that shows what a provider sees.

It speaks OpenAI's protocol, by Azure's paths too, and Anthropic's, as a stream and
not, and answers with the text that it received. So a person sees exactly what would have left, and the way back is
exercised end to end without any account. Each reply says that it is the mirror
(`model` begins with `mirror`, `x-curtilage-mirror: 1`).
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from curtilage.gateway.ports import UpstreamReply, UpstreamRequest

JSON = (("content-type", "application/json"), ("x-curtilage-mirror", "1"))
STREAM = (("content-type", "text/event-stream"), ("x-curtilage-mirror", "1"))
PIECE = 7  # characters per streamed delta: small enough that every token is cut
_OF_AZURE = re.compile(r"\A/(?:v1|deployments/[^/]+)(?=/)")  # its paths are OpenAI's behind these
CREATED = 1767225600  # a fixed instant, so that equal requests get equal replies


class MirrorReply:
    """A reply that is already whole and is handed out piece by piece."""

    def __init__(
        self, status: int, headers: Sequence[tuple[str, str]], pieces: Iterator[bytes]
    ) -> None:
        self.status = status
        self.headers = headers
        self._pieces = pieces

    async def read(self) -> bytes:
        return next(self._pieces, b"")

    async def close(self) -> None:
        self._pieces = iter(())


@dataclass
class Mirror:
    """Answers with what it received. `received` keeps the last bodies, masked as they came."""

    received: deque[bytes] = field(default_factory=lambda: deque(maxlen=32))

    async def send(self, request: UpstreamRequest) -> UpstreamReply:
        path = _OF_AZURE.sub("", request.path)
        answer = _ANSWERS.get(request.path) or _ANSWERS.get(path)
        if answer is None:
            return _not_served({})
        self.received.append(request.body[:])
        return answer(orjson.loads(request.body[:]) if request.body else {})

    async def close(self) -> None:
        self.received.clear()


def _whole(document: Mapping[str, Any], status: int = 200) -> MirrorReply:
    return MirrorReply(status, JSON, iter((orjson.dumps(document),)))


def _not_served(_: Mapping[str, Any]) -> MirrorReply:
    return _whole(
        {
            "error": {
                "message": "The mirror does not serve this path.",
                "type": "invalid_request_error",
            }
        },
        404,
    )


def _chat(body: Mapping[str, Any]) -> MirrorReply:
    text = _last_text(body.get("messages", ()))
    call = _openai_call(body, text)
    if body.get("stream"):
        return MirrorReply(200, STREAM, _chat_stream(body, text, call))
    message: dict[str, Any] = {"role": "assistant", "content": None if call else text}
    if call:
        message["tool_calls"] = [call]
    choices = [
        {
            "index": index,
            "message": message,
            "logprobs": None,
            "finish_reason": "tool_calls" if call else "stop",
        }
        for index in range(body.get("n") or 1)
    ]
    return _whole(
        {**_chat_head(body, "chat.completion"), "choices": choices, "usage": _usage(body, text)}
    )


def _chat_head(body: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-mirror", "object": kind, "created": CREATED, "model": _model(body)}


def _chat_stream(
    body: Mapping[str, Any], text: str, call: Mapping[str, Any] | None
) -> Iterator[bytes]:
    head = _chat_head(body, "chat.completion.chunk")
    for index in range(body.get("n") or 1):
        deltas = _call_deltas(call) if call else _text_deltas(text)
        for delta in deltas:
            yield _data(
                {**head, "choices": [{"index": index, "delta": delta, "finish_reason": None}]}
            )
        finish = "tool_calls" if call else "stop"
        yield _data({**head, "choices": [{"index": index, "delta": {}, "finish_reason": finish}]})
    if (body.get("stream_options") or {}).get("include_usage"):
        yield _data({**head, "choices": [], "usage": _usage(body, text)})
    yield b"data: [DONE]\n\n"


def _text_deltas(text: str) -> Iterator[dict[str, Any]]:
    yield {"role": "assistant", "content": ""}
    for piece in _pieces(text):
        yield {"content": piece}


def _call_deltas(call: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    function = call["function"]
    opening = {"name": function["name"], "arguments": ""}
    yield {
        "role": "assistant",
        "tool_calls": [{"index": 0, "id": call["id"], "type": "function", "function": opening}],
    }
    for piece in _pieces(function["arguments"]):
        yield {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}


def _openai_call(body: Mapping[str, Any], text: str) -> dict[str, Any] | None:
    """A call of the first tool with what was received, unless a result is already there."""
    tools = body.get("tools") or ()
    answered = any(message.get("role") == "tool" for message in body.get("messages", ()))
    if not tools or answered or body.get("tool_choice") == "none":
        return None
    name = tools[0].get("function", {}).get("name", "tool")
    arguments = orjson.dumps({"received": text}).decode()
    return {
        "id": "call_mirror",
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


def _completions(body: Mapping[str, Any]) -> MirrorReply:
    given = body.get("prompt") or ""
    texts = [given] if isinstance(given, str) else [str(each) for each in given]
    texts = [text for text in texts for _ in range(body.get("n") or 1)]
    head = {**_chat_head(body, "text_completion"), "id": "cmpl-mirror"}
    if body.get("stream"):
        return MirrorReply(200, STREAM, _completion_stream(head, texts))
    choices = [
        {"index": index, "text": text, "logprobs": None, "finish_reason": "stop"}
        for index, text in enumerate(texts)
    ]
    count = sum(map(_count, texts))
    usage = {"prompt_tokens": count, "completion_tokens": count, "total_tokens": 2 * count}
    return _whole({**head, "choices": choices, "usage": usage})


def _completion_stream(head: Mapping[str, Any], texts: Sequence[str]) -> Iterator[bytes]:
    for index, text in enumerate(texts):
        for piece in (*_pieces(text), ""):
            finish = None if piece else "stop"
            choice = {"index": index, "text": piece, "logprobs": None, "finish_reason": finish}
            yield _data({**head, "choices": [choice]})
    yield b"data: [DONE]\n\n"


def _responses(body: Mapping[str, Any]) -> MirrorReply:
    """A response; the mirror keeps none, so one cannot be asked for again."""
    given = body.get("input", "")
    items = [{"content": given}] if isinstance(given, str) else given
    text = _last_text(items) or _last_output(items)
    item = _response_item(body, items, text)
    head: dict[str, Any] = {
        "id": "resp_mirror", "object": "response", "created_at": CREATED, "model": _model(body),
        "status": "in_progress", "output": [], "instructions": body.get("instructions"),
        "tools": [], "tool_choice": "auto", "parallel_tool_calls": True, "metadata": None,
        "error": None, "incomplete_details": None, "temperature": None, "top_p": None,
    }  # fmt: skip
    usage = {
        "input_tokens": _count(text), "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": _count(text), "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 2 * _count(text),
    }  # fmt: skip
    done = {**head, "status": "completed", "output": [item], "usage": usage}
    if body.get("stream"):
        return MirrorReply(200, STREAM, _numbered(_response_events(head, item, done)))
    return _whole(done)


def _response_item(
    body: Mapping[str, Any], items: Sequence[Mapping[str, Any]], text: str
) -> dict[str, Any]:
    """A message, or a call of the first function unless a result is already there."""
    functions = [tool for tool in body.get("tools") or () if tool.get("type") == "function"]
    answered = any(item.get("type") == "function_call_output" for item in items)
    if functions and not answered and body.get("tool_choice") != "none":
        arguments = orjson.dumps({"received": text}).decode()
        return {
            "type": "function_call", "id": "fc_mirror", "call_id": "call_mirror",
            "name": functions[0]["name"], "arguments": arguments, "status": "completed",
        }  # fmt: skip
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {
        "type": "message", "id": "msg_mirror", "role": "assistant", "status": "completed",
        "content": [part],
    }  # fmt: skip


def _response_events(
    head: Mapping[str, Any], item: Mapping[str, Any], done: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "response.created", {"response": head}
    place = {"output_index": 0, "item_id": item["id"]}
    if item["type"] == "message":
        yield from _message_events(place, item)
    else:
        begun = {**item, "arguments": "", "status": "in_progress"}
        yield "response.output_item.added", {"output_index": 0, "item": begun}
        family = "response.function_call_arguments"
        for piece in _pieces(item["arguments"]):
            yield f"{family}.delta", {**place, "delta": piece}
        yield f"{family}.done", {**place, "arguments": item["arguments"], "name": item["name"]}
    yield "response.output_item.done", {"output_index": 0, "item": item}
    yield "response.completed", {"response": done}


def _message_events(
    place: Mapping[str, Any], item: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    begun, (part,) = {**item, "content": [], "status": "in_progress"}, item["content"]
    yield "response.output_item.added", {"output_index": 0, "item": begun}
    at = {**place, "content_index": 0}
    yield "response.content_part.added", {**at, "part": {**part, "text": ""}}
    for piece in _pieces(part["text"]):
        yield "response.output_text.delta", {**at, "delta": piece, "logprobs": []}
    yield "response.output_text.done", {**at, "text": part["text"], "logprobs": []}
    yield "response.content_part.done", {**at, "part": part}


def _numbered(events: Iterator[tuple[str, dict[str, Any]]]) -> Iterator[bytes]:
    for number, (kind, fields) in enumerate(events):
        yield _event(kind, {"sequence_number": number, **fields})


def _last_output(items: Sequence[Mapping[str, Any]]) -> str:
    """What the last item says where it is a tool's result."""
    output = items[-1].get("output", "") if items else ""
    return output if isinstance(output, str) else "\n".join(_texts(output))


def _count_responses(body: Mapping[str, Any]) -> MirrorReply:
    given = body.get("input", "")
    text = given if isinstance(given, str) else _last_text(given)
    return _whole({"object": "response.input_tokens", "input_tokens": _count(text)})


def _embeddings(body: Mapping[str, Any]) -> MirrorReply:
    given = body.get("input", "")
    texts = [given] if isinstance(given, str) else list(given)
    rows = [
        {"object": "embedding", "index": index, "embedding": _vector(str(text))}
        for index, text in enumerate(texts)
    ]
    tokens = sum(_count(str(text)) for text in texts)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return _whole({"object": "list", "model": _model(body), "data": rows, "usage": usage})


def _vector(text: str) -> list[float]:
    """Eight numbers that are equal for equal text: enough to compare, of no meaning."""
    total = [0] * 8
    for index, letter in enumerate(text):
        total[index % 8] += ord(letter)
    return [value % 1000 / 1000 for value in total]


def _messages(body: Mapping[str, Any]) -> MirrorReply:
    text = _last_text(body.get("messages", ()))
    block = _anthropic_block(body, text)
    if body.get("stream"):
        return MirrorReply(200, STREAM, _messages_stream(body, text, block))
    document = {
        **_message_head(body),
        "content": [block],
        "stop_reason": _stop(block),
        "usage": _message_usage(body, text),
    }
    return _whole(document)


def _message_head(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": "msg_mirror", "type": "message", "role": "assistant", "model": _model(body),
        "content": [], "stop_reason": None, "stop_sequence": None,
    }  # fmt: skip


def _anthropic_block(body: Mapping[str, Any], text: str) -> dict[str, Any]:
    tools = body.get("tools") or ()
    answered = any(
        isinstance(part, Mapping) and part.get("type") == "tool_result"
        for message in body.get("messages", ())
        for part in (message.get("content") if isinstance(message.get("content"), list) else ())
    )
    if not tools or answered or (body.get("tool_choice") or {}).get("type") == "none":
        return {"type": "text", "text": text}
    return {
        "type": "tool_use",
        "id": "toolu_mirror",
        "name": tools[0].get("name", "tool"),
        "input": {"received": text},
    }


def _stop(block: Mapping[str, Any]) -> str:
    return "tool_use" if block["type"] == "tool_use" else "end_turn"


def _messages_stream(
    body: Mapping[str, Any], text: str, block: Mapping[str, Any]
) -> Iterator[bytes]:
    usage = _message_usage(body, text)
    yield _event(
        "message_start",
        {"message": {**_message_head(body), "usage": {**usage, "output_tokens": 1}}},
    )
    opening = {"type": "text", "text": ""} if block["type"] == "text" else {**block, "input": {}}
    yield _event("content_block_start", {"index": 0, "content_block": opening})
    yield _event("ping", {})
    for delta in _block_deltas(block):
        yield _event("content_block_delta", {"index": 0, "delta": delta})
    yield _event("content_block_stop", {"index": 0})
    ending = {"stop_reason": _stop(block), "stop_sequence": None}
    yield _event(
        "message_delta", {"delta": ending, "usage": {"output_tokens": usage["output_tokens"]}}
    )
    yield _event("message_stop", {})


def _block_deltas(block: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if block["type"] == "text":
        for piece in _pieces(block["text"]):
            yield {"type": "text_delta", "text": piece}
        return
    for piece in _pieces(orjson.dumps(block["input"]).decode()):
        yield {"type": "input_json_delta", "partial_json": piece}


def _count_tokens(body: Mapping[str, Any]) -> MirrorReply:
    return _whole({"input_tokens": _count(_last_text(body.get("messages", ())))})


def _model(body: Mapping[str, Any]) -> str:
    name = str(body.get("model", ""))
    return name if name.startswith("mirror") else f"mirror/{name}"


def _last_text(messages: Sequence[Mapping[str, Any]]) -> str:
    """The text of the last message: what a model would be answering."""
    if not messages:
        return ""
    content = messages[-1].get("content")
    return content if isinstance(content, str) else "\n".join(_texts(content))


def _texts(content: Any) -> Iterator[str]:
    for part in content if isinstance(content, list) else ():
        if part.get("type") in ("text", "input_text", "output_text"):
            yield part.get("text", "")
        elif part.get("type") == "tool_result":
            inner = part.get("content", "")
            yield inner if isinstance(inner, str) else "\n".join(_texts(inner))


def _pieces(text: str) -> Iterator[str]:
    return (text[at : at + PIECE] for at in range(0, len(text), PIECE))


def _count(text: str) -> int:
    return max(1, len(text) // 4)  # the usual rule of thumb; the mirror has no tokenizer


def _usage(body: Mapping[str, Any], text: str) -> dict[str, int]:
    prompt, completion = _count(_last_text(body.get("messages", ()))), _count(text)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }


def _message_usage(body: Mapping[str, Any], text: str) -> dict[str, int]:
    return {
        "input_tokens": _count(_last_text(body.get("messages", ()))),
        "output_tokens": _count(text),
    }


def _data(document: Mapping[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(document) + b"\n\n"


def _event(kind: str, document: Mapping[str, Any]) -> bytes:
    return (
        b"event: "
        + kind.encode()
        + b"\ndata: "
        + orjson.dumps({"type": kind, **document})
        + b"\n\n"
    )


_ANSWERS = {
    "/chat/completions": _chat,
    "/completions": _completions,
    "/responses": _responses,
    "/responses/input_tokens": _count_responses,
    "/embeddings": _embeddings,
    "/v1/messages": _messages,
    "/v1/messages/count_tokens": _count_tokens,
}
