"""Streams of Chat Completions: what servers really send, and what breaks."""

import json
import re
from typing import Any

import pytest

from curtilage.gateway.wire.errors import BrokenStream
from curtilage.gateway.wire.facts import ReplyStats, RequestFacts
from curtilage.gateway.wire.openai_stream import OpenAIStreamRewriter
from curtilage.gateway.wire.sse import MAX_FRAME
from curtilage.shield.held import Held, HeldValue, Origin
from tests.unit.gateway.wire.replies import FOREIGN, MAIL, MAIL_TOKEN, QUOTED, QUOTED_TOKEN, hold

FACTS = RequestFacts("gpt-4o", stream=True)
DONE = b"data: [DONE]\n\n"
HALF = MAIL_TOKEN[:20]


def data(document: Any) -> bytes:
    return b"data: " + json.dumps(document).encode() + b"\n\n"


def chunk(delta: Any, *, index: int = 0, reason: str | None = None, **more: Any) -> bytes:
    choice = {"index": index, "delta": delta, "finish_reason": reason, **more}
    return data(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "model": "gpt-4o",
            "choices": [choice],
        }
    )


def run(
    stream: bytes,
    facts: RequestFacts = FACTS,
    held: Held | None = None,
    outbound: tuple[str, ...] = (),
) -> tuple[bytes, ReplyStats]:
    rewriter = OpenAIStreamRewriter(hold() if held is None else held, facts, outbound)
    out = rewriter.feed(stream) + rewriter.close()
    return out, rewriter.stats


def documents(out: bytes) -> list[Any]:
    return [json.loads(line) for line in re.findall(rb"data: (\{.*\})", out)]


def deltas(out: bytes) -> list[Any]:
    return [
        choice["delta"] for document in documents(out) for choice in document.get("choices", ())
    ]


def text(out: bytes, field: str = "content") -> str:
    return "".join(delta.get(field) or "" for delta in deltas(out))


def test_a_finishing_frame_carries_what_was_held_back_after_its_own_text() -> None:
    out, stats = run(chunk({"content": "see "}) + chunk({"content": HALF}, reason="stop") + DONE)
    assert text(out) == f"see {HALF}"
    assert len(documents(out)) == 2
    assert stats.complete


def test_what_is_held_back_goes_out_before_the_frame_that_finishes() -> None:
    out, _ = run(chunk({"content": HALF}) + chunk({}, reason="stop") + DONE)
    assert [delta.get("content") for delta in deltas(out)] == ["", HALF, None]
    assert [document["choices"][0]["finish_reason"] for document in documents(out)] == [
        None,
        None,
        "stop",
    ]
    assert documents(out)[1]["id"] == "chatcmpl-1"


def test_done_without_a_finish_reason_loses_nothing() -> None:
    out, stats = run(chunk({"content": HALF}) + DONE)
    assert text(out) == HALF
    assert out.endswith(DONE)
    assert stats.complete


def test_a_stream_without_done_is_whole_when_every_choice_finished() -> None:
    assert run(chunk({"content": "a"}, reason="stop"))[1].complete
    two = RequestFacts("gpt-4o", stream=True, n=2)
    assert not run(chunk({"content": "a"}, reason="stop"), two)[1].complete
    both = chunk({"content": "a"}, reason="stop") + chunk(
        {"content": "b"}, index=1, reason="length"
    )
    out, stats = run(both, two)
    assert stats.complete
    assert stats.finish == ["stop", "length"]
    assert out == both


def test_a_truncated_stream_gives_all_that_came_and_says_so() -> None:
    out, stats = run(
        chunk({"content": f"to {MAIL_TOKEN} and {HALF}"}) + b'data: {"choices": [{"ind'
    )
    assert text(out) == f"to {MAIL} and {HALF}"
    assert b'{"choices": [{"ind' in out
    assert not stats.complete


