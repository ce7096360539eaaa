"""Whole replies of Responses: the ids that they give to what the provider stores."""

from typing import Any

import pytest

from curtilage.gateway.wire.facts import RequestFacts
from curtilage.gateway.wire.responses_reply import restore_response
from tests.unit.gateway.wire.replies import hold

SEALED = "gAAAAABo" + "Zx0_" * 12
OUTPUT: list[Any] = [
    {"type": "reasoning", "id": "rs_1", "summary": []},
    {"type": "reasoning", "id": "rs_2", "summary": [], "encrypted_content": SEALED},
    {"type": "web_search_call", "id": "ws_1", "status": "completed"},
    {"type": "message", "id": "msg_1", "role": "assistant", "content": []},
    {"type": "function_call", "id": "fc_1", "name": "look", "arguments": "{}"},
    {"type": ["reasoning"], "id": "rs_3"},
    {"type": "reasoning", "id": 5},
    None,
]


def given(document: Any, *, stored: bool = True) -> dict[str, bool]:
    stats = restore_response(document, hold(), RequestFacts("gpt-5", stored=stored))
    return stats.given.take()


def test_what_is_stored_is_noted_whatever_it_says() -> None:
    response = {"object": "response", "id": "resp_1", "output": OUTPUT}
    assert given(response) == dict.fromkeys(("rs_1", "rs_2", "ws_1", "fc_1", "msg_1"), True)


def test_of_what_is_not_stored_only_that_which_comes_back_by_its_id() -> None:
    response = {"object": "response", "id": "resp_1", "output": OUTPUT}
    assert given(response, stored=False) == {"rs_1": False, "ws_1": False}


@pytest.mark.parametrize(
    "document",
    [
        {"object": "list", "data": OUTPUT},
        {"object": "list", "output": OUTPUT},
        {"object": "response", "data": OUTPUT, "instructions": OUTPUT, "input": OUTPUT},
        {"object": "response.compaction", "output": OUTPUT},
        {"object": "response", "output": {"id": "rs_1"}},
        OUTPUT,
    ],
)
def test_an_id_that_a_caller_wrote_and_that_is_only_told_again_is_not_noted(document: Any) -> None:
    assert given(document) == {}
