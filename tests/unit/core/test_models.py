"""Scopes: no two have the same bytes."""

from dataclasses import fields

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from curtilage.core.models import Event, Finding, Observation, Principal, Scope, SubjectId
from tests.builders import a_finding, a_principal, a_scope, an_event

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
SCOPES = st.builds(
    Scope,
    tenant=TEXT,
    principal=TEXT,
    subject=st.none() | TEXT,
    span=TEXT,
    name=TEXT,
)


@given(SCOPES, SCOPES)
@example(a_scope(subject=None), a_scope(subject=SubjectId("")))
@example(a_scope(principal="ab", name="c"), a_scope(principal="a", name="bc"))
def test_scopes_have_the_same_bytes_only_when_they_are_equal(one: Scope, other: Scope) -> None:
    assert (one.encode() == other.encode()) == (one == other)


def test_bytes_of_a_scope_never_change() -> None:
    assert a_scope(subject=SubjectId("ada")).encode().hex() == (
        "01"
        "0000000e74656e616e742d6f726368617264"
        "00000010736572766963652d68656c706465736b"
        "00000003616461"
        "0000000773657373696f6e"
        "0000000e636f6e766572736174696f6e2d37"
    )


@pytest.mark.parametrize("built", [a_scope(), a_finding(), a_principal(), an_event()])
def test_the_shared_words_are_frozen(built: Scope | Finding | Principal | Event) -> None:
    name = built._fields[0] if isinstance(built, Scope | Finding) else fields(built)[0].name
    with pytest.raises(AttributeError):  # which dataclasses say more exactly
        setattr(built, name, "another")


def test_an_observation_says_how_to_mend_it() -> None:
    assert Observation("a.b", "A title", "What was seen.", "note", "Do this.").mend
    with pytest.raises(ValueError, match=r"a\.b"):
        Observation("a.b", "A title", "What was seen.", "note", "")
