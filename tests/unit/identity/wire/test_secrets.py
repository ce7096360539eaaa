"""Secrets of sessions and set-up links."""

import pytest

from curtilage.identity.wire.secrets import find_digest, mint_secret
from tests.fakes import FixedEntropy


def test_a_secret_is_found_by_the_digest_that_is_kept() -> None:
    minted = mint_secret(FixedEntropy())
    assert find_digest(minted.text) == minted.digest
    assert len(minted.digest) == 32
    assert minted.text not in repr(minted)


@pytest.mark.parametrize("text", ["", "x", "x" * 42, "x" * 44, "é" * 43, "x" * 42 + "\n", "=" * 43])
def test_what_is_not_shaped_like_a_secret_has_no_digest(text: str) -> None:
    assert find_digest(text) is None
