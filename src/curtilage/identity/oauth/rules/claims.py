"""Which claims about a person a scope covers (OpenID Connect Core §5.4)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from curtilage.identity.oauth.models.clients import Client
from curtilage.identity.oauth.models.requests import ClaimsAsked

BY_SCOPE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "profile": ("name", "preferred_username", "locale", "updated_at"),
        "email": ("email", "email_verified"),
        "address": ("address",),
        "phone": ("phone_number", "phone_number_verified"),
    }
)


def claims_of(scopes: Iterable[str]) -> frozenset[str]:
    """All claims that these scopes cover."""
    return frozenset(name for scope in scopes for name in BY_SCOPE.get(scope, ()))


def scopes_of(claims: Iterable[str]) -> tuple[str, ...]:
    """The scopes that cover these claims, each once."""
    wanted = set(claims)
    return tuple(scope for scope, names in BY_SCOPE.items() if wanted & set(names))


def allow_claims(asked: ClaimsAsked, client: Client) -> ClaimsAsked:
    """What of it the client may have: asking by name is no way around its scopes."""
    allowed = claims_of(client.scopes)
    return replace(asked, id_token=asked.id_token & allowed, userinfo=asked.userinfo & allowed)
