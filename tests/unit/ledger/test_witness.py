"""Keys of witnesses, and the bytes of add-checkpoint."""

from base64 import b64encode

import pytest

from curtilage.core.errors import SetupError
from curtilage.ledger.errors import ProofInvalid
from curtilage.ledger.note import Checkpoint, add_cosignature, encode_verifier_key, sign_checkpoint
from curtilage.ledger.witness import (
    add_answer,
    encode_add_checkpoint,
    encode_witness_key,
    parse_size,
    parse_witness,
    parse_witness_key,
    verify_seen,
)
from tests.fakes.clock import START
from tests.unit.ledger.witnesses import WITNESS, WITNESS_KEY
from tests.unit.ledger.worlds import KEY, OTHER_KEY

VKEY = encode_witness_key(WITNESS)
NOTE = sign_checkpoint(Checkpoint("log.example", 1, bytes(32)), KEY)


def test_a_verifier_key_comes_back() -> None:
    assert parse_witness_key(VKEY) == WITNESS
    assert parse_witness(f"https://w.example/ {VKEY}").url == "https://w.example"


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "w.example",
        "w.example+00000000+AAAA",
        VKEY.replace(WITNESS.id, "00000000"),
        VKEY[:-4],
        VKEY.replace("witness.", "other."),
        encode_verifier_key("log.example", KEY.public_key()),  # a log's key is no cosigner's
        f"+{WITNESS.id}+{b64encode(b'').decode()}",
    ],
)
def test_what_is_no_key_of_a_cosigner_is_refused(vkey: str) -> None:
    with pytest.raises(SetupError):
        parse_witness_key(vkey)


@pytest.mark.parametrize("url", ["", "http://w.example", "w.example", "ftp://w.example"])
def test_an_address_without_tls_is_refused_beyond_loopback(url: str) -> None:
    with pytest.raises(SetupError):
        parse_witness(f"{url} {VKEY}")
    assert parse_witness(f"http://127.0.0.1:9 {VKEY}").key == WITNESS


def test_the_body_is_old_size_proof_empty_line_and_note() -> None:
    body = encode_add_checkpoint(7, [bytes(32)], b"note\n")
    assert body == b"old 7\n" + b64encode(bytes(32)) + b"\n\nnote\n"
    assert encode_add_checkpoint(0, [], b"note\n") == b"old 0\n\nnote\n"


def test_a_size_has_one_spelling() -> None:
    assert [parse_size(b"0\n"), parse_size(b"12"), parse_size(b"12\n")] == [0, 12, 12]
    for body in (b"", b"\n", b"1\n\n", b"+1\n", b"1" * 19, "١".encode()):
        with pytest.raises(ProofInvalid):
            parse_size(body)


def test_only_the_right_line_of_an_answer_is_taken() -> None:
    right = _answer(WITNESS_KEY)
    stranger = add_cosignature(NOTE, name="x.example", key=OTHER_KEY, at=START)[len(NOTE) :]
    old_key = _answer(OTHER_KEY)
    cosigned, at = add_answer(NOTE, stranger + old_key + right, WITNESS)
    assert (cosigned, at) == (NOTE + right, START.replace(microsecond=0))
    for answer in (stranger, old_key, right[:-2] + b"\n", b""):
        with pytest.raises(ProofInvalid):
            add_answer(NOTE, answer, WITNESS)


def _answer(key: object, **given: object) -> bytes:
    return add_cosignature(NOTE, name=WITNESS.name, key=key, at=START)[len(NOTE) :]  # type: ignore[arg-type]


def test_a_cosignature_without_a_time_says_nothing() -> None:
    epoch = START.fromtimestamp(0, START.tzinfo)
    note = add_cosignature(NOTE, name=WITNESS.name, key=WITNESS_KEY, at=epoch)
    with pytest.raises(ProofInvalid):
        verify_seen(note, WITNESS)
