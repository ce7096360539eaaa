"""PKCE: S256 and nothing else."""

import pytest

from curtilage.identity.wire.errors import PkceRefused, UnacceptableChallenge
from curtilage.identity.wire.pkce import (
    CodeChallenge,
    challenge_of,
    encode_code_challenge,
    mint_code_verifier,
    parse_code_challenge,
    verify_code_verifier,
)
from tests.fakes import FixedEntropy
from tests.vectors.identity.jose_examples import CHALLENGE_7636, VERIFIER_7636

pytestmark = pytest.mark.requirement(3)


def test_a_verifier_of_ours_fits_its_challenge_and_no_other() -> None:
    entropy = FixedEntropy()
    one, other = mint_code_verifier(entropy), mint_code_verifier(entropy)
    parsed = parse_code_challenge(encode_code_challenge(challenge_of(one)), method="S256")
    assert verify_code_verifier(one, challenge=parsed).challenge == challenge_of(one)
    with pytest.raises(PkceRefused):
        verify_code_verifier(other, challenge=parsed)


@pytest.mark.oidf("fapi2-security-profile-final-par-plain-pkce-rejected")
@pytest.mark.oidf("fapi2-security-profile-final-par-ensure-pkce-required")
@pytest.mark.parametrize(
    ("challenge", "method"),
    [
        (CHALLENGE_7636, "plain"),
        (CHALLENGE_7636, None),  # which the RFC reads as plain
        (CHALLENGE_7636, "s256"),
        (CHALLENGE_7636, ""),
        (None, "S256"),
        ("", "S256"),
        (VERIFIER_7636[:-1], "S256"),
        (CHALLENGE_7636 + "=", "S256"),
        (CHALLENGE_7636[:-1] + "N", "S256"),  # spare bits
        (CHALLENGE_7636 + "A", "S256"),
    ],
)
def test_another_method_or_shape_is_refused(challenge: str | None, method: str | None) -> None:
    with pytest.raises(UnacceptableChallenge):
        parse_code_challenge(challenge, method=method)


@pytest.mark.oidf("fapi2-security-profile-final-incorrect-pkce-code-verifier-rejected")
@pytest.mark.oidf("fapi2-security-profile-final-ensure-pkce-code-verifier-required")
@pytest.mark.parametrize(
    "verifier",
    [
        None,
        "",
        VERIFIER_7636[:-1],
        VERIFIER_7636 + "x",
        CHALLENGE_7636,
        "a" * 129,
        VERIFIER_7636 + "\n",
        VERIFIER_7636[:-1] + "+",
        VERIFIER_7636[:-1] + "é",
    ],
)
def test_another_verifier_is_refused(verifier: str | None) -> None:
    challenge = parse_code_challenge(CHALLENGE_7636, method="S256")
    with pytest.raises(PkceRefused) as caught:
        verify_code_verifier(verifier, challenge=challenge)
    assert str(caught.value) == PkceRefused.title


def test_a_verifier_without_a_challenge_on_record_is_refused() -> None:
    """Somebody took the challenge out of the request (RFC 9700 §4.8.2)."""
    with pytest.raises(PkceRefused):
        verify_code_verifier(VERIFIER_7636, challenge=None)


@pytest.mark.parametrize("length", [43, 128])
def test_the_shortest_and_the_longest_verifier_are_taken(length: int) -> None:
    verifier = "~" * length
    assert verify_code_verifier(verifier, challenge=challenge_of(verifier))
    assert challenge_of(verifier) != CodeChallenge(bytes(32))
