"""Nothing personal hides anywhere in a request of either protocol (cases 8, 12, 14).

Each test takes a request that uses every field, puts one marker into one place
after the other, and asserts that the marker is collected or the request is
refused. A place is a string, a key, a number, or a field nobody has heard of.
"""

import ast
import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import orjson
import pytest

from curtilage.core.errors import CurtilageError
from curtilage.gateway.wire.anthropic_messages import MESSAGES
from curtilage.gateway.wire.azure import AZURE_CHAT
from curtilage.gateway.wire.bedrock import CONVERSE
from curtilage.gateway.wire.fields import FieldMap, Slot, SlotKind, collect
from curtilage.gateway.wire.gemini import GENERATE
from curtilage.gateway.wire.openai_chat import CHAT
from curtilage.gateway.wire.openai_completions import COMPLETIONS
from curtilage.gateway.wire.openai_embeddings import EMBEDDINGS
from curtilage.gateway.wire.responses_items import ITEMS
from curtilage.gateway.wire.responses_request import RESPONSES
from curtilage.gateway.wire.responses_tools import TOOLS
from curtilage.shield.held import Origin
from tests.unit.gateway.wire import requests
from tests.unit.gateway.wire.responses_requests import openai_responses

MARKER = "ada@library.example"
CARD = 4111111111111111
EVERYTHING = frozenset(("images", "audio", "video", "files", "remote_urls", "provider_blobs"))
UNALTERABLE = (SlotKind.SIGNED, SlotKind.LENIENT)

Place = tuple[Any, ...]
Protocol = tuple[Callable[[], dict[str, Any]], FieldMap]
PROTOCOLS = [
    pytest.param((requests.openai_chat, CHAT), id="openai.chat"),
    pytest.param((requests.azure_chat, AZURE_CHAT), id="azure.chat"),
    pytest.param((requests.gemini_generate, GENERATE), id="gemini.generate"),
    pytest.param((requests.bedrock_converse, CONVERSE), id="bedrock.converse"),
    pytest.param((requests.openai_embeddings, EMBEDDINGS), id="openai.embeddings"),
    pytest.param((requests.openai_completions, COMPLETIONS), id="openai.completions"),
    pytest.param((requests.anthropic_messages, MESSAGES), id="anthropic.messages"),
    pytest.param((openai_responses, RESPONSES), id="openai.responses"),
]

# The whole list of strings that leave unread: media that the policy allowed, and
# the credential of a server that the policy allowed the provider to call.
PASSED = {"data": "AAAA", "bytes": "AAAA", "file_data": "AAAA", "result": "AAAA"}
PASSED |= {"authorization_token": "t", "authorization": "t"}
# Ids that the exchange looks up before anything is sent: one that nobody here gave out goes nowhere.
PASSED |= {"previous_response_id": "resp_abc123def"}


def fresh(build: Callable[[], dict[str, Any]]) -> Any:
    """A request that shares nothing with any other."""
    return orjson.loads(orjson.dumps(build()))


def places(node: Any, kinds: tuple[type, ...], at: Place = ()) -> Iterator[Place]:
    items = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    if type(node) in kinds:
        yield at
    for key, item in items:
        yield from places(item, kinds, (*at, key))


def parent(document: Any, place: Place) -> Any:
    for key in place[:-1]:
        document = document[key]
    return document


def found(slots: list[Slot], marker: str) -> bool:
    return any(marker in slot.text for slot in slots)


def is_caught(document: Any, field_map: FieldMap, marker: str) -> bool:
    try:
        return found(collect(document, field_map, EVERYTHING), marker)
    except CurtilageError as refusal:
        return marker not in str(refusal)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_request_as_it_is_can_be_read(protocol: Protocol) -> None:
    build, field_map = protocol
    assert collect(build(), field_map, EVERYTHING)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_marker_in_any_string_is_collected(protocol: Protocol) -> None:
    build, field_map = protocol
    for place in places(build(), (str,)):
        document = fresh(build)
        holder = parent(document, place)
        if PASSED.get(place[-1]) == holder[place[-1]]:
            continue
        holder[place[-1]] = MARKER
        assert is_caught(document, field_map, MARKER), place


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_marker_in_place_of_any_value_is_collected(protocol: Protocol) -> None:
    build, field_map = protocol
    for place in places(build(), (dict, list, int, float, bool)):
        if not place or PASSED.get(place[-1]):
            continue
        for value in (MARKER, [MARKER], {"x": MARKER}, {MARKER: 1}, [[MARKER]], [{"x": [MARKER]}]):
            document = fresh(build)
            parent(document, place)[place[-1]] = value
            assert is_caught(document, field_map, MARKER), (place, value)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_marker_in_an_unknown_field_of_any_object_is_collected(protocol: Protocol) -> None:
    build, field_map = protocol
    for place in places(build(), (dict,)):
        for key, value in (
            ("x_new", MARKER),
            ("x_new", {"deep": [MARKER]}),
            (MARKER, 1),
            (MARKER, {"a": "b"}),
        ):
            document = fresh(build)
            parent(document, (*place, "x"))[key] = value
            assert is_caught(document, field_map, MARKER), (place, key)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_card_number_in_an_unknown_field_is_collected(protocol: Protocol) -> None:
    build, field_map = protocol
    for place in places(build(), (dict,)):
        document = fresh(build)
        parent(document, (*place, "x"))["x_new"] = [CARD]
        assert is_caught(document, field_map, str(CARD)), place


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_replacement_leaves_and_nothing_else_changes(protocol: Protocol) -> None:
    build, field_map = protocol
    for place in places(build(), (str,)):
        document = fresh(build)
        holder = parent(document, place)
        holder[place[-1]] = MARKER
        try:
            slots = collect(document, field_map, EVERYTHING)
        except CurtilageError:
            continue
        for slot in slots:
            if slot.text == MARKER and slot.kind not in UNALTERABLE:
                slot.replace("REPLACED")
        expected = fresh(build)
        parent(expected, place)[place[-1]] = holder[place[-1]]
        assert document == expected, place
        assert holder[place[-1]] in ("REPLACED", MARKER), place


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_reading_a_request_changes_nothing(protocol: Protocol) -> None:
    build, field_map = protocol
    document = build()
    collect(document, field_map, EVERYTHING)
    assert document == build()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_slots_come_in_document_order_and_only_depend_on_what_is_before(protocol: Protocol) -> None:
    build, field_map = protocol
    first = [(slot.kind, slot.text) for slot in collect(build(), field_map, EVERYTHING)]
    longer = build()
    longer["x_later"] = "more"
    again = [(slot.kind, slot.text) for slot in collect(longer, field_map, EVERYTHING)]
    assert again == [*first, (SlotKind.TEXT, "more")]