def test_the_last_frame_may_lack_its_empty_line() -> None:
    out, stats = run(chunk({"content": HALF}) + chunk({}, reason="stop").rstrip())
    assert text(out) == HALF
    assert stats.complete
    assert out.endswith(b"\n\n")


def test_the_usage_chunk_that_only_we_asked_for_is_taken_out() -> None:
    usage = data(
        {"id": "chatcmpl-1", "choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}
    )
    stream = chunk({"content": "a"}, reason="stop") + usage + DONE
    out, stats = run(stream, RequestFacts("gpt-4o", stream=True, include_usage_injected=True))
    assert usage not in out
    assert out == chunk({"content": "a"}, reason="stop") + DONE
    assert (stats.usage.prompt, stats.usage.completion) == (3, 4)
    out, stats = run(stream)
    assert out == stream
    assert (stats.usage.prompt, stats.usage.completion) == (3, 4)


def test_first_frames_without_choices_are_kept() -> None:
    azure = data({"id": "", "choices": [], "prompt_filter_results": [{"prompt_index": 0}]})
    out, _ = run(azure + DONE, RequestFacts("gpt-4o", stream=True, include_usage_injected=True))
    assert out == azure + DONE


def test_parallel_calls_keep_apart_and_stay_json() -> None:
    first, second = json.dumps({"a": QUOTED_TOKEN}), json.dumps({"b": MAIL_TOKEN})
    stream = b""
    for number, arguments in ((0, first), (1, second)):
        opening = {
            "index": number,
            "id": f"call_{number}",
            "type": "function",
            "function": {"name": "look", "arguments": ""},
        }
        stream += chunk({"tool_calls": [opening]})
        assert arguments
    for at in range(0, 80, 7):
        stream += chunk(
            {
                "tool_calls": [
                    {"index": 0, "function": {"arguments": first[at : at + 7]}},
                    {"index": 1, "function": {"arguments": second[at : at + 7]}},
                ]
            }
        )
    out, _ = run(stream + chunk({}, reason="tool_calls") + DONE)
    got = ["", ""]
    for delta in deltas(out):
        for call in delta.get("tool_calls", ()):
            got[call["index"]] += call["function"]["arguments"]
    assert [json.loads(part) for part in got] == [{"a": QUOTED}, {"b": MAIL}]


def test_servers_that_count_no_calls_are_told_apart_by_id() -> None:
    def call(id: str, arguments: str) -> bytes:
        return chunk(
            {"tool_calls": [{"id": id, "function": {"name": "look", "arguments": arguments}}]}
        )

    out, _ = run(call("one", f'{{"a":"{HALF}') + call("two", json.dumps({"b": MAIL_TOKEN})) + DONE)
    parts = [call["function"]["arguments"] for delta in deltas(out) for call in delta["tool_calls"]]
    assert parts == ['{"a":"', HALF, json.dumps({"b": MAIL})]


def test_custom_tools_and_the_old_function_call_are_restored() -> None:
    custom = chunk(
        {
            "tool_calls": [
                {
                    "index": 0,
                    "id": "c",
                    "type": "custom",
                    "custom": {"name": "run", "input": f"say {QUOTED_TOKEN[:9]}"},
                }
            ]
        }
    )
    rest = chunk({"tool_calls": [{"index": 0, "custom": {"input": QUOTED_TOKEN[9:]}}]})
    old = chunk({"function_call": {"name": "look", "arguments": json.dumps({"a": QUOTED_TOKEN})}})
    out, _ = run(custom + rest + old + chunk({}, reason="tool_calls") + DONE)
    found = deltas(out)
    assert (
        "".join(call["custom"]["input"] for delta in found for call in delta.get("tool_calls", ()))
        == f"say {QUOTED}"
    )
    assert json.loads(
        "".join(delta["function_call"]["arguments"] for delta in found if "function_call" in delta)
    ) == {"a": QUOTED}


def test_what_an_unfinished_call_holds_back_comes_out_in_its_own_shape() -> None:
    custom = chunk({"tool_calls": [{"index": 3, "custom": {"name": "run", "input": HALF}}]})
    old = chunk({"function_call": {"arguments": f'"{HALF}'}})
    out, _ = run(custom + old + chunk({}, reason="stop"))
    assert {"tool_calls": [{"index": 3, "custom": {"input": HALF}}]} in deltas(out)
    assert {"function_call": {"arguments": HALF}} in deltas(out)
    out, _ = run(
        chunk(
            {
                "tool_calls": [{"index": 0, "function": {"arguments": f'"{HALF}'}}],
                "function_call": {"arguments": f'"{HALF}'},
                "audio": {"transcript": HALF},
            },
            reason="stop",
        )
    )
    (delta,) = deltas(out)
    assert delta == {
        "tool_calls": [{"index": 0, "function": {"arguments": f'"{HALF}'}}],
        "function_call": {"arguments": f'"{HALF}'},
        "audio": {"transcript": HALF},
    }
    out, _ = run(chunk({"audio": {"transcript": HALF}}) + DONE)
    assert deltas(out)[-1] == {"audio": {"transcript": HALF}}


def test_arguments_that_come_as_an_object_are_restored() -> None:
    out, _ = run(
        chunk(
            {
                "tool_calls": [
                    {"index": 0, "function": {"name": "look", "arguments": {"a": QUOTED_TOKEN}}}
                ]
            }
        )
        + DONE
    )
    assert deltas(out)[0]["tool_calls"][0]["function"]["arguments"] == {"a": QUOTED}


def test_a_tool_that_sends_out_gets_tokens() -> None:
    stream = (
        chunk(
            {
                "tool_calls": [
                    {
                        "index": 0,
                        "function": {"name": "mail", "arguments": json.dumps({"to": MAIL_TOKEN})},
                    }
                ]
            }
        )
        + DONE
    )
    assert run(stream, outbound=("mail",))[0] == stream


def call(*pieces: dict[str, Any]) -> bytes:
    """A call in pieces, as one stream."""
    return b"".join(
        chunk({"tool_calls": [{"index": 0, "function": piece}]}) for piece in pieces
    ) + chunk({}, reason="tool_calls")


@pytest.mark.parametrize(
    "names", [("send_", "mail"), ("send_", "mail", ""), ("mail", "mail"), ("x", "send_mail")]
)
def test_a_name_in_pieces_is_known_before_its_arguments(names: tuple[str, ...]) -> None:
    named = [{"name": name, "arguments": ""} for name in names]
    argument = {"arguments": json.dumps({"to": MAIL_TOKEN})}
    stream = call(*named, argument) + DONE
    assert run(stream, outbound=("mail", "send_mail"))[0] == stream
    out, _ = run(stream, outbound=("other",))
    assert MAIL in out.decode()


def test_a_call_without_a_name_gets_tokens_where_any_tool_sends_out() -> None:
    stream = call({"arguments": json.dumps({"to": MAIL_TOKEN})}) + DONE
    assert run(stream, outbound=("mail",))[0] == stream
    assert MAIL in run(stream)[0].decode()


def test_a_tools_name_comes_back_as_the_caller_wrote_it() -> None:
    out, _ = run(
        chunk({"tool_calls": [{"index": 0, "function": {"name": MAIL_TOKEN, "arguments": ""}}]})
        + DONE
    )
    assert deltas(out)[0]["tool_calls"][0]["function"]["name"] == MAIL


def test_foreign_tokens_comments_and_garbage_pass_byte_for_byte() -> None:
    stream = (
        b": OPENROUTER PROCESSING\n\n"
        + chunk({"content": f"{FOREIGN} x"})
        + b"data: not json\n\nevent: odd\n\ndata: 5\n\nid: 3\nretry: 5\ndata: []\n\n"
        + chunk("odd")
        + data({"choices": "odd"})
        + data(
            {
                "choices": [
                    5,
                    {
                        "index": [1],
                        "delta": {
                            "tool_calls": [5, {"function": 5}],
                            "audio": {"transcript": 5},
                            "function_call": 5,
                            "content": 5,
                        },
                    },
                ]
            }
        )
        + DONE
    )
    out, stats = run(stream)
    assert out == stream
    assert stats.unknown == 1


def test_an_error_that_quotes_the_request_is_restored() -> None:
    failure = {"error": {"message": f"bad {MAIL_TOKEN}", "type": "server_error"}}
    out, stats = run(chunk({"content": "A"}) + data(failure))
    assert documents(out)[-1] == {"error": {"message": f"bad {MAIL}", "type": "server_error"}}
    assert stats.failed


def test_errors_of_the_provider_pass_and_the_reply_is_not_whole() -> None:
    failure = data({"error": {"message": "overloaded", "type": "server_error"}})
    out, stats = run(chunk({"content": HALF}) + failure + DONE)
    assert out.endswith(failure + DONE)
    assert text(out) == HALF
    assert stats.failed
    assert not stats.complete


def test_logprobs_are_withheld_from_the_first_frame_when_tokens_are_held() -> None:
    facts = RequestFacts("gpt-4o", stream=True, logprobs=True)
    frame = chunk({"content": "plain"}, logprobs={"content": [{"token": "plain", "logprob": -0.1}]})
    out, stats = run(frame + DONE, facts)
    assert documents(out)[0]["choices"][0]["logprobs"] is None
    assert stats.logprobs_withheld
    out, stats = run(frame + DONE, facts, Held())
    assert out == frame + DONE
    assert not stats.logprobs_withheld


def test_only_the_text_of_a_rewritten_frame_changes() -> None:
    frame = (
        b'id: 7\r\n: note\r\ndata: {"id":"chatcmpl-1","created":123456789012345678901234567890,"choices":'
        b'[{"index":0,"delta":{"content":"'
        + MAIL_TOKEN.encode()
        + b' \\ud83d"},"finish_reason":null}],"x":1.5}\r\n\r\n'
    )
    out, _ = run(frame)
    assert out.startswith(b"id: 7\r\n: note\r\ndata: ")
    assert out.endswith(b"\r\n\r\n")
    assert documents(out)[0]["created"] == 123456789012345678901234567890
    assert text(out) == f"{MAIL} \ud83d"


def test_data_on_several_lines_is_one_document() -> None:
    out, _ = run(
        b'data: {"choices":[{"index":0,\ndata: "delta":{"content":"'
        + MAIL_TOKEN.encode()
        + b'"}}]}\n\n'
    )
    assert text(out) == MAIL


def test_restored_text_is_not_read_again() -> None:
    held = hold()
    outer = MAIL_TOKEN[:-1] + ("0" if MAIL_TOKEN[-1] != "0" else "1")
    held.hold(outer, HeldValue(MAIL_TOKEN, "LITERAL", Origin.CALLER))
    out, _ = run(chunk({"content": outer[:30]}) + chunk({"content": outer[30:]}) + DONE, held=held)
    assert text(out) == MAIL_TOKEN


def test_an_endless_frame_breaks_the_stream() -> None:
    rewriter = OpenAIStreamRewriter(hold(), FACTS)
    rewriter.feed(b"x" * MAX_FRAME)
    with pytest.raises(BrokenStream):
        rewriter.feed(b"x")


def test_the_id_of_speech_is_noted_once() -> None:
    speech = [{"id": "audio_1"}, {"id": "audio_1", "transcript": "Hi"}, {"data": "AAAA"}]
    _, stats = run(b"".join(chunk({"audio": piece}) for piece in speech) + DONE)
    assert stats.given.take() == {"audio_1": True}
    assert not run(chunk({"content": "Hi"}) + DONE)[1].given
