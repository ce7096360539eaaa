"""The note to the model: the same bytes on every turn, before what the caller says."""

from typing import Any

import pytest

from curtilage.gateway.wire.note import (
    NOTE,
    add_to_chat,
    add_to_converse,
    add_to_messages,
    add_to_responses,
)
from curtilage.shield.grammar import find_shapes

HELLO = {"role": "user", "content": "Hello"}
PART = {"type": "text", "text": "Be kind.", "cache_control": {"type": "ephemeral"}}


@pytest.mark.parametrize(
    ("messages", "first"),
    [
        ([HELLO], {"role": "system", "content": NOTE}),
        ([], {"role": "system", "content": NOTE}),
        (
            [{"role": "system", "content": "Be kind."}, HELLO],
            {"role": "system", "content": f"{NOTE}\n\nBe kind."},
        ),
        (
            [{"role": "developer", "content": [PART]}, HELLO],
            {"role": "developer", "content": [{"type": "text", "text": NOTE}, PART]},
        ),
    ],
)
def test_a_chat_begins_with_it_and_goes_on_as_it_was(
    messages: list[Any], first: dict[str, Any]
) -> None:
    document = {"model": "gpt-4o", "messages": list(messages)}
    add_to_chat(document)
    rest = [HELLO] if HELLO in messages else []
    assert document["messages"] == [first, *rest]


@pytest.mark.parametrize("role", [{}, [], {"a": ["system"]}])
def test_a_role_of_any_type_is_no_instruction(role: Any) -> None:
    odd = {"role": role, "content": "Hello"}
    document = {"messages": [odd]}
    add_to_chat(document)
    assert document["messages"] == [{"role": "system", "content": NOTE}, odd]


def test_instructions_without_a_text_keep_their_place_after_it() -> None:
    strange = {"role": "system", "content": None}
    document = {"messages": [strange]}
    add_to_chat(document)
    assert document["messages"] == [{"role": "system", "content": NOTE}, strange]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, NOTE),
        ({"system": "Be kind."}, f"{NOTE}\n\nBe kind."),
        ({"system": [PART]}, [{"type": "text", "text": NOTE}, PART]),
    ],
)
def test_messages_have_it_before_their_system_prompt(given: dict[str, Any], expected: Any) -> None:
    document = {"messages": [HELLO], **given}
    add_to_messages(document)
    assert document == {"messages": [HELLO], "system": expected}


def test_a_longer_conversation_has_the_shorter_one_as_its_beginning() -> None:
    turns = [HELLO, {"role": "assistant", "content": "Hi"}, HELLO]
    documents: list[dict[str, Any]] = [{"messages": turns[:count]} for count in (1, 3)]
    for document in documents:
        add_to_chat(document)
    assert documents[1]["messages"][:2] == documents[0]["messages"]


def test_it_holds_no_token_itself() -> None:
    assert list(find_shapes(NOTE)) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"input": "Hello"}, {"input": "Hello", "instructions": NOTE}),
        ({"instructions": "Be kind."}, {"instructions": f"{NOTE}\n\nBe kind."}),
        ({"prompt": {"id": "pmpt_1"}}, {"prompt": {"id": "pmpt_1"}}),
    ],
)
def test_responses_have_it_before_their_instructions(
    given: dict[str, Any], expected: dict[str, Any]
) -> None:
    add_to_responses(given)
    assert given == expected


def test_converse_has_it_before_a_system_prompt_and_not_as_one() -> None:
    for given, expected in (
        ({"system": [{"text": "Be kind."}]}, {"system": [{"text": NOTE}, {"text": "Be kind."}]}),
        ({"system": []}, {"system": []}),
        ({}, {}),
    ):
        add_to_converse(given)
        assert given == expected
