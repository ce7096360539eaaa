"""The list of tricks."""

from curtilage.detect.hidden.trick import JOINED, PLAIN
from curtilage.detect.hidden.tricks import TRICKS, find_leet


def test_each_trick_has_its_name_and_something_to_look_for() -> None:
    names = [trick.name for trick in TRICKS]
    assert len(set(names)) == len(names)
    assert all(trick.triggers or trick.letters for trick in TRICKS)


def test_what_is_a_guess_needs_more_than_what_is_written_plainly() -> None:
    assert all(trick.least >= JOINED > PLAIN for trick in TRICKS if trick.is_guess)


def test_a_password_in_digits_is_called_one() -> None:
    assert [piece.said for piece in find_leet("p4ssw0rd and password")] == ["password"]
