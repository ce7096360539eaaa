from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from curtilage.identity.providers.errors import ProviderReason, ProviderRefused
from curtilage.identity.providers.models import Metadata, Provider
from curtilage.identity.providers.rules.presets import PRESETS
from curtilage.identity.providers.wire.id_tokens import (
    Expected,
    VerifiedIdToken,
    has_mfa,
    verify_id_token,
)
from curtilage.identity.wire.algorithms import Algorithm
from curtilage.identity.wire.base64url import encode_base64url
from curtilage.identity.wire.hash_claims import hash_claim
from curtilage.identity.wire.jwk import KeySet
from curtilage.identity.wire.jws import sign_jws
from tests.fakes.clock import START
from tests.provider_house import a_provider
from tests.signed_tokens import CLIENT, EC_KEY, ED_KEY, NOW, RSA_KEY

pytestmark = pytest.mark.requirement(30)
ISSUER = "https://harbour.example"
KEYS = KeySet((EC_KEY.public, RSA_KEY.public))
METADATA = Metadata(
    ISSUER,
    f"{ISSUER}/a",
    f"{ISSUER}/t",
    f"{ISSUER}/k",
    algorithms=frozenset({Algorithm.ES256, Algorithm.RS256}),
)
EXPECTED = Expected("n-1", "an-access-token", START)
CLAIMS = {
    "iss": ISSUER,
    "sub": "sub-ada",
    "aud": CLIENT,
    "iat": NOW,
    "exp": NOW + 300,
    "nonce": "n-1",
}


def token(*, header: dict[str, Any] | None = None, key: Any = EC_KEY, **given: Any) -> str:
    claims = {name: value for name, value in (CLAIMS | given).items() if value is not None}
    wanted = {"alg": key.algorithm.value, "kid": key.kid} | (header or {})
    return sign_jws(encode_base64url(orjson.dumps(wanted)), orjson.dumps(claims), key=key)


def verify(
    raw: str,
    provider: Provider | None = None,
    metadata: Metadata = METADATA,
    expected: Expected = EXPECTED,
) -> VerifiedIdToken:
    provider = provider or a_provider(client_id=CLIENT)
    return verify_id_token(raw, provider, metadata, keys=KEYS, expected=expected)


def refusal(raw: str, **given: Any) -> ProviderReason:
    with pytest.raises(ProviderRefused) as refused:
        verify(raw, **given)
    return refused.value.reason


def test_a_good_token_names_somebody() -> None:
    found = verify(token(at_hash=hash_claim("an-access-token", algorithm=Algorithm.ES256)))
    assert (found.issuer, found.subject, found.proved_at) == (ISSUER, "sub-ada", None)
    assert verify(token(key=RSA_KEY)).subject == "sub-ada"
    assert verify(token(aud=[CLIENT], azp=CLIENT)).subject == "sub-ada"
    assert verify(token(aud=[CLIENT, "other"], azp=CLIENT)).subject == "sub-ada"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"iss": "https://harbour.example/"}, "provider.token"),
        ({"iss": "https://valley.example"}, "provider.token"),
        ({"iss": None}, "provider.token"),
        ({"aud": "another-client"}, "provider.token"),
        ({"aud": ["another-client"]}, "provider.token"),
        ({"aud": [CLIENT, "other"]}, "provider.authorized-party"),
        ({"aud": [CLIENT, "other"], "azp": "other"}, "provider.authorized-party"),
        ({"azp": "other"}, "provider.authorized-party"),
        ({"nonce": "n-2"}, "provider.nonce"),
        ({"nonce": None}, "provider.nonce"),
        ({"nonce": ["n-1"]}, "provider.nonce"),
        ({"exp": NOW - 61}, "provider.token"),
        ({"exp": None}, "provider.token"),
        ({"exp": NOW + 86_400 * 3}, "provider.token"),
        ({"iat": NOW + 61}, "provider.token"),
        ({"iat": NOW - 700}, "provider.token"),
        ({"nbf": NOW + 61}, "provider.token"),
        ({"sub": ""}, "provider.token"),
        ({"sub": "s" * 256}, "provider.subject"),
        ({"sub": "a\nb"}, "provider.subject"),
        ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "provider.token"),
        ({"at_hash": 7}, "provider.token"),
        ({"events": {}}, "provider.token"),
        ({"auth_time": "then"}, "provider.token"),
        ({"auth_time": NOW + 61}, "provider.token"),
        ({"auth_time": True}, "provider.token"),
    ],
)
def test_whatever_does_not_fit_names_nobody(given: dict[str, Any], reason: str) -> None:
    assert refusal(token(**given)) == reason


