"""The walk: what is text, what is structure, what is refused, and writing back."""

from typing import Any

import orjson
import pytest

from curtilage.gateway.wire.anthropic_messages import MESSAGES
from curtilage.gateway.wire.body import encode_body
from curtilage.gateway.wire.errors import (
    SignedTextRefused,
    UnexpectedShape,
    UnknownPart,
    UnscannableContent,
)
from curtilage.gateway.wire.fields import ID, MODEL, NAME, FieldMap, SlotKind, collect
from curtilage.gateway.wire.openai_chat import CHAT
from tests.counting import lines

MAIL = "ada@library.example"
BLOB = "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"  # looks sealed, and is a secret


def chat(*content: Any, role: str = "user", **fields: Any) -> dict[str, Any]:
    return {"model": "gpt-4o", "messages": [{"role": role, "content": list(content), **fields}]}


def messages(*content: Any, role: str = "user") -> dict[str, Any]:
    return {
        "model": "claude-a",
        "max_tokens": 1,
        "messages": [{"role": role, "content": list(content)}],
    }


def replaced(document: Any, field_map: FieldMap, allowed: tuple[str, ...] = ()) -> Any:
    """The document as it leaves when every slot that holds the address is rewritten."""
    for slot in collect(document, field_map, allowed):
        if MAIL in slot.text:
            slot.replace(slot.text.replace(MAIL, "TOKEN"))
    return written(document)


def written(document: Any) -> Any:
    """The document as another reader has it."""
    return orjson.loads(encode_body(document))


