"""Sealing: one key, one place, and nothing else opens it."""

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from curtilage.core.errors import TamperError
from curtilage.core.models import Sealed
from curtilage.vault.errors import SealBroken
from curtilage.vault.seal import (
    EVENT_PARTS,
    FRAMES,
    OVERHEAD,
    EventSealer,
    Sealer,
    derive,
    encode_context,
    event_key_id,
    open_event_part,
    open_sealed,
    seal,
)
from tests.fakes import FixedEntropy

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
PLACE = encode_context("row", 7)

# What sealing gives for the values below; kept since the first release.
SEALED_V1 = "dcd97cf78e613b15f609e365df2ee8058bf80a62e2a670cee5106507b7c9cde6"
DERIVED_V1 = "dd21c00b5e96e929c0895b8113704ae34d1334756559b235e4829a2ea5a3773a"
BOX = "b36ce42442f838351d37b7138e9ed7585c190edacee59f6d8e74d0eeaaa7f019"
COMMITMENT = "1b0d18dee2a811898f1ff193f6196aee8c2f2f3ac90ed8001f77b2765844dc5e"


def expand(prk: bytes, info: bytes) -> bytes:
    """One block of HKDF-Expand (RFC 5869 §2.3), from the standard library alone."""
    return hmac.digest(prk, info + b"\x01", "sha512")[:32]


def test_what_was_sealed_opens() -> None:
    for plaintext in (b"", b"x", b"invented value" * 1000):
        sealed = seal(KEY, plaintext, PLACE)
        assert len(sealed) == len(plaintext) + OVERHEAD
        assert open_sealed(KEY, sealed, PLACE) == plaintext


def test_the_construction_is_that_of_the_committing_suite() -> None:
    sealed = seal(KEY, b"invented value", PLACE, entropy=FixedEntropy())
    message_id, commitment, body = sealed[1:33], sealed[33:65], sealed[65:]
    assert message_id == FixedEntropy().token_bytes(32)
    prk = hmac.new(message_id, KEY, hashlib.sha512).digest()
    assert commitment == expand(prk, b"COMMITKEY")
    message_key = expand(prk, bytes.fromhex("0478") + b"DERIVEKEY")
    associated = b"curtilage seal\x01" + message_id + PLACE
    assert AESGCM(message_key).decrypt(bytes(11) + b"\x01", body, associated) == b"invented value"


def test_the_bytes_of_a_format_never_change() -> None:
    sealed = seal(KEY, b"invented value", PLACE, entropy=FixedEntropy())
    assert hashlib.sha256(sealed).hexdigest() == SEALED_V1
    assert derive(KEY, "tokens").hex() == DERIVED_V1
    part = EventSealer(KEY, key_id=b"k", entropy=FixedEntropy()).seal(b"invented", "an-id")
    assert hashlib.sha256(part.box).hexdigest() == BOX
    assert part.commitment.hex() == COMMITMENT


def test_frames_of_one_message_are_those_of_the_committing_suite() -> None:
    sealer = Sealer(KEY, entropy=FixedEntropy())
    for number in (1, 2):
        sealed = sealer.seal(b"invented value", PLACE)
        message_id, commitment, counted = sealed[1:33], sealed[33:65], sealed[65:73]
        assert (sealed[:1], counted) == (b"\x02", number.to_bytes(8, "big"))
        assert message_id == FixedEntropy().token_bytes(32)
        prk = hmac.new(message_id, KEY, hashlib.sha512).digest()
        assert commitment == expand(prk, b"COMMITKEY")
        message_key = expand(prk, bytes.fromhex("0478") + b"DERIVEKEY")
        associated = b"curtilage seal\x02" + message_id + counted + PLACE
        opened = AESGCM(message_key).decrypt(bytes(4) + counted, sealed[73:], associated)
        assert opened == open_sealed(KEY, sealed, PLACE) == b"invented value"