def test_sixty_seconds_between_clocks_are_nothing() -> None:
    assert verify(token(exp=NOW - 59, iat=NOW - 300)).subject == "sub-ada"
    assert verify(token(iat=NOW + 59)).subject == "sub-ada"


@pytest.mark.complaint(29)
@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"alg": "none"}, "provider.token"),
        ({"alg": "HS256"}, "provider.token"),
        ({"alg": "ES999"}, "provider.token"),
        ({"alg": "RS256"}, "provider.key"),
        ({"kid": "nobody"}, "provider.key"),
        ({"typ": "at+jwt"}, "provider.token"),
        ({"typ": "logout+jwt"}, "provider.token"),
        ({"crit": ["exp"]}, "provider.token"),
    ],
)
def test_whatever_the_header_says_it_chooses_among_ours(
    header: dict[str, Any], reason: str
) -> None:
    assert refusal(token(header=header)) == reason


@pytest.mark.complaint(29)
def test_an_algorithm_that_the_document_does_not_list_is_refused() -> None:
    assert refusal(token(key=ED_KEY)) == ProviderReason.TOKEN
    only_rsa = replace(METADATA, algorithms=frozenset({Algorithm.RS256}))
    assert refusal(token(), metadata=only_rsa) == ProviderReason.TOKEN


def test_an_access_token_hash_of_another_algorithm_is_refused() -> None:
    other = hash_claim("an-access-token", algorithm=Algorithm.RS512)
    assert refusal(token(at_hash=other)) == ProviderReason.TOKEN


def test_a_signature_that_was_changed_is_refused() -> None:
    head, _, tail = token().rpartition(".")
    bent = f"{head}.{tail[:-2]}{'AA' if tail[-2:] != 'AA' else 'BB'}"
    assert refusal(bent) == ProviderReason.TOKEN
    assert refusal("x") == ProviderReason.TOKEN


def test_of_many_tenants_those_come_in_that_were_named() -> None:
    template = "https://login.microsoftonline.com/{tenantid}/v2.0"
    metadata = replace(METADATA, issuer=template)
    provider = a_provider(
        client_id=CLIENT, preset=PRESETS["microsoft"], tenants=frozenset({"t-1", "t-2"})
    )
    good = token(iss="https://login.microsoftonline.com/t-1/v2.0", tid="t-1")
    found = verify(good, provider, metadata)
    assert found.issuer == "https://login.microsoftonline.com/t-1/v2.0"
    other = token(iss="https://login.microsoftonline.com/t-9/v2.0", tid="t-9")
    assert refusal(other, provider=provider, metadata=metadata) == ProviderReason.TENANT
    mixed = token(iss="https://login.microsoftonline.com/t-2/v2.0", tid="t-1")
    assert refusal(mixed, provider=provider, metadata=metadata) == ProviderReason.TOKEN
    assert refusal(token(iss=template), provider=provider, metadata=metadata) == "provider.tenant"


def test_who_was_to_sign_in_again_did_so_after_we_asked() -> None:
    again = replace(EXPECTED, asked_again_at=START)
    found = verify(token(auth_time=NOW - 30), expected=again)
    assert found.proved_at == START - timedelta(seconds=30)
    assert refusal(token(auth_time=NOW - 61), expected=again) == ProviderReason.STALE
    assert refusal(token(), expected=again) == ProviderReason.STALE
    ahead = verify(token(auth_time=NOW + 30), expected=again)
    assert ahead.proved_at == datetime.fromtimestamp(NOW, UTC)


def test_two_factors_are_those_that_are_called_so() -> None:
    assert has_mfa({"amr": ["pwd", "mfa"]})
    assert not has_mfa({"amr": "mfa"})
    assert not has_mfa({"amr": ["pwd", "otp"]})
    assert not has_mfa({})
