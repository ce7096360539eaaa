"""A comment allows a finding if it says which, and why."""

import pytest

from curtilage.survey.allowing import is_allowed

KIND = "EMAIL_ADDRESS"


@pytest.mark.parametrize(
    ("line", "before", "expected"),
    [
        ("mail = 'x'  # curtilage:allow EMAIL_ADDRESS our own support address", "", True),
        ("mail = 'x'  // curtilage:allow * a test fixture", "", True),
        ("<!-- curtilage:allow EMAIL_ADDRESS: published --> x", "", True),
        ("mail = 'x'", "  # curtilage:allow EMAIL_ADDRESS published", True),
        ("mail = 'x'", "/* curtilage:allow EMAIL_ADDRESS published */", True),
        ("mail = 'x'  # curtilage:allow EMAIL_ADDRESS", "", False),
        ("mail = 'x'  <!-- curtilage:allow EMAIL_ADDRESS -->", "", False),
        ("mail = 'x'  # curtilage:allow PERSON our own", "", False),
        ("mail = 'x'  # curtilage:allow EMAIL_ADDRESSES our own", "", False),
        ("mail = 'x'", "other = 'y'  # curtilage:allow EMAIL_ADDRESS published", False),
        ("mail = 'x'", "", False),
    ],
)
def test_who_is_allowed(line: str, before: str, expected: bool) -> None:
    assert is_allowed(KIND, (line, before)) is expected
