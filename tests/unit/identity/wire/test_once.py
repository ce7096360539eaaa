"""Digests of what comes once."""

from curtilage.identity.wire.once import once_digest


def test_kinds_and_parts_do_not_run_into_each_other() -> None:
    made = [("a", "b", "c"), ("ab", "", "c"), ("a", "bc"), ("a", "b", "c", ""), ("1:a", "b")]
    assert len({once_digest(*each) for each in made}) == len(made)
    assert once_digest("a", "\ud800") != once_digest("a", "?")
