"""The root key, and everything that is sealed under another."""

from collections.abc import Iterator

from curtilage.core.models import Sealed
from curtilage.vault.seal import EventSealer, Sealer, open_event_part, open_sealed, seal
from curtilage.vault.wire import encode_root_key, parse_root_key
from curtilage.vault.wrap import unwrap, wrap
from tests.fakes import FixedEntropy
from tests.property.fuzz.target import Target

KEY = bytes(range(32))
ENTROPY = FixedEntropy()
SEALED_PART = EventSealer(KEY, key_id=b"k" * 16, entropy=ENTROPY).seal(b"what was said", "event-1")


def open_part(box: bytes) -> bytes:
    return open_event_part(KEY, Sealed(SEALED_PART.commitment, box), "event-1")


def vault_targets() -> Iterator[Target]:
    yield Target(
        "root key", (parse_root_key,), [encode_root_key(KEY)], parse_root_key, encode_root_key
    )
    boxes = [seal(KEY, b"text", b"here"), Sealer(KEY).seal(b"text", b"here")]
    yield Target("seal", (), boxes, lambda raw: open_sealed(KEY, raw, b"here"))
    wrapped = wrap(KEY, KEY, b"here", ENTROPY)
    yield Target("wrapped key", (), [wrapped], lambda raw: unwrap(KEY, raw, b"here"))
    yield Target("sealed part", (), [SEALED_PART.box], open_part)
