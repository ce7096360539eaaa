"""Replies of Anthropic Messages: text and the caller's own tools, nothing else."""

import json
from typing import Any

import pytest

from curtilage.gateway.wire.anthropic_reply import (
    read_message_usage,
    restore_count,
    restore_message,
)
from curtilage.gateway.wire.facts import ReplyStats, RequestFacts, Usage
from tests.unit.gateway.wire.replies import MAIL, MAIL_TOKEN, QUOTED, QUOTED_TOKEN, hold

FACTS = RequestFacts("claude")


def restored(
    *blocks: dict[str, Any], outbound: tuple[str, ...] = ()
) -> tuple[list[Any], ReplyStats]:
    document = {"type": "message", "content": list(blocks), "stop_reason": "end_turn"}
    stats = restore_message(document, hold(), FACTS, outbound)
    return document["content"], stats  # type: ignore[return-value]


def test_text_is_restored() -> None:
    (block,), stats = restored({"type": "text", "text": f"To {MAIL_TOKEN}"})
    assert block["text"] == f"To {MAIL}"
    assert stats.complete
    assert stats.finish == ["end_turn"]


def test_the_input_of_the_callers_tools_is_restored_in_strings_and_keys() -> None:
    given = {
        "to": QUOTED_TOKEN,
        "list": [MAIL_TOKEN, 1, None],
        QUOTED_TOKEN: {"deep": QUOTED_TOKEN},
    }
    (block,), _ = restored({"type": "tool_use", "id": "toolu_1", "name": "look", "input": given})
    assert block["input"] == {"to": QUOTED, "list": [MAIL, 1, None], QUOTED: {"deep": QUOTED}}
    assert list(block["input"]) == ["to", "list", QUOTED]


def test_two_keys_that_would_become_one_stay_apart() -> None:
    given = {MAIL_TOKEN: 1, MAIL: 2}
    (block,), _ = restored({"type": "tool_use", "id": "toolu_1", "name": "look", "input": given})
    assert block["input"] == {MAIL_TOKEN: 1, MAIL: 2}


def test_a_tool_that_sends_out_gets_tokens() -> None:
    (block,), _ = restored(
        {"type": "tool_use", "id": "toolu_1", "name": "mail", "input": {"to": MAIL_TOKEN}},
        outbound=("mail",),
    )
    assert block["input"] == {"to": MAIL_TOKEN}


@pytest.mark.parametrize(
    "block",
    [
        {"type": "thinking", "thinking": MAIL_TOKEN, "signature": "c2ln"},
        {"type": "redacted_thinking", "data": MAIL_TOKEN},
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": MAIL_TOKEN}},
        {"type": "mcp_tool_use", "id": "mcptoolu_1", "name": "mail", "server_name": "s", "input": {"to": MAIL_TOKEN}},
        {"type": "mcp_tool_result", "tool_use_id": "mcptoolu_1", "content": [{"type": "text", "text": MAIL_TOKEN}]},
        {"type": "web_search_tool_result", "content": [{"type": "web_search_result", "title": MAIL_TOKEN, "url": f"https://a.example/{MAIL_TOKEN}"}]},
        {"type": "code_execution_tool_result", "content": {"type": "code_execution_result", "stdout": MAIL_TOKEN}},
        {"type": "compaction", "content": MAIL_TOKEN},
        {"type": "something_new", "text": MAIL_TOKEN},
        {"text": MAIL_TOKEN},
    ],
)  # fmt: skip
def test_everything_else_is_untouched(block: dict[str, Any]) -> None:
    before = json.dumps(block)
    (after,), stats = restored(block)
    assert json.dumps(after) == before
    assert not stats.restored


def test_citations_of_documents_are_restored_and_those_of_the_web_are_not() -> None:
    own = {
        "type": "char_location",
        "cited_text": MAIL_TOKEN,
        "document_title": MAIL_TOKEN,
        "start_char_index": 3,
    }
    web = {
        "type": "web_search_result_location",
        "cited_text": MAIL_TOKEN,
        "url": MAIL_TOKEN,
        "title": MAIL_TOKEN,
    }
    (block,), _ = restored({"type": "text", "text": "x", "citations": [own, web, None]})
    assert block["citations"][0] == {
        "type": "char_location",
        "cited_text": MAIL,
        "document_title": MAIL,
        "start_char_index": 3,
    }
    assert block["citations"][1] == {
        "type": "web_search_result_location",
        "cited_text": MAIL_TOKEN,
        "url": MAIL_TOKEN,
        "title": MAIL_TOKEN,
    }


def test_the_stop_sequence_is_the_one_that_the_caller_gave() -> None:
    document = {"content": [], "stop_reason": "stop_sequence", "stop_sequence": MAIL_TOKEN}
    restore_message(document, hold(), FACTS)
    assert document["stop_sequence"] == MAIL


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"content": None},
        {
            "content": [
                None,
                1,
                {"type": "tool_use", "input": None},
                {"type": "text", "text": 1, "citations": 4},
            ]
        },
    ],
)
def test_odd_replies_pass_as_they_are(document: Any) -> None:
    before = json.dumps(document)
    assert not restore_message(document, hold(), FACTS).complete
    assert json.dumps(document) == before


def test_usage_adds_what_was_cached() -> None:
    said = {
        "input_tokens": 5,
        "cache_read_input_tokens": 100,
        "cache_creation_input_tokens": 20,
        "output_tokens": 7,
        "output_tokens_details": {"thinking_tokens": 3},
    }
    usage = read_message_usage({"usage": said})
    assert (usage.prompt, usage.completion) == (125, 7)
    assert (usage.cached, usage.cache_written) == (100, 20)
    assert read_message_usage({}) == Usage()


def test_counting_tokens_gives_a_number() -> None:
    assert restore_count({"input_tokens": 12}, hold(), FACTS).usage.prompt == 12


def test_a_reply_is_named_later_where_the_request_asked_for_diagnostics() -> None:
    for diagnosed, noted in ((True, {"msg_1": True}), (False, {})):
        document = {"type": "message", "id": "msg_1", "content": [], "stop_reason": "end_turn"}
        stats = restore_message(document, hold(), RequestFacts("claude", diagnosed=diagnosed))
        assert stats.given.take() == noted
