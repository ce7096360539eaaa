"""Streams of Responses: each text said five times is the same five times, and numbers rise."""

import json
import re
from typing import Any

import pytest

from curtilage.gateway.wire.errors import BrokenStream
from curtilage.gateway.wire.facts import ReplyStats, RequestFacts
from curtilage.gateway.wire.responses_stream import ResponsesStreamRewriter
from curtilage.shield.held import Held
from tests.fakes.responses import ResponseScript, encode
from tests.unit.gateway.wire.replies import (
    APP,
    APP_TOKEN,
    FOREIGN,
    MAIL,
    MAIL_TOKEN,
    QUOTED,
    QUOTED_TOKEN,
    hold,
)

FACTS = RequestFacts("gpt-5", stream=True, stored=True)
HALF = len(MAIL_TOKEN) // 2
PLACE = {"output_index": 0, "content_index": 0}
SPLIT = ["Write to ", MAIL_TOKEN[:HALF], MAIL_TOKEN[HALF:], " now"]


def run(
    script: ResponseScript,
    facts: RequestFacts = FACTS,
    held: Held | None = None,
    outbound: tuple[str, ...] = (),
    size: int = 0,
) -> tuple[list[Any], ReplyStats]:
    rewriter = ResponsesStreamRewriter(hold() if held is None else held, facts, outbound)
    stream = b"".join(script.frames())
    size = size or len(stream)
    out = b"".join(rewriter.feed(stream[at : at + size]) for at in range(0, len(stream), size))
    out += rewriter.close()
    events = [json.loads(line) for line in re.findall(rb"data: (\{.*\})", out)]
    kinds = re.findall(rb"event: (\S+)\n", out)
    assert [kind.decode() for kind in kinds] == [event["type"] for event in events]
    return events, rewriter.stats


def said(events: list[Any], family: str, end: str) -> tuple[str, list[str]]:
    """The deltas of the first text of a family joined, and every whole that repeats it."""
    deltas = "".join(e["delta"] for e in events if e["type"] == f"response.{family}.delta")
    wholes = [e[end] for e in events if e["type"] == f"response.{family}.done"]
    return deltas, wholes


def of_kind(events: list[Any], kind: str) -> Any:
    return next(event for event in events if event["type"] == f"response.{kind}")


def numbers(events: list[Any]) -> list[int]:
    return [event["sequence_number"] for event in events]


def a_message(*pieces: str, **more: Any) -> ResponseScript:
    script = ResponseScript()
    script.message(pieces, **more)
    return script.end()


@pytest.mark.parametrize("size", [1, 7, 100, 0])
def test_a_value_split_over_deltas_comes_back_in_every_repetition(size: int) -> None:
    events, stats = run(a_message(*SPLIT), size=size)
    text = f"Write to {MAIL} now"
    assert said(events, "output_text", "text") == (text, [text])
    assert of_kind(events, "content_part.done")["part"]["text"] == text
    assert of_kind(events, "output_item.done")["item"]["content"][0]["text"] == text
    assert of_kind(events, "completed")["response"]["output"][0]["content"][0]["text"] == text
    assert stats.restored == {"EMAIL_ADDRESS": 1}
    assert stats.complete
    assert stats.reply_id == "resp_1"
    assert (stats.usage.prompt, stats.usage.completion, stats.usage.cached) == (9, 3, 2)
    assert stats.finish == ["completed"]


def test_what_is_held_back_is_a_delta_before_the_end_and_numbers_rise_by_one() -> None:
    script = a_message("Hello ", MAIL_TOKEN[:HALF])  # half of a token is no token
    events, stats = run(script)
    text = f"Hello {MAIL_TOKEN[:HALF]}"
    assert said(events, "output_text", "text") == (text, [text])
    assert len(events) == len(script.events) + 1
    assert numbers(events) == list(range(len(events)))
    assert stats.restored == {}
    added = [e for e in events if e["type"] == "response.output_text.delta"][-1]
    assert added["item_id"] == "msg_0" and added["content_index"] == 0
    assert added["logprobs"] == []


def test_a_stream_without_tokens_is_passed_on_byte_for_byte() -> None:
    frames = b"".join(a_message("Hello ", "there").frames())
    rewriter = ResponsesStreamRewriter(hold(), FACTS)
    assert rewriter.feed(frames) + rewriter.close() == frames


def test_arguments_of_functions_are_json_and_of_custom_tools_text() -> None:
    script = ResponseScript()
    script.call(['{"who": "', QUOTED_TOKEN[:9], QUOTED_TOKEN[9:], '"}'])
    script.call(["to ", QUOTED_TOKEN], name="run", kind="custom_tool")
    events, stats = run(script.end())
    deltas, (whole,) = said(events, "function_call_arguments", "arguments")
    assert deltas == whole
    assert json.loads(whole) == {"who": QUOTED}
    deltas, (whole,) = said(events, "custom_tool_call_input", "input")
    assert deltas == whole == f"to {QUOTED}"
    output = of_kind(events, "completed")["response"]["output"]
    assert json.loads(output[0]["arguments"]) == {"who": QUOTED}
    assert output[1]["input"] == f"to {QUOTED}"
    assert stats.restored == {"PERSON": 2}


