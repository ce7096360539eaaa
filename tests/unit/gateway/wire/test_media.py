"""Media in requests: what it says it is, not too large, and cleaned."""

from base64 import b64encode

import pytest

from curtilage.gateway.wire.anthropic_messages import MESSAGES
from curtilage.gateway.wire.errors import MalformedMedia, MediaTooLarge
from curtilage.gateway.wire.fields import FieldMap, SlotKind, collect
from curtilage.gateway.wire.gemini import GENERATE
from curtilage.gateway.wire.media import clean_base64, clean_media, find_kind
from curtilage.gateway.wire.openai_chat import CHAT
from curtilage.gateway.wire.responses_request import RESPONSES
from tests.fakes.pictures import NOTE, a_jpeg, a_png, chunk

LOADED = a_png(chunk(b"tEXt", NOTE))
LIMIT = 10_000


def encoded(data: bytes) -> str:
    return b64encode(data).decode()


@pytest.mark.parametrize("declared", ["image/png", "image/*", ""])
def test_a_picture_is_cleaned_bare_and_in_an_address(declared: str) -> None:
    assert clean_base64(encoded(LOADED), declared, limit=LIMIT) == encoded(a_png())
    for head in ("data:image/png;base64,", "data:image/PNG;name=a.png;base64,"):
        cleaned = clean_base64(head + encoded(LOADED), declared, limit=LIMIT)
        assert cleaned == head + encoded(a_png())


def test_what_needs_no_cleaning_keeps_its_letters() -> None:
    for data, declared in ((a_png(), "image/png"), (b"%PDF-1.7", "application/pdf"), (b"x", "")):
        assert clean_base64(encoded(data), declared, limit=LIMIT) == encoded(data)


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        (encoded(a_png()), "image/jpeg"),
        (encoded(b"%PDF-1.7"), "image/png"),
        (encoded(a_png()), "application/pdf"),
        (encoded(b"<svg/>"), "image/svg+xml"),
        ("data:application/pdf;base64," + encoded(b"%PDF-"), "image/*"),
        ("data:;base64," + encoded(a_png()), "image/*"),
        ("data:image/svg+xml,<svg/>", ""),
        ("data:image/svg+xml;base64," + encoded(b"<svg/>"), ""),
        ("AAA", "audio/wav"),
        ("ÄÄÄÄ", ""),
        (encoded(a_png()[:-2]), "image/png"),
    ],
)
def test_what_is_not_what_it_says_is_refused(text: str, declared: str) -> None:
    with pytest.raises(MalformedMedia):
        clean_base64(text, declared, limit=LIMIT)


def test_its_size_is_known_before_it_is_decoded() -> None:
    with pytest.raises(MediaTooLarge):
        clean_base64("!" * 20_000, "image/png", limit=LIMIT)
    assert clean_base64(encoded(bytes(LIMIT)), limit=LIMIT)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"ID3\x04", "audio/mpeg"), (b"fLaC", "audio/flac"), (b"OggS", "audio/ogg"), (b"%PDF-1", "application/pdf"),
        (b"RIFF\x00\x00\x00\x00WAVE", "audio/wav"), (b"RIFF\x00\x00\x00\x00AVI ", ""), (b"", ""), (a_jpeg(), "image/jpeg"),
    ],
)  # fmt: skip
def test_kinds_are_told_by_first_bytes(data: bytes, kind: str) -> None:
    assert find_kind(data) == kind


PICTURE = "data:image/png;base64," + encoded(LOADED)
REQUESTS = [
    (CHAT, {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": PICTURE}}]}]}),
    (RESPONSES, {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": PICTURE}]}]}),
    (MESSAGES, {"messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": encoded(LOADED)}}]}]}),
    (GENERATE, {"contents": [{"role": "user", "parts": [{"inlineData": {"mimeType": "image/png", "data": encoded(LOADED)}}]}]}),
]  # fmt: skip


@pytest.mark.parametrize(("field_map", "document"), REQUESTS)
def test_each_protocol_has_its_pictures_cleaned(field_map: FieldMap, document: object) -> None:
    slots = collect(document, field_map, ("images",))
    assert SlotKind.MEDIA in {slot.kind for slot in slots}
    clean_media(slots, limit=LIMIT)
    assert encoded(a_png()) in str(document) and encoded(LOADED) not in str(document)


def test_a_document_in_the_place_of_a_picture_is_refused() -> None:
    url = "data:application/pdf;base64," + encoded(b"%PDF-1.7")
    document = {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]}  # fmt: skip
    with pytest.raises(MalformedMedia):
        clean_media(collect(document, CHAT, ("images",)), limit=LIMIT)