def origins(document: Any, field_map: FieldMap) -> dict[str, Origin]:
    return {slot.text: slot.origin for slot in collect(document, field_map, EVERYTHING)}


def test_what_the_app_put_in_is_told_from_what_the_caller_wrote() -> None:
    said = origins(requests.openai_chat(), CHAT)
    assert {
        said[text] for text in ("Be kind", "Rules", "result", "x@y", "What it is", "start: x")
    } == {Origin.APPLICATION}
    assert {
        said[text] for text in ("Hello", "Hi", "someone", "free text", "expected", "thought")
    } == {Origin.CALLER}


def test_documents_and_results_in_a_callers_message_are_the_apps() -> None:
    said = origins(requests.anthropic_messages(), MESSAGES)
    assert {said[text] for text in ("Be kind", "x@y", "r", "o", "note")} == {Origin.APPLICATION}
    assert {said[text] for text in ("Hello", "Look", "Hi", "someone")} == {Origin.CALLER}


def test_identities_are_marked_for_replacement() -> None:
    kinds = [
        slot.kind
        for slot in collect(requests.openai_chat(), CHAT, EVERYTHING)
        if slot.text == "user-17"
    ]
    assert kinds == [SlotKind.IDENTITY] * 3
    kinds = [
        slot.kind
        for slot in collect(requests.anthropic_messages(), MESSAGES, EVERYTHING)
        if slot.text == "user-17"
    ]
    assert kinds == [SlotKind.IDENTITY]


def test_the_protocols_own_words_are_not_scanned() -> None:
    for build, field_map in ((requests.openai_chat, CHAT), (requests.anthropic_messages, MESSAGES)):
        words = {slot.text for slot in collect(build(), field_map, EVERYTHING)}
        structure = {
            "gpt-4o-2024-08-06", "claude-opus-4-5-20251101", "function", "string", "object", "json_schema",
            "ephemeral", "call_abc123def", "toolu_abc123def", "look", "code_execution_20250825", "50256",
            "web_search_20250305", "text/plain",
        }  # fmt: skip
        assert words & structure == set()


def fields_of_the_sdk(package: str, module: str, name: str) -> set[str]:
    """The fields that a client library declares, read without importing it: that takes seconds."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        pytest.skip(f"{package} is not installed")
    tree = ast.parse((Path(spec.origin).parent / module).read_text(encoding="utf-8"))
    (kind,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    return {
        line.target.id
        for line in kind.body
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
    }


def test_every_kind_of_item_tool_and_part_of_the_sdk_has_its_place() -> None:
    """One that a new SDK brings is refused meanwhile; this says that it is new."""
    from openai.types.responses import response_create_params  # noqa: PLC0415  # takes half a second

    hints = get_type_hints(response_create_params.ResponseCreateParamsBase, include_extras=True)
    assert types_of(hints["input"]) <= set(ITEMS)
    assert TOOLS.object is not None
    assert types_of(hints["tools"]) == set(TOOLS.object.variants)


def types_of(hint: Any) -> set[str]:
    """Every word that `type` may be in a declared list of alternatives, not inside of them."""
    if isinstance(hint, type) and hasattr(hint, "__annotations__"):
        inner = get_type_hints(hint, include_extras=True).get("type")
        return words_of(inner)
    return set().union(*(types_of(each) for each in get_args(hint) if each is not type(None)))


def words_of(hint: Any) -> set[str]:
    if get_origin(hint) is Literal:
        return set(get_args(hint))
    return set().union(*(words_of(each) for each in get_args(hint)))


def test_every_field_of_the_sdks_request_has_its_place() -> None:
    """A field that a new SDK brings is scanned meanwhile; this says that it is new."""
    chat = fields_of_the_sdk(
        "openai", "types/chat/completion_create_params.py", "CompletionCreateParamsBase"
    )
    assert chat <= set(CHAT.root.fields)
    completions = fields_of_the_sdk(
        "openai", "types/completion_create_params.py", "CompletionCreateParamsBase"
    )
    assert completions <= set(COMPLETIONS.root.fields)
    responses = fields_of_the_sdk(
        "openai", "types/responses/response_create_params.py", "ResponseCreateParamsBase"
    )
    assert responses <= set(RESPONSES.root.fields)
    for module in ("types/message_create_params.py", "types/beta/message_create_params.py"):
        fields = fields_of_the_sdk("anthropic", module, "MessageCreateParamsBase")
        assert fields <= set(MESSAGES.root.fields)