REFUSED = [
    (chat({"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}), CHAT, ("images",)),
    (chat({"type": "image_url", "image_url": {"url": "https://a.example/b"}}), CHAT, ("images", "remote_urls")),
    (chat({"type": "input_audio", "input_audio": {"data": "AA", "format": "wav"}}), CHAT, ("audio",)),
    (chat({"type": "file", "file": {"file_id": "file-abc123def"}}), CHAT, ("files",)),
    (chat({"type": "video_url", "video_url": {"url": "data:video/mp4;base64,AA"}}), CHAT, ("video",)),
    (messages({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA"}}), MESSAGES, ("images",)),
    (messages({"type": "image", "source": {"type": "url", "url": "https://a.example/b"}}), MESSAGES, ("images", "remote_urls")),
    (messages({"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "AA"}}), MESSAGES, ("files",)),
    (messages({"type": "document", "source": {"type": "url", "url": "https://a.example/b"}}), MESSAGES, ("files", "remote_urls")),
    (messages({"type": "container_upload", "file_id": "file_abc123def"}), MESSAGES, ("files",)),
    (
        messages({"type": "tool_result", "tool_use_id": "toolu_abc123def", "content": [{"type": "image", "source": {"type": "base64", "data": "AA"}}]}),
        MESSAGES,
        ("images",),
    ),
    ({"model": "claude-a", "mcp_servers": [{"type": "url", "name": "a", "url": "https://a.example"}]}, MESSAGES, ("remote_urls",)),
]  # fmt: skip


@pytest.mark.parametrize(("document", "field_map", "needed"), REFUSED)
def test_what_cannot_be_scanned_needs_the_policys_word(
    document: Any, field_map: FieldMap, needed: tuple[str, ...]
) -> None:
    assert isinstance(collect(document, field_map, needed), list)
    for missing in needed:
        with pytest.raises(UnscannableContent) as caught:
            collect(document, field_map, tuple(word for word in needed if word != missing))
        assert f'{missing} = "allow"' in caught.value.advice
        assert "[opaque]" in caught.value.advice
        assert caught.value.status == 403


@pytest.mark.parametrize(
    ("document", "field_map"),
    [
        (chat({"type": "hologram", "data": MAIL}), CHAT),
        (chat({"text": MAIL}), CHAT),
        (chat({"type": 5, "text": MAIL}), CHAT),
        (messages({"type": "hologram", "data": MAIL}), MESSAGES),
        (messages({"type": "document", "source": {"type": "memory", "data": MAIL}}), MESSAGES),
        (messages({"type": "tool_result", "content": [{"type": "hologram"}]}), MESSAGES),
        ({"system": [{"type": "hologram"}]}, MESSAGES),
    ],
)
def test_unknown_kinds_of_content_are_refused(document: Any, field_map: FieldMap) -> None:
    with pytest.raises(UnknownPart) as caught:
        collect(document, field_map, ("images", "files", "audio", "video", "remote_urls"))
    assert caught.value.status == 400
    assert MAIL not in str(caught.value)


def test_a_key_is_rewritten_in_its_place_with_its_value() -> None:
    document = {"model": "gpt-4o", "metadata": {"first": 1, MAIL: MAIL, "last": 3}}
    metadata = replaced(document, CHAT)["metadata"]
    assert list(metadata.items()) == [("first", 1), ("TOKEN", "TOKEN"), ("last", 3)]


def test_two_keys_that_become_equal_keep_both_values() -> None:
    document = {"model": "gpt-4o", "metadata": {"a b@x.example": 1, "c d@x.example": 2}}
    for slot in collect(document, CHAT):
        if slot.kind is SlotKind.KEY:
            slot.replace("masked")
    assert written(document)["metadata"] == {"masked": 1, "masked 2": 2}


def test_a_new_key_never_takes_the_place_of_another() -> None:
    names = ("a@b.example", "masked 2", "masked", "c@d.example")
    document = {"model": "gpt-4o", "metadata": {name: n for n, name in enumerate(names)}}
    for slot in collect(document, CHAT):
        if "@" in slot.text:
            slot.replace("masked")
    assert list(written(document)["metadata"].items()) == [
        ("masked 3", 0),
        ("masked 2", 1),
        ("masked", 2),
        ("masked 4", 3),
    ]


@pytest.mark.parametrize("name", ["TOKEN {}", "masked"])
@pytest.mark.parametrize("inside", [False, True])
def test_many_keys_are_renamed_with_work_in_proportion(name: str, inside: bool) -> None:
    def rename(size: int) -> int:
        many = {f"a{n}@b.example": n for n in range(size)}
        metadata = {"arguments": orjson.dumps(many).decode()} if inside else many
        call = {"id": "call_abc123def", "type": "function", "function": metadata}
        document = chat(role="assistant", tool_calls=[call])
        keys = [slot for slot in collect(document, CHAT) if slot.kind is SlotKind.KEY]
        assert len(keys) == size

        def work() -> None:
            for number, slot in enumerate(keys):
                slot.replace(name.format(number))
            encode_body(document)

        return lines(work)

    assert rename(800) < 6 * rename(200)


def test_a_document_with_new_names_is_written_with_them_or_not_at_all() -> None:
    document = {"model": "gpt-4o", MAIL: 1}
    (slot,) = collect(document, CHAT)
    slot.replace("TOKEN")
    with pytest.raises(TypeError):
        orjson.dumps(document)
    assert written(document) == written(document) == {"model": "gpt-4o", "TOKEN": 1}


def test_a_value_under_a_rewritten_key_is_still_found() -> None:
    document = {"model": "gpt-4o", "metadata": {MAIL: {"in": [MAIL]}, f"{MAIL} ": 4111111111111111}}
    for slot in collect(document, CHAT):
        slot.replace("TOKEN")
    assert written(document)["metadata"] == {"TOKEN": {"in": ["TOKEN"]}, "TOKEN 2": "TOKEN"}


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (
            f'{{"to": "{MAIL}", "n": [1, {{"{MAIL}": null}}]}}',
            '{"to":"TOKEN","n":[1,{"TOKEN":null}]}',
        ),
        ('{"to": "ada\\u0040library.example"}', '{"to":"TOKEN"}'),
        (f'"{MAIL}"', '"TOKEN"'),
        (f'{{"to": "{MAIL}", "to": 2}}', '{"to": "TOKEN", "to": 2}'),
        (f'{{"to": "{MAIL}"', '{"to": "TOKEN"'),
        (f"not json {MAIL}", "not json TOKEN"),
        ('{"to":  "nobody",\n "n": 1.50}', '{"to":  "nobody",\n "n": 1.50}'),
    ],
)
def test_arguments_are_read_as_json_and_kept_where_nothing_changes(
    arguments: str, wanted: str
) -> None:
    call = {
        "id": "call_abc123def",
        "type": "function",
        "function": {"name": "look", "arguments": arguments},
    }
    document = replaced(chat(role="assistant", tool_calls=[call]), CHAT)
    assert document["messages"][0]["tool_calls"][0]["function"]["arguments"] == wanted


def test_results_with_escapes_are_read_as_json_and_others_as_they_stand() -> None:
    escaped = '{"to": "ada\\u0040library.example"}'
    plain = f'{{"to": "{MAIL}",  "pretty": 1}}'
    for given, wanted in ((escaped, '{"to":"TOKEN"}'), (plain, '{"to": "TOKEN",  "pretty": 1}')):
        document = {
            "model": "gpt-4o",
            "messages": [{"role": "tool", "tool_call_id": "call_abc123def", "content": given}],
        }
        assert replaced(document, CHAT)["messages"][0]["content"] == wanted


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (12345678, "12345678"),
        (-12345678, "-12345678"),
        (4111111111111111, "4111111111111111"),
        (2**63, "9223372036854775808"),
        (52.52000659999999, "52.52000659999999"),
        (4111111111111111.0, "4111111111111111"),
        (-4.111111111111111e15, "-4111111111111111"),
        (6.011111111111111e18, "6011111111111110656"),
        (1.2345678901234567e20, "1.2345678901234567e+20"),
    ],
)
def test_long_numbers_in_free_form_values_are_text(number: float, text: str) -> None:
    document = messages(
        {"type": "tool_use", "id": "toolu_abc123def", "name": "look", "input": {"n": [number]}}
    )
    (slot,) = collect(document, MESSAGES)
    assert (slot.kind, slot.text, slot.label) == (SlotKind.NUMBER, text, "n")
    slot.replace("TOKEN")
    assert document["messages"][0]["content"][0]["input"] == {"n": ["TOKEN"]}


@pytest.mark.parametrize("number", [0, 9999999, 9999999.0, 1e300, 1.5, 12.3456, True, None])
def test_short_numbers_are_not(number: Any) -> None:
    document = messages(
        {"type": "tool_use", "id": "toolu_abc123def", "name": "look", "input": {"n": number}}
    )
    assert collect(document, MESSAGES) == []


def test_signed_text_is_read_and_never_altered() -> None:
    document = messages(
        {"type": "thinking", "thinking": f"about {MAIL}", "signature": ""}, role="assistant"
    )
    (slot,) = collect(document, MESSAGES)
    assert slot.kind is SlotKind.SIGNED
    with pytest.raises(SignedTextRefused) as caught:
        slot.replace("TOKEN")
    assert caught.value.status == 403
    assert 'provider_blobs = "allow"' in caught.value.advice
    assert document["messages"][0]["content"][0]["thinking"] == f"about {MAIL}"
    (lenient,) = collect(document, MESSAGES, ("provider_blobs",))
    assert lenient.kind is SlotKind.LENIENT
    with pytest.raises(SignedTextRefused) as caught:
        lenient.replace("TOKEN")
    assert "provider_blobs" not in caught.value.advice
    assert caught.value.advice != SignedTextRefused.hint


SEALED = [
    messages({"type": "redacted_thinking", "data": BLOB}, role="assistant"),
    messages({"type": "thinking", "thinking": "", "signature": BLOB}, role="assistant"),
    {**messages(), "fallback_credit_token": BLOB},
]


@pytest.mark.parametrize("document", SEALED)
def test_what_a_provider_sealed_needs_the_policys_word_and_is_read_even_then(
    document: Any,
) -> None:
    (slot,) = collect(document, MESSAGES, ("provider_blobs",))
    assert (slot.kind, slot.text) == (SlotKind.LENIENT, BLOB)
    with pytest.raises(UnscannableContent) as caught:
        collect(document, MESSAGES)
    assert 'provider_blobs = "allow"' in caught.value.advice


@pytest.mark.parametrize(
    "blob", ["4111111111111111", MAIL, "a sentence in place of a signature", "short"]
)
def test_an_opaque_field_that_is_not_a_blob_is_read_like_signed_text(blob: str) -> None:
    document = messages({"type": "redacted_thinking", "data": blob}, role="assistant")
    for allowed in ((), ("provider_blobs",)):
        assert [slot.kind for slot in collect(document, MESSAGES, allowed)] == [SlotKind.SIGNED]


@pytest.mark.parametrize(
    "name", ["10.0.0.1", "8.8.8.8", "bB:B1:0e:Ba:Cb:d9", "fe80::1", "2003.9.8"]
)
def test_an_address_or_a_date_in_place_of_a_name_is_read_as_text(name: str) -> None:
    document = messages({"type": "tool_use", "id": "toolu_abc123def", "name": name, "input": {}})
    assert [slot.text for slot in collect(document, MESSAGES)] == [name]
    document = messages(
        {"type": "tool_use", "id": "toolu_abc123def", "name": "look", "input": {name: 1}}
    )
    assert [slot.kind for slot in collect(document, MESSAGES)] == [SlotKind.KEY]


def test_a_long_number_is_read_wherever_a_setting_stands() -> None:
    document = {**messages(), "max_tokens": 4111111111111111}
    assert [slot.text for slot in collect(document, MESSAGES)] == ["4111111111111111"]


def test_a_model_named_beside_the_main_one_is_read_as_text() -> None:
    document = {**messages(), "fallbacks": [{"model": MAIL}]}
    assert [slot.text for slot in collect(document, MESSAGES)] == [MAIL]


def test_labels_say_under_which_name_a_value_stands() -> None:
    document = messages(
        {
            "type": "tool_use",
            "id": "toolu_abc123def",
            "name": "look",
            "input": {"iban": "x", "deep": {"ssn": ["y"]}},
        }
    )
    assert [(slot.label, slot.text) for slot in collect(document, MESSAGES)] == [
        ("iban", "x"),
        ("ssn", "y"),
    ]


@pytest.mark.parametrize(
    "name",
    ["look", "get_weather", "getWeather2", "a-b.c", "mcp__server__tool", "$ref", "v1", "MAX_TOKENS", "additionalProperties", "listOrdersByCustomerId", "UnevaluatedProperties2", "get_currentConversationId"],
)  # fmt: skip
def test_plain_names_are_structure(name: str) -> None:
    assert NAME.fits(name)


@pytest.mark.parametrize(
    "name",
    ["4111-1111-1111-1111", "a_4111111111111111", "ssn_123-45-6789", "AKIAIOSFODNN7EXAMPLE", "sk_live_4eC39HqLyjWDarjt", "AKIAQWERTYUIOPASDFGH", "AKIAQWERTYUIOPASD234", "x_AKIAQWERTYUIOPASDFGH", "sk_live_abcdefghijklmnopqrstuvwx", "aBcDeFgHiJkLmNoPqR", "abcdefghijklm234", MAIL, "two words", "zoë", "x" * 65, ""],
)  # fmt: skip
def test_names_that_could_be_more_are_text(name: str) -> None:
    assert not NAME.fits(name)


@pytest.mark.parametrize(
    ("name", "is_structure"),
    [
        ("call_abc123def", True),
        ("toolu_01A09q90qw90lq917835lq9", True),
        ("call_AKIAQWERTYUIOPASDFGH", False),
        ("call_a4111111111111111", False),
        ("other_abc123def", False),
    ],
)
def test_ids_that_a_provider_mints_are_structure(name: str, is_structure: bool) -> None:
    assert bool(ID.fits(name)) is is_structure


@pytest.mark.parametrize(
    "name",
    ["gpt-4o", "o3", "gpt-4o-2024-08-06", "claude-haiku-4-5-20251001", "ft:gpt-4o-mini:org", "meta-llama/Llama-3.1-70B-Instruct", "claude-3-5-sonnet@20240620", "@cf/meta/llama-3"],
)  # fmt: skip
def test_model_names_are_structure(name: str) -> None:
    assert MODEL.fits(name)


@pytest.mark.parametrize("name", [MAIL, "4111111111111111", "gpt 4", "a-4111-1111-1111-1111"])
def test_model_names_that_could_be_more_are_text(name: str) -> None:
    assert not MODEL.fits(name)


@pytest.mark.parametrize("document", [[MAIL], [{MAIL: 1}], MAIL, None])
def test_a_body_that_is_no_object_is_refused(document: Any) -> None:
    with pytest.raises(UnexpectedShape) as caught:
        collect(document, CHAT)
    assert MAIL not in str(caught.value)


def test_nothing_empty_is_collected() -> None:
    document = {
        "model": "gpt-4o",
        "metadata": {"": "", "a": ""},
        "user": "",
        "stop": [""],
        "x": ["", {}],
    }
    assert collect(document, CHAT) == []
