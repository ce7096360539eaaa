"""Converse against the service model that AWS publishes: every string has its place, by name.

A member that a new model brings is scanned or refused in requests, and passed as it came in
replies; these tests say that it is new.
"""

import json
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest

from curtilage.core.errors import CurtilageError
from curtilage.gateway.wire.bedrock import (
    BLOCKS,
    CONVERSE,
    COUNT,
    prepare_converse,
    prepare_converse_count,
    prepare_converse_stream,
)
from curtilage.gateway.wire.bedrock_reply import restore_converse, restore_converse_count
from curtilage.gateway.wire.errors import UnexpectedShape, UnknownPart, UnscannableContent
from curtilage.gateway.wire.facts import FINISHES, RequestFacts
from curtilage.gateway.wire.fields import FREE, Leaf, Node, Object, SlotKind, collect
from curtilage.shield.held import Origin
from tests.unit.gateway.wire.replies import MAIL, MAIL_TOKEN, hold

FACTS = RequestFacts("m")
MEDIA = {"bytes"}
OPAQUE = {"signature", "redactedContent"}
URLS = {"uri"}


@pytest.fixture(scope="module")
def service() -> Any:
    return botocore.session.get_session().get_service_model("bedrock-runtime")


def strings(shape: Any, path: str, above: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every string and blob inside a shape, with its path; documents are `*`."""
    kind = shape.type_name
    if kind in ("string", "blob"):
        yield path, shape
    elif kind == "structure" and shape.name not in above:
        if getattr(shape, "is_document_type", False):
            yield f"{path}.*", shape
        for name, inner in shape.members.items():
            if inner.serialization.get("location") != "uri":
                yield from strings(inner, f"{path}.{name}" if path else name, (*above, shape.name))
    elif kind == "list":
        yield from strings(shape.member, f"{path}[]", above)
    elif kind == "map":
        yield from strings(shape.value, f"{path}.*", above)


def find(root: Object, path: str) -> Node:
    """How the map reads what stands at a path; where it has alternatives, the one that has it."""
    node = Node(object=root)
    for step in path.replace("[]", ".[]").split("."):
        if step == "[]":
            node = node.items or FREE
            continue
        found = _field(node.object, step)
        if found is None:
            return FREE
        node = found
    return node


def _field(spec: Object | None, name: str) -> Node | None:
    if spec is None:
        return None
    if name in spec.fields:
        return spec.fields[name]
    for variant in (*spec.variants.values(), spec.otherwise):
        found = _field(variant, name)
        if found is not None:
            return found
    return spec.rest


def expected(path: str) -> Leaf:
    name = path.rsplit(".", 1)[-1]
    if name in MEDIA:
        return Leaf.MEDIA
    if name in OPAQUE:
        return Leaf.OPAQUE
    return Leaf.URL if name in URLS else Leaf.TEXT


@pytest.mark.parametrize("operation", ["Converse", "ConverseStream"])
def test_every_string_of_a_request_has_its_place(service: Any, operation: str) -> None:
    shape = service.operation_model(operation).input_shape
    for path, string in strings(shape, ""):
        if path.endswith(".*") and string.type_name == "structure":
            continue  # a free-form document: the next test reads them
        node = find(CONVERSE.root, path)
        if string.type_name == "string" and getattr(string, "enum", None):
            assert node.leaf is Leaf.STRUCTURE, path
            assert all(node.fits(word) for word in string.enum), path
        elif node.leaf is not Leaf.STRUCTURE and not path.endswith("jsonSchema.schema"):
            named = {expected(path), Leaf.SIGNED} if path[-4:] == "text" else {expected(path)}
            assert node.leaf in named, path


def test_every_member_of_a_request_is_named(service: Any) -> None:
    shape = service.operation_model("ConverseStream").input_shape
    assert set(shape.members) - {"modelId"} <= set(CONVERSE.root.fields)
    for path, string in strings(shape, ""):
        if string.type_name == "structure" or path.startswith(("requestMetadata", "system")):
            continue
        assert find(CONVERSE.root, path) is not FREE, path
    block = shape.members["messages"].member.members["content"].member
    assert set(block.members) == set(BLOCKS)


def test_every_question_for_a_count_is_read_alike(service: Any) -> None:
    asked = service.operation_model("CountTokens").input_shape.members["input"].members["converse"]
    inner = COUNT.root.fields["input"].object
    assert inner is not None and inner.fields["converse"].object is not None
    assert set(asked.members) == set(inner.fields["converse"].object.fields)


def test_every_way_to_stop_is_a_word_of_records(service: Any) -> None:
    assert set(service.shape_for("StopReason").enum) <= FINISHES


# Of a reply, where values come back. All else passes as it came.
RESTORED = {
    "text", "toolUse.name", "toolUse.input.*", "citationsContent.content[].text",
    "citationsContent.citations[].title", "citationsContent.citations[].source",
    "citationsContent.citations[].sourceContent[].text",
}  # fmt: skip


def sample(shape: Any, above: tuple[str, ...] = ()) -> Any:
    """A value of a shape in which every string and document holds a token."""
    kind = shape.type_name
    if kind in ("string", "blob"):
        return MAIL_TOKEN
    if kind == "list":
        return [sample(shape.member, above)]
    if kind == "map":
        return {"key": sample(shape.value, above)}
    if kind != "structure":
        return 1
    if shape.name in above:
        return {}
    if getattr(shape, "is_document_type", False):
        return {"any": MAIL_TOKEN}
    inner = (*above, shape.name)
    return {name: sample(member, inner) for name, member in shape.members.items()}


def test_every_block_of_a_reply_is_restored_or_passed_by_name(service: Any) -> None:
    block = service.shape_for("ContentBlock")
    for name, shape in block.members.items():
        given = {name: sample(shape)}
        if name == "toolUse":
            del given[name]["type"]
        if name == "citationsContent":
            del given[name]["citations"][0]["location"]["web"]
        came = json.loads(json.dumps(given))
        restore_converse({"output": {"message": {"content": [given]}}}, hold(), FACTS)
        changed = {path for path, value in leaves(given) if MAIL in str(value)}
        for path, _ in leaves(came):
            wanted = path in RESTORED or path.replace("any", "*") in RESTORED
            assert (path in changed) == wanted, path


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, f"{path}[]")
    else:
        yield path, value


def test_every_event_of_a_stream_is_known(service: Any) -> None:
    from curtilage.gateway.wire.bedrock_stream import BedrockStreamRewriter  # noqa: PLC0415

    members = service.shape_for("ConverseStreamOutput").members
    events = {name for name in members if not name.endswith("Exception")}
    assert set(BedrockStreamRewriter(hold(), FACTS)._steps) == events - {"messageStart"}
    deltas = set(service.shape_for("ContentBlockDelta").members)
    assert deltas == {"text", "toolUse", "citation", "toolResult", "reasoningContent", "image"}


def read(document: Any) -> None:
    prepare_converse(document)
    collect(document, CONVERSE)


def asked(*content: Any, **more: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": list(content)}], **more}


@pytest.mark.parametrize(
    ("document", "error"),
    [
        (asked({}), UnknownPart),
        (asked("text"), UnknownPart),
        (asked({"newBlock": {"text": "a"}}), UnknownPart),
        (asked({"document": {"source": {"new": "a"}}}), UnknownPart),
        (asked({"toolResult": {"content": [{"new": "a"}]}}), UnknownPart),
        (asked({"text": "a"}, system=[{"new": "a"}]), UnknownPart),
        (asked({"text": "a"}, toolConfig={"tools": [{"new": {}}]}), UnknownPart),
        ({"model": "m", "messages": ["a"]}, UnexpectedShape),
        ({"model": "m", "messages": [{"content": "a"}]}, UnexpectedShape),
        ({"model": "m"}, UnexpectedShape),
        ([], UnexpectedShape),
        (asked({"image": {"format": "png", "source": {"bytes": "AAAA"}}}), UnscannableContent),
        (asked({"audio": {"source": {"bytes": "AAAA"}}}), UnscannableContent),
        (asked({"video": {"source": {"bytes": "AAAA"}}}), UnscannableContent),
        (asked({"document": {"source": {"bytes": "AAAA"}}}), UnscannableContent),
        (
            asked({"document": {"source": {"s3Location": {"uri": "s3://a/b"}}}}),
            UnscannableContent,
        ),
    ],
)
def test_what_cannot_be_read_is_refused(document: Any, error: type[CurtilageError]) -> None:
    with pytest.raises(error):
        read(document)


@pytest.mark.parametrize(
    "document",
    [
        {"model": "m"},
        {"model": "m", "input": {"invokeModel": {"body": "e30="}}},
        {"model": "m", "input": {"converse": {"messages": "a"}}},
    ],
)
def test_a_count_of_anything_but_a_conversation_is_refused(document: Any) -> None:
    with pytest.raises(UnexpectedShape):
        prepare_converse_count(document)


def test_the_facts_of_a_request() -> None:
    assert prepare_converse_stream(asked({"text": "a"})).stream
    assert not prepare_converse(asked({"text": "a"})).stream
    counted = {"model": "m", "input": {"converse": {"messages": asked()["messages"]}}}
    assert prepare_converse_count(counted).model == "m"


def test_a_document_that_is_text_is_read_and_is_the_apps() -> None:
    source = {"content": [{"text": "Ada"}]}
    slots = collect(asked({"document": {"name": "d", "source": source}}), CONVERSE)
    assert {slot.text: slot.origin for slot in slots}["Ada"] is Origin.APPLICATION


def test_a_picture_is_one_that_can_be_cleaned_and_a_film_is_what_it_is() -> None:
    for kind, needs, label in (("image", "images", "image/*"), ("video", "video", "")):
        document = asked({kind: {"format": "mp4", "source": {"bytes": "AAAA"}}})
        slots = [slot for slot in collect(document, CONVERSE, (needs,)) if slot.text == "AAAA"]
        assert [(slot.kind, slot.label) for slot in slots] == [(SlotKind.MEDIA, label)]


def test_reasoning_may_be_altered_where_it_is_not_signed() -> None:
    for more, kind in (({}, SlotKind.TEXT), ({"signature": "QUJD"}, SlotKind.SIGNED)):
        thought = {"reasoningText": {"text": "Ada", **more}}
        slots = collect(asked({"reasoningContent": thought}), CONVERSE)
        assert next(slot.kind for slot in slots if slot.text == "Ada") is kind


def test_a_whole_reply_tells_its_usage_and_its_end() -> None:
    usage = {"inputTokens": 5, "outputTokens": 2, "cacheWriteInputTokens": 1}
    document = {"output": {}, "stopReason": "tool_use", "usage": usage, "trace": {"x": MAIL_TOKEN}}
    stats = restore_converse(document, hold(), FACTS)
    assert (stats.usage.prompt, stats.usage.completion, stats.finish) == (6, 2, ["tool_use"])
    assert document["trace"] == {"x": MAIL}
    assert not restore_converse([], hold(), FACTS).complete
    odd: Any = {"output": {"message": {"content": ["a", {"citationsContent": {"citations": [1]}}]}}}
    assert not restore_converse(odd, hold(), FACTS).restored
    assert restore_converse_count({"inputTokens": 4}, hold(), FACTS).usage.prompt == 4
