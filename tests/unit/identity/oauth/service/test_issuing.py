"""Successors of refresh tokens, and what of a person is told."""

from dataclasses import replace

import pytest

from curtilage.core.models import PrincipalId
from curtilage.identity.oauth.models.grants import Grant
from curtilage.identity.oauth.models.requests import PersonClaims
from curtilage.identity.oauth.service.ground import Secrets
from curtilage.identity.oauth.service.issuing import Issuer, choose_claims, describe_person
from tests.builders import TENANT
from tests.fakes.clock import START
from tests.fakes.oauth import CLAIMS
from tests.oauth_house import OAuthHouse

GRANT = Grant(
    id="g",
    tenant=TENANT,
    client="c",
    person=PrincipalId("p"),
    session="s",
    scopes=(),
    resources=(),
    auth_time=START,
    acr="",
    amr=(),
    made_at=START,
    expires_at=START.replace(year=2027),
)


@pytest.mark.requirement(7)
def test_a_token_has_one_successor_that_only_the_key_tells(house: OAuthHouse) -> None:
    issuer = house.oauth.endpoints.tokens.issuer
    first = issuer.successor(GRANT, "t" * 43)
    assert issuer.successor(GRANT, "t" * 43) == first
    assert issuer.successor(GRANT, "u" * 43).text != first.text
    assert first.text not in repr(first)
    assert len(first.text) == 43
    secrets = Secrets(b"x" * 32, b"s" * 32, b"n" * 32, b"t" * 32)
    other = Issuer(replace(issuer.ground, secrets=secrets), issuer.minter, issuer.people, ())
    assert other.successor(GRANT, "t" * 43).text != first.text
    assert "xxx" not in repr(secrets)


def test_what_is_not_known_is_not_told() -> None:
    assert describe_person(PersonClaims()) == {}
    told = describe_person(replace(CLAIMS, updated_at=START, more={"phone_number": "+1"}))
    assert told["updated_at"] == int(START.timestamp())
    assert told["phone_number"] == "+1"


def test_scopes_and_names_open_claims() -> None:
    assert choose_claims(CLAIMS, frozenset({"openid"}), frozenset()) == {}
    assert choose_claims(CLAIMS, frozenset({"email"}), frozenset({"name"})).keys() == {
        "email",
        "email_verified",
        "name",
    }
