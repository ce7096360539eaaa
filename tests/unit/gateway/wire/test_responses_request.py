"""What is asked of a request of Responses before its text is looked at."""

from typing import Any

import pytest

from curtilage.gateway.wire.errors import ReferenceRefused
from curtilage.gateway.wire.responses_request import prepare_one_off, prepare_responses

NAMED = (
    {"type": "code_interpreter", "container": "cntr_1"},
    {"type": "code_interpreter", "container": {"type": "auto", "container_id": "cntr_1"}},
    {"type": "shell", "environment": {"type": "container_reference", "container_id": "cntr_1"}},
)
MADE = (
    {"type": "code_interpreter", "container": {"type": "auto"}},
    {"type": "shell", "environment": {"type": "container_auto"}},
    {"type": "shell", "environment": {"type": "local"}},
    {"type": "function", "name": "container"},
)


@pytest.mark.parametrize("tool", NAMED)
@pytest.mark.parametrize("prepare", [prepare_responses, prepare_one_off])
def test_a_container_is_named_only_where_files_of_the_account_may_be(
    tool: dict[str, Any], prepare: Any
) -> None:
    document = {"model": "gpt-4o", "input": "a", "tools": [{"type": "function"}, tool]}
    with pytest.raises(ReferenceRefused):
        prepare(document, ())
    assert prepare(document, ("files",)).model == "gpt-4o"


@pytest.mark.parametrize("tool", [*MADE, None, "container"])
def test_a_container_that_is_made_for_the_call_may_be_asked_for(tool: Any) -> None:
    assert prepare_responses({"model": "gpt-4o", "input": "a", "tools": [tool]}, ()).model
