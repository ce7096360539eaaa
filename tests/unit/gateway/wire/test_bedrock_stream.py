"""Streams of Converse: what is restored, where the rest of a text goes, what stays."""

import json
from typing import Any

import pytest

from curtilage.gateway.wire.bedrock_stream import BedrockStreamRewriter
from curtilage.gateway.wire.blocks import MAX_BLOCKS
from curtilage.gateway.wire.errors import BrokenStream
from curtilage.gateway.wire.event_stream import (
    EventStreamParser,
    encode_event,
    encode_exception,
    encode_message,
)
from curtilage.gateway.wire.facts import ReplyStats, RequestFacts
from tests.unit.gateway.wire.replies import MAIL, MAIL_TOKEN, hold

FACTS = RequestFacts("m", stream=True)
HALF, REST = MAIL_TOKEN[: len(MAIL_TOKEN) // 2], MAIL_TOKEN[len(MAIL_TOKEN) // 2 :]


def event(kind: str, **fields: Any) -> bytes:
    return encode_event(kind, json.dumps(fields).encode())


def delta(index: Any, **fields: Any) -> bytes:
    return event("contentBlockDelta", contentBlockIndex=index, delta=fields)


def start(index: Any, **fields: Any) -> bytes:
    return event("contentBlockStart", contentBlockIndex=index, start=fields)


def stop(index: Any) -> bytes:
    return event("contentBlockStop", contentBlockIndex=index)


END = event("messageStop", stopReason="end_turn")


def run(*frames: bytes, tools: tuple[str, ...] = ()) -> tuple[list[Any], ReplyStats]:
    rewriter = BedrockStreamRewriter(hold(), FACTS, tools)
    out = rewriter.feed(b"".join(frames)) + rewriter.close()
    messages = EventStreamParser().feed(out)
    return [json.loads(message.payload) for message in messages], rewriter.stats


def text(events: list[Any], index: int = 0) -> str:
    return "".join(
        each["delta"].get("text", "")
        for each in events
        if "delta" in each and each.get("contentBlockIndex") == index
    )


def test_a_token_in_two_pieces_is_one_value() -> None:
    events, stats = run(delta(0, text=f"to {HALF}"), delta(0, text=REST), stop(0), END)
    assert text(events) == f"to {MAIL}"
    assert (stats.complete, stats.finish) == (True, ["end_turn"])


def test_what_a_block_holds_back_comes_before_it_stops() -> None:
    events, _ = run(delta(0, text=HALF), stop(0), END)
    assert [next(iter(each)) for each in events[-3:]] == ["contentBlockIndex"] * 2 + ["stopReason"]
    assert text(events) == HALF


def test_a_start_without_a_kind_begins_a_text() -> None:
    events, _ = run(start(0), delta(0, text=MAIL_TOKEN), stop(0), END)
    assert text(events) == MAIL


def test_the_input_of_the_callers_tool_is_restored_as_json() -> None:
    pieces = ('{"to": "', HALF, REST, '"}')
    frames = [delta(1, toolUse={"input": piece}) for piece in pieces]
    use = {"toolUseId": "t", "name": "send"}
    for tools, kind, expected in (
        ((), {}, MAIL),
        (("send",), {}, MAIL_TOKEN),
        ((), {"type": "server_tool_use"}, MAIL_TOKEN),
    ):
        events, _ = run(start(1, toolUse={**use, **kind}), *frames, stop(1), END, tools=tools)
        given = [each["delta"]["toolUse"]["input"] for each in events if "delta" in each]
        assert json.loads("".join(given)) == {"to": expected}


@pytest.mark.parametrize(
    "fields",
    [
        {"reasoningContent": {"text": MAIL_TOKEN}},
        {"reasoningContent": {"signature": MAIL_TOKEN}},
        {"toolResult": [{"text": MAIL_TOKEN}]},
        {"image": {"source": {"bytes": "AAAA"}}},
        {"somethingNew": {"text": MAIL_TOKEN}},
        {"citation": {"title": MAIL_TOKEN, "location": {"web": {"url": MAIL_TOKEN}}}},
    ],
)
def test_what_is_signed_or_not_the_callers_passes_byte_for_byte(fields: Any) -> None:
    raw = delta(0, **fields)
    assert BedrockStreamRewriter(hold(), FACTS).feed(raw) == raw


def test_a_citation_of_a_document_is_restored() -> None:
    assert run(delta(0, citation="odd"))[0][0]["delta"] == {"citation": "odd"}
    quoted = {"title": MAIL_TOKEN, "sourceContent": [{"text": MAIL_TOKEN}], "location": {}}
    events, _ = run(delta(0, citation=quoted))
    assert events[0]["delta"]["citation"]["sourceContent"] == [{"text": MAIL}]


def test_events_nobody_knows_and_the_opening_pass_byte_for_byte() -> None:
    for raw in (
        event("messageStart", role="assistant"),
        event("newEvent", text=MAIL_TOKEN),
        encode_message({}, b"not JSON"),
    ):
        assert BedrockStreamRewriter(hold(), FACTS).feed(raw) == raw


def test_the_usage_comes_last_and_ends_the_stream() -> None:
    rewriter = BedrockStreamRewriter(hold(), FACTS)
    rewriter.feed(delta(0, text="hi") + stop(0) + END)
    assert not rewriter.ended
    usage = {"inputTokens": 5, "outputTokens": 2, "cacheReadInputTokens": 3}
    rewriter.feed(event("metadata", usage={}))
    assert rewriter.stats.usage.prompt is None
    rewriter.feed(event("metadata", usage=usage, trace={"guardrail": {"x": MAIL_TOKEN}}))
    assert rewriter.ended
    rewriter.close()
    assert (rewriter.stats.usage.prompt, rewriter.stats.usage.cached) == (8, 3)
    assert rewriter.stats.complete


def test_an_exception_fails_the_reply_and_what_it_quotes_is_restored() -> None:
    told = json.dumps({"message": f"cannot read {MAIL_TOKEN}"}).encode()
    events, stats = run(delta(0, text=HALF), encode_exception("validationException", told))
    assert events[-1] == {"message": f"cannot read {MAIL}"}
    assert text(events) == HALF
    assert (stats.failed, stats.complete) == (True, False)


def test_half_a_message_is_dropped_and_the_reply_is_not_whole() -> None:
    events, stats = run(delta(0, text="hi"), stop(0), END, delta(0, text="more")[:-3])
    assert events[-1] == {"stopReason": "end_turn"}
    assert not stats.complete


@pytest.mark.parametrize(
    "frame",
    [delta(None, text=HALF), stop("0"), start(None), encode_event("contentBlockDelta", b"{")],
)
def test_where_blocks_cannot_be_told_apart_nothing_more_is_restored(frame: bytes) -> None:
    rewriter = BedrockStreamRewriter(hold(), FACTS)
    assert rewriter.feed(frame) == frame
    later = delta(0, text=MAIL_TOKEN)
    assert rewriter.feed(later) == later


def test_a_text_in_a_block_of_another_kind_stops_restoring() -> None:
    use = start(0, toolUse={"toolUseId": "t", "name": "send"})
    events, _ = run(use, delta(0, text=MAIL_TOKEN), stop(0), delta(1, text=MAIL_TOKEN))
    assert (text(events), text(events, 1)) == (MAIL_TOKEN, MAIL_TOKEN)


def test_a_text_while_another_is_open_is_left_as_it_came() -> None:
    events, _ = run(delta(0, text="a "), delta(1, text=MAIL_TOKEN), END)
    assert text(events, 1) == MAIL_TOKEN


def test_text_for_a_block_before_the_last_one_breaks_the_stream() -> None:
    with pytest.raises(BrokenStream):
        run(delta(3, text="a"), stop(3), delta(2, text="b"))


def test_more_blocks_than_a_reply_has_break_the_stream() -> None:
    with pytest.raises(BrokenStream):
        run(*(start(index, toolUse={"name": "f"}) for index in range(MAX_BLOCKS + 1)))
