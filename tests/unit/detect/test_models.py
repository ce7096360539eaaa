"""Modes and strengths are ordered, since overlaps are decided by them."""

from curtilage.detect.models import B, Form, Kind, N, R, Strength


def test_a_form_that_needs_no_word_is_more_specific_than_one_that_does() -> None:
    assert R < B < N


def test_a_stronger_check_is_greater() -> None:
    assert Strength.NONE < Strength.SHAPE < Strength.DIGIT < Strength.DOUBLE < Strength.PROOF


def test_a_kind_is_secret_by_its_category() -> None:
    forms = (Form("x"),)
    assert Kind("A", "a", "secret.key", forms, "").is_secret
    assert not Kind("A", "a", "user.name", forms, "").is_secret
