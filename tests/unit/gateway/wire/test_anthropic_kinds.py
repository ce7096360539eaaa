"""Every kind of block, delta and citation of Anthropic's SDK has its place, by name.

One that a new SDK brings is refused in requests and passed as it came in replies;
these tests say that it is new.
"""

import json
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from curtilage.gateway.wire.anthropic_messages import MESSAGES
from curtilage.gateway.wire.anthropic_reply import restore_message
from curtilage.gateway.wire.anthropic_stream import AnthropicStreamRewriter
from curtilage.gateway.wire.facts import RequestFacts
from curtilage.gateway.wire.fields import Object
from tests.unit.gateway.wire.replies import MAIL_TOKEN, hold

FACTS = RequestFacts("claude-next", stream=True)
RESTORED_DELTAS = {"text_delta", "input_json_delta", "citations_delta"}
PASSED_DELTAS = {"thinking_delta", "signature_delta", "compaction_delta"}
RESTORED_BLOCKS = {"text", "tool_use"}
PASSED_BLOCKS = {
    "thinking", "redacted_thinking", "server_tool_use", "web_search_tool_result",
    "web_fetch_tool_result", "advisor_tool_result", "code_execution_tool_result",
    "bash_code_execution_tool_result", "text_editor_code_execution_tool_result",
    "tool_search_tool_result", "mcp_tool_use", "mcp_tool_result", "mcp_tool_listing",
    "container_upload", "compaction", "fallback",
}  # fmt: skip


def kinds(hint: Any) -> set[str]:
    """Every word that `type` may be among declared alternatives."""
    if hasattr(hint, "model_fields"):
        return words(hint.model_fields["type"].annotation)
    if isinstance(hint, type) and hasattr(hint, "__annotations__"):
        return words(get_type_hints(hint, include_extras=True).get("type"))
    return set().union(*(kinds(each) for each in get_args(hint)))


def words(hint: Any) -> set[str]:
    if get_origin(hint) is Literal:
        return set(get_args(hint))
    return set().union(*(words(each) for each in get_args(hint)))


def beta(name: str) -> set[str]:
    from anthropic.types import beta as types  # noqa: PLC0415  # takes half a second

    return kinds(getattr(types, name))


def blocks() -> dict[str, Object]:
    messages = MESSAGES.root.fields["messages"].object
    assert messages is not None
    content = messages.variants["user"].fields["content"].object
    assert content is not None
    return dict(content.variants)


def test_every_block_of_a_request_is_named() -> None:
    assert beta("BetaContentBlockParam") == set(blocks())


def test_every_part_of_a_tools_result_is_named() -> None:
    from anthropic.types.beta import beta_tool_result_block_param as module  # noqa: PLC0415

    inner = blocks()["tool_result"].fields["content"].object
    assert inner is not None
    declared = kinds(module.Content)
    assert declared and declared <= set(inner.variants)


def test_every_citation_of_a_request_is_named() -> None:
    citation = blocks()["text"].fields["citations"].object
    assert citation is not None
    named = citation.fields["type"].fits
    declared = beta("BetaTextCitationParam")
    assert len(declared) == 5
    assert all(named(kind) for kind in declared)
    assert not named("library_location")


def test_every_kind_of_tool_and_edit_is_a_type_and_not_scanned() -> None:
    tool = MESSAGES.root.fields["tools"].object
    assert tool is not None
    declared = beta("BetaToolUnionParam")
    assert declared and all(tool.fields["type"].fits(kind) for kind in declared)


def test_every_delta_is_restored_or_passed_by_name() -> None:
    assert beta("BetaRawContentBlockDelta") == RESTORED_DELTAS | PASSED_DELTAS


def test_every_block_of_a_reply_is_restored_or_passed_by_name() -> None:
    assert beta("BetaContentBlock") == RESTORED_BLOCKS | PASSED_BLOCKS


def sealed(kind: str) -> dict[str, Any]:
    """A block in which every place of a text holds a token."""
    texts = ("thinking", "data", "signature", "content", "encrypted_content", "name")
    return {"type": kind, **dict.fromkeys(texts, MAIL_TOKEN), "input": {"q": MAIL_TOKEN}}


@pytest.mark.parametrize("kind", sorted(PASSED_BLOCKS))
def test_what_the_provider_signed_or_ran_passes_as_it_came(kind: str) -> None:
    document = {"type": "message", "content": [sealed(kind)], "stop_reason": "end_turn"}
    assert not restore_message(document, hold(), FACTS).restored
    assert document["content"] == [sealed(kind)]
    start = {"type": "content_block_start", "index": 0, "content_block": sealed(kind)}
    raw = b"event: content_block_start\ndata: " + json.dumps(start).encode() + b"\n\n"
    assert AnthropicStreamRewriter(hold(), FACTS).feed(raw) == raw


@pytest.mark.parametrize("kind", sorted(PASSED_DELTAS))
@pytest.mark.parametrize("block", ["thinking", "compaction", "text"])
def test_a_delta_of_what_is_signed_passes_byte_for_byte(kind: str, block: str) -> None:
    delta = {"type": kind, **dict.fromkeys(("thinking", "signature", "content"), MAIL_TOKEN)}
    frames = [
        {"type": "content_block_start", "index": 0, "content_block": {"type": block, "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": delta},
    ]
    raw = b"".join(b"data: " + json.dumps(each).encode() + b"\n\n" for each in frames)
    assert AnthropicStreamRewriter(hold(), FACTS).feed(raw) == raw
