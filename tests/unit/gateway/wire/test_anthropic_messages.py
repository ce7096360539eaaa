"""What the gateway takes from a Messages request before it is sent."""

from typing import Any

import pytest

from curtilage.gateway.wire.anthropic_messages import prepare_count, prepare_messages
from curtilage.gateway.wire.errors import UnexpectedShape


def test_facts_are_read() -> None:
    facts = prepare_messages({"model": "claude-a", "messages": [], "max_tokens": 5, "stream": True})
    assert (facts.model, facts.stream, facts.n) == ("claude-a", True, 1)


def test_counting_never_streams() -> None:
    assert not prepare_count({"model": "claude-a", "messages": [], "stream": True}).stream


@pytest.mark.parametrize(
    "document",
    [
        None,
        {"model": "claude-a"},
        {"model": 1, "messages": []},
        {"model": "c", "messages": [], "stream": 1},
    ],
)
def test_fields_that_the_gateway_relies_on_have_their_types(document: Any) -> None:
    with pytest.raises(UnexpectedShape):
        prepare_messages(document)


def test_a_conversation_kept_at_the_provider_is_refused() -> None:
    for thread in (
        {"type": "create"},
        {"type": "continue", "previous_message_id": "msg_abc123def"},
    ):
        with pytest.raises(UnexpectedShape) as caught:
            prepare_messages({"model": "claude-a", "messages": [], "thread": thread})
        assert "thread" in caught.value.detail
