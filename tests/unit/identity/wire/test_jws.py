"""Signatures, and everything that only looks like one.

The names of the attacks follow the list of jwt_tool: what is tried on every service that
takes tokens.
"""

import hmac
import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import ECKey

from curtilage.identity.signing_keys import generate_signing_key
from curtilage.identity.wire.algorithms import ALL_ALGORITHMS, OUR_ALGORITHMS, Algorithm
from curtilage.identity.wire.base64url import encode_base64url
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.jwk import KeySet, encode_jwk, key_set, parse_jwk
from curtilage.identity.wire.jws import (
    LONGEST_JWS,
    parse_claimed_payload,
    sign_jws,
    verify_jws,
    verify_self_signed_jws,
)
from curtilage.identity.wire.signing_key import SigningKey
from tests.signed_tokens import ALL_KEYS, EC_KEY, ED_KEY, NOW, RSA_KEY, forge, public_jwk
from tests.vectors.identity.jose_examples import ES256_7515, P256_7515

pytestmark = pytest.mark.requirement(35)

CLAIMS = {"sub": "person-ada", "exp": NOW + 60}
STRANGER = generate_signing_key()
GOOD = forge(CLAIMS)


def refusal(raw: str, keys: KeySet = ALL_KEYS) -> JoseReason:
    """Why it is refused, with everything allowed that can be."""
    with pytest.raises(JoseRefused) as caught:
        verify_jws(raw, keys=keys, algorithms=ALL_ALGORITHMS)
    assert str(caught.value) == caught.value.title, "a refusal echoes nothing"
    return caught.value.reason


def part(value: dict[str, Any] | bytes) -> str:
    return encode_base64url(value if isinstance(value, bytes) else json.dumps(value).encode())


def unsigned(header: dict[str, Any], signature: bytes = b"", claims: Any = CLAIMS) -> str:
    return f"{part(header)}.{part(claims)}.{part(signature)}"


@pytest.mark.parametrize("key", [EC_KEY, RSA_KEY, ED_KEY])
def test_what_a_key_signed_is_verified_by_it(key: SigningKey) -> None:
    verified = verify_jws(forge(CLAIMS, key=key), keys=ALL_KEYS, algorithms=OUR_ALGORITHMS)
    assert json.loads(verified.payload) == CLAIMS
    assert (verified.key.kid, verified.algorithm) == (key.kid, key.algorithm)
    assert "person-ada" not in repr(verified)


