"""What comes in binary: messages of AWS's event streams, and frames of HTTP/2."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from h2.config import H2Configuration
from h2.connection import H2Connection

from curtilage.gateway.wire.event_stream import EventStreamParser, encode_event
from curtilage.gateway.wire.http2 import FrameCutter, GoAway
from curtilage.gateway.wire.protocols import PROTOCOLS
from curtilage.gateway.wire.rewriting import Rewriter
from tests.property.fuzz.gateway_wire_reply_targets import rewrite
from tests.property.fuzz.shield_targets import ARGUMENTS, PIECES
from tests.property.fuzz.target import Target

STREAM = PROTOCOLS["bedrock.stream"]
USE = {"toolUse": {"toolUseId": "tooluse_1", "name": "look"}}
EVENTS: list[Any] = [
    ["messageStart", {"role": "assistant"}],
    *(
        ["contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}}]
        for piece in PIECES
    ),
    ["contentBlockStop", {"contentBlockIndex": 0}],
    ["contentBlockStart", {"contentBlockIndex": 1, "start": USE}],
    ["contentBlockDelta", {"contentBlockIndex": 1, "delta": {"toolUse": {"input": ARGUMENTS}}}],
    ["contentBlockStop", {"contentBlockIndex": 1}],
    ["messageStop", {"stopReason": "tool_use"}],
    ["metadata", {"usage": {"inputTokens": 3, "outputTokens": 4}, "trace": {"x": PIECES[0]}}],
]
GOAWAY = b"\x00\x00\x08\x07\x00" + bytes(4) + b"\x00\x00\x00\x01" + bytes(4)


def encode_events(events: Any) -> bytes:
    """A stream whose messages are all well formed, whatever they say."""
    messages = []
    for event in events if isinstance(events, list) else [events]:
        kind, document = event if isinstance(event, list) and len(event) == 2 else ("any", event)
        name = kind if isinstance(kind, str) and kind.isascii() else "any"
        messages.append(encode_event(name, json.dumps(document).encode()))
    return b"".join(messages)


def cut_messages(raw: bytes) -> list[bytes]:
    """The messages of a stream; each says the same when it is written again."""
    parser = EventStreamParser()
    messages = [each for at in range(0, len(raw), 50) for each in parser.feed(raw[at : at + 50])]
    assert all(each.rewrite(each.payload) == each.raw for each in messages)
    return [each.raw for each in messages]


def a_conversation() -> bytes:
    """What a provider says over HTTP/2: settings, a head, content, its leaving."""
    caller = H2Connection(H2Configuration(client_side=True))
    provider = H2Connection(H2Configuration(client_side=False))
    caller.initiate_connection()
    caller.send_headers(
        1, [(":method", "POST"), (":scheme", "https"), (":path", "/"), (":authority", "a")]
    )
    provider.initiate_connection()
    provider.receive_data(caller.data_to_send())
    provider.send_headers(1, [(":status", "200"), ("content-type", "text/plain")])
    provider.send_data(1, b"hi", end_stream=True)
    return provider.data_to_send() + GOAWAY


def cut_http2(raw: bytes) -> tuple[bytes, list[GoAway]]:
    """The frames of a connection: the same, however they were cut."""
    whole, cutter = FrameCutter().feed(raw), FrameCutter()
    parts = [cutter.feed(raw[at : at + 7]) for at in range(0, len(raw), 7)]
    for_h2 = b"".join(part for part, _ in parts)
    assert (for_h2, [one for _, leaving in parts for one in leaving]) == whole
    return whole


def binary_targets() -> Iterator[Target]:
    raw = encode_events(EVENTS)
    covers = (Rewriter.feed, EventStreamParser.feed)
    yield Target("stream bedrock, its bytes", covers, [raw], partial(rewrite, STREAM))
    yield Target(
        "stream bedrock, its events",
        covers,
        [EVENTS],
        lambda events: rewrite(STREAM, encode_events(events)),
    )
    yield Target("messages of AWS", (EventStreamParser.feed,), [raw], cut_messages)
    yield Target("frames of HTTP/2", (FrameCutter.feed,), [a_conversation()], cut_http2)
