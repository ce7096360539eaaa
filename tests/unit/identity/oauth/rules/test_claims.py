"""Claims and the scopes that cover them."""

from curtilage.identity.oauth.models.clients import Client
from curtilage.identity.oauth.models.requests import ClaimsAsked
from curtilage.identity.oauth.rules.claims import allow_claims, claims_of, scopes_of
from tests.builders import TENANT
from tests.fakes.clock import START


def test_asking_by_name_is_no_way_around_scopes() -> None:
    asked = ClaimsAsked(frozenset({"name", "sub"}), frozenset({"email", "odd"}), ("aal2",), "s")
    client = Client("c", TENANT, "Notes", START, scopes=frozenset({"openid", "email"}))
    allowed = allow_claims(asked, client)
    assert (allowed.id_token, allowed.userinfo) == (frozenset(), {"email"})
    assert (allowed.acr, allowed.subject) == (("aal2",), "s")


def test_scopes_and_claims_lead_to_each_other() -> None:
    assert claims_of(["openid", "email"]) == {"email", "email_verified"}
    assert scopes_of(["email_verified", "name", "odd"]) == ("profile", "email")
