"""No parser answers with anything but a model or an error of ours, whatever it is fed.

Anything else that comes out of a parser (a `KeyError`, a `RecursionError`) is a bug: it
ends a request with 500, a job with a traceback, or a start with exit code 70. A case is
its target's name and a number: `TARGETS["…"].try_case(n)` has a failure again.
"""

import pytest

from tests.property.fuzz.targets import TARGETS

DEEP_CASES = 20_000


@pytest.mark.parametrize("name", TARGETS)
def test_valid_input_is_taken_and_comes_back(name: str) -> None:
    TARGETS[name].try_seeds()


@pytest.mark.parametrize("name", TARGETS)
def test_bent_input_gives_a_model_or_an_error_of_ours(name: str) -> None:
    target = TARGETS[name]
    for number in range(target.cases):
        target.try_case(number)


@pytest.mark.deep
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", TARGETS)
def test_bent_input_at_length(name: str) -> None:
    for number in range(DEEP_CASES):
        TARGETS[name].try_case(number)
