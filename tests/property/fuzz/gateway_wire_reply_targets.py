"""What comes back from providers: whole replies, streams, and the frames of these."""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from curtilage.gateway.replying import restore_whole
from curtilage.gateway.request import Inbound, Outbound
from curtilage.gateway.routes import Target as Upstream
from curtilage.gateway.wire.facts import RequestFacts
from curtilage.gateway.wire.protocols import PROTOCOLS, RouteProtocol
from curtilage.gateway.wire.rewriting import FrameRewriter
from curtilage.gateway.wire.sse import SSEParser
from curtilage.gateway.wire.stream_json import read_frame, write_frame
from tests.fakes.provider import DONE, chat_delta, chat_reply, message_reply, message_stream
from tests.fakes.responses import ResponseScript
from tests.property.fuzz.shield_targets import ARGUMENTS, PIECES, TEXT
from tests.property.fuzz.target import Target
from tests.unit.gateway.wire.replies import hold

FACTS = RequestFacts("any", stream=True)
TARGET = Upstream("any", "openai", "external", "any", "*")
CALL = {
    "index": 0,
    "id": "call_1",
    "type": "function",
    "function": {"name": "look", "arguments": ARGUMENTS},
}


def a_response() -> ResponseScript:
    script = ResponseScript()
    script.reasoning(PIECES)
    script.message(PIECES, annotations=[{"type": "url_citation", "start_index": 0, "end_index": 9}])
    script.call([ARGUMENTS[:20], ARGUMENTS[20:]])
    return script.end()


def a_completion(text: str) -> dict[str, Any]:
    choice = {"index": 0, "text": text, "logprobs": None, "finish_reason": "stop"}
    return {"id": "cmpl-1", "object": "text_completion", "choices": [choice]}


def a_generated(text: str) -> dict[str, Any]:
    call = {"functionCall": {"name": "look", "args": {"to": text}}}
    content = {"role": "model", "parts": [{"text": text}, call]}
    usage = {"promptTokenCount": 3, "candidatesTokenCount": 4}
    candidate = {"index": 0, "content": content, "finishReason": "STOP"}
    return {"candidates": [candidate], "usageMetadata": usage}


def a_converse(text: str) -> dict[str, Any]:
    use = {"toolUse": {"toolUseId": "tooluse_1", "name": "look", "input": {"to": text}}}
    cited = {"citationsContent": {"content": [{"text": text}], "citations": [{"title": text}]}}
    message = {"role": "assistant", "content": [{"text": text}, use, cited]}
    usage = {"inputTokens": 3, "outputTokens": 4}
    return {"output": {"message": message}, "stopReason": "tool_use", "usage": usage}


def frame(document: Any) -> bytes:
    return b"data: " + json.dumps(document).encode() + b"\n\n"


STREAMS: dict[str, bytes] = {
    "openai.chat": b"".join(
        [
            *(chat_delta({"content": piece}) for piece in PIECES),
            chat_delta({"tool_calls": [CALL]}, index=1),
            chat_delta({}, finish="stop"),
            DONE,
        ]
    ),
    "openai.completions": b"".join([*(frame(a_completion(piece)) for piece in PIECES), DONE]),
    "openai.responses": b"".join(a_response().frames()),
    "anthropic.messages": b"".join(message_stream(*PIECES)),
    "gemini.stream": b"".join(frame(a_generated(piece)) for piece in PIECES),
}
REPLIES: dict[str, Any] = {
    "openai.chat": chat_reply(TEXT, tool_calls=[CALL], refusal=None),
    "openai.completions": a_completion(TEXT),
    "openai.embeddings": {
        "object": "list",
        "data": [{"object": "embedding", "index": 0, "embedding": [0.1, 0.2]}],
        "usage": {"prompt_tokens": 8, "total_tokens": 8},
    },
    "openai.responses": a_response().response,
    "anthropic.messages": message_reply(TEXT),
    "anthropic.count_tokens": {"input_tokens": 7},
    "gemini.generate": a_generated(TEXT),
    "bedrock.converse": a_converse(TEXT),
}


def rewrite(protocol: RouteProtocol, raw: bytes) -> bytes:
    """The stream as the caller gets it: the same, however it was cut."""
    whole = rewrite_in_pieces(protocol, [raw])
    cut = rewrite_in_pieces(protocol, [raw[at : at + 50] for at in range(0, len(raw), 50)])
    assert whole == cut
    return whole


def rewrite_in_pieces(protocol: RouteProtocol, pieces: Sequence[bytes]) -> bytes:
    assert protocol.rewriter is not None
    rewriter = protocol.rewriter(hold(), FACTS, ())
    return b"".join([*(rewriter.feed(piece) for piece in pieces), rewriter.close()])


def rewrite_events(protocol: RouteProtocol, events: Any) -> bytes:
    """A stream whose frames are all well formed, whatever they say."""
    frames = [encode_sse(event) for event in (events if isinstance(events, list) else [events])]
    return rewrite(protocol, b"".join(frames))


def encode_sse(event: Any) -> bytes:
    name = event.get("type") if isinstance(event, dict) else None
    lead = f"event: {name}\n".encode() if isinstance(name, str) and name.isidentifier() else b""
    return lead + (DONE if event == "[DONE]" else frame(event))


def read_events(raw: bytes) -> list[Any]:
    """What the frames of a stream say."""
    found = [line[6:] for line in raw.split(b"\n") if line.startswith(b"data: ")]
    return ["[DONE]" if data == b"[DONE]" else json.loads(data) for data in found]


def restore(protocol: RouteProtocol, raw: bytes) -> list[bytes]:
    """A whole reply as the caller gets it: as an answer, and as an error of the provider's."""
    inbound = Inbound({}, FACTS, TARGET)
    return [
        restore_whole(
            raw,
            status=status,
            protocol=protocol,
            inbound=inbound,
            outbound=Outbound(b"", hold(), frozenset()),
        )[0]
        for status in (200, 400)
    ]


def restore_document(protocol: RouteProtocol, document: Any) -> list[bytes]:
    return restore(protocol, json.dumps(document).encode())


def cut_frames(raw: bytes) -> list[bytes]:
    """The frames of a stream; no byte is lost on the way."""
    parser = SSEParser()
    frames = [frame for at in range(0, len(raw), 5) for frame in parser.feed(raw[at : at + 5])]
    last = parser.close()
    kept = [one.raw for one in (*frames, *([last] if last else ()))]
    assert b"".join(kept) == raw
    return kept


def read_back(raw: bytes) -> object:
    document = read_frame(raw)
    return None if document is None else read_frame(write_frame(document, raw))


def reply_targets() -> Iterator[Target]:
    for kind, raw in STREAMS.items():
        covers = (FrameRewriter.feed, SSEParser.feed)
        protocol, events = PROTOCOLS[kind], read_events(raw)
        yield Target(f"stream {kind}, its bytes", covers, [raw], partial(rewrite, protocol))
        rewrite_values = partial(rewrite_events, protocol)
        yield Target(f"stream {kind}, its events", covers, [events], rewrite_values)
    for kind, document in REPLIES.items():
        protocol, covers = PROTOCOLS[kind], (read_frame,)
        raw = json.dumps(document).encode()
        yield Target(
            f"reply {kind}, its bytes", covers, [raw], partial(restore, protocol), cases=100
        )
        restore_values = partial(restore_document, protocol)
        yield Target(f"reply {kind}, its values", covers, [document], restore_values)
    yield Target("server-sent events", (SSEParser.feed,), list(STREAMS.values()), cut_frames)
    yield Target("JSON of a frame", (read_frame,), [json.dumps(REPLIES).encode()], read_back)
