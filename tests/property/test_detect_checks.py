"""No check raises on anything that its form lets through."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curtilage.detect.models import Form, Kind
from tests.unit.detect.engines import fast

LONGEST = 400  # characters; of longer patterns, drawing from them is what takes the time
FORMS = [
    (kind, form)
    for kind in fast().kinds.values()
    for form in kind.forms
    if not kind.is_secret and len(form.pattern) < LONGEST and kind.type != "EMAIL_ADDRESS"
]


@pytest.mark.deep
@pytest.mark.parametrize(
    ("kind", "form"), FORMS, ids=[f"{kind.type}-{number}" for number, (kind, _) in enumerate(FORMS)]
)
def test_a_check_answers_for_whatever_its_form_lets_through(kind: Kind, form: Form) -> None:
    check = form.check or kind.check
    if check is None:
        return

    @settings(max_examples=30)
    @given(st.from_regex(re.compile(form.pattern, re.ASCII), fullmatch=True))
    def answers(matched: str) -> None:
        found = re.fullmatch(form.pattern, matched)
        value = found[form_value(found)] if found else matched
        assert check(kind.normalise(value)) in (True, False)

    answers()


def form_value(match: re.Match[str]) -> str | int:
    """The group that holds the value: its own, or the whole match."""
    return "value" if "value" in match.re.groupindex else 0