def test_a_token_of_the_greatest_length_is_read_and_no_longer_one() -> None:
    """By its header: base64url has no text of a length that leaves one over."""
    short = len(forge(b"x", x=""))
    for more in range(LONGEST_JWS - short - 4, LONGEST_JWS):
        raw = forge(b"x", x="y" * (more * 3 // 4))
        if len(raw) > LONGEST_JWS:
            assert refusal(raw) is JoseReason.TOO_LONG
            break
        assert verify_jws(raw, keys=ALL_KEYS, algorithms=ALL_ALGORITHMS)
        longest = len(raw)
    assert longest == LONGEST_JWS


def test_an_empty_payload_can_be_signed() -> None:
    assert verify_jws(forge(b""), keys=ALL_KEYS, algorithms=ALL_ALGORITHMS).payload == b""


def test_without_a_name_the_only_key_of_the_algorithm_is_meant() -> None:
    raw = forge(CLAIMS, kid=None)
    assert verify_jws(raw, keys=ALL_KEYS, algorithms=ALL_ALGORITHMS).key == EC_KEY.public
    two = key_set([EC_KEY.public, STRANGER.public])
    assert refusal(raw, two) is JoseReason.KEY


def test_only_what_this_use_allows_is_verified() -> None:
    with pytest.raises(JoseRefused) as caught:
        verify_jws(forge(CLAIMS, key=RSA_KEY), keys=ALL_KEYS, algorithms={Algorithm.ES256})
    assert caught.value.reason is JoseReason.ALGORITHM


def test_a_signature_of_another_algorithm_of_the_same_key_is_refused_where_it_names_one() -> None:
    keys = key_set([parse_jwk({**public_jwk(RSA_KEY), "alg": "PS256", "kid": RSA_KEY.kid})])
    assert refusal(forge(CLAIMS, key=RSA_KEY), keys) is JoseReason.KEY


def test_ed25519_is_verified_by_both_of_its_names() -> None:
    keys = key_set([parse_jwk(public_jwk(ED_KEY))])
    raw = forge(CLAIMS, key=ED_KEY, alg="Ed25519")
    assert verify_jws(raw, keys=keys, algorithms={Algorithm.ED25519}).payload


@pytest.mark.requirement(22)
def test_a_key_in_the_header_proves_that_the_sender_holds_it() -> None:
    raw = forge(CLAIMS, key=STRANGER, jwk=public_jwk(STRANGER))
    verified = verify_self_signed_jws(raw, algorithms=OUR_ALGORITHMS)
    assert verified.key.thumbprint == STRANGER.kid


@pytest.mark.requirement(22)
@pytest.mark.parametrize(
    ("jwk", "reason"),
    [
        (None, JoseReason.KEY),
        ("text", JoseReason.KEY),
        ({"kty": "oct", "k": "AQ"}, JoseReason.KEY),
        (dict(P256_7515), JoseReason.KEY),  # with its private part
        (public_jwk(RSA_KEY), JoseReason.KEY),
        (public_jwk(STRANGER), JoseReason.SIGNATURE),
    ],
)
def test_another_key_in_the_header_is_refused(jwk: Any, reason: JoseReason) -> None:
    with pytest.raises(JoseRefused) as caught:
        verify_self_signed_jws(forge(CLAIMS, jwk=jwk), algorithms=ALL_ALGORITHMS)
    assert caught.value.reason is reason


def test_a_claimed_payload_is_read_and_not_believed() -> None:
    assert json.loads(parse_claimed_payload(unsigned({"alg": "ES256"}, b"made up"))) == CLAIMS
    with pytest.raises(JoseRefused):
        parse_claimed_payload("no token")


def hs256(header: dict[str, Any], secret: bytes) -> str:
    content = f"{part({'alg': 'HS256', 'typ': 'at+jwt'} | header)}.{part(CLAIMS)}"
    return f"{content}.{part(hmac.digest(secret, content.encode(), 'sha256'))}"


def public_pem(key: SigningKey) -> bytes:
    spki = PublicFormat.SubjectPublicKeyInfo
    raw: Any = key.public.jose.raw_value
    return bytes(raw.public_bytes(Encoding.PEM, spki))


def signature_of(raw: str) -> str:
    return raw.rsplit(".", 1)[1]


def with_signature(signature: bytes) -> str:
    return f"{GOOD.rsplit('.', 1)[0]}.{part(signature)}"


def der_signature() -> bytes:
    raw: Any = ECKey.import_key(dict(P256_7515)).raw_value
    return bytes(raw.sign(GOOD.rsplit(".", 1)[0].encode(), ECDSA(SHA256())))


ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256
JWE_BOMB = part(zlib.compress(b"a" * 1_000_000)[:4000])

ATTACKS: dict[str, tuple[Callable[[], str], JoseReason]] = {
    # alg: none, in every spelling; with a signature, without, and cut off
    **{
        f"alg none as {name!r}": (
            lambda name=name: unsigned({"alg": name, "kid": EC_KEY.kid}, b"x"),
            JoseReason.ALGORITHM,
        )
        for name in ("none", "None", "NONE", "nOnE", "none ", "", " none", "none\0")
    },
    "alg none without a signature": (
        lambda: f"{part({'alg': 'none'})}.{part(CLAIMS)}.",
        JoseReason.MALFORMED,
    ),
    "no alg": (lambda: unsigned({"kid": EC_KEY.kid}, b"x"), JoseReason.ALGORITHM),
    "alg as a list": (lambda: forge(CLAIMS, alg=["ES256"]), JoseReason.ALGORITHM),
    # a public key as the secret of an HMAC
    "RS256 to HS256 with the PEM": (
        lambda: hs256({"kid": RSA_KEY.kid}, public_pem(RSA_KEY)),
        JoseReason.ALGORITHM,
    ),
    "RS256 to HS256 with the JWK": (
        lambda: hs256({"kid": RSA_KEY.kid}, json.dumps(encode_jwk(RSA_KEY.public)).encode()),
        JoseReason.ALGORITHM,
    ),
    "blank secret": (lambda: hs256({"kid": EC_KEY.kid}, b""), JoseReason.ALGORITHM),
    "secret from a null file": (
        lambda: hs256({"kid": "../../../../dev/null"}, b""),
        JoseReason.ALGORITHM,
    ),
    "weak secret": (lambda: hs256({}, b"secret"), JoseReason.ALGORITHM),
    # signatures that say nothing
    "null signature": (lambda: f"{GOOD.rsplit('.', 1)[0]}.", JoseReason.MALFORMED),
    "no signature part": (lambda: GOOD.rsplit(".", 1)[0], JoseReason.MALFORMED),
    "psychic signature": (lambda: with_signature(bytes(64)), JoseReason.SIGNATURE),
    "psychic signature of the order": (
        lambda: with_signature(ORDER.to_bytes(32, "big") * 2),
        JoseReason.SIGNATURE,
    ),
    "psychic signature r=0": (lambda: with_signature(bytes(63) + b"\1"), JoseReason.SIGNATURE),
    "psychic signature in DER": (
        lambda: with_signature(bytes.fromhex("3006020100020100")),
        JoseReason.SIGNATURE,
    ),
    "signature in DER": (lambda: with_signature(der_signature()), JoseReason.SIGNATURE),
    "signature of one zero": (lambda: with_signature(b"\0"), JoseReason.SIGNATURE),
    "signature padded with zeros": (
        lambda: with_signature(bytes(2) + bytes.fromhex("00" * 64)),
        JoseReason.SIGNATURE,
    ),
    "signature of another token": (
        lambda: f"{GOOD.rsplit('.', 1)[0]}.{signature_of(ES256_7515)}",
        JoseReason.SIGNATURE,
    ),
    "ES256 key asked as RS256": (lambda: forge(CLAIMS, alg="RS256"), JoseReason.KEY),
    "RSA PKCS1 signature called PSS": (
        lambda: forge(CLAIMS, key=RSA_KEY, alg="PS256"),
        JoseReason.KEY,
    ),
    # a kid is a name, whatever it says
    **{
        f"kid {name[:24]!r}": (lambda name=name: forge(CLAIMS, kid=name), JoseReason.KEY)
        for name in (
            "../../../../../../dev/null",
            "/etc/passwd",
            "x' UNION SELECT 'key' --",
            "; sleep 9",
            "|/usr/bin/id",
            "http://evil.example/key",
            "",
            EC_KEY.kid + "\0",
            "k" * 9000,
        )
    },
    "kid as a number": (lambda: forge(CLAIMS, kid=7), JoseReason.KEY),
    "kid as a list": (lambda: forge(CLAIMS, kid=[EC_KEY.kid]), JoseReason.KEY),
    # keys that the sender brings along
    "jwk injection": (
        lambda: forge(CLAIMS, key=STRANGER, jwk=public_jwk(STRANGER)),
        JoseReason.KEY,
    ),
    "jwk injection under our name": (
        lambda: forge(CLAIMS, key=STRANGER, kid=EC_KEY.kid, jwk=public_jwk(STRANGER)),
        JoseReason.SIGNATURE,
    ),
    "jku injection": (
        lambda: forge(CLAIMS, key=STRANGER, kid=EC_KEY.kid, jku="https://evil.example/jwks.json"),
        JoseReason.SIGNATURE,
    ),
    "x5u injection": (
        lambda: forge(CLAIMS, key=STRANGER, kid=EC_KEY.kid, x5u="https://evil.example/c.pem"),
        JoseReason.SIGNATURE,
    ),
    "x5c injection": (
        lambda: forge(CLAIMS, key=STRANGER, kid=EC_KEY.kid, x5c=["MIIB"]),
        JoseReason.SIGNATURE,
    ),
    "x5t injection": (
        lambda: forge(CLAIMS, key=STRANGER, kid=EC_KEY.kid, x5t="AQ"),
        JoseReason.SIGNATURE,
    ),
    # what was signed is not what is there
    "claim tampered": (
        lambda: ".".join([GOOD.split(".")[0], part(CLAIMS | {"sub": "root"}), signature_of(GOOD)]),
        JoseReason.SIGNATURE,
    ),
    "exp stripped": (
        lambda: ".".join([GOOD.split(".")[0], part({"sub": "person-ada"}), signature_of(GOOD)]),
        JoseReason.SIGNATURE,
    ),
    "header tampered": (
        lambda: ".".join(
            [part({"alg": "ES256", "kid": EC_KEY.kid, "typ": "JWT"}), *GOOD.split(".")[1:]]
        ),
        JoseReason.SIGNATURE,
    ),
    # extensions
    "crit of something unknown": (
        lambda: forge(CLAIMS, crit=["exp"], exp=NOW),
        JoseReason.CRITICAL,
    ),
    "crit empty": (lambda: forge(CLAIMS, crit=[]), JoseReason.CRITICAL),
    "crit that names itself": (lambda: forge(CLAIMS, crit=["crit"]), JoseReason.CRITICAL),
    "b64 false": (lambda: forge(CLAIMS, b64=False, crit=["b64"]), JoseReason.CRITICAL),
    "b64 false, not critical": (lambda: forge(CLAIMS, b64=False), JoseReason.CRITICAL),
    "compressed payload": (
        lambda: forge(zlib.compress(b'{"sub": 1}'), zip="DEF"),
        JoseReason.CRITICAL,
    ),
    # encryption, and what it costs
    "JWE with PBES2 of 2^31 rounds": (
        lambda: (
            f"{part({'alg': 'PBES2-HS512+A256KW', 'p2c': 2**31 - 1, 'p2s': 'AAAA', 'enc': 'A256GCM'})}"
            ".AAAA.AAAA.AAAA.AAAA"
        ),
        JoseReason.ENCRYPTED,
    ),
    "JWE that unpacks to much": (
        lambda: f"{part({'alg': 'dir', 'enc': 'A256GCM', 'zip': 'DEF'})}..AAAA.{JWE_BOMB}.AAAA",
        JoseReason.ENCRYPTED,
    ),
    "PBES2 as alg of a signature": (
        lambda: forge(CLAIMS, alg="PBES2-HS256+A128KW", p2c=2**31 - 1),
        JoseReason.ALGORITHM,
    ),
    # another spelling of the same token
    "trailing dot": (lambda: f"{GOOD}.", JoseReason.MALFORMED),
    "trailing data": (lambda: f"{GOOD}.AAAA", JoseReason.MALFORMED),
    "trailing newline": (lambda: f"{GOOD}\n", JoseReason.MALFORMED),
    "leading space": (lambda: f" {GOOD}", JoseReason.MALFORMED),
    "space inside": (lambda: GOOD.replace(".", " .", 1), JoseReason.MALFORMED),
    "padding": (lambda: f"{GOOD}==", JoseReason.MALFORMED),
    "NUL at the end": (lambda: f"{GOOD}\0", JoseReason.MALFORMED),
    "a letter of another script": (lambda: GOOD.replace("e", "е", 1), JoseReason.MALFORMED),
    "Bearer before it": (lambda: f"Bearer {GOOD}", JoseReason.MALFORMED),
    "spare bits set": (lambda: GOOD[:-1] + chr(ord(GOOD[-1]) + 1), JoseReason.MALFORMED),
    "alg twice": (
        lambda: sign_jws(
            part(b'{"alg":"none","alg":"ES256","kid":"' + EC_KEY.kid.encode() + b'"}'),
            b"{}",
            key=EC_KEY,
        ),
        JoseReason.MALFORMED,
    ),
    "header is a list": (lambda: sign_jws(part(b"[]"), b"{}", key=EC_KEY), JoseReason.MALFORMED),
    "header is deep": (
        lambda: sign_jws(part(b'{"a":' * 2000 + b"1" + b"}" * 2000), b"{}", key=EC_KEY),
        JoseReason.MALFORMED,
    ),
    "JSON serialization": (
        lambda: json.dumps(
            dict(zip(("protected", "payload", "signature"), GOOD.split("."), strict=True))
        ),
        JoseReason.MALFORMED,
    ),
    "nothing": (lambda: "", JoseReason.MALFORMED),
    "dots": (lambda: "..", JoseReason.MALFORMED),
    # size
    "ten megabytes": (lambda: "A" * 10_000_000, JoseReason.TOO_LONG),
    "ten megabytes of dots": (lambda: "." * 10_000_000, JoseReason.TOO_LONG),
    "a good token past the limit": (
        lambda: forge(b'"' + b"x" * LONGEST_JWS + b'"'),
        JoseReason.TOO_LONG,
    ),
}


@pytest.mark.complaint(29)
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_and_for_its_own_reason(name: str) -> None:
    make, reason = ATTACKS[name]
    assert verify_jws(GOOD, keys=ALL_KEYS, algorithms=ALL_ALGORITHMS)
    assert refusal(make()) is reason


@pytest.mark.complaint(29)
def test_headers_that_name_keys_are_not_looked_at() -> None:
    """They are as good as absent: a token of ours that has them is still one of ours."""
    raw = forge(CLAIMS, jku="https://evil.example", x5u="https://evil.example", jwk={"kty": "?"})
    assert verify_jws(raw, keys=ALL_KEYS, algorithms=ALL_ALGORITHMS).key == EC_KEY.public
