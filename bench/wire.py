"""What the protocol code costs: reading a request, finding its text, rewriting streams.

Best of several rounds, in microseconds of processor time. The gates are ratios
to what JSON alone costs in the same run, because the machine is shared.
"""

import gc
import sys
import time
from collections.abc import Callable
from typing import Any

import orjson

from curtilage.gateway.wire.anthropic_messages import MESSAGES
from curtilage.gateway.wire.body import encode_body, parse_body
from curtilage.gateway.wire.fields import FieldMap, collect
from curtilage.gateway.wire.openai_chat import CHAT
from curtilage.gateway.wire.protocols import PROTOCOLS
from curtilage.shield.held import Held, HeldValue, Origin
from curtilage.shield.tokens import ScopeKey, TokenMint

ROUNDS = 9
LIMIT = 1 << 24
SENTENCE = "The quarterly report is ready and nobody has asked about it yet. "
TOKEN = TokenMint(b"bench", ScopeKey(1, bytes(32))).mint("EMAIL_ADDRESS", "ada@library.example")


def cost(work: Callable[[], object], calls: int) -> float:
    """Microseconds per call: the best of several rounds."""
    best = float("inf")
    gc.collect()
    for _ in range(ROUNDS):
        begun = time.process_time()
        for _ in range(calls):
            work()
        best = min(best, time.process_time() - begun)
    return best / calls * 1e6


def chat(size: int, messages: int) -> dict[str, Any]:
    text = (SENTENCE * (size // len(SENTENCE) + 1))[: size // messages]
    turns = [{"role": ("user", "assistant")[at % 2], "content": text} for at in range(messages)]
    return {"model": "gpt-4o", "messages": turns, "temperature": 0.2, "max_tokens": 100}


def agent() -> dict[str, Any]:
    """A coding agent's turn: twenty tools, a history of calls and results."""
    schema = {
        "type": "object",
        "properties": {
            f"field{at}": {"type": "string", "description": SENTENCE} for at in range(6)
        },
        "required": ["field0"],
    }
    tools = [
        {"name": f"tool_{at}", "description": SENTENCE, "input_schema": schema} for at in range(20)
    ]
    turns: list[dict[str, Any]] = []
    for _ in range(20):
        call = {
            "type": "tool_use",
            "id": "toolu_abc123def",
            "name": "tool_1",
            "input": {"path": "a.txt"},
        }
        result = {"type": "tool_result", "tool_use_id": "toolu_abc123def", "content": SENTENCE * 4}
        turns += [{"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}]
    return {
        "model": "claude-a",
        "max_tokens": 100,
        "system": SENTENCE * 20,
        "tools": tools,
        "messages": turns,
    }


def request_rows(
    name: str, document: dict[str, Any], field_map: FieldMap
) -> tuple[str, float, float]:
    raw = orjson.dumps(document)
    json_alone = cost(lambda: orjson.dumps(orjson.loads(raw)), 2000)
    parse = cost(lambda: parse_body(raw, limit=LIMIT), 1000)
    walk = cost(lambda: collect(document, field_map), 1000)
    write = cost(lambda: encode_body(document), 2000)
    slots = len(collect(document, field_map))
    print(
        f"{name:22} {len(raw):7} {slots:6} {json_alone:9.1f} {parse:8.1f} {walk:8.1f} {write:8.1f}"
    )
    return name, walk, (parse + write) / json_alone


def hold() -> Held:
    held = Held()
    held.hold(TOKEN, HeldValue("ada@library.example", "EMAIL_ADDRESS", Origin.CALLER))
    return held


def frames(kind: str, text: str) -> bytes:
    if kind == "openai.chat":
        choice = {"index": 0, "delta": {"content": text}, "logprobs": None, "finish_reason": None}
        head = {
            "id": "chatcmpl-abc",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "gpt-4o",
        }
        return b"data: " + orjson.dumps({**head, "choices": [choice], "usage": None}) + b"\n\n"
    if kind == "openai.responses":
        place = {"item_id": "msg_abc", "output_index": 0, "content_index": 0}
        event = {"type": "response.output_text.delta", "sequence_number": 7, **place}
        data = orjson.dumps({**event, "delta": text, "logprobs": []})
        return b"event: response.output_text.delta\ndata: " + data + b"\n\n"
    delta = {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "text_delta", "text": text},
    }
    return b"event: content_block_delta\ndata: " + orjson.dumps(delta) + b"\n\n"


def stream_row(kind: str) -> tuple[float, float]:
    """How many times JSON alone a frame costs, and microseconds a frame of twenty."""
    protocol = PROTOCOLS[kind]
    facts = protocol.prepare({"model": "m", "messages": []}, ())
    assert protocol.rewriter is not None
    rewriter = protocol.rewriter(hold(), facts, ())
    plain, whole = frames(kind, " a few words"), frames(kind, f" to {TOKEN} ")
    batch = plain * 20
    json_alone = cost(lambda: orjson.loads(plain[plain.index(b"{") :]), 5000)
    alone = cost(lambda: rewriter.feed(plain), 5000)
    together = cost(lambda: rewriter.feed(batch), 500) / 20
    token = cost(lambda: rewriter.feed(whole), 2000)
    print(f"{kind:22} {json_alone:9.2f} {alone:9.2f} {together:9.2f} {token:9.2f}")
    return alone / json_alone, together


def main() -> int:
    """Print the tables; 1 where a gate does not hold."""
    print(
        f"{'request':22} {'bytes':>7} {'slots':>6} {'JSON':>9} {'parse':>8} {'walk':>8} {'write':>8}  µs"
    )
    rows = [
        request_rows("chat 1 KB", chat(1000, 5), CHAT),
        request_rows("chat 8 KB", chat(8000, 5), CHAT),
        request_rows("chat 8 KB, 40 turns", chat(8000, 40), CHAT),
        request_rows("agent, 20 tools", agent(), MESSAGES),
    ]
    print(f"\n{'stream':22} {'JSON':>9} {'frame':>9} {'of 20':>9} {'token':>9}  µs")
    streams = [
        stream_row(kind) for kind in ("openai.chat", "anthropic.messages", "openai.responses")
    ]
    late = [name for name, _, ratio in rows if ratio > 8]
    late += ["streams"] if max(ratio for ratio, _ in streams) > 12 else []
    chats, *others = (together for _, together in streams)
    late += ["a frame beside one of Chat"] if max(others) > 1.3 * chats else []
    print(f"a frame beside one of Chat: {', '.join(f'{each / chats:.2f}' for each in others)}")
    for name in late:
        print(f"gate: {name} costs too many times what it is held against")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
