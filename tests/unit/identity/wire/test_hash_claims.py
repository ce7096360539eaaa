"""What an ID token says of what came with it."""

from typing import Any

import pytest

from curtilage.identity.wire.algorithms import Algorithm
from curtilage.identity.wire.base64url import decode_base64url
from curtilage.identity.wire.errors import JoseRefused
from curtilage.identity.wire.hash_claims import hash_claim, verify_hash_claim
from tests.vectors.identity.jose_examples import OIDC_ACCESS_TOKEN, OIDC_AT_HASH

pytestmark = pytest.mark.requirement(29, 30)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_every_algorithm_has_a_digest_of_which_half_is_taken(algorithm: Algorithm) -> None:
    claim = hash_claim(OIDC_ACCESS_TOKEN, algorithm=algorithm)
    bits = 512 if algorithm.startswith("Ed") else int(algorithm[2:])
    assert len(decode_base64url(claim)) * 16 == bits
    assert verify_hash_claim(claim, value=OIDC_ACCESS_TOKEN, algorithm=algorithm)


@pytest.mark.parametrize(
    ("claimed", "value"),
    [
        (OIDC_AT_HASH, "another"),
        (OIDC_AT_HASH, "é"),
        (OIDC_AT_HASH[:-1] + "A", OIDC_ACCESS_TOKEN),
        (OIDC_AT_HASH + "==", OIDC_ACCESS_TOKEN),
        ("é", OIDC_ACCESS_TOKEN),
        ("", OIDC_ACCESS_TOKEN),
        (None, OIDC_ACCESS_TOKEN),
        (7, OIDC_ACCESS_TOKEN),
    ],
)
def test_another_or_a_missing_hash_is_refused(claimed: Any, value: str) -> None:
    with pytest.raises(JoseRefused):
        verify_hash_claim(claimed, value=value, algorithm=Algorithm.RS256)


def test_a_hash_of_another_algorithm_is_refused() -> None:
    with pytest.raises(JoseRefused):
        verify_hash_claim(OIDC_AT_HASH, value=OIDC_ACCESS_TOKEN, algorithm=Algorithm.ES384)
