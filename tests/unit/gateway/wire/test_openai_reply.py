"""Replies of Chat Completions: right where the caller reads, untouched everywhere else."""

import json
from typing import Any

import pytest

from curtilage.gateway.wire.facts import ReplyStats, RequestFacts, Usage
from curtilage.gateway.wire.openai_reply import MAX_ANNOTATIONS, read_chat_usage, restore_chat
from tests.counting import calls
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

FACTS = RequestFacts("gpt-4o")


def reply(message: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": "c",
        "choices": [{"index": 0, "finish_reason": "stop", "message": message, **more}],
    }


def restored(
    message: dict[str, Any], outbound: tuple[str, ...] = (), **more: Any
) -> tuple[Any, ReplyStats]:
    document = reply(message, **more)
    stats = restore_chat(document, hold(), FACTS, outbound)
    return document["choices"][0]["message"], stats


@pytest.mark.parametrize("field", ["content", "refusal", "reasoning_content", "reasoning"])
def test_text_that_the_caller_reads_is_restored(field: str) -> None:
    message, stats = restored({field: f"To {MAIL_TOKEN} and {FOREIGN}"})
    assert message[field] == f"To {MAIL} and {FOREIGN}"
    assert (stats.restored["EMAIL_ADDRESS"], stats.unknown) == (1, 1)


def test_parts_and_transcripts_are_restored() -> None:
    message, _ = restored(
        {
            "content": [{"type": "text", "text": MAIL_TOKEN}, {"type": "odd", "text": MAIL_TOKEN}],
            "audio": {"id": "a", "transcript": MAIL_TOKEN},
        }
    )
    assert message["content"] == [
        {"type": "text", "text": MAIL},
        {"type": "odd", "text": MAIL_TOKEN},
    ]
    assert message["audio"] == {"id": "a", "transcript": MAIL}


def test_arguments_stay_valid_json_whatever_the_value() -> None:
    arguments = json.dumps({"name": QUOTED_TOKEN, QUOTED_TOKEN: [QUOTED_TOKEN]})
    message, _ = restored(
        {
            "content": None,
            "tool_calls": [
                {
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "look", "arguments": arguments},
                },
                {
                    "id": "call_2",
                    "type": "custom",
                    "custom": {"name": "run", "input": f"run {QUOTED_TOKEN}"},
                },
                {
                    "id": "call_3",
                    "type": "function",
                    "function": {"name": "look", "arguments": {"name": QUOTED_TOKEN}},
                },
            ],
            "function_call": {"name": "look", "arguments": arguments},
        }
    )
    wanted = {"name": QUOTED, QUOTED: [QUOTED]}
    calls = message["tool_calls"]
    assert json.loads(calls[0]["function"]["arguments"]) == wanted
    assert calls[1]["custom"]["input"] == f"run {QUOTED}"
    assert calls[2]["function"]["arguments"] == {"name": QUOTED}
    assert json.loads(message["function_call"]["arguments"]) == wanted


def test_a_tool_that_sends_out_gets_tokens() -> None:
    arguments = json.dumps({"to": MAIL_TOKEN})
    call = {
        "id": "call_1",
        "type": "function",
        "function": {"name": "mail", "arguments": arguments},
    }
    message, _ = restored({"content": None, "tool_calls": [call]}, ("mail",))
    assert message["tool_calls"][0]["function"]["arguments"] == arguments


def test_ids_urls_and_unknown_fields_are_untouched() -> None:
    message = {
        "content": "hello",
        "annotations": [
            {
                "type": "url_citation",
                "url_citation": {
                    "url": f"https://a.example/{MAIL_TOKEN}",
                    "title": MAIL_TOKEN,
                    "start_index": 0,
                    "end_index": 5,
                },
            }
        ],
        "x_new": MAIL_TOKEN,
    }
    document = reply(json.loads(json.dumps(message)), x_new=MAIL_TOKEN)
    document["id"] = MAIL_TOKEN
    before = json.dumps(document)
    restore_chat(document, hold(), FACTS, ())
    assert json.dumps(document) == before


def test_what_the_app_put_in_is_not_for_every_caller() -> None:
    document = reply({"content": f"{APP_TOKEN} {MAIL_TOKEN}"})
    stats = restore_chat(document, hold(application=False), FACTS, ())
    assert document["choices"][0]["message"]["content"] == f"{APP_TOKEN} {MAIL}"
    assert stats.withheld == 1
    document = reply({"content": APP_TOKEN})
    restore_chat(document, hold(), FACTS, ())
    assert document["choices"][0]["message"]["content"] == APP


def test_annotations_point_at_the_same_words_afterwards() -> None:
    content = f"Hi {MAIL_TOKEN}, see here."
    start = content.index("here")
    citation = {"url": "https://a.example", "start_index": start, "end_index": start + 4}
    message, _ = restored(
        {"content": content, "annotations": [{"type": "url_citation", "url_citation": citation}]}
    )
    moved = message["annotations"][0]["url_citation"]
    assert message["content"][moved["start_index"] : moved["end_index"]] == "here"


def cited(content: str, *places: tuple[Any, Any]) -> list[tuple[Any, Any]]:
    """Where citations of these places point at, once the reply is restored."""
    annotations = [{"url_citation": {"start_index": a, "end_index": b}} for a, b in places]
    message, _ = restored({"content": content, "annotations": annotations})
    moved = [annotation["url_citation"] for annotation in message["annotations"]]
    return [(citation["start_index"], citation["end_index"]) for citation in moved]


