"""What a resource says to who may not in."""

from datetime import timedelta
from typing import Any

import pytest

from curtilage.identity.wire.algorithms import Algorithm
from curtilage.identity.wire.challenges import (
    Challenge,
    ChallengeError,
    encode_bearer_challenge,
    encode_dpop_challenge,
)

METADATA = "https://api.orchard.example/.well-known/oauth-protected-resource/mcp"


@pytest.mark.requirement(24)
def test_who_brings_nothing_is_told_where_to_go() -> None:
    challenge = Challenge(resource_metadata=METADATA, scope=("mail.read", "mail.send"))
    assert encode_bearer_challenge(challenge) == (
        f'Bearer scope="mail.read mail.send", resource_metadata="{METADATA}"'
    )
    assert encode_bearer_challenge(Challenge()) == "Bearer"


@pytest.mark.requirement(23)
def test_step_up_says_how_and_how_fresh() -> None:
    challenge = Challenge(
        ChallengeError.INSUFFICIENT_USER_AUTHENTICATION,
        acr_values=("urn:example:gold", "aal2"),
        max_age=timedelta(minutes=5),
    )
    assert encode_bearer_challenge(challenge) == (
        'Bearer error="insufficient_user_authentication", '
        'acr_values="urn:example:gold aal2", max_age="300"'
    )
    assert 'max_age="0"' in encode_bearer_challenge(Challenge(max_age=timedelta()))


@pytest.mark.requirement(22)
def test_a_bound_token_is_asked_for_with_the_algorithms_of_proofs() -> None:
    challenge = Challenge(ChallengeError.USE_DPOP_NONCE, description="A nonce is needed")
    algorithms = {Algorithm.ES256, Algorithm.EDDSA}
    assert encode_dpop_challenge(challenge, algorithms=algorithms) == (
        'DPoP error="use_dpop_nonce", error_description="A nonce is needed", algs="ES256 EdDSA"'
    )


@pytest.mark.requirement(23)
@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (ChallengeError.INVALID_REQUEST, "invalid_request", 400),
        (ChallengeError.INVALID_TOKEN, "invalid_token", 401),
        (ChallengeError.INSUFFICIENT_SCOPE, "insufficient_scope", 403),
        (ChallengeError.INSUFFICIENT_USER_AUTHENTICATION, "insufficient_user_authentication", 401),
        (ChallengeError.INVALID_DPOP_PROOF, "invalid_dpop_proof", 401),
        (ChallengeError.USE_DPOP_NONCE, "use_dpop_nonce", 401),
    ],
)
def test_each_error_has_its_status(error: ChallengeError, code: str, status: int) -> None:
    assert (error.code, error.status) == (code, status)


@pytest.mark.requirement(23)
def test_quotes_and_backslashes_are_escaped() -> None:
    header = encode_bearer_challenge(Challenge(realm='a "b" \\ c'))
    assert header == 'Bearer realm="a \\"b\\" \\\\ c"'


@pytest.mark.requirement(23)
@pytest.mark.parametrize(
    "given",
    [
        {"realm": "a\r\nSet-Cookie: b"},
        {"description": "é"},
        {"description": "\0"},
        {"resource_metadata": "https://a.example/\n"},
        {"scope": ("a b",)},
        {"scope": ('a"',)},
        {"scope": ("",)},
        {"acr_values": ("a\\",)},
    ],
)
def test_what_no_header_may_hold_is_never_sent(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        encode_bearer_challenge(Challenge(**given))
