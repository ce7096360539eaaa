"""Public keys of passkeys as COSE keys (RFC 9052 §7, RFC 9053 §7, RFC 8812 §2).

Four algorithms, each with the one shape that Web Authentication Level 3 §5.8.5 gives it:
the curve goes with the algorithm, points are uncompressed, nothing else is in the map.
"""

from cryptography.exceptions import UnsupportedAlgorithm
from webauthn.helpers import decode_credential_public_key, decoded_public_key_to_cryptography
from webauthn.helpers.exceptions import WebAuthnException

from curtilage.identity.wire.cbor import Cbor, parse_cbor
from curtilage.identity.wire.errors import PasskeyReason, PasskeyRefused, PasskeyUnreadable

ES256, EDDSA, ES512, RS256 = -7, -8, -36, -257
KTY, ALG = 1, 3
ON_CURVES = {  # algorithm: key type, curve, bytes of a coordinate
    ES256: (2, 1, 32),
    ES512: (2, 3, 66),
    EDDSA: (1, 6, 32),
}
RSA = 3
KNOWN = frozenset({*ON_CURVES, RS256})
RSA_BITS = range(2048, 4097)
LEAST_EXPONENT = 65537


def verify_cose_key(raw: bytes, algorithms: tuple[int, ...]) -> int:
    """The algorithm of a key that can be used. Raises `PasskeyRefused`."""
    key = _read(raw)
    algorithm = key.get(ALG)
    if not isinstance(algorithm, int) or algorithm not in algorithms:
        raise PasskeyRefused(PasskeyReason.ALGORITHM)
    if not (_is_rsa(key) if algorithm == RS256 else _is_on_curve(key, algorithm)):
        raise PasskeyRefused(PasskeyReason.PUBLIC_KEY)
    _load(raw)
    return algorithm


def _read(raw: bytes) -> dict[int | str, Cbor]:
    try:
        key = parse_cbor(raw)
    except PasskeyUnreadable:
        key = None
    if not isinstance(key, dict):
        raise PasskeyRefused(PasskeyReason.PUBLIC_KEY)
    return key


def _is_on_curve(key: dict[int | str, Cbor], algorithm: int) -> bool:
    if algorithm not in ON_CURVES:
        return False
    kty, curve, size = ON_CURVES[algorithm]
    coordinates = (-2,) if algorithm == EDDSA else (-2, -3)
    expected = {KTY: kty, ALG: algorithm, -1: curve}
    return (
        set(key) == {*expected, *coordinates}
        and all(_is_number(key[name], value) for name, value in expected.items())
        and all(_size_of(key[name]) == size for name in coordinates)
    )


def _is_rsa(key: dict[int | str, Cbor]) -> bool:
    modulus, exponent = key.get(-1), key.get(-2)
    return (
        set(key) == {KTY, ALG, -1, -2}
        and _is_number(key[KTY], RSA)
        and isinstance(modulus, bytes)
        and int.from_bytes(modulus, "big").bit_length() in RSA_BITS
        and modulus[0] != 0
        and isinstance(exponent, bytes)
        and 3 <= len(exponent) <= 4
        and int.from_bytes(exponent, "big") >= LEAST_EXPONENT
    )


def _is_number(value: Cbor, expected: int) -> bool:
    """Whether it is that number; True equals 1 and is none."""
    return type(value) is int and value == expected


def _size_of(value: Cbor) -> int:
    return len(value) if isinstance(value, bytes) else -1


def _load(raw: bytes) -> None:
    """Have the numbers checked: a point lies on its curve, a modulus is odd."""
    try:
        decoded_public_key_to_cryptography(decode_credential_public_key(raw))
    except (ValueError, UnsupportedAlgorithm, WebAuthnException):
        raise PasskeyRefused(PasskeyReason.PUBLIC_KEY) from None
