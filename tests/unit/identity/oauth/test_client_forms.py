"""What a form says of an app."""

from dataclasses import replace

from curtilage.identity.oauth.client_forms import KINDS, read_changed, read_new, wish_of
from curtilage.identity.oauth.models.clients import AuthMethod, GrantType
from curtilage.identity.oauth.service.clients import apply_wish
from tests.fakes.clients import GATEWAY, a_client

FULL = a_client(
    1,
    is_first_party=True,
    post_logout_uris=("https://a.example/out",),
    backchannel_logout_uri="https://a.example/told",
    backchannel_session_required=True,
    serves=("https://a.example",),
    detail_types=frozenset({"run"}),
    must_push=True,
    is_dpop_bound=True,
    sector="a.example",
    id_token_alg="RS256",
    texts={"logo_uri": "https://a.example/logo.png"},
)


def test_the_wish_of_an_app_gives_it_again() -> None:
    bare = replace(a_client(1), name="x", redirect_uris=(), scopes=frozenset(), resources=())
    assert apply_wish(bare, wish_of(FULL)) == FULL


def test_a_kind_says_how_it_proves_itself_and_what_it_can() -> None:
    assert read_new({"kind": "machine"}, ()).grant_types == {GrantType.CLIENT}
    assert read_new({"kind": "device"}, ()).method is AuthMethod.NONE
    assert read_new({"kind": "queen"}, ()).grant_types == KINDS["web"].grants


def test_lines_and_words_are_told_apart_and_taken_once() -> None:
    form = {
        "name": " Notes ",
        "redirects": "https://a.example\n\n https://a.example ",
        "scopes": "b a b",
    }
    wish = read_new(form, (GATEWAY,))
    assert (wish.name, wish.redirect_uris) == ("Notes", ("https://a.example",))
    assert (wish.scopes, wish.resources) == ({"a", "b"}, ())


def test_what_has_no_field_stays() -> None:
    changed = read_changed(wish_of(FULL), {"name": "New", "resource-0": "1"}, (GATEWAY,))
    assert changed.resources == (GATEWAY.uri,)
    assert (changed.sector, changed.serves, changed.must_push) == ("a.example", FULL.serves, True)
    assert changed.is_first_party is False
