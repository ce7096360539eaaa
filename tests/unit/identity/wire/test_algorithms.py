"""Which algorithms there are, and which there are not."""

import pytest

from curtilage.identity.wire.algorithms import (
    ALL_ALGORITHMS,
    STRONG_ALGORITHMS,
    Algorithm,
    find_algorithm,
)

pytestmark = pytest.mark.requirement(35)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_an_algorithm_is_found_by_its_exact_name(algorithm: Algorithm) -> None:
    assert find_algorithm(algorithm.value) is algorithm


@pytest.mark.parametrize(
    "claimed",
    [
        "none", "None", "NONE", "nOnE", "", "HS256", "HS384", "HS512", "es256", "ES256 ", "ES256K", "Ed448",
        "RSA-OAEP", "PBES2-HS256+A128KW", "dir", None, 256, True, ["ES256"], {"ES256": 1},
    ],
)  # fmt: skip
def test_nothing_else_is_an_algorithm(claimed: object) -> None:
    assert find_algorithm(claimed) is None


@pytest.mark.requirement(14)
def test_strong_algorithms_have_no_pkcs1_padding() -> None:
    assert not any(each.startswith("RS") for each in STRONG_ALGORITHMS)
    assert STRONG_ALGORITHMS < ALL_ALGORITHMS
