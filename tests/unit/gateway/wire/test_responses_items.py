"""Items of Responses that stand for more than they say: which ids have to be the caller's."""

from typing import Any

import pytest

from curtilage.gateway.wire.errors import ReferenceRefused
from curtilage.gateway.wire.fields import SlotKind, collect
from curtilage.gateway.wire.protocols import PROTOCOLS
from curtilage.gateway.wire.responses_items import ITEMS, SAYS, STORED_KINDS

RESPONSES = PROTOCOLS["openai.responses"]
EVERYTHING = ("images", "files", "provider_blobs", "token_arrays", "remote_urls")
SEALED = "gAAAAABo" + "Zx0_" * 12
RAN = [
    {"type": "web_search_call", "action": {"type": "search", "query": "weather"}, "results": []},
    {"type": "file_search_call", "queries": ["weather"], "results": []},
    {"type": "code_interpreter_call", "code": "1", "outputs": []},
    {"type": "image_generation_call", "result": "AAAA"},
    {"type": "mcp_call", "name": "look", "arguments": "{}", "output": "seen"},
    {"type": "mcp_approval_request", "name": "look", "arguments": "{}"},
]


def named(*items: dict[str, Any]) -> list[str]:
    """The ids that have to be the caller's own."""
    document = {"model": "gpt-5", "input": list(items)}
    slots = collect(document, RESPONSES.request_map, EVERYTHING)
    return [slot.text for slot in slots if slot.kind is SlotKind.STORED]


@pytest.mark.parametrize("item", RAN, ids=lambda item: item["type"])
def test_the_id_of_what_the_provider_ran_is_the_callers_whatever_else_is_said(
    item: dict[str, Any],
) -> None:
    assert named({**item, "id": "xx_1", "encrypted_content": SEALED}) == ["xx_1"]
    assert named(item) == []


@pytest.mark.parametrize("kind", ["reasoning", "compaction"])
@pytest.mark.parametrize(
    ("sealed", "is_named"),
    [(None, True), ("", True), ("short", True), (5, True), ([SEALED], True), (SEALED, False)],
)
def test_what_is_not_sealed_beside_its_id_is_named_by_it(
    kind: str, sealed: Any, is_named: bool
) -> None:
    item = {"type": kind, "id": "rs_1", "encrypted_content": sealed}
    assert named(item) == (["rs_1"] if is_named else [])
    thought = [{"type": "reasoning_text", "text": "a thought of one's own"}]
    assert named({"type": kind, "id": "rs_1", "content": thought}) == ["rs_1"]


def test_an_id_that_is_no_providers_is_scanned_where_it_names_nothing() -> None:
    item = {"type": "reasoning", "id": "ada@orchard.example", "encrypted_content": SEALED}
    document = {"model": "gpt-5", "input": [item]}
    slots = collect(document, RESPONSES.request_map, EVERYTHING)
    assert ("ada@orchard.example", SlotKind.TEXT) in [(slot.text, slot.kind) for slot in slots]


def test_an_approval_names_what_it_approves() -> None:
    assert named({"type": "mcp_approval_response", "approval_request_id": "r_1"}) == ["r_1"]


def test_every_kind_of_item_stands_for_what_it_says_or_for_what_is_stored() -> None:
    no_content = {"item_reference", "compaction_trigger", "configuration_update"}
    answers = {"mcp_approval_response", "apply_patch_call_output"}  # their id is the caller's own
    told = STORED_KINDS | SAYS.keys() | no_content | answers
    assert told == ITEMS.keys()
    assert not STORED_KINDS & SAYS.keys()


@pytest.mark.parametrize("kind", sorted(SAYS))
def test_an_item_that_says_nothing_but_its_id_is_refused(kind: str) -> None:
    role = {} if kind else {"role": "assistant"}
    bare = {"type": kind, "id": "msg_1", **role}
    for items in ([bare], [{**bare, SAYS[kind][0]: None}]):
        with pytest.raises(ReferenceRefused):
            RESPONSES.prepare({"model": "gpt-5", "input": items}, ())
    for given in (bare, [[bare]]):  # no provider takes these; here they are read as items
        with pytest.raises(ReferenceRefused):
            RESPONSES.prepare({"model": "gpt-5", "input": given}, ())
    whole = {**bare, SAYS[kind][-1]: ""}
    RESPONSES.prepare({"model": "gpt-5", "input": [whole]}, ())
