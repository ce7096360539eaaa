"""A request comes back from its text as it was."""

from curtilage.identity.oauth.models.requests import AuthorizationRequest, ClaimsAsked, Prompt
from curtilage.identity.oauth.wire.kept_request import (
    describe_claims,
    encode_request,
    restore_claims,
    restore_request,
)


def test_there_and_back() -> None:
    bare = AuthorizationRequest("c", "https://a.example", "x" * 43)
    full = AuthorizationRequest(
        client="c",
        redirect_uri="https://a.example/ü?x=1",
        challenge="x" * 43,
        state='"&=\\',
        scopes=("b", "a"),
        resources=("https://r.example",),
        nonce="n",
        prompts=frozenset(Prompt),
        max_age=0,
        acr_values=("aal2",),
        claims=ClaimsAsked(frozenset({"a", "b"}), frozenset({"c"}), ("aal2",), "s"),
        hinted_subject="s",
        jkt="j",
        has_uri=False,
        claim_scopes=("email",),
        ui_locales=("de-AT", "fr"),
    )
    for request in (bare, full):
        assert restore_request(encode_request(request)) == request
    assert restore_claims(describe_claims(full.claims)) == full.claims
