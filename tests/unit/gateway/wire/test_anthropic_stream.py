"""Streams of Anthropic Messages: blocks, signatures, errors, and what breaks."""

import json
import re
from typing import Any

import pytest

from curtilage.gateway.wire.anthropic_stream import AnthropicStreamRewriter
from curtilage.gateway.wire.facts import ReplyStats, RequestFacts
from tests.unit.gateway.wire.replies import MAIL, MAIL_TOKEN, QUOTED, QUOTED_TOKEN, hold

FACTS = RequestFacts("claude", stream=True)
HALF = MAIL_TOKEN[:20]
PING = b'event: ping\ndata: {"type": "ping"}\n\n'


def event(kind: str, **fields: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


def start(index: int, **block: Any) -> bytes:
    return event("content_block_start", index=index, content_block=block)


def delta(index: int, **fields: Any) -> bytes:
    return event("content_block_delta", index=index, delta=fields)


def stop(index: int) -> bytes:
    return event("content_block_stop", index=index)


END = event(
    "message_delta",
    delta={"stop_reason": "end_turn", "stop_sequence": None},
    usage={"output_tokens": 9},
) + event("message_stop")
BEGIN = event(
    "message_start",
    message={
        "id": "msg_1",
        "content": [],
        "usage": {"input_tokens": 5, "cache_read_input_tokens": 2, "output_tokens": 1},
    },
)


def run(stream: bytes, outbound: tuple[str, ...] = ()) -> tuple[bytes, ReplyStats]:
    rewriter = AnthropicStreamRewriter(hold(), FACTS, outbound)
    out = rewriter.feed(stream) + rewriter.close()
    return out, rewriter.stats


def events(out: bytes) -> list[Any]:
    return [json.loads(line) for line in re.findall(rb"data: (\{.*\})", out)]


def pieces(out: bytes, field: str = "text") -> str:
    return "".join(
        said["delta"].get(field, "")
        for said in events(out)
        if said["type"] == "content_block_delta"
    )


def test_an_error_that_quotes_the_request_is_restored() -> None:
    failure = event("error", error={"type": "api_error", "message": f"bad {MAIL_TOKEN}"})
    out, stats = run(BEGIN + failure)
    assert events(out)[-1]["error"] == {"type": "api_error", "message": f"bad {MAIL}"}
    assert stats.failed
    assert run(BEGIN + event("error"))[1].failed


def test_text_is_restored_across_deltas() -> None:
    stream = (
        BEGIN
        + start(0, type="text", text="")
        + delta(0, type="text_delta", text=f"to {HALF}")
        + PING
    )
    stream += delta(0, type="text_delta", text=f"{MAIL_TOKEN[20:]}!") + stop(0) + END
    out, stats = run(stream)
    assert pieces(out) == f"to {MAIL}!"
    assert PING in out
    assert stats.complete
    assert (stats.usage.prompt, stats.usage.completion, stats.finish) == (7, 9, ["end_turn"])


def test_what_is_held_back_goes_out_before_its_block_stops() -> None:
    out, _ = run(
        BEGIN
        + start(0, type="text", text="")
        + delta(0, type="text_delta", text=HALF)
        + stop(0)
        + END
    )
    kinds = [said["type"] for said in events(out)]
    assert kinds == [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    assert (
        b"event: content_block_delta\n"
        b'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"'
        + HALF.encode()
        in out
    )


@pytest.mark.parametrize(
    "ending",
    [
        END,
        event("message_stop"),
        b"",
        event("error", error={"type": "overloaded_error", "message": "m"}),
    ],
)
def test_a_block_that_never_stops_loses_nothing(ending: bytes) -> None:
    out, stats = run(
        start(0, type="text", text="") + delta(0, type="text_delta", text=HALF) + ending
    )
    assert pieces(out) == HALF
    assert stats.complete == (b"message_stop" in ending)
    assert stats.failed == (b"overloaded" in ending)


def test_a_new_block_under_an_old_index_flushes_the_old_one() -> None:
    out, _ = run(
        start(0, type="text", text="")
        + delta(0, type="text_delta", text=HALF)
        + start(0, type="text", text="new")
    )
    assert [said["type"] for said in events(out)][-2:] == [
        "content_block_delta",
        "content_block_start",
    ]


def test_tool_input_is_restored_as_json() -> None:
    given = json.dumps({"name": QUOTED_TOKEN})
    stream = start(1, type="tool_use", id="toolu_1", name="look", input={})
    stream += b"".join(
        delta(1, type="input_json_delta", partial_json=given[at : at + 5])
        for at in range(0, len(given), 5)
    )
    out, _ = run(stream + stop(1) + END)
    assert json.loads(pieces(out, "partial_json")) == {"name": QUOTED}


def test_input_that_comes_whole_is_restored() -> None:
    out, _ = run(
        start(0, type="tool_use", id="toolu_1", name="look", input={"name": QUOTED_TOKEN}) + stop(0)
    )
    assert events(out)[0]["content_block"]["input"] == {"name": QUOTED}


def test_text_that_comes_with_the_start_is_restored() -> None:
    out, _ = run(start(0, type="text", text=f"to {MAIL_TOKEN}") + stop(0))
    assert events(out)[0]["content_block"]["text"] == f"to {MAIL}"


def test_a_server_that_leaves_the_start_out_is_understood_for_text_only() -> None:
    out, _ = run(
        delta(0, type="text_delta", text=MAIL_TOKEN)
        + delta(1, type="input_json_delta", partial_json=json.dumps(MAIL_TOKEN))
    )
    assert pieces(out) == MAIL
    assert MAIL_TOKEN in pieces(out, "partial_json")


def test_thinking_and_the_providers_own_tools_pass_byte_for_byte() -> None:
    stream = (
        start(0, type="thinking", thinking="", signature="")
        + delta(0, type="thinking_delta", thinking=MAIL_TOKEN)
        + delta(0, type="signature_delta", signature=MAIL_TOKEN)
        + stop(0)
        + start(1, type="server_tool_use", id="srvtoolu_1", name="web_search", input={})
        + delta(1, type="input_json_delta", partial_json=json.dumps({"query": MAIL_TOKEN}))
        + stop(1)
        + start(
            2,
            type="mcp_tool_use",
            id="mcptoolu_1",
            name="mail",
            server_name="s",
            input={"to": MAIL_TOKEN},
        )
        + stop(2)
        + start(
            3, type="web_search_tool_result", content=[{"title": MAIL_TOKEN, "url": MAIL_TOKEN}]
        )
        + stop(3)
        + start(4, type="redacted_thinking", data=MAIL_TOKEN)
        + delta(4, type="compaction_delta", content=MAIL_TOKEN)
        + stop(4)
        + event("something_new", text=MAIL_TOKEN)
        + event("message_stop")
    )
    assert run(stream)[0] == stream


def test_a_tool_that_sends_out_gets_tokens() -> None:
    stream = (
        start(0, type="tool_use", id="toolu_1", name="mail", input={})
        + delta(0, type="input_json_delta", partial_json=json.dumps({"to": MAIL_TOKEN}))
        + stop(0)
    )
    assert run(stream, ("mail",))[0] == stream


def test_citations_of_documents_are_restored_and_those_of_the_web_are_not() -> None:
    own = delta(
        0, type="citations_delta", citation={"type": "page_location", "cited_text": MAIL_TOKEN}
    )
    web = delta(
        0,
        type="citations_delta",
        citation={
            "type": "web_search_result_location",
            "cited_text": MAIL_TOKEN,
            "url": MAIL_TOKEN,
        },
    )
    out, _ = run(start(0, type="text", text="", citations=[]) + own + web)
    assert events(out)[1]["delta"]["citation"]["cited_text"] == MAIL
    assert out.endswith(web)


def test_the_stop_sequence_is_the_one_that_the_caller_gave() -> None:
    out, _ = run(
        event(
            "message_delta",
            delta={"stop_reason": "stop_sequence", "stop_sequence": MAIL_TOKEN},
            usage={},
        )
    )
    assert events(out)[0]["delta"]["stop_sequence"] == MAIL


def test_garbage_passes_byte_for_byte() -> None:
    stream = (
        b"data: not json\n\n: note\n\nevent: odd\n\ndata: []\n\n"
        b'data: {"type": ["x"]}\n\n'
        + event(
            "content_block_start", index="x", content_block={"type": "text", "text": MAIL_TOKEN}
        )
        + event("content_block_start", index=0, content_block=5)
        + event("content_block_delta", index=None, delta={"type": "text_delta", "text": MAIL_TOKEN})
        + event("content_block_delta", index=0, delta=5)
        + delta(0, type="text_delta", text=5)
        + event("content_block_stop", index="x")
        + event("message_delta", delta=None, usage=None)
        + event("message_start", message=None)
    )
    out, stats = run(stream)
    assert out == stream
    assert not stats.complete


def test_the_last_frame_may_lack_its_empty_line() -> None:
    out, stats = run(
        start(0, type="text", text="") + delta(0, type="text_delta", text=HALF).rstrip()
    )
    assert pieces(out) == HALF
    assert not stats.complete


def test_a_stream_is_named_later_where_the_request_asked_for_diagnostics() -> None:
    for diagnosed, noted in ((True, {"msg_1": True}), (False, {})):
        facts = RequestFacts("claude", stream=True, diagnosed=diagnosed)
        rewriter = AnthropicStreamRewriter(hold(), facts)
        rewriter.feed(BEGIN)
        assert rewriter.stats.given.take() == noted