def test_an_outbound_tool_gets_no_value_under_any_of_its_events() -> None:
    script = ResponseScript()
    script.call(['{"to": "', MAIL_TOKEN, '"}'], name="send")
    script.call(['{"to": "', MAIL_TOKEN, '"}'], name="look")
    events, _ = run(script.end(), outbound=("send",))
    wholes = said(events, "function_call_arguments", "arguments")[1]
    assert [json.loads(whole)["to"] for whole in wholes] == [MAIL_TOKEN, MAIL]
    output = of_kind(events, "completed")["response"]["output"]
    assert json.loads(output[0]["arguments"])["to"] == MAIL_TOKEN


def test_what_the_provider_runs_keeps_its_tokens() -> None:
    script = ResponseScript()
    script.call(['{"to": "', MAIL_TOKEN, '"}'], kind="mcp")
    for item in (
        {"type": "web_search_call", "action": {"type": "search", "query": MAIL_TOKEN}},
        {"type": "code_interpreter_call", "code": MAIL_TOKEN},
        {"type": "shell_call", "action": {"commands": [MAIL_TOKEN]}},
        {
            "type": "shell_call",
            "action": {"commands": [MAIL_TOKEN]},
            "environment": {"type": "container_reference", "container_id": "cntr_1"},
        },
        {"type": "program", "code": MAIL_TOKEN},
        {"type": "file_search_call", "queries": [MAIL_TOKEN]},
        {"type": "tool_search_call", "execution": "server", "arguments": {"q": MAIL_TOKEN}},
        {"type": "quite_new_call", "text": MAIL_TOKEN},
    ):
        script.item(item)
    events, stats = run(script.end())
    assert MAIL not in json.dumps(events)
    assert stats.restored == {}


def test_what_the_caller_runs_gets_values() -> None:
    script = ResponseScript()
    local = {"environment": {"type": "local"}}
    items: list[dict[str, Any]] = [
        {"type": "shell_call", "action": {"commands": [f"mail {MAIL_TOKEN}"]}, **local},
        {"type": "local_shell_call", "action": {"command": ["mail", MAIL_TOKEN]}},
        {"type": "apply_patch_call", "operation": {"path": "a", "diff": f"+{MAIL_TOKEN}"}},
        {"type": "computer_call", "action": {"type": "type", "text": MAIL_TOKEN}},
        {"type": "tool_search_call", "execution": "client", "arguments": {"q": MAIL_TOKEN}},
    ]
    for item in items:
        script.item(item)
    events, stats = run(script.end())
    over = [event for event in events if not event["type"].endswith(".added")]
    assert MAIL_TOKEN not in json.dumps(over)
    assert stats.restored == {"EMAIL_ADDRESS": 5}


def test_commands_of_a_local_shell_come_in_deltas() -> None:
    script = ResponseScript()
    item = {"type": "shell_call", "environment": {"type": "local"}, "action": {"commands": []}}
    script.add("response.output_item.added", output_index=0, item=item)
    place = {"output_index": 0, "command_index": 0}
    script.add("response.shell_call_command.added", **place, command="")
    for piece in ("mail ", MAIL_TOKEN[:HALF], MAIL_TOKEN[HALF:]):
        script.add("response.shell_call_command.delta", **place, delta=piece)
    script.add("response.shell_call_command.done", **place, command=f"mail {MAIL_TOKEN}")
    events, _ = run(script.end())
    assert said(events, "shell_call_command", "command") == (f"mail {MAIL}", [f"mail {MAIL}"])


def test_a_call_whose_item_was_never_named_gets_no_value() -> None:
    script = ResponseScript()
    place = {"output_index": 7, "item_id": "fc_7"}
    script.add("response.function_call_arguments.delta", **place, delta=f'{{"a": "{MAIL_TOKEN}"}}')
    events, _ = run(script.end())
    assert MAIL not in json.dumps(events)


def test_a_summary_of_thoughts_is_read_by_the_caller() -> None:
    script = ResponseScript()
    script.reasoning([f"About {MAIL_TOKEN[:HALF]}", MAIL_TOKEN[HALF:]])
    events, _ = run(script.end())
    text = f"About {MAIL}"
    assert said(events, "reasoning_summary_text", "text") == (text, [text])
    assert of_kind(events, "completed")["response"]["output"][0]["summary"][0]["text"] == text


