"""Public keys: the one shape that each algorithm has."""

from typing import Any

import cbor2
import pytest

from curtilage.identity.wire.cose import EDDSA, ES256, ES512, RS256, verify_cose_key
from curtilage.identity.wire.errors import PasskeyReason, PasskeyRefused
from tests.software_authenticator import SoftwareAuthenticator, cose_of, make_key

pytestmark = [pytest.mark.requirement(49)]

OFFERED = (ES256, EDDSA, ES512, RS256)
KEYS = {algorithm: cose_of(make_key(algorithm)) for algorithm in (ES256, EDDSA, RS256)}
GIVES_A_POINT = bytes.fromhex(
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
)  # G of P-256


def refusal(key: dict[Any, Any] | bytes) -> PasskeyReason:
    with pytest.raises(PasskeyRefused) as refused:
        verify_cose_key(key if isinstance(key, bytes) else cbor2.dumps(key), OFFERED)
    return refused.value.reason


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_key_of_an_offered_algorithm_holds(algorithm: int) -> None:
    assert verify_cose_key(cbor2.dumps(KEYS[algorithm]), OFFERED) == algorithm
    with pytest.raises(PasskeyRefused) as refused:
        verify_cose_key(cbor2.dumps(KEYS[algorithm]), tuple({*OFFERED} - {algorithm}))
    assert refused.value.reason is PasskeyReason.ALGORITHM


@pytest.mark.parametrize(
    ("algorithm", "changed"),
    [
        (ES256, {1: 1}),
        (ES256, {1: 3}),
        (ES256, {-1: 2}),
        (ES256, {-1: True}),
        (ES256, {-2: b"x" * 31}),
        (ES256, {-2: b"x" * 33}),
        (ES256, {-3: True}),
        (ES256, {-3: b"y" * 32}),
        (ES256, {-2: bytes(32), -3: bytes(32)}),
        (ES256, {-2: GIVES_A_POINT}),
        (ES256, {4: [2]}),
        (ES256, {-4: b"private"}),
        (ES256, {3: ES512}),
        (EDDSA, {-1: 7}),
        (EDDSA, {-2: b"x" * 57}),
        (EDDSA, {-3: b"x" * 32}),
        (RS256, {-1: b"\x7f" + b"\xff" * 255}),
        (RS256, {-1: b"\xff" * 128}),
        (RS256, {-1: b"\x00" + KEYS[RS256][-1]}),
        (RS256, {-1: b""}),
        (RS256, {-1: b"\xff" * 513}),
        (RS256, {-1: 5}),
        (RS256, {-2: b"\x03"}),
        (RS256, {-2: b"\x00\x00\x03"}),
        (RS256, {-2: b"\x01\x00\x00\x00\x01"}),
        (RS256, {-2: 65537}),
        (RS256, {-2: b"\x01\x00\x02"}),
        (RS256, {1: 2}),
        (RS256, {5: b"x"}),
    ],
)  # fmt: skip
def test_a_key_of_an_odd_shape_is_refused(algorithm: int, changed: dict[int, Any]) -> None:
    assert refusal({**KEYS[algorithm], **changed}) is PasskeyReason.PUBLIC_KEY


@pytest.mark.parametrize("missing", [1, -1, -2, -3])
def test_a_key_that_lacks_something_is_refused(missing: int) -> None:
    key = {name: value for name, value in KEYS[ES256].items() if name != missing}
    assert refusal(key) is PasskeyReason.PUBLIC_KEY


@pytest.mark.parametrize("algorithm", [None, 0, 7, -65535, -37, -48, "ES256", True, b"x", [-7]])
def test_another_algorithm_is_refused(algorithm: Any) -> None:
    assert refusal({**KEYS[ES256], 3: algorithm}) is PasskeyReason.ALGORITHM


def test_an_algorithm_that_is_offered_and_not_known_is_refused() -> None:
    with pytest.raises(PasskeyRefused) as refused:
        verify_cose_key(cbor2.dumps({**KEYS[ES256], 3: -35}), (-35,))
    assert refused.value.reason is PasskeyReason.PUBLIC_KEY


@pytest.mark.parametrize("raw", [b"", b"\x01", b"\x04" + b"x" * 64, b"\xa1", b"\xbf\xff"])
def test_what_is_no_map_is_no_key(raw: bytes) -> None:
    assert refusal(raw) is PasskeyReason.PUBLIC_KEY


def test_an_uncompressed_point_of_the_old_kind_is_no_key() -> None:
    key = SoftwareAuthenticator().cose
    assert refusal(b"\x04" + key[-2] + key[-3]) is PasskeyReason.PUBLIC_KEY
