"""What a browser is asked to do with passkeys (Web Authentication Level 3), as JSON.

For `PublicKeyCredential.parseCreationOptionsFromJSON`, `parseRequestOptionsFromJSON` and the
signal methods. Challenge and user handle are made here of entropy that is passed in; that a
challenge is used once, by its own session, within `CEREMONY_LIFE`, is the caller's to see to.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from curtilage.core.entropy import Entropy
from curtilage.identity.models import Passkey
from curtilage.identity.wire.cose import EDDSA, ES256, KNOWN, RS256
from curtilage.identity.wire.errors import UnacceptableOrigin
from curtilage.identity.wire.webauthn_json import encode_base64url

CEREMONY_LIFE = timedelta(minutes=5)
CHALLENGE_BYTES = 32  # §13.4.3 asks for 16
LEAST_CHALLENGE = 16
USER_HANDLE_BYTES = 64  # §14.6.1: as many as fit, and random, so that they say nothing
MOST_RELATED = 20  # browsers look at five names (§5.11.1), each with a few countries' endings

_ORIGIN = re.compile(
    r"https://(?=.{1,253}(?::|$))[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
    r"(?::[1-9][0-9]{0,4})?|http://localhost(?::[1-9][0-9]{0,4})?"
)


class UserVerification(StrEnum):
    """Whether the device must ask for its PIN, a finger or a face (§5.8.6)."""

    REQUIRED = "required"
    PREFERRED = "preferred"
    DISCOURAGED = "discouraged"


class Hint(StrEnum):
    """Where the person probably has the key (§5.8.7)."""

    SECURITY_KEY = "security-key"
    CLIENT_DEVICE = "client-device"
    HYBRID = "hybrid"


@dataclass(frozen=True, slots=True)
class PasskeyPolicy:
    """What is asked of passkeys, and what is accepted.

    A passkey that stands alone needs user verification; a second factor may do without.
    `may_be_framed` lets pages of other origins hold ours in a frame, of which those in
    `top_origins` say so themselves. Self attestation proves no more than none and passes
    browsers that were asked for none (§5.1.3), so it is accepted unless told otherwise.
    A format that names its maker is accepted where `roots` (format to PEM certificates)
    has somebody to trust for it; its dates are judged by the machine's clock. With neither
    `accepts_none` nor self attestation every key must name its maker.
    Whoever has a key of an algorithm that is taken off the list cannot sign in with it.
    `requires_presence` is off for a passkey made in passing after a password
    (`mediation: "conditional"`). `refuses_older_counters` is about keys of one device:
    one that may be on several counts as it likes (§6.1.1).
    """

    user_verification: UserVerification = UserVerification.REQUIRED
    algorithms: tuple[int, ...] = (ES256, EDDSA, RS256)
    may_be_framed: bool = False
    top_origins: frozenset[str] = frozenset()
    accepts_none: bool = True
    accepts_self_attestation: bool = True
    roots: Mapping[str, tuple[bytes, ...]] = field(default_factory=lambda: MappingProxyType({}))
    requires_presence: bool = True
    refuses_older_counters: bool = True

    def __post_init__(self) -> None:
        if not self.algorithms or not set(self.algorithms) <= KNOWN:
            raise ValueError("expected algorithms of passkeys that can be verified")


USUAL = PasskeyPolicy()


def mint_challenge(entropy: Entropy) -> bytes:
    """The challenge of one ceremony."""
    return entropy.token_bytes(CHALLENGE_BYTES)


def mint_user_handle(entropy: Entropy) -> bytes:
    """What a passkey knows its person by, for good: it says nothing about them."""
    return entropy.token_bytes(USER_HANDLE_BYTES)


def creation_options(
    *,
    challenge: bytes,
    rp_id: str,
    rp_name: str,
    user_handle: bytes,
    user_name: str,
    display_name: str,
    exclude: Iterable[Passkey] = (),
    policy: PasskeyPolicy = USUAL,
    hints: Sequence[Hint] = (),
) -> dict[str, Any]:
    """Make a passkey that can be found without a name, on a device that has none yet."""
    _require_challenge(challenge)
    return {
        "rp": {"id": rp_id, "name": rp_name},
        "user": {
            "id": encode_base64url(user_handle),
            "name": user_name,
            "displayName": display_name,
        },
        "challenge": encode_base64url(challenge),
        "pubKeyCredParams": [{"type": "public-key", "alg": each} for each in policy.algorithms],
        "timeout": _milliseconds(CEREMONY_LIFE),
        "excludeCredentials": [_descriptor(each) for each in exclude],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,  # the same, to browsers of Level 1
            "userVerification": policy.user_verification.value,
        },
        "hints": [hint.value for hint in hints],
        "attestation": "direct" if policy.roots else "none",
        "extensions": {"credProps": True},
    }


def request_options(
    *,
    challenge: bytes,
    rp_id: str,
    allowed: Iterable[Passkey] = (),
    policy: PasskeyPolicy = USUAL,
    hints: Sequence[Hint] = (),
) -> dict[str, Any]:
    """Show a passkey: one of `allowed`, or any that the person picks where none is named."""
    _require_challenge(challenge)
    return {
        "challenge": encode_base64url(challenge),
        "timeout": _milliseconds(CEREMONY_LIFE),
        "rpId": rp_id,
        "allowCredentials": [_descriptor(each) for each in allowed],
        "userVerification": policy.user_verification.value,
        "hints": [hint.value for hint in hints],
    }


def unknown_signal(*, rp_id: str, credential_id: bytes) -> dict[str, Any]:
    """For `signalUnknownCredential` (§5.1): what was deleted here is forgotten there."""
    return {"rpId": rp_id, "credentialId": encode_base64url(credential_id)}


def accepted_signal(
    *, rp_id: str, user_handle: bytes, passkeys: Iterable[Passkey]
) -> dict[str, Any]:
    """For `signalAllAcceptedCredentials` (§5.1): only to the person, once signed in."""
    return {
        "rpId": rp_id,
        "userId": encode_base64url(user_handle),
        "allAcceptedCredentialIds": [encode_base64url(each.credential_id) for each in passkeys],
    }


def related_origins(origins: Sequence[str]) -> dict[str, list[str]]:
    """The document at `/.well-known/webauthn` (§5.11): who else may use keys of this RP id.

    Raises `UnacceptableOrigin`: whoever is named here can ask for every one of them."""
    if len(origins) > MOST_RELATED:
        raise UnacceptableOrigin(f"Too many related origins; expected at most {MOST_RELATED}.")
    return {"origins": [verify_origin(each) for each in dict.fromkeys(origins)]}


def verify_origin(origin: str) -> str:
    """An origin in the one spelling that browsers send (RFC 6454 §6.2).

    Raises `UnacceptableOrigin`; plain HTTP is for localhost alone."""
    if _ORIGIN.fullmatch(origin) is None or origin.endswith((":443", "localhost:80")):
        raise UnacceptableOrigin
    return origin


def _descriptor(passkey: Passkey) -> dict[str, Any]:
    return {
        "type": "public-key",
        "id": encode_base64url(passkey.credential_id),
        "transports": list(passkey.transports),
    }


def _milliseconds(life: timedelta) -> int:
    return life // timedelta(milliseconds=1)


def _require_challenge(challenge: bytes) -> None:
    if len(challenge) < LEAST_CHALLENGE:
        raise ValueError("expected a challenge of at least 16 bytes")
