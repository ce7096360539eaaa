"""Wycheproof's JOSE vectors: not one that is bad is taken, and what is refused beyond them.

Their keys and tokens go through the same two functions as a client's do. Tokens that they
call valid and we refuse are all named here, with why.
"""

import gzip
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from curtilage.core.errors import CurtilageError
from curtilage.identity.wire.algorithms import ALL_ALGORITHMS
from curtilage.identity.wire.errors import JoseReason, JoseRefused, UnacceptableJwk
from curtilage.identity.wire.jwk import KeySet, parse_jwks
from curtilage.identity.wire.jws import verify_jws
from tests.shared_material import shared_path

pytestmark = [pytest.mark.shared, pytest.mark.requirement(35)]

SIGNATURES = ("json_web_signature", "json_web_key", "json_web_crypto")
SYMMETRIC = "an HMAC under a shared secret: requirement 35 knows public keys only"
OTHER_ALGORITHM = "its key says another `alg` (PS256) than the token (PS384)"
NO_ALGORITHM = "its key's `alg` is ES521, which does not exist; the token says ES512"
STRICTER = {
    "json_web_signature": {
        **dict.fromkeys((1, 348, 352, 357, 358, 359, 372, 373, 376, 377), SYMMETRIC),
        **dict.fromkeys((346, 350), OTHER_ALGORITHM),
        **dict.fromkeys((347, 351), NO_ALGORITHM),
    },
    "json_web_key": dict.fromkeys((2, 13, 14, 15), SYMMETRIC),
    "json_web_crypto": dict.fromkeys((1, 48), SYMMETRIC),
}
KNOWN = {
    "json_web_signature": 401,
    "json_web_key": 26,
    "json_web_crypto": 83,
    "json_web_encryption": 139,
}


@cache
def groups(name: str) -> list[dict[str, Any]]:
    raw = shared_path(f"vectors/wycheproof/{name}_test.json.gz").read_bytes()
    found: list[dict[str, Any]] = json.loads(gzip.decompress(raw))["testGroups"]
    return found


def vectors(name: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each with the keys that its verifier would be given: public ones where there are."""
    for group in groups(name):
        keys = group.get("public") or group["private"]
        for vector in group["tests"]:
            yield keys if "keys" in keys else {"keys": [keys]}, vector


def judge(keys: dict[str, Any], token: Any) -> str:
    raw = token if isinstance(token, str) else json.dumps(token)
    try:
        verify_jws(raw, keys=parse_jwks(json.dumps(keys).encode()), algorithms=ALL_ALGORITHMS)
    except CurtilageError:
        return "invalid"
    return "valid"


@pytest.mark.parametrize("name", SIGNATURES)
def test_no_bad_vector_is_taken_and_every_good_one_but_those_named(name: str) -> None:
    signed = [(keys, vector) for keys, vector in vectors(name) if "jws" in vector]
    taken = {vector["tcId"]: judge(keys, vector["jws"]) == "valid" for keys, vector in signed}
    good = {vector["tcId"] for _, vector in signed if vector["result"] == "valid"}
    assert {number for number, is_taken in taken.items() if is_taken} == good - set(STRICTER[name])
    assert set(STRICTER[name]) <= good, "a deviation that is none any more"
    assert len(good) > len(STRICTER[name]), "nothing would be shown if all were refused"


@pytest.mark.parametrize("name", ["json_web_encryption", "json_web_crypto"])
def test_no_encrypted_token_is_ever_taken(name: str) -> None:
    """Nobody sends us one, so there is no code that could be tricked by one."""
    encrypted = [vector for _, vector in vectors(name) if "jwe" in vector]
    assert encrypted
    for vector in encrypted:
        raw = vector["jwe"] if isinstance(vector["jwe"], str) else json.dumps(vector["jwe"])
        with pytest.raises(JoseRefused) as caught:
            verify_jws(raw, keys=KeySet(), algorithms=ALL_ALGORITHMS)
        assert caught.value.reason in {
            JoseReason.ENCRYPTED,
            JoseReason.MALFORMED,  # in JSON, or with a part cut off
        }


@pytest.mark.parametrize(
    ("comment", "says"),
    [
        ("jws_rsa_roca_key", "chip"),
        ("keysize_too_small", "2048"),
        ("exponentOne", "exponent"),
        ("invalid_point", "make no key"),
        ("jws_mixedSymmetryKeyset", "private or symmetric"),
    ],
)
def test_a_bad_key_is_refused_for_what_is_bad_about_it(comment: str, says: str) -> None:
    for group in groups("json_web_key"):
        if group["comment"] == comment:
            keys = group.get("public") or group["private"]
            with pytest.raises(UnacceptableJwk, match=says):
                parse_jwks(json.dumps(keys).encode())
            return
    pytest.fail("there is no such vector")


@pytest.mark.parametrize("name", KNOWN)
def test_the_vectors_are_those_that_were_looked_at(name: str) -> None:
    assert sum(1 for _ in vectors(name)) == KNOWN[name]
