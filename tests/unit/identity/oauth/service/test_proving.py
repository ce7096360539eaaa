"""Who calls: one method, the registered one, and proofs that hold."""

from base64 import b64encode
from typing import Any

import pytest

from curtilage.identity.oauth.errors import ClientRefused, Fault, RequestRefused
from curtilage.identity.oauth.models.clients import AuthMethod
from curtilage.identity.oauth.service.clients import RegisteredClient
from curtilage.identity.oauth.wire.parameters import Parameters
from curtilage.identity.wire.jwk import parse_key_list
from tests.oauth_house import ISSUER, OAuthHouse, basic
from tests.proofs import a_key, a_proof, an_assertion

URL = f"{ISSUER}/oauth2/token"


def parameters(**given: str) -> Parameters:
    return Parameters({name: (value,) for name, value in given.items()})


async def prove(house: OAuthHouse, given: Parameters, *headers: str, **more: Any) -> str:
    proved = await house.oauth.endpoints.prover.client(given, headers, **more)
    return proved.client.id


@pytest.mark.requirement(14)
async def test_each_method_proves_who_is_registered_with_it(house: OAuthHouse) -> None:
    by_basic = await house.register()
    by_post = await house.register(method=AuthMethod.POST)
    public = await house.register(method=AuthMethod.NONE)
    ids = [made.client.id for made in (by_basic, by_post, public)]
    assert await prove(house, parameters(), basic(by_basic)) == ids[0]
    given = parameters(client_id=ids[1], client_secret=by_post.secret)
    assert await prove(house, given) == ids[1]
    assert await prove(house, parameters(client_id=ids[2])) == ids[2]
    for wrong, headers in (
        (parameters(), (basic(by_post),)),
        (parameters(client_id=ids[0], client_secret=by_basic.secret), ()),
        (parameters(client_id=ids[0]), ()),
        (parameters(client_id=ids[2], client_secret="x" * 43), ()),
        (parameters(client_id=ids[1]), (basic(by_basic),)),
        (parameters(), ()),
    ):
        with pytest.raises(ClientRefused):
            await prove(house, wrong, *headers)
    with pytest.raises(ClientRefused):
        await prove(house, parameters(client_id=ids[2]), needs_proof=True)


@pytest.mark.requirement(14)
async def test_two_ways_at_once_are_refused(house: OAuthHouse) -> None:
    made = await house.register()
    for given, headers in (
        (parameters(client_secret=made.secret), (basic(made),)),
        (parameters(), (basic(made), basic(made))),
        (parameters(client_assertion="x", client_secret="y"), ()),
    ):
        with pytest.raises(RequestRefused):
            await prove(house, given, *headers)


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic !!!",
        "Bearer abc",
        "Basic " + "A" * 3000,
        "Basic " + b64encode(b"no").decode(),
        "Basic " + b64encode(b"\xff\xfe:x").decode(),
    ],
    ids=lambda header: header[:16],
)
async def test_what_is_no_basic_header(house: OAuthHouse, header: str) -> None:
    with pytest.raises(ClientRefused) as refused:
        await prove(house, parameters(), header)
    assert refused.value.used_basic


@pytest.mark.requirement(14)
async def test_ids_and_secrets_are_form_encoded_in_basic(house: OAuthHouse) -> None:
    made = await house.register()
    encoded = made.client.id.replace("-", "%2D")
    header = "Basic " + b64encode(f"{encoded}:{made.secret}".encode()).decode()
    assert await prove(house, parameters(), header) == made.client.id


@pytest.mark.requirement(14)
async def test_keys_of_a_client_may_be_published_by_it(house: OAuthHouse) -> None:
    key, uri = a_key(), "https://app.orchard.example/jwks"
    made = await house.register(method=AuthMethod.KEY, jwks_uri=uri)
    house.client_keys.sets[uri] = parse_key_list([key.as_dict(private=False)])
    assert await prove(house, signed(house, made, key)) == made.client.id
    for wrong in (signed(house, made, a_key()), without_type(signed(house, made, key))):
        with pytest.raises(ClientRefused):
            await prove(house, wrong)


def signed(house: OAuthHouse, made: RegisteredClient, key: Any) -> Parameters:
    return parameters(**an_assertion(key, made.client.id, ISSUER, house.clock.now()))


def without_type(given: Parameters) -> Parameters:
    return parameters(client_assertion=given.find("client_assertion"))


@pytest.mark.requirement(22)
def test_a_proof_is_for_this_request(house: OAuthHouse) -> None:
    key, at, prover = a_key(), house.clock.now(), house.oauth.endpoints.prover

    def prove_key(*proofs: str) -> str:
        return prover.key(proofs, method="POST", endpoint="token").jkt

    assert prove_key() == ""
    assert prove_key(a_proof(key, URL, at)) == key.thumbprint()
    assert prove_key(a_proof(key, f"{URL}?x=1#y", at)) == key.thumbprint()
    for wrong in (
        (a_proof(key, URL, at, method="GET"),),
        (a_proof(key, f"{ISSUER}/oauth2/par", at),),
        (a_proof(key, "https://evil.example/oauth2/token", at),),
        (a_proof(key, URL, at, header={"typ": "JWT"}),),
        (a_proof(key, URL, at, without=("jti",)),),
        (a_proof(key, URL, at, header={"jwk": key.as_dict(private=True)}),),
        (a_proof(key, URL, at), a_proof(key, URL, at)),
        ("made-up",),
    ):
        with pytest.raises(RequestRefused) as refused:
            prove_key(*wrong)
        assert refused.value.fault is Fault.INVALID_DPOP_PROOF
