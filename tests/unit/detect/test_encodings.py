"""Self-checking encodings, against the examples of their specifications."""

import pytest

from curtilage.detect.encodings import base58check, is_bech32


def test_the_first_block_reward_address_decodes() -> None:
    payload = base58check("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")
    assert payload is not None
    assert payload[0] == 0
    assert len(payload) == 21


def test_a_changed_or_foreign_character_does_not_decode() -> None:
    assert base58check("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb") is None
    assert base58check("0A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa") is None


@pytest.mark.parametrize(  # BIP 173 and BIP 350, valid test vectors
    "value",
    [
        "a12uel5l",
        "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
        "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
        "a1lqfn3a",
    ],
)
def test_the_vectors_of_the_proposals_hold(value: str) -> None:
    assert is_bech32(value)
    assert not is_bech32(value[:-1] + ("q" if value[-1] != "q" else "p"))


def test_what_has_no_separator_or_a_foreign_letter_is_not_bech32() -> None:
    assert not is_bech32("pzry9x0s0muk")
    assert not is_bech32("x1b4n0q5v")
