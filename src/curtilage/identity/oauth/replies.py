"""Answers of the protocol's endpoints: JSON that nobody keeps, and errors as the RFCs say."""

from collections.abc import Mapping
from typing import Any

import orjson

from curtilage.core.door import Headers, Reply
from curtilage.core.errors import CurtilageError
from curtilage.core.refusal import Refusal
from curtilage.identity.oauth.errors import (
    ClientRefused,
    Fault,
    RequestRefused,
    TokenRefused,
    UnacceptableClient,
)
from curtilage.identity.wire.challenges import (
    Challenge,
    ChallengeError,
    encode_bearer_challenge,
    encode_dpop_challenge,
)
from curtilage.identity.wire.dpop import DPOP_ALGORITHMS

NO_STORE: Headers = (("cache-control", "no-store"), ("pragma", "no-cache"))
SERVER_ERROR = 500
NO_TOKEN = "no_token"  # ours: the RFC has no code for it, and the count needs a name
_CHALLENGES = {
    Fault.INSUFFICIENT_SCOPE: ChallengeError.INSUFFICIENT_SCOPE,
    Fault.INVALID_DPOP_PROOF: ChallengeError.INVALID_DPOP_PROOF,
    Fault.USE_DPOP_NONCE: ChallengeError.USE_DPOP_NONCE,
}


def encode_json(
    members: Mapping[str, Any],
    *,
    status: int = 200,
    headers: Headers = (),
    refused: Refusal | None = None,
) -> Reply:
    """An answer with these members (RFC 6749 §5.1)."""
    body, sent = orjson.dumps(members), (*NO_STORE, *headers)
    return Reply(body, status=status, headers=sent, refused=refused)


def encode_refusal(refusal: RequestRefused, *, headers: Headers = ()) -> Reply:
    """An error of RFC 6749 §5.2. Its words name nothing that was sent."""
    members = {"error": refusal.fault.value, "error_description": refusal.detail}
    refused = Refusal(refusal.fault.value, refusal.client)
    return encode_json(members, status=400, headers=headers, refused=refused)


def encode_client_refusal(refusal: ClientRefused) -> Reply:
    """`invalid_client`, with a challenge where the client used Basic (RFC 6749 §5.2)."""
    members = {"error": Fault.INVALID_CLIENT.value, "error_description": refusal.detail}
    challenge: Headers = ()
    if refusal.used_basic:
        challenge = (("www-authenticate", 'Basic realm="token"'),)
    refused = Refusal(Fault.INVALID_CLIENT.value, refusal.client)
    return encode_json(members, status=401, headers=challenge, refused=refused)


def encode_token_refusal(refusal: TokenRefused) -> Reply:
    """A challenge of RFC 6750 §3 or RFC 9449 §7.1, and the same as JSON."""
    error = _CHALLENGES.get(refusal.fault, ChallengeError.INVALID_TOKEN)
    challenge = Challenge(error, scope=("openid",) if error.status == 403 else ())
    headers: Headers = (("www-authenticate", _challenge(challenge, refusal.scheme)),)
    members = {"error": error.code, "error_description": refusal.detail}
    refused = Refusal(error.code)
    return encode_json(members, status=error.status, headers=headers, refused=refused)


def ask_for_token() -> Reply:
    """401 for a request without any token: no error code (RFC 6750 §3.1)."""
    headers: Headers = (("www-authenticate", encode_bearer_challenge(Challenge())),)
    return Reply(b"{}", status=401, headers=(*NO_STORE, *headers), refused=Refusal(NO_TOKEN))


def encode_registration_refusal(refusal: UnacceptableClient) -> Reply:
    """An error of RFC 7591 §3.2.2."""
    fault = Fault.INVALID_CLIENT_METADATA
    if refusal.is_about_address:
        fault = Fault.INVALID_REDIRECT_URI
    members = {"error": fault.value, "error_description": refusal.detail}
    return encode_json(members, status=400, refused=Refusal(fault.value))


def encode_unavailable() -> Reply:
    """503 where something that we need does not answer; clients try again."""
    members = {"error": Fault.TEMPORARILY_UNAVAILABLE.value}
    refused = Refusal(Fault.TEMPORARILY_UNAVAILABLE.value)
    return encode_json(members, status=503, headers=(("retry-after", "5"),), refused=refused)


def encode_other(error: CurtilageError) -> Reply:
    """What the shell refuses, in the words of RFC 6749 §5.2 under its own status."""
    fault = Fault.INVALID_REQUEST
    if error.status >= SERVER_ERROR:
        fault = Fault.SERVER_ERROR
    members = {"error": fault.value, "error_description": error.detail}
    return encode_json(members, status=error.status)


def _challenge(challenge: Challenge, scheme: str) -> str:
    if scheme == "DPoP":
        return encode_dpop_challenge(challenge, algorithms=DPOP_ALGORITHMS)
    return encode_bearer_challenge(challenge)
