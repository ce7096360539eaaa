"""What the console's forms say of an app, as the wish that the use cases take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from curtilage.core.words import say
from curtilage.identity.oauth.models.clients import AuthMethod, Client, GrantType, Resource
from curtilage.identity.oauth.wire.client_metadata import ClientWish


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of app that the form offers, in words."""

    words: str
    method: AuthMethod
    grants: frozenset[GrantType]


CODE = frozenset({GrantType.CODE, GrantType.REFRESH})
KINDS: Mapping[str, Kind] = {
    "web": Kind(say("A website with a server: it keeps a secret"), AuthMethod.BASIC, CODE),
    "device": Kind(
        say("On people's devices or in their browsers: no secret"), AuthMethod.NONE, CODE
    ),
    "machine": Kind(
        say("A program that acts for itself: it keeps a secret"),
        AuthMethod.BASIC,
        frozenset({GrantType.CLIENT}),
    ),
}


def wish_of(client: Client) -> ClientWish:
    """The wish that gives this app again, exactly."""
    return ClientWish(
        name=client.name,
        method=client.method,
        redirect_uris=client.redirect_uris,
        post_logout_uris=client.post_logout_uris,
        backchannel_logout_uri=client.backchannel_logout_uri,
        backchannel_session_required=client.backchannel_session_required,
        grant_types=client.grant_types,
        scopes=client.scopes,
        resources=client.resources,
        serves=client.serves,
        detail_types=client.detail_types,
        jwks=client.jwks,
        jwks_uri=client.jwks_uri,
        must_push=client.must_push,
        is_dpop_bound=client.is_dpop_bound,
        subject_type=client.subject_type,
        sector=client.sector,
        id_token_alg=client.id_token_alg,
        is_first_party=client.is_first_party,
        texts=client.texts,
    )


def read_new(form: Mapping[str, str], resources: Sequence[Resource]) -> ClientWish:
    """What a new app is to be like. A kind that is not offered is the first."""
    kind = KINDS.get(form.get("kind", ""), KINDS["web"])
    blank = ClientWish("", method=kind.method, grant_types=kind.grants)
    return read_changed(blank, form, resources)


def read_changed(
    wish: ClientWish, form: Mapping[str, str], resources: Sequence[Resource]
) -> ClientWish:
    """What the form has fields for put in place; all else stays. Resources that this
    service does not know by name stay too."""
    known = [each.uri for each in resources]
    ticked = [uri for number, uri in enumerate(known) if f"resource-{number}" in form]
    return replace(
        wish,
        name=form.get("name", "").strip(),
        redirect_uris=tuple(dict.fromkeys(form.get("redirects", "").split())),
        post_logout_uris=tuple(dict.fromkeys(form.get("logouts", "").split())),
        scopes=frozenset(form.get("scopes", "").split()),
        resources=(*(each for each in wish.resources if each not in known), *ticked),
        is_first_party="first_party" in form,
    )
