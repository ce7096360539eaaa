"""What a resource says to who may not in: `WWW-Authenticate` (RFC 9110 §11.6.1).

Errors of RFC 6750 §3.1, RFC 9449 §7.1 and RFC 9470 §3; where to find out who gives tokens
(RFC 9728 §5.1). A value that no quoted string may hold is a mistake of ours: ValueError.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from curtilage.identity.wire.algorithms import Algorithm


class ChallengeError(Enum):
    """What was wrong, and the status that goes with it."""

    INVALID_REQUEST = ("invalid_request", 400)
    INVALID_TOKEN = ("invalid_token", 401)
    INSUFFICIENT_SCOPE = ("insufficient_scope", 403)
    INSUFFICIENT_USER_AUTHENTICATION = ("insufficient_user_authentication", 401)
    INVALID_DPOP_PROOF = ("invalid_dpop_proof", 401)
    USE_DPOP_NONCE = ("use_dpop_nonce", 401)

    @property
    def code(self) -> str:
        return self.value[0]

    @property
    def status(self) -> int:
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge. Without an error it says only how to come in (RFC 6750 §3)."""

    error: ChallengeError | None = None
    description: str = ""
    scope: Sequence[str] = ()
    resource_metadata: str = ""  # URL of the RFC 9728 document
    acr_values: Sequence[str] = ()
    max_age: timedelta | None = None
    realm: str = ""


_QUOTABLE = re.compile(r"[\x20-\x7e]*")  # RFC 9110 §5.6.4 without tabs and bytes above ASCII
_SCOPE_TOKEN = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 §3.3
_SPECIAL = re.compile(r'(["\\])')


def encode_bearer_challenge(challenge: Challenge) -> str:
    """The header's value for tokens that whoever holds them may use."""
    return _encode("Bearer", _parameters(challenge))


def encode_dpop_challenge(challenge: Challenge, *, algorithms: Iterable[Algorithm]) -> str:
    """The header's value for tokens bound to a key; `algs` are those of proofs (§7.1)."""
    names = " ".join(sorted(each.value for each in algorithms))
    return _encode("DPoP", {**_parameters(challenge), "algs": names})


def _parameters(challenge: Challenge) -> dict[str, str]:
    return {
        "realm": challenge.realm,
        "error": challenge.error.code if challenge.error else "",
        "error_description": challenge.description,
        "scope": _join(challenge.scope),
        "acr_values": _join(challenge.acr_values),
        "max_age": _seconds(challenge.max_age),
        "resource_metadata": challenge.resource_metadata,
    }


def _seconds(life: timedelta | None) -> str:
    return "" if life is None else str(int(life.total_seconds()))


def _join(names: Sequence[str]) -> str:
    if any(_SCOPE_TOKEN.fullmatch(name) is None for name in names):
        raise ValueError("expected names without spaces, quotes and backslashes")
    return " ".join(names)


def _encode(scheme: str, parameters: dict[str, str]) -> str:
    given = [f"{name}={_quote(value)}" for name, value in parameters.items() if value]
    return f"{scheme} {', '.join(given)}" if given else scheme


def _quote(value: str) -> str:
    if _QUOTABLE.fullmatch(value) is None:
        raise ValueError("expected printable ASCII")
    escaped = _SPECIAL.sub(r"\\\1", value)
    return f'"{escaped}"'
