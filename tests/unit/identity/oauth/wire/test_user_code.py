"""Codes that people type: no vowels, every letter as likely, forgiving of how they are typed."""

from collections import Counter

import pytest

from curtilage.identity.oauth.wire.user_code import ALPHABET, find_user_code, mint_user_code
from tests.fakes import FixedEntropy


@pytest.mark.requirement(19)
def test_codes_have_enough_letters_and_are_found_again() -> None:
    entropy = FixedEntropy()
    codes = [mint_user_code(entropy) for _ in range(2000)]
    assert len(set(codes)) == 2000
    counts = Counter("".join(codes).replace("-", ""))
    assert set(counts) == set(ALPHABET)
    assert not set("AEIOUY01") & set(ALPHABET)
    assert len(ALPHABET) ** 8 > 2**20
    assert max(counts.values()) < 1.25 * min(counts.values())
    assert all(find_user_code(code) == code.replace("-", "") for code in codes)


@pytest.mark.requirement(19)
@pytest.mark.parametrize(
    "typed", ["wdjb-mjht", "WDJBMJHT", " wdjb mjht ", "W-D-J-B-M-J-H-T", "WDJB.MJHT"]
)
def test_case_and_dashes_do_not_count(typed: str) -> None:
    assert find_user_code(typed) == "WDJBMJHT"


@pytest.mark.parametrize(
    "typed", ["", "WDJB-MJH", "WDJB-MJHTX", "AEIO-UAEI", "x" * 33, "ＷDJB-MJHT"]
)
def test_what_is_no_code(typed: str) -> None:
    assert find_user_code(typed) is None