def test_a_frame_takes_no_other_number_place_key_or_bit() -> None:
    one, other = Sealer(KEY), Sealer(KEY)
    sealed = one.seal(b"ab", PLACE)
    assert sealed[1:33] != other.seal(b"ab", PLACE)[1:33]
    for key, place in ((OTHER, PLACE), (KEY, b"")):
        with pytest.raises(SealBroken):
            open_sealed(key, sealed, place)
    for at in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[at // 8] ^= 1 << at % 8
        with pytest.raises(SealBroken):
            open_sealed(KEY, bytes(changed), PLACE)


def test_a_message_with_all_its_frames_gives_way_to_another() -> None:
    sealer = Sealer(KEY)
    first = sealer.seal(b"x", PLACE)
    sealer._number = FRAMES - 1
    last, next_ = sealer.seal(b"x", PLACE), sealer.seal(b"x", PLACE)
    assert first[1:33] == last[1:33] != next_[1:33]
    assert int.from_bytes(next_[65:73], "big") == 1
    assert open_sealed(KEY, last, PLACE) == open_sealed(KEY, next_, PLACE) == b"x"


def test_two_seals_of_one_value_have_nothing_in_common() -> None:
    one, other = seal(KEY, b"value", PLACE), seal(KEY, b"value", PLACE)
    assert one[1:33] != other[1:33]
    assert one[33:65] != other[33:65]
    assert one[65:] != other[65:]


def test_another_key_and_another_place_do_not_open_it() -> None:
    sealed = seal(KEY, b"value", PLACE)
    for key, place in ((OTHER, PLACE), (KEY, encode_context("row", 8)), (KEY, b"")):
        with pytest.raises(SealBroken):
            open_sealed(key, sealed, place)


def test_every_flipped_bit_is_refused() -> None:
    sealed = seal(KEY, b"ab", PLACE)
    for at in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[at // 8] ^= 1 << at % 8
        with pytest.raises(TamperError) as caught:
            open_sealed(KEY, bytes(changed), PLACE)
        assert str(caught.value) == SealBroken.title


def test_every_shorter_and_longer_text_is_refused() -> None:
    sealed = seal(KEY, b"ab", PLACE)
    for changed in [sealed[:end] for end in range(len(sealed))] + [sealed + b"\x00"]:
        with pytest.raises(SealBroken):
            open_sealed(KEY, changed, PLACE)


def test_a_ciphertext_made_to_open_under_two_keys_is_refused() -> None:
    """Without the commitment, whoever knows both keys can make GCM accept both; with it, the
    second key fails before any decryption is tried."""
    sealed = seal(KEY, b"value", PLACE)
    prk = hmac.digest(sealed[1:33], OTHER, "sha512")
    forged = sealed[:33] + expand(prk, b"COMMITKEY") + sealed[65:]
    for key, text in ((OTHER, sealed), (KEY, forged), (OTHER, forged)):
        with pytest.raises(SealBroken):
            open_sealed(key, text, PLACE)


def test_a_key_of_another_length_is_a_mistake_of_ours() -> None:
    for key in (b"", bytes(16), bytes(31), bytes(33)):
        for use in (lambda k=key: seal(k, b"", b""), lambda k=key: derive(k, "use")):
            with pytest.raises(ValueError, match="32 bytes"):
                use()


def test_contexts_are_the_same_only_for_the_same_parts() -> None:
    parts = [("a", "b"), ("ab",), ("a", b"b"), ("a", 1), ("a", "1"), ("", "ab"), ("a", "b", ""), ()]
    assert len({encode_context(*each) for each in parts}) == len(parts)


def test_derived_keys_differ_by_use_and_key() -> None:
    made = {derive(key, use) for key in (KEY, OTHER) for use in ("tokens", "maps", EVENT_PARTS)}
    assert len(made) == 6


def test_an_event_part_opens_for_its_event_only() -> None:
    part = EventSealer(KEY, key_id=b"key-7").seal(b"ada@orchard.example", "event-1")
    assert open_event_part(KEY, part, "event-1") == b"ada@orchard.example"
    assert event_key_id(part) == b"key-7"
    assert b"orchard" not in part.box + part.commitment
    for key, event_id in ((OTHER, "event-1"), (KEY, "event-2")):
        with pytest.raises(SealBroken):
            open_event_part(key, part, event_id)


def test_commitment_and_box_belong_together() -> None:
    sealer = EventSealer(KEY)
    one, other = sealer.seal(b"yes", "event-1"), sealer.seal(b"yes", "event-1")
    assert one.commitment != other.commitment
    with pytest.raises(SealBroken):
        open_event_part(KEY, Sealed(other.commitment, one.box), "event-1")


def test_every_flipped_bit_of_a_box_is_refused() -> None:
    part = EventSealer(KEY, key_id=b"id").seal(b"", "event-1")
    for at in range(len(part.box) * 8):
        changed = bytearray(part.box)
        changed[at // 8] ^= 1 << at % 8
        with pytest.raises(SealBroken):
            open_event_part(KEY, Sealed(part.commitment, bytes(changed)), "event-1")
    for box in (b"", b"\x01", b"\x02\x00", part.box[:5]):
        with pytest.raises(SealBroken):
            open_event_part(KEY, Sealed(part.commitment, box), "event-1")


def test_a_key_id_has_a_length_limit() -> None:
    with pytest.raises(ValueError, match="255"):
        EventSealer(KEY, key_id=bytes(256))
