"""Signed notes and checkpoints: one spelling, one key, one log."""

from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from curtilage.ledger.errors import ProofInvalid
from curtilage.ledger.note import (
    Checkpoint,
    add_cosignature,
    claimed_origin,
    encode_verifier_key,
    key_id,
    parse_checkpoint,
    sign_checkpoint,
    verify_checkpoint,
    verify_cosignature,
)
from tests.unit.ledger.worlds import KEY, OTHER_KEY

ORIGIN = "ledger.orchard.example/tenant-0/gw-0"
CHECKPOINT = Checkpoint(ORIGIN, 7, bytes(range(32)))
NOTE = sign_checkpoint(CHECKPOINT, KEY)
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ANCHORED = add_cosignature(NOTE, name="a/anchor", key=KEY, at=AT)


def _verify(note: bytes) -> Checkpoint:
    return verify_checkpoint(note, expected_origin=ORIGIN, key=KEY.public_key())


def _verify_all(note: bytes, *, cosigned: bool) -> None:
    _verify(note)
    if cosigned:
        verify_cosignature(note, name="a/anchor", key=KEY.public_key())


def test_a_checkpoint_comes_back_as_it_was_signed() -> None:
    assert _verify(NOTE) == CHECKPOINT
    assert claimed_origin(NOTE) == ORIGIN


def test_a_cosignature_carries_its_time_and_leaves_the_log_s_signature() -> None:
    assert verify_cosignature(ANCHORED, name="a/anchor", key=KEY.public_key()) == AT
    assert _verify(ANCHORED) == CHECKPOINT


@pytest.mark.parametrize("seconds", [253_402_300_800, 2**62, 2**64 - 1])
def test_a_time_past_the_calendar_is_refused_though_it_is_signed(seconds: int) -> None:
    text = CHECKPOINT.encode().encode()
    signature = KEY.sign(f"cosignature/v1\ntime {seconds}\n".encode() + text)
    stamped = key_id("a/anchor", 4, KEY.public_key()) + seconds.to_bytes(8, "big") + signature
    note = NOTE + f"\u2014 a/anchor {b64encode(stamped).decode()}\n".encode()
    with pytest.raises(ProofInvalid, match="calendar"):
        verify_cosignature(note, name="a/anchor", key=KEY.public_key())


def test_the_key_id_follows_the_specification() -> None:
    """C2SP signed-note: SHA-256 of name, newline, type and key, the first four bytes."""
    public = KEY.public_key().public_bytes_raw()
    assert key_id("a", 1, KEY.public_key()) == sha256(b"a\n\x01" + public).digest()[:4]
    vkey = encode_verifier_key("a", KEY.public_key())
    assert vkey.split("+")[0] == "a"
    assert vkey.split("+", 2)[2] == b64encode(b"\x01" + public).decode()


@pytest.mark.parametrize("note", [NOTE, ANCHORED], ids=["checkpoint", "anchor"])
def test_every_bit_of_a_note_counts(note: bytes) -> None:
    for bit in range(len(note) * 8):
        changed = bytearray(note)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ProofInvalid):
            _verify_all(bytes(changed), cosigned=note is ANCHORED)


def test_a_note_of_another_key_or_log_is_refused() -> None:
    with pytest.raises(ProofInvalid):
        _verify(sign_checkpoint(CHECKPOINT, OTHER_KEY))
    other = Checkpoint("ledger.orchard.example/head", 7, bytes(32))
    with pytest.raises(ProofInvalid):
        _verify(sign_checkpoint(other, KEY))
    with pytest.raises(ProofInvalid):
        verify_cosignature(NOTE, name="a/anchor", key=KEY.public_key())


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"\n\n",
        NOTE + NOTE.split(b"\n\n")[1],
        NOTE.rstrip(b"\n"),
        NOTE.replace(b"\xe2\x80\x94 ", b"- "),
        NOTE + b"x" * 20_000 + b"\n",
        NOTE + "\u2014 other AA==\n".encode(),
    ],
)
def test_what_is_no_note_is_refused(note: bytes) -> None:
    with pytest.raises(ProofInvalid):
        _verify(note)


def test_signatures_of_strangers_are_ignored() -> None:
    stranger = b64encode(bytes(70)).decode()
    assert _verify(NOTE + f"\u2014 witness.example {stranger}\n".encode()) == CHECKPOINT


@pytest.mark.parametrize("size", ["07", "+7", "-7", "7.0", "", "\u0667"])
def test_a_size_has_one_spelling(size: str) -> None:
    text = CHECKPOINT.encode().replace("\n7\n", f"\n{size}\n")
    with pytest.raises(ProofInvalid):
        parse_checkpoint(text.encode(), expected_origin=ORIGIN)


def test_a_checkpoint_has_three_lines_and_32_bytes_of_root() -> None:
    for text in (
        f"{ORIGIN}\n7\nAAAA\n",
        f"{ORIGIN}\n7\n",
        CHECKPOINT.encode() + "more\n",
        f"{ORIGIN}\n-7\n{b64encode(bytes(32)).decode()}\n",
    ):
        with pytest.raises(ProofInvalid):
            parse_checkpoint(text.encode(), expected_origin=ORIGIN)
    with pytest.raises(ProofInvalid):
        claimed_origin(b"\xff\n")
