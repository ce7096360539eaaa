"""What the back channel answers: tokens (OIDC Core §3.1.3.3) and userinfo (§5.3.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any

from curtilage.identity.providers.errors import ProviderReason, ProviderRefused
from curtilage.identity.wire.jws import LONGEST_JWS
from curtilage.identity.wire.strict_json import parse_object

LONGEST_ACCESS_TOKEN = 16 * 1024


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """An ID token that nobody looked into yet, and the access token beside it."""

    id_token: str = field(repr=False)
    access_token: str = field(repr=False)


def parse_token_answer(raw: bytes) -> TokenAnswer:
    """The tokens. Raises `ProviderRefused`. A refresh token is never kept, nor looked at."""
    answer = _object(raw)
    access_token, id_token = answer.get("access_token"), answer.get("id_token")
    if str(answer.get("token_type", "")).lower() != "bearer":
        raise ProviderRefused(ProviderReason.EXCHANGE)
    if not isinstance(id_token, str) or len(id_token) > LONGEST_JWS:
        raise ProviderRefused(ProviderReason.EXCHANGE)
    if not isinstance(access_token, str) or not 0 < len(access_token) <= LONGEST_ACCESS_TOKEN:
        raise ProviderRefused(ProviderReason.EXCHANGE)
    if not all("!" <= each <= "~" for each in access_token):  # RFC 6750 §2.1; it goes in a header
        raise ProviderRefused(ProviderReason.EXCHANGE)
    return TokenAnswer(id_token, access_token)


def parse_userinfo(raw: bytes, *, subject: str) -> Mapping[str, Any]:
    """What is told of `subject`, and of nobody else (§5.3.2). Raises `ProviderRefused`."""
    told = _object(raw)
    claimed = told.get("sub")
    if not isinstance(claimed, str) or not compare_digest(claimed.encode(), subject.encode()):
        raise ProviderRefused(ProviderReason.SUBJECT)
    return told


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        return parse_object(raw)
    except ValueError:
        raise ProviderRefused(ProviderReason.EXCHANGE) from None
