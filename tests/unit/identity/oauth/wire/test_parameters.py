"""Parameters: each once, bounded, printable."""

import pytest

from curtilage.identity.oauth.errors import Fault, RequestRefused
from curtilage.identity.oauth.wire.parameters import LONGEST_VALUE, MOST_WORDS, Parameters

GIVEN = Parameters(
    {
        "one": ("1",),
        "twice": ("a", "b"),
        "empty": ("",),
        "list": ("b a  b",),
        "resource": ("x", "y"),
    }
)


def test_values_are_found_by_name() -> None:
    assert GIVEN.find("one") == GIVEN.get("one") == "1"
    assert GIVEN.find("absent") == GIVEN.find("empty") == ""
    assert GIVEN.words("list") == ("b", "a")
    assert GIVEN.all("resource") == ("x", "y")


@pytest.mark.parametrize(
    "name",
    ["twice", "absent", "empty", "long", "control"],
)
def test_what_is_missing_or_sent_twice_or_strange_is_refused(name: str) -> None:
    given = Parameters({**GIVEN.given, "long": ("x" * (LONGEST_VALUE + 1),), "control": ("a\nb",)})
    with pytest.raises(RequestRefused) as refused:
        given.get(name)
    assert refused.value.fault is Fault.INVALID_REQUEST


def test_only_resources_repeat() -> None:
    Parameters({"resource": ("x", "y")}).verify_single()
    with pytest.raises(RequestRefused):
        GIVEN.verify_single()
    with pytest.raises(RequestRefused):
        Parameters({"scope": (" ".join(map(str, range(MOST_WORDS + 1))),)}).words("scope")


def test_values_are_in_no_repr() -> None:
    assert "secret-1" not in repr(Parameters({"client_secret": ("secret-1",)}))
