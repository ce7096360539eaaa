"""From verified claims to an `Identity`: what is shown, what decides, kept apart. Pure."""

from collections.abc import Mapping
from typing import Any

from curtilage.identity.errors import UnacceptableName
from curtilage.identity.people.rules import parse_name
from curtilage.identity.providers.models import Identity, Provider
from curtilage.identity.providers.rules.emails import judge_address
from curtilage.identity.providers.wire.id_tokens import VerifiedIdToken, has_mfa

NAMES = ("name", "preferred_username")
SHOWN = ("email", "preferred_username", "name")
LONGEST_SHOWN = 80


def read_identity(
    provider: Provider, token: VerifiedIdToken, told: Mapping[str, Any] | None = None
) -> Identity:
    """Whom the provider named. `told` is what its userinfo says, "sub" already compared.

    An address and the word that it is verified come from one document, never from two."""
    told = told or {}
    source = token.claims if "email" in token.claims else told
    word = judge_address(provider, source)
    merged = {**told, **token.claims}
    return Identity(
        issuer=token.issuer,
        subject=token.subject,
        address=word.address,
        is_trusted=word.is_trusted,
        name=_name(merged),
        shown=_shown(merged),
        has_two_factors=provider.trusts_mfa and has_mfa(token.claims),
        proved_at=token.proved_at,
    )


def needs_userinfo(provider: Provider, token: VerifiedIdToken) -> bool:
    """Whether there is something left to ask: providers may keep it out of the token."""
    return provider.preset.asks_userinfo and not {"email", "name"} <= token.claims.keys()


def _name(claims: Mapping[str, Any]) -> str:
    for each in NAMES:
        try:
            return parse_name(_text(claims, each))
        except UnacceptableName:
            continue
    return ""


def _shown(claims: Mapping[str, Any]) -> str:
    found = next((text for each in SHOWN if (text := _text(claims, each))), "")
    return found[:LONGEST_SHOWN]


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) and value.isprintable() else ""
