"""What tokens stand on comes over to a worker."""

from functools import partial

import orjson

from curtilage.app.resource import GatewayScopes, build_gateway_resource
from curtilage.app.standing_data import (
    encode_caller_budgets,
    encode_standing,
    parse_book,
    parse_caller_budgets,
)
from curtilage.consent.models import Purpose
from curtilage.core.models import PurposeKey
from curtilage.identity.budgets import Budget, Measure, Whose, Window
from curtilage.identity.caller_budgets import CallerBudgets
from curtilage.identity.oauth.models.standing import Standing
from curtilage.identity.wire.jwk import KeySet, encode_jwks
from curtilage.web.languages import load_languages
from tests.signed_tokens import EC_KEY

BUDGETS = CallerBudgets({(Whose.PERSON, ""): (Budget(Measure.MONEY, Window.MONTH, 20),)})
STANDING = Standing(
    rights={"grant-1": frozenset({"restore"})},
    scopes={"client-1": frozenset({"a", "b"}), "client-2": None, "client-3": frozenset()},
    payer_key=b"p" * 32,
    nonce_key=b"n" * 32,
    issuer="https://ai.orchard.example/",
    base="https://ai.orchard.example",
    jwks=encode_jwks(KeySet((EC_KEY.public,))),
    grants=frozenset({"g-1"}),
    clients=frozenset({"c-1"}),
    tokens=frozenset({b"\x00" * 32}),
)


def test_it_comes_over_as_it_was_and_what_was_verified_stays() -> None:
    raw = orjson.loads(orjson.dumps(encode_standing(STANDING)))
    book = parse_book(raw, BUDGETS)
    assert (book.grants, book.clients, book.tokens) == (
        STANDING.grants,
        STANDING.clients,
        STANDING.tokens,
    )
    assert (book.payer_key, book.nonce_key) == (STANDING.payer_key, STANDING.nonce_key)
    assert book.budgets == BUDGETS
    assert (book.rights, book.scopes) == (STANDING.rights, STANDING.scopes)
    assert book.cache.issuer == STANDING.issuer
    assert book.cache.audience == "https://ai.orchard.example/v1"
    assert [key.kid for key in book.cache.keys.keys] == [EC_KEY.kid]
    assert parse_book({**raw, "grants": []}, BUDGETS).cache is book.cache
    assert parse_book({**raw, "jwks": '{"keys":[]}'}, BUDGETS).cache is not book.cache


def test_budgets_come_over_as_they_were() -> None:
    raw = orjson.loads(orjson.dumps(encode_caller_budgets(BUDGETS)))
    assert parse_caller_budgets(raw) == BUDGETS


def test_the_scopes_of_the_gateway_follow_the_policy() -> None:
    purposes = [Purpose(PurposeKey("assist"), "Help a person")]
    resource = build_gateway_resource("https://ai.orchard.example/", lambda: purposes)
    assert (resource.uri, resource.is_open) == ("https://ai.orchard.example/v1", False)
    assert set(resource.scopes) == {"models:call", "restore", "purpose:assist"}
    assert "Help a person" in resource.scopes["purpose:assist"]
    german = partial(load_languages().tell, "de")
    assert german(resource.name) == "Das KI-Gateway"
    assert german(resource.scopes["purpose:assist"]) == "KI-Modelle nutzen für: Help a person"
    assert german(resource.scopes["models:call"]) == "Für Sie KI-Modelle aufrufen"
    purposes.append(Purpose(PurposeKey("code"), ""))
    assert len(resource.scopes) == len(GatewayScopes(lambda: purposes)) == 4
    assert "purpose:code" in resource.scopes and "purpose:other" not in resource.scopes
