"""Codes that come by mail."""

import re

import pytest

from curtilage.identity.wire.errors import CodeReason, CodeRefused
from curtilage.identity.wire.one_time_codes import mint_one_time_code, verify_one_time_code
from tests.fakes import FixedEntropy

KEY, OTHER = b"k" * 16, b"o" * 16


def refusal(typed: str, *, key: bytes = KEY, kept: bytes) -> CodeReason:
    with pytest.raises(CodeRefused) as refused:
        verify_one_time_code(typed, key=key, kept=kept)
    return refused.value.reason


def test_a_code_is_eight_digits_that_can_be_read_aloud() -> None:
    texts = {mint_one_time_code(FixedEntropy(str(seed)), key=KEY).text for seed in range(50)}
    assert len(texts) == 50
    assert all(re.fullmatch(r"[0-9]{4} [0-9]{4}", text) for text in texts)


def test_a_code_is_good_for_its_own_ceremony_alone() -> None:
    code = mint_one_time_code(FixedEntropy(), key=KEY)
    for typed in (code.text, code.text.replace(" ", ""), code.text.replace(" ", "-")):
        verify_one_time_code(typed, key=KEY, kept=code.digest)
    assert refusal(code.text, key=OTHER, kept=code.digest) is CodeReason.WRONG
    again = mint_one_time_code(FixedEntropy(), key=OTHER)
    assert (again.text, again.digest) != (code.text, code.digest)


def test_another_code_is_refused() -> None:
    code = mint_one_time_code(FixedEntropy(), key=KEY)
    wrong = str((int(code.text.replace(" ", "")) + 1) % 10**8).zfill(8)
    assert refusal(wrong, kept=code.digest) is CodeReason.WRONG
    for typed in ("", "1234567", "123456789", "abcdefgh"):
        assert refusal(typed, kept=code.digest) is CodeReason.MALFORMED


def test_small_numbers_keep_their_zeroes() -> None:
    class Small:
        def token_bytes(self, count: int) -> bytes:
            return (7).to_bytes(count, "big")

    code = mint_one_time_code(Small(), key=KEY)
    assert code.text == "0000 0007"
    verify_one_time_code("00000007", key=KEY, kept=code.digest)
    assert refusal("7", kept=code.digest) is CodeReason.MALFORMED


def test_a_key_that_could_be_guessed_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        mint_one_time_code(FixedEntropy(), key=b"k" * 15)


def test_a_code_does_not_show_itself() -> None:
    code = mint_one_time_code(FixedEntropy(), key=KEY)
    assert code.text not in repr(code)
    assert repr(code.digest) not in repr(code)
