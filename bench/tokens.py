"""How long signed tokens take: `python -m bench.tokens`. Medians of one thread; gates at the end.

An access token as a person's is, with scopes, purposes and a bound key: about 700 bytes.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median

from curtilage.core.entropy import SystemEntropy
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.models import ApiKey, KeyTable
from curtilage.identity.rules import verify_api_key
from curtilage.identity.signing_keys import generate_signing_key
from curtilage.identity.token_cache import TokenCache
from curtilage.identity.token_callers import ShownToken, TokenBook, audience_of
from curtilage.identity.wire.access_tokens import (
    AccessToken,
    sign_access_token,
    verify_access_token,
)
from curtilage.identity.wire.algorithms import OUR_ALGORITHMS, Algorithm
from curtilage.identity.wire.apikey import mint_api_key, parse_api_key
from curtilage.identity.wire.client_assertion import verify_client_assertion
from curtilage.identity.wire.dpop import hash_access_token, verify_proof
from curtilage.identity.wire.jose import sign_jwt
from curtilage.identity.wire.jwk import KeySet
from curtilage.identity.wire.signing_key import SigningKey
from curtilage.identity.wire.token_kinds import TokenKind

ROUNDS = 3000
ISSUER, API, CLIENT = "https://id.orchard.example", "https://api.orchard.example", "client-basket"
AT = datetime.now(UTC).replace(microsecond=0)
GATES = {  # µs
    "sign ES256": 200.0,
    "verify ES256": 500.0,
    "verify, kept": 20.0,
    "caller, key": 20.0,
    "caller, kept": 20.0,
    "caller, new": 500.0,
}


def measure(what: str, act: Callable[[], object], rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        times.append(time.perf_counter() - begun)
    took = median(times) * 1e6
    print(f"{what:<40} {took:>8.1f} µs")
    return took


def a_token(jkt: str) -> AccessToken:
    return AccessToken(
        issuer=ISSUER,
        subject="p-0192f3a4b5c6",
        audience=(API,),
        client_id=CLIENT,
        jti="g-0192f3a4b5c6.k3J5l2m8",
        issued_at=AT,
        expires_at=AT + timedelta(minutes=10),
        scopes=frozenset({"openid", "profile", "mail.read", "mail.send"}),
        purposes=frozenset({"assist", "summarise"}),
        rights=frozenset({"subject:assert"}),
        authenticated_at=AT,
        acr="aal2",
        amr=("pwd", "otp"),
        jkt=jkt,
        session_id="s-0192f3a4b5c6",
    )


def measure_tokens(key: SigningKey, algorithm: Algorithm) -> dict[str, float]:
    keys, token = KeySet((key.public,)), a_token(key.kid)
    raw = sign_access_token(token, key=key)
    cache = TokenCache(ISSUER, API, keys)
    cache.verify(raw, at=AT)
    rounds = 300 if algorithm is Algorithm.RS256 else ROUNDS
    return {
        f"sign {algorithm}": measure(
            f"sign an access token, {algorithm}", lambda: sign_access_token(token, key=key), rounds
        ),
        f"verify {algorithm}": measure(
            f"verify one, {algorithm}",
            lambda: verify_access_token(raw, keys=keys, issuer=ISSUER, audience=API, at=AT),
        ),
        "verify, kept": measure(f"the second time, {algorithm}", lambda: cache.verify(raw, at=AT)),
    }


def measure_proofs(key: SigningKey) -> None:
    seconds = int(AT.timestamp())
    access_token = sign_access_token(a_token(key.kid), key=key)
    proof = sign_jwt(
        {
            "jti": "j",
            "htm": "POST",
            "htu": API,
            "iat": seconds,
            "ath": hash_access_token(access_token),
        },
        kind=TokenKind.DPOP_PROOF,
        key=key,
        headers={"jwk": dict(key.public.members)},
    )
    measure(
        "verify a DPoP proof with its token",
        lambda: verify_proof(proof, method="POST", url=API, at=AT, access_token=access_token),
    )
    assertion = sign_jwt(
        {"iss": CLIENT, "sub": CLIENT, "aud": ISSUER, "exp": seconds + 60, "jti": "j"},
        kind=TokenKind.CLIENT_ASSERTION,
        key=key,
    )
    keys = KeySet((key.public,))
    measure(
        "verify a client assertion",
        lambda: verify_client_assertion(
            assertion, client_id=CLIENT, keys=keys, issuer=ISSUER, at=AT
        ),
    )


def measure_callers(key: SigningKey) -> dict[str, float]:
    """From the headers of a request to who it is, as a worker does it; beside it, a key."""
    tenant, base = TenantId("bench"), "https://ai.orchard.example"
    minted = mint_api_key(SystemEntropy())
    known = ApiKey("key-1", tenant, PrincipalId("p-1"), "bench", minted.digest, AT)
    token = replace(a_token(""), audience=(audience_of(base),))
    raw, keys = sign_access_token(token, key=key), KeySet((key.public,))
    table = KeyTable((known,))
    shown = ShownToken(raw)

    def with_key() -> None:
        verify_api_key(table.get(parse_api_key(minted.text)), at=AT)

    def with_new_token() -> None:
        book = TokenBook(TokenCache(ISSUER, audience_of(base), keys), base, ended)
        book.know(shown, tenant=tenant, at=AT)

    ended = frozenset(f"grant-{number}" for number in range(1000))
    book = TokenBook(TokenCache(ISSUER, audience_of(base), keys), base, ended)
    of_key = measure("who a key stands for", with_key)
    kept = measure("who a token stands for, kept", lambda: book.know(shown, tenant=tenant, at=AT))
    new = measure("who a token stands for, new", with_new_token)
    print(f"{'a kept token costs what so many keys do':<40} {kept / of_key:>8.1f}")
    print(f"{'a new one':<40} {new / of_key:>8.1f}")
    return {"caller, key": of_key, "caller, kept": kept, "caller, new": new}


def main() -> int:
    took: dict[str, float] = measure_callers(generate_signing_key())
    for algorithm in OUR_ALGORITHMS:
        took |= measure_tokens(generate_signing_key(algorithm), algorithm)
    measure_proofs(generate_signing_key())
    missed = [what for what, most in GATES.items() if took[what] > most]
    print(f"gates missed: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