@pytest.mark.parametrize(
    "lead",
    ["", "see FAQ", "Q", MAIL_TOKEN, MAIL_TOKEN.lower(), MAIL_TOKEN.replace("-", " - "), FOREIGN, QUOTED_TOKEN],
)  # fmt: skip
def test_every_place_outside_a_token_stays_at_its_word(lead: str) -> None:
    content = f"{lead} a {MAIL_TOKEN}{QUOTED_TOKEN} b {lead}. c{lead}"
    message, _ = restored({"content": content})
    places = [(content.index(word), content.index(word) + 1) for word in (" a ", " b ", ". c")]
    moved = cited(content, *places, (0, len(content)))
    assert [message["content"][a:b] for a, b in moved[:-1]] == [" ", " ", "."]
    assert moved[-1] == (0, len(message["content"]))


def test_a_place_inside_a_token_is_kept_within_its_value() -> None:
    content = f"a {MAIL_TOKEN} b"
    inside = 2 + len(MAIL_TOKEN) - 1
    assert cited(content, (3, inside)) == [(3, 2 + len(MAIL))]


@pytest.mark.parametrize("place", [-1, 10_000, "3", None, 1.0, True])
def test_what_is_no_place_in_the_text_is_left_as_it_came(place: Any) -> None:
    assert cited(f"{MAIL_TOKEN} b", (place, place)) == [(place, place)]
    odd: list[Any] = [None, {"url_citation": place}]
    message, _ = restored({"content": MAIL_TOKEN, "annotations": list(odd)})
    assert message == {"content": MAIL, "annotations": odd}


def test_places_are_moved_with_work_in_proportion_to_text_and_annotations() -> None:
    def work(size: int) -> int:
        content = "QX1-" * size + MAIL_TOKEN
        end = len(content)
        return calls(lambda: cited(content, *[(end, end)] * (size // 10)))

    assert work(4_000) < 6 * work(1_000)


def test_more_annotations_than_a_search_gives_are_left_as_they_came() -> None:
    end = len(MAIL_TOKEN)
    moved = cited(MAIL_TOKEN, *[(0, end)] * (MAX_ANNOTATIONS + 1))
    assert moved == [(0, len(MAIL))] * MAX_ANNOTATIONS + [(0, end)]


def test_logprobs_go_where_the_text_changed_and_only_there() -> None:
    logprobs = {"content": [{"token": "QX1", "logprob": -0.1, "bytes": None, "top_logprobs": []}]}
    document = reply({"content": MAIL_TOKEN}, logprobs=logprobs)
    stats = restore_chat(document, hold(), FACTS, ())
    assert document["choices"][0]["logprobs"] is None
    assert stats.logprobs_withheld
    document = reply({"content": "nothing"}, logprobs=logprobs)
    stats = restore_chat(document, hold(), FACTS, ())
    assert document["choices"][0]["logprobs"] == logprobs
    assert not stats.logprobs_withheld


def test_every_choice_is_restored_on_its_own() -> None:
    document = {
        "choices": [
            {"index": n, "finish_reason": "length", "message": {"content": MAIL_TOKEN}}
            for n in range(3)
        ]
    }
    stats = restore_chat(document, hold(), FACTS, ())
    assert [choice["message"]["content"] for choice in document["choices"]] == [MAIL] * 3
    assert stats.finish == ["length"]
    assert stats.restored["EMAIL_ADDRESS"] == 3


@pytest.mark.parametrize(
    "document",
    [
        None, [], "text", {}, {"choices": None}, {"choices": [None, 1, {}]}, {"choices": [{"message": 1}]},
        {"choices": [{"message": {"content": 1, "tool_calls": [None, {"function": 1, "custom": 1}, {"function": {}}], "audio": 1, "function_call": 1}}]},
        {"choices": [{"finish_reason": 5, "message": {"content": "x", "annotations": [None, {"url_citation": None}, {"url_citation": {"start_index": "a"}}]}}]},
        {"choices": [{"message": {"tool_calls": 5, "content": [None, "x"]}}], "usage": 5},
    ],
)  # fmt: skip
def test_odd_replies_pass_as_they_are(document: Any) -> None:
    before = json.dumps(document)
    stats = restore_chat(document, hold(), FACTS, ())
    assert json.dumps(document) == before
    assert not stats.complete


def test_usage_is_read_in_full() -> None:
    usage = read_chat_usage(
        {
            "usage": {
                "prompt_tokens": 10,
                "completion_tokens": 5,
                "total_tokens": 15,
                "prompt_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 1},
                "completion_tokens_details": {"reasoning_tokens": 2},
            }
        }
    )
    assert (usage.prompt, usage.completion) == (10, 5)
    assert (usage.cached, usage.cache_written) == (4, 1)
    odd = {"usage": {"prompt_tokens": -1, "completion_tokens": True}}
    assert read_chat_usage(odd) == Usage()


def test_the_id_of_speech_is_noted() -> None:
    _, stats = restored({"content": None, "audio": {"id": "audio_1", "transcript": "Hi"}})
    assert stats.given.take() == {"audio_1": True}
    assert not restored({"content": "Hi", "audio": None})[1].given
