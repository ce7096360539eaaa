from base64 import b64decode
from typing import Any

import orjson
import pytest

from curtilage.identity.providers.adapters.client_proofs import ASSERTION_TYPE, prove_client
from curtilage.identity.providers.models import ClientProof, Metadata
from curtilage.identity.providers.rules.presets import PRESETS
from curtilage.identity.wire.algorithms import ALL_ALGORITHMS
from curtilage.identity.wire.client_assertion import verify_client_assertion
from curtilage.identity.wire.jwk import KeySet, PublicKey
from curtilage.identity.wire.jws import VerifiedJws, verify_jws
from tests.fakes import FixedEntropy
from tests.fakes.clock import START
from tests.provider_house import a_provider
from tests.signed_tokens import ALL_KEYS, EC_KEY

ISSUER = "https://harbour.example"
METADATA = Metadata(ISSUER, f"{ISSUER}/a", f"{ISSUER}/t", f"{ISSUER}/k")
POST = Metadata(ISSUER, f"{ISSUER}/a", f"{ISSUER}/t", f"{ISSUER}/k", takes_basic=False)


def prove(metadata: Metadata = METADATA, **given: Any) -> Any:
    return prove_client(a_provider(**given), metadata, now=START, entropy=FixedEntropy())


def test_a_secret_goes_into_the_header_form_encoded() -> None:
    found = prove(client_id="a:b", proof=ClientProof(secret="s €/%"))
    name, value = found.headers[0]
    assert name == "Authorization"
    assert b64decode(value.removeprefix("Basic ")) == b"a%3Ab:s+%E2%82%AC%2F%25"
    assert dict(found.form) == {}


def test_or_into_the_body_where_the_provider_takes_no_header() -> None:
    found = prove(POST, client_id="c", proof=ClientProof(secret="s"))
    assert dict(found.form) == {"client_id": "c", "client_secret": "s"}
    assert found.headers == ()


def test_a_key_signs_an_assertion_that_our_own_server_would_take() -> None:
    found = prove(client_id="c", proof=ClientProof(key=EC_KEY))
    assert found.form["client_assertion_type"] == ASSERTION_TYPE
    verify_client_assertion(
        found.form["client_assertion"], client_id="c", keys=ALL_KEYS, issuer=ISSUER, at=START
    )


@pytest.mark.parametrize("preset", ["okta", "microsoft"])
def test_some_want_their_endpoint_named(preset: str) -> None:
    found = prove(preset=PRESETS[preset], proof=ClientProof(key=EC_KEY, key_id="k-7"))
    verified = under("k-7", found.form["client_assertion"])
    assert orjson.loads(verified.payload)["aud"] == f"{ISSUER}/t"
    assert verified.header["kid"] == "k-7"


def test_apple_takes_a_token_by_the_team_for_a_secret() -> None:
    proof = ClientProof(key=EC_KEY, key_id="APPLEKEY", team="TEAM")
    found = prove(preset=PRESETS["apple"], client_id="c", proof=proof)
    verified = under("APPLEKEY", found.form["client_secret"])
    claims = orjson.loads(verified.payload)
    assert (claims["iss"], claims["sub"], claims["aud"]) == (
        "TEAM",
        "c",
        "https://appleid.apple.com",
    )
    assert claims["exp"] - claims["iat"] == 60


def under(kid: str, token: str) -> VerifiedJws:
    """Verified with our key, by the name that the provider gave it."""
    public = EC_KEY.public
    named = PublicKey(kid, public.thumbprint, public.algorithms, public.members, public.jose)
    return verify_jws(token, keys=KeySet((named,)), algorithms=ALL_ALGORITHMS)
