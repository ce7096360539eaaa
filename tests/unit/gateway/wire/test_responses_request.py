"""Containers that a request of Responses names: wherever they stand, and by whose word."""

from typing import Any

import pytest

from curtilage.gateway.wire.errors import ReferenceRefused
from curtilage.gateway.wire.fields import collect
from curtilage.gateway.wire.protocols import PROTOCOLS

RESPONSES, MESSAGES = PROTOCOLS["openai.responses"], PROTOCOLS["anthropic.messages"]
ID = "cntr_Ab3dEfG1hIjK"
NAMED: tuple[dict[str, Any], ...] = (
    {"type": "code_interpreter", "container": ID},
    {"type": "code_interpreter", "container": {"type": "auto", "container_id": ID}},
    {"type": "shell", "environment": {"type": "container_reference", "container_id": ID}},
)
MADE: tuple[dict[str, Any], ...] = (
    {"type": "code_interpreter", "container": {"type": "auto"}},
    {"type": "shell", "environment": {"type": "container_auto"}},
    {"type": "shell", "environment": {"type": "local"}},
    {"type": "function", "name": "container"},
)
PLACES = {
    "tools": lambda tool: {"input": "a", "tools": [{"type": "function", "name": "f"}, tool]},
    "tools that are added": lambda tool: {
        "input": [{"type": "additional_tools", "role": "developer", "tools": [tool]}]
    },
    "tools that were found": lambda tool: {
        "input": [{"type": "tool_search_output", "call_id": "call_abcdef", "tools": [tool]}]
    },
}


@pytest.mark.parametrize("tool", NAMED)
@pytest.mark.parametrize("place", PLACES)
def test_a_container_is_named_only_where_files_of_the_account_may_be(
    tool: dict[str, Any], place: str
) -> None:
    document = {"model": "gpt-4o", **PLACES[place](tool)}
    with pytest.raises(ReferenceRefused):
        collect(document, RESPONSES.request_map, ())
    texts = [slot.text for slot in collect(document, RESPONSES.request_map, ("files",))]
    assert ID not in texts, "where it may be named it is a name of the provider, and no text"


@pytest.mark.parametrize("tool", MADE)
def test_a_container_that_is_made_for_the_call_may_be_asked_for(tool: dict[str, Any]) -> None:
    collect({"model": "gpt-4o", "input": "a", "tools": [tool]}, RESPONSES.request_map, ())


def test_a_call_that_ran_in_a_container_does_not_name_it_again() -> None:
    call = {"type": "code_interpreter_call", "id": "ci_abcdef", "container_id": ID, "code": "1"}
    with pytest.raises(ReferenceRefused):
        collect({"model": "gpt-4o", "input": [call]}, RESPONSES.request_map, ())


@pytest.mark.parametrize("named", ["container_Ab3dEfG1hIjK", {"id": "container_Ab3dEfG1hIjK"}])
def test_a_container_of_messages_is_no_other(named: Any) -> None:
    document = {"model": "claude-a", "max_tokens": 1, "messages": [], "container": named}
    with pytest.raises(ReferenceRefused):
        collect(document, MESSAGES.request_map, ())
