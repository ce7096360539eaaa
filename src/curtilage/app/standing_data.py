"""What access tokens stand on, as plain data for the link and back."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from curtilage.app.link_data import encode_budgets, parse_budgets
from curtilage.identity.budgets import Whose
from curtilage.identity.caller_budgets import CallerBudgets
from curtilage.identity.oauth.models.standing import Standing
from curtilage.identity.token_cache import TokenCache
from curtilage.identity.token_callers import TokenBook, audience_of
from curtilage.identity.wire.algorithms import Algorithm
from curtilage.identity.wire.jwk import parse_jwks

SIGNED_WITH = frozenset({Algorithm.ES256})  # what our access tokens are signed with


def encode_standing(standing: Standing) -> dict[str, Any]:
    """Public keys and ids; its secrets sign nothing."""
    return {
        "issuer": standing.issuer,
        "base": standing.base,
        "jwks": standing.jwks.decode(),
        "grants": sorted(standing.grants),
        "clients": sorted(standing.clients),
        "tokens": sorted(each.hex() for each in standing.tokens),
        "rights": {id: sorted(each) for id, each in standing.rights.items()},
        "scopes": {
            id: None if each is None else sorted(each) for id, each in standing.scopes.items()
        },
        "payer_key": standing.payer_key.hex(),
        "nonce_key": standing.nonce_key.hex(),
    }


def parse_book(raw: Mapping[str, Any], budgets: CallerBudgets) -> TokenBook:
    """What a worker judges tokens by, and whose budgets their calls draw on."""
    return TokenBook(
        cache=_cache(raw["issuer"], audience_of(raw["base"]), raw["jwks"]),
        base=raw["base"],
        grants=frozenset(raw["grants"]),
        clients=frozenset(raw["clients"]),
        tokens=frozenset(bytes.fromhex(each) for each in raw["tokens"]),
        rights={id: frozenset(each) for id, each in raw["rights"].items()},
        scopes={
            id: None if each is None else frozenset(each) for id, each in raw["scopes"].items()
        },
        payer_key=bytes.fromhex(raw["payer_key"]),
        nonce_key=bytes.fromhex(raw["nonce_key"]),
        budgets=budgets,
    )


def encode_caller_budgets(budgets: CallerBudgets) -> list[list[Any]]:
    """Budgets of people and apps as plain data."""
    return [[whose.value, id, encode_budgets(each)] for (whose, id), each in budgets.held.items()]


def parse_caller_budgets(raw: list[list[Any]]) -> CallerBudgets:
    """And back."""
    return CallerBudgets({(Whose(whose), id): parse_budgets(each) for whose, id, each in raw})


@lru_cache(maxsize=2)  # what was verified stays so while the keys do, whatever else changes
def _cache(issuer: str, audience: str, jwks: str) -> TokenCache:
    return TokenCache(issuer, audience, parse_jwks(jwks.encode()), SIGNED_WITH)
