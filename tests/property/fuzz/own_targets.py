"""What we wrote ourselves and read again: keys, seals, maps, manifests, cookies, the link."""

from collections.abc import Iterator
from typing import Any

from curtilage.app.frames import FrameParser, encode_frame
from curtilage.app.manifest import KeptFile, Manifest, encode_manifest, parse_manifest
from curtilage.core.db.outbox import encode_waiting, parse_waiting
from curtilage.core.models import Sealed
from curtilage.core.page import Flash
from curtilage.detect.secrecy import decode_base64url
from curtilage.identity.limits import Ask, LimitBook
from curtilage.identity.wire.apikey import mint_api_key, parse_api_key
from curtilage.identity.wire.limit_book import encode_book, parse_book
from curtilage.identity.wire.secrets import find_digest, mint_secret
from curtilage.vault.seal import EventSealer, Sealer, open_event_part, open_sealed, seal
from curtilage.vault.wire import encode_root_key, parse_root_key
from curtilage.vault.wrap import unwrap, wrap
from curtilage.web.csrf import issue_token, verify_token
from curtilage.web.flash import encode_flash, find_flash
from curtilage.web.form import FORM_TYPE, parse_fields, parse_form
from tests.builders import an_event
from tests.fakes import FixedEntropy
from tests.fakes.clock import START
from tests.property.fuzz.target import Target

KEY = bytes(range(32))
ENTROPY = FixedEntropy()
SEALED_PART = EventSealer(KEY, key_id=b"k" * 16, entropy=ENTROPY).seal(b"what was said", "event-1")
MANIFEST = Manifest(
    "data", START, "0.1.0", "t-1", "sqlite", 12, (KeptFile("data/a.db", 9, "00" * 32),)
)
EVENT = an_event(sealed=Sealed(KEY, b"box"), facts={"found": {"IBAN": 2}})


def own_targets() -> Iterator[Target]:
    key = mint_api_key(ENTROPY).text
    yield Target("API key", (parse_api_key,), [key], parse_api_key)
    yield Target("secret of a session", (), [mint_secret(ENTROPY).text], find_digest)
    yield Target(
        "root key", (parse_root_key,), [encode_root_key(KEY)], parse_root_key, encode_root_key
    )
    boxes = [seal(KEY, b"text", b"here"), Sealer(KEY).seal(b"text", b"here")]
    yield Target("seal", (), boxes, lambda raw: open_sealed(KEY, raw, b"here"))
    wrapped = wrap(KEY, KEY, b"here", ENTROPY)
    yield Target("wrapped key", (), [wrapped], lambda raw: unwrap(KEY, raw, b"here"))
    yield Target("sealed part", (), [SEALED_PART.box], open_part)
    manifests = [encode_manifest(MANIFEST)]
    yield Target("manifest", (parse_manifest,), manifests, read_manifest, encode_manifest)
    waiting = encode_waiting(EVENT)
    yield Target("event that waits", (parse_waiting,), [waiting], read_waiting, encode_waiting)
    frames = [
        encode_frame({"id": 1, "ask": "watch", "known": ""}),
        encode_frame({"id": 2, "result": None}),
    ]
    yield Target("frames of the link", (FrameParser.feed,), frames, read_frames)
    yield Target("base64url", (decode_base64url,), ["eyJhbGciOiJub25lIn0"], decode_base64url)
    yield Target("limit book", (parse_book,), [a_book()], parse_book, encode_book)
    flash = encode_flash(KEY, Flash("Done."))
    yield Target("flash", (), [flash], lambda text: find_flash(KEY, text))
    token = issue_token(KEY, "cookie", ENTROPY)
    yield Target("form token", (), [token], lambda text: verify_token(KEY, "cookie", text))
    yield Target(
        "form", (parse_form, parse_fields), [b"name=Ada+Quill&x=%C3%A9&empty="], read_fields
    )


def a_book() -> bytes:
    book = LimitBook()
    for at in (1.8e9, 1.8e9 + 7):
        book.lease(Ask("k", 1, 40), at, requests_per_minute=100, tokens_per_minute=1000)
    return encode_book(book)


def open_part(box: bytes) -> bytes:
    return open_event_part(KEY, Sealed(SEALED_PART.commitment, box), "event-1")


def read_manifest(raw: bytes) -> Manifest:
    return parse_manifest(raw, expected_kind="data")


def read_waiting(text: str) -> object:
    return parse_waiting(text, b"box")


def read_frames(raw: bytes) -> list[dict[str, Any]]:
    parser = FrameParser()
    return [message for at in range(0, len(raw), 3) for message in parser.feed(raw[at : at + 3])]


def read_fields(raw: bytes) -> dict[str, str]:
    return parse_form(FORM_TYPE, raw)
