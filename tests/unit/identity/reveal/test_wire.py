"""What is asked for and why, sealed and back."""

import pytest

from curtilage.identity.reveal.models import About, Target, ValueKind
from curtilage.identity.reveal.wire import encode_about, parse_about


@pytest.mark.parametrize("kind", list(ValueKind))
def test_it_comes_back_as_it_was(kind: ValueKind) -> None:
    about = About(Target(kind, "reference", "innerhalb – „so“"), "Ticket 4711")
    assert parse_about(encode_about(about)) == about


def test_neither_the_reason_nor_the_scope_is_shown_by_a_slip() -> None:
    about = About(Target(ValueKind.TOKEN, "tok_1", "ada's case"), "because of Ada")
    assert "Ada" not in repr(about) and "ada" not in repr(about)
