"""Moduli with the mark of chips whose keys can be factored."""

from math import prod

import pytest

from curtilage.identity.wire.base64url import decode_integer
from curtilage.identity.wire.roca import _PRIMES, is_roca
from tests.vectors.identity.jose_examples import RSA_7515, RSA_7638

PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103,
          107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167)  # fmt: skip


def test_the_primes_looked_at_are_all_that_tell_something() -> None:
    """Small primes for which not every residue is a power of 65537."""
    telling = [p for p in PRIMES if p > 2 and len({pow(65537, k, p) for k in range(p)}) < p - 1]
    assert list(_PRIMES) == telling


@pytest.mark.parametrize("exponent", [1, 2, 77, 2**200 + 1])
def test_a_power_of_the_generator_has_the_mark(exponent: int) -> None:
    primorial = prod(PRIMES)
    assert is_roca(pow(65537, exponent, primorial) + 12345 * primorial)


@pytest.mark.parametrize("modulus", [RSA_7515["n"], RSA_7638["n"]])
def test_a_sound_modulus_has_not(modulus: str) -> None:
    assert not is_roca(decode_integer(modulus))