def test_annotations_point_at_the_same_words_afterwards() -> None:
    text = f"See {MAIL_TOKEN} and the page"
    start = text.index("page")
    cited = {"type": "url_citation", "url": "u", "start_index": start, "end_index": start + 4}
    events, _ = run(a_message(text, annotations=[cited]))
    whole = of_kind(events, "output_text.done")["text"]
    for annotation in (
        of_kind(events, "output_text.annotation.added")["annotation"],
        of_kind(events, "content_part.done")["part"]["annotations"][0],
        of_kind(events, "completed")["response"]["output"][0]["content"][0]["annotations"][0],
    ):
        assert whole[annotation["start_index"] : annotation["end_index"]] == "page"


def test_a_text_that_is_not_what_its_deltas_said_stays_as_it_came() -> None:
    script = ResponseScript()
    place = {"output_index": 0, "content_index": 0, "item_id": "msg_0"}
    script.add("response.output_text.delta", **place, delta=f"one {MAIL_TOKEN}")
    script.add("response.output_text.done", **place, text=f"two {MAIL_TOKEN}")
    events, _ = run(script.end())
    assert said(events, "output_text", "text") == (f"one {MAIL}", [f"two {MAIL_TOKEN}"])


def test_a_text_that_came_without_deltas_is_restored_where_it_stands() -> None:
    script = ResponseScript()
    part = {"type": "output_text", "text": f"one {MAIL_TOKEN}", "annotations": []}
    script.item({"type": "message", "id": "msg_0", "role": "assistant", "content": [part]})
    events, stats = run(script.end())
    item = of_kind(events, "output_item.done")["item"]
    assert item["content"][0]["text"] == f"one {MAIL}"
    assert stats.restored == {"EMAIL_ADDRESS": 1}


def test_an_image_opened_in_one_part_takes_no_value_in_the_next() -> None:
    script = ResponseScript()
    script.message(["![look](https://elsewhere.example/?q="], [f"{MAIL_TOKEN})"])
    events, stats = run(script.end())
    assert MAIL not in json.dumps(events)
    assert stats.withheld >= 1


def test_a_lone_half_of_a_pair_does_not_part_deltas_from_their_whole() -> None:
    script = ResponseScript()
    place = {"output_index": 0, "content_index": 0, "item_id": "msg_0"}
    for piece in ("\ud83d", f"\ude00 {MAIL_TOKEN}"):
        script.add("response.output_text.delta", **place, delta=piece)
    script.add("response.output_text.done", **place, text=f"😀 {MAIL_TOKEN}")
    events, _ = run(script.end())
    assert of_kind(events, "output_text.done")["text"] == f"😀 {MAIL}"


def test_logprobs_that_were_asked_for_are_emptied_where_tokens_are_held() -> None:
    script = a_message("Hello")
    for event in script.events:
        if "logprobs" in event:
            event["logprobs"] = [{"token": "Hello", "logprob": -1}]
    facts = RequestFacts("gpt-5", stream=True, logprobs=True)
    events, stats = run(script, facts)
    assert stats.logprobs_withheld
    assert {str(event["logprobs"]) for event in events if "logprobs" in event} == {"[]"}
    events, stats = run(script, facts, Held())
    assert not stats.logprobs_withheld
    assert of_kind(events, "output_text.done")["logprobs"]


def test_the_apps_instructions_are_not_a_persons() -> None:
    script = ResponseScript(instructions=f"Serve {APP_TOKEN} and {MAIL_TOKEN}")
    events, _ = run(script.end(), held=hold(application=False))
    assert of_kind(events, "created")["response"]["instructions"] == f"Serve {APP_TOKEN} and {MAIL}"
    events, stats = run(script, held=hold())
    for kind in ("created", "completed"):
        assert of_kind(events, kind)["response"]["instructions"] == f"Serve {APP} and {MAIL}"
    assert stats.restored == {"PERSON": 1, "EMAIL_ADDRESS": 1}


@pytest.mark.parametrize("ending", ["completed", "incomplete", "failed"])
def test_each_ending_ends_the_stream(ending: str) -> None:
    script = ResponseScript(
        incomplete_details={"reason": "max_output_tokens"}, error={"message": f"of {MAIL_TOKEN}"}
    )
    events, stats = run(script.end(ending))
    assert stats.failed == (ending == "failed")
    assert stats.complete == (ending != "failed")
    assert stats.finish == ["max_output_tokens"]
    assert events[-1]["response"]["error"]["message"] == f"of {MAIL}"


def test_an_error_event_says_what_it_quotes_and_fails_the_reply() -> None:
    script = ResponseScript()
    script.add("error", code="server_error", message=f"could not read {MAIL_TOKEN}", param=None)
    events, stats = run(script)
    assert events[-1]["message"] == f"could not read {MAIL}"
    assert stats.failed and not stats.complete


