"""Completions: prompts as text or as numbers, choices whole and streamed."""

import json
import re
from typing import Any

import pytest

from curtilage.gateway.wire.errors import BrokenStream, UnexpectedShape, UnscannableContent
from curtilage.gateway.wire.facts import ReplyStats, RequestFacts
from curtilage.gateway.wire.openai_completions import (
    CompletionsRewriter,
    prepare_completions,
    restore_completions,
)
from curtilage.shield.held import Held
from tests.unit.gateway.wire.replies import MAIL, MAIL_TOKEN, hold

FACTS = RequestFacts("instruct", stream=True)
HALF = len(MAIL_TOKEN) // 2
DONE = b"data: [DONE]\n\n"


def chunk(text: Any, *, index: Any = 0, reason: str | None = None, **more: Any) -> bytes:
    choice = {"index": index, "text": text, "finish_reason": reason, **more}
    document = {"id": "cmpl-1", "object": "text_completion", "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(document).encode() + b"\n\n"


def run(
    *frames: bytes, facts: RequestFacts = FACTS, held: Held | None = None
) -> tuple[list[Any], ReplyStats]:
    rewriter = CompletionsRewriter(hold() if held is None else held, facts)
    out = b"".join(rewriter.feed(frame) for frame in frames) + rewriter.close()
    found = [json.loads(line) for line in re.findall(rb"data: (\{.*\})", out)]
    return found, rewriter.stats


def text(documents: list[Any], index: int = 0) -> str:
    choices = [choice for document in documents for choice in document.get("choices", ())]
    return "".join(choice["text"] for choice in choices if choice["index"] == index)


@pytest.mark.parametrize(("prompt", "count"), [("a", 1), (["a"], 1), (["a", "b"], 2), (None, 1)])
def test_texts_to_continue_are_counted(prompt: Any, count: int) -> None:
    facts = prepare_completions({"model": "m", "prompt": prompt, "n": 3})
    assert facts.n == 3 * count


@pytest.mark.parametrize(("prompt", "count"), [([1, 2], 1), ([[1, 2], [3]], 2)])
def test_token_ids_pass_only_where_the_policy_lets_them(prompt: Any, count: int) -> None:
    document = {"model": "m", "prompt": prompt}
    with pytest.raises(UnscannableContent):
        prepare_completions(document)
    assert prepare_completions(document, ("token_arrays",)).n == count


@pytest.mark.parametrize("prompt", [5, {}, [], ["a", 1], [[1], "a"], [None], [["a"]], [True]])
def test_other_prompts_are_refused(prompt: Any) -> None:
    with pytest.raises(UnexpectedShape):
        prepare_completions({"model": "m", "prompt": prompt}, ("token_arrays",))


def test_a_whole_reply_is_restored_choice_by_choice() -> None:
    logprobs = {"tokens": ["x"]}
    document = {
        "choices": [
            {"text": f"to {MAIL_TOKEN}", "logprobs": logprobs, "finish_reason": "stop"},
            {"text": "plain", "logprobs": logprobs, "finish_reason": "length"},
        ],
        "usage": {"prompt_tokens": 3, "completion_tokens": 4},
    }
    stats = restore_completions(document, hold(), FACTS)
    first, second = document["choices"]
    assert first == {"text": f"to {MAIL}", "logprobs": None, "finish_reason": "stop"}
    assert second["logprobs"] == logprobs
    assert stats.logprobs_withheld and stats.complete
    assert (stats.usage.prompt, stats.finish) == (3, ["stop", "length"])


@pytest.mark.parametrize("document", [None, 5, [], {}, {"choices": 5}, {"choices": [5, {}]}])
def test_odd_replies_stay_as_they_came(document: Any) -> None:
    before = json.dumps(document)
    assert not restore_completions(document, hold(), FACTS).restored
    assert json.dumps(document) == before


def test_choices_that_come_interleaved_are_restored_apart() -> None:
    documents, stats = run(
        chunk(f"a {MAIL_TOKEN[:HALF]}"),
        chunk(f"b {MAIL_TOKEN[:HALF]}", index=1),
        chunk(MAIL_TOKEN[HALF:]),
        chunk("x", index=1, reason="stop"),
        chunk("", reason="stop"),
        DONE,
        facts=RequestFacts("m", stream=True, n=2),
    )
    assert text(documents) == f"a {MAIL}"
    assert text(documents, 1) == f"b {MAIL_TOKEN[:HALF]}x"
    assert stats.complete and stats.restored == {"EMAIL_ADDRESS": 1}


def test_what_is_held_back_goes_with_the_end_or_before_what_ends_the_stream() -> None:
    documents, stats = run(chunk(f"a {MAIL_TOKEN}"), chunk(None, reason="stop"))
    assert text([d for d in documents if d["choices"][0]["text"]]) == f"a {MAIL}"
    assert stats.complete
    documents, stats = run(chunk(f"a {MAIL_TOKEN[:HALF]}"))
    assert text(documents) == f"a {MAIL_TOKEN[:HALF]}"
    assert not stats.complete


def test_frames_in_which_nothing_changes_pass_byte_for_byte() -> None:
    frames = [chunk("a"), b": ping\n\n", chunk("b", reason="stop"), DONE]
    rewriter = CompletionsRewriter(hold(), FACTS)
    out = b"".join(rewriter.feed(frame) for frame in frames) + rewriter.close()
    assert out == b"".join(frames) and rewriter.ended


def test_usage_that_was_asked_for_by_us_is_counted_and_taken_out() -> None:
    usage = {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 6}}
    frame = b"data: " + json.dumps(usage).encode() + b"\n\n"
    facts = RequestFacts("m", stream=True, include_usage_injected=True)
    documents, stats = run(chunk("a", reason="stop"), frame, DONE, facts=facts)
    assert len(documents) == 1
    assert (stats.usage.prompt, stats.usage.completion) == (5, 6)
    documents, _ = run(chunk("a", reason="stop"), frame, DONE)
    assert documents[-1] == usage


