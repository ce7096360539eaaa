"""What a problem document says of an error, and that it says no more."""

from curtilage.core.errors import InputError
from curtilage.core.problem import describe_problem


def test_a_problem_has_the_members_of_rfc_9457_and_ours() -> None:
    told = describe_problem(InputError("It is too long.", hint="Shorten it."), instance="7")
    assert told == {
        "type": "/problems/input",
        "title": "The input was not understood",
        "status": 422,
        "detail": "It is too long.",
        "instance": "7",
        "code": "input",
        "hint": "Shorten it.",
    }