def test_a_stream_that_breaks_off_gives_what_it_held_back() -> None:
    script = ResponseScript()
    place = {"output_index": 0, "content_index": 0, "item_id": "msg_0"}
    script.add("response.output_text.delta", **place, delta=f"Hi {MAIL_TOKEN[:HALF]}")
    events, stats = run(script)
    assert said(events, "output_text", "text")[0] == f"Hi {MAIL_TOKEN[:HALF]}"
    assert numbers(events) == [0, 1, 2]
    assert not stats.complete and not stats.failed


@pytest.mark.parametrize("after", [-1, 0, 3, 6, 7, 8, 100])
def test_a_resumed_stream_goes_on_exactly_behind_what_the_caller_has(after: int) -> None:
    script = ResponseScript()
    script.message(["One ", MAIL_TOKEN[:HALF]], [f"two {MAIL_TOKEN[:HALF]}", MAIL_TOKEN[HALF:]])
    script.message(["three ", FOREIGN])
    everything, _ = run(script.end())
    resumed, stats = run(script, RequestFacts("gpt-5", stream=True, after=after))
    assert resumed == [event for event in everything if event["sequence_number"] > after]
    assert numbers(everything) == list(range(len(everything)))
    assert stats.complete


def test_frames_that_are_no_events_pass_and_half_json_stops_restoring() -> None:
    script = a_message(MAIL_TOKEN)
    frames = script.frames()
    rewriter = ResponsesStreamRewriter(hold(), FACTS)
    out = rewriter.feed(b": ping\n\ndata: [DONE]\n\n")
    assert out == b": ping\n\ndata: [DONE]\n\n"
    out = rewriter.feed(b'data: {"type": "response.output_text.delta", "delta": NaN\n\n')
    out += rewriter.feed(b"".join(frames)) + rewriter.close()
    assert MAIL.encode() not in out


@pytest.mark.parametrize("index", [[], {}, 1.0, "1", True, 1e300])
def test_an_index_that_counts_nothing_breaks_the_stream(index: Any) -> None:
    event = {"type": "response.output_text.delta", "output_index": index, "delta": "x"}
    rewriter = ResponsesStreamRewriter(hold(), FACTS)
    with pytest.raises(BrokenStream):
        rewriter.feed(encode(event))


def test_more_texts_than_a_reply_has_break_the_stream() -> None:
    rewriter = ResponsesStreamRewriter(hold(), FACTS)
    delta = {"type": "response.output_text.delta", "delta": "x"}
    frames = b"".join(encode({**delta, "output_index": index}) for index in range(20_000))
    with pytest.raises(BrokenStream):
        rewriter.feed(frames)


@pytest.mark.parametrize(
    "event",
    [
        {"type": 5},
        {"type": "response.completed", "response": []},
        {"type": "response.completed", "response": {"output": 5, "usage": [], "metadata": 5}},
        {"type": "response.output_item.done", "item": 5, "output_index": 0},
        {"type": "response.output_item.done", "item": {"type": []}, "output_index": 0},
        {"type": "response.content_part.done", "part": 5, **PLACE},
        {"type": "response.content_part.done", "part": {"type": []}, **PLACE},
        {"type": "response.completed", "response": {"status": [], "output": [{"type": ["x"]}]}},
        {"type": "response.output_text.delta", "delta": 5, **PLACE},
        {"type": "response.output_text.done", "text": 5, **PLACE},
        {"type": "response.output_text.annotation.added", "annotation": 5},
        {"type": "response.output_text.delta", "delta": "x", "sequence_number": "9", **PLACE},
        {"type": "response.shell_call_command.done", "command": None},
        {"type": "error", "message": 5},
    ],
)
def test_odd_events_pass_as_they_came(event: Any) -> None:
    rewriter = ResponsesStreamRewriter(hold(), FACTS)
    frame = encode(event)
    assert rewriter.feed(frame) + rewriter.close() == frame


@pytest.mark.parametrize("size", [1, 7, 100, 0])
def test_ids_of_what_is_stored_are_noted_with_the_event_that_tells_them(size: int) -> None:
    script = ResponseScript(instructions=[{"type": "reasoning", "id": "rs_of_the_caller"}])
    script.reasoning(["a thought"])
    script.item({"type": "web_search_call", "id": "ws_1", "status": "completed"})
    script.message(SPLIT)
    stream = b"".join(script.end().frames())
    rewriter = ResponsesStreamRewriter(hold(), FACTS)
    noted: list[str] = []
    for at in range(0, len(stream), size or len(stream)):
        out = rewriter.feed(stream[at : at + (size or len(stream))])
        noted += rewriter.stats.given.take()
        for id in ("rs_0", "ws_1", "msg_2"):
            assert id.encode() not in out or id in noted
    assert noted == ["rs_0", "ws_1", "msg_2"]
