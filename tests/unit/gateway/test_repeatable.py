"""What may be answered from the cache: requests that say all, replies that are whole."""

from collections import Counter
from typing import Any

import orjson
import pytest

from curtilage.gateway.repeatable import KINDS, Wish, is_repeatable, is_whole, read_wish
from curtilage.gateway.wire.facts import ReplyStats, RequestFacts, Usage
from curtilage.gateway.wire.protocols import PROTOCOLS

FACTS = RequestFacts("gpt-4o")


def asks(kind: str = "openai.chat", facts: RequestFacts = FACTS, **document: Any) -> bool:
    return is_repeatable(kind, facts, document, orjson.dumps(document))


def test_every_kind_that_is_kept_is_served() -> None:
    assert PROTOCOLS.keys() >= KINDS


def test_a_plain_question_is_repeatable_and_one_of_another_kind_is_not() -> None:
    assert asks(messages=[{"role": "user", "content": "Hi"}], store=False)
    assert not asks("openai.responses.read")
    assert not is_repeatable("openai.chat", FACTS, [], b"[]")


@pytest.mark.parametrize(
    "facts",
    [
        RequestFacts("m", stored=True),
        RequestFacts("m", continues=("resp_1",)),
        RequestFacts("m", adds_to=("conv_1",)),
    ],
)
def test_what_the_provider_remembers_is_no_part_of_the_question(facts: RequestFacts) -> None:
    assert not asks("openai.responses", facts, input="Hi")


@pytest.mark.parametrize(
    "more",
    [
        {"store": True},
        {"background": True},
        {"web_search_options": {}, "store": True},
        {"web_search_options": {"search_context_size": "low"}},
        {"mcp_servers": [{"type": "url"}]},
        {"container": "c_1"},
        {"prompt": {"id": "pmpt_1"}},
        {"input": [{"type": "input_file", "file_id": "file_1"}]},
        {"messages": [{"content": [{"image_url": {"url": "https://pictures.example/1"}}]}]},
    ],
)
def test_what_the_provider_stores_searches_or_fetches_is_asked_each_time(
    more: dict[str, Any],
) -> None:
    assert not asks(**more)


def test_a_name_inside_a_text_is_only_a_text() -> None:
    assert asks(messages=[{"role": "user", "content": 'Write {"file_id":1} and "url":"http'}])


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        ({"type": "function", "function": {"name": "f"}}, True),
        ({"type": "custom", "name": "f"}, True),
        ({"name": "f", "input_schema": {}}, True),
        ({"functionDeclarations": []}, True),
        ({"toolSpec": {"name": "f"}}, True),
        ({"systemTool": {"name": "search"}}, False),
        ({"type": "web_search"}, False),
        ({"type": "code_execution_20250825", "name": "code_execution"}, False),
        ({"googleSearch": {}}, False),
        ({"functionDeclarations": [], "codeExecution": {}}, False),
        ({"type": ["function"]}, False),
        ("f", False),
    ],
)
def test_only_tools_that_the_caller_runs_leave_a_question_repeatable(
    tool: object, expected: bool
) -> None:
    assert asks(tools=[tool]) is asks(toolConfig={"tools": [tool]}) is expected


@pytest.mark.parametrize("more", [{"tools": 5}, {"tools": {"name": "f"}}, {"toolConfig": "f"}])
def test_what_is_no_list_of_tools_is_asked_each_time(more: dict[str, Any]) -> None:
    assert not asks(**more)


def test_a_search_that_is_switched_on_without_options_is_asked_each_time() -> None:
    assert not asks(web_search_options={})


@pytest.mark.parametrize(
    ("stats", "expected"),
    [
        (ReplyStats(finish=["stop"]), True),
        (ReplyStats(finish=["stop"], restored=Counter(EMAIL_ADDRESS=1)), True),
        (ReplyStats(finish=["tool_calls", "stop"]), True),
        (ReplyStats(), False),
        (ReplyStats(finish=["stop"], complete=False), False),
        (ReplyStats(finish=["stop"], failed=True), False),
        (ReplyStats(finish=["stop", "content_filter"]), False),
        (ReplyStats(finish=["pause_turn"]), False),
        (ReplyStats(finish=["other"]), False),
    ],
)
def test_only_a_reply_that_came_to_its_own_end_is_kept(stats: ReplyStats, expected: bool) -> None:
    assert is_whole("openai.chat", stats) is expected


def test_embeddings_have_no_end_but_a_count() -> None:
    assert is_whole("openai.embeddings", ReplyStats(usage=Usage(prompt=3)))
    assert not is_whole("openai.embeddings", ReplyStats())


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], Wish()),
        ([(b"cache-control", b"max-age=10")], Wish()),
        ([(b"cache-control", b"No-Store")], Wish(may_look=False, may_keep=False)),
        ([(b"cache-control", b"no-cache")], Wish(may_look=False)),
        ([(b"cache-control", b"a"), (b"cache-control", b"b, no-store")], Wish(False, False)),
        ([(b"x-other", b"no-store")], Wish()),
    ],
)
def test_a_caller_says_what_may_be_kept(headers: list[tuple[bytes, bytes]], expected: Wish) -> None:
    assert read_wish(headers) == expected