def test_logprobs_that_were_asked_for_are_nulled_where_tokens_are_held() -> None:
    frame = chunk("a", reason="stop", logprobs={"tokens": ["a"]})
    facts = RequestFacts("m", stream=True, logprobs=True)
    (document,), stats = run(frame, facts=facts)
    assert document["choices"][0]["logprobs"] is None and stats.logprobs_withheld
    (document,), stats = run(frame, facts=facts, held=Held())
    assert document["choices"][0]["logprobs"] and not stats.logprobs_withheld


def test_an_error_in_the_stream_fails_it_and_says_what_it_quotes() -> None:
    error = {"error": {"message": f"no {MAIL_TOKEN}"}}
    documents, stats = run(chunk("a"), b"data: " + json.dumps(error).encode() + b"\n\n")
    assert documents[-1]["error"]["message"] == f"no {MAIL}"
    assert stats.failed and not stats.complete


@pytest.mark.parametrize("index", [1.0, "1", True, None, []])
def test_a_choice_that_is_no_number_breaks_the_stream(index: Any) -> None:
    with pytest.raises(BrokenStream):
        CompletionsRewriter(hold(), FACTS).feed(chunk("a", index=index))


def test_after_half_json_nothing_is_restored() -> None:
    rewriter = CompletionsRewriter(hold(), FACTS)
    out = rewriter.feed(b'data: {"choices": [NaN\n\n' + chunk(MAIL_TOKEN + " ") + DONE)
    assert MAIL.encode() not in out + rewriter.close()


def test_choices_have_an_end() -> None:
    frames = b"".join(chunk("a", index=index) for index in range(3000))
    with pytest.raises(BrokenStream):
        CompletionsRewriter(hold(), FACTS).feed(frames)
