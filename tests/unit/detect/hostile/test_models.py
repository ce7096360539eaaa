import re

import pytest

from curtilage.detect.hostile.models import CATEGORIES, Kind, cue, expand


@pytest.mark.parametrize(
    ("tail", "text", "ends"),
    [
        ("_b", " a b", True),
        ("_b", " a a a a a a a a b", False),
        ("~b", " a a b", True),
        ("~b", " a a a b", False),
        (" b", "  b", True),
        (" b", ". b", False),
        ("(?: a)*b", " a a ab", True),
        ("[ _]b", "_b", True),
        (r"\x5fb", "_b", True),
    ],
)
def test_short_hand_is_written_out(tail: str, text: str, *, ends: bool) -> None:
    assert (re.fullmatch(expand(tail), text) is not None) is ends


def test_no_group_repeats_without_end() -> None:
    assert expand("(?:a)*(?:b)+[)*]") == "(?:a){0,8}(?:b){1,8}[)*]"


def test_what_a_caller_types_weighs_the_same_unless_said() -> None:
    assert cue(Kind.INJECTION, "n", "a", "", 0.4).typed == 0.4
    assert cue(Kind.INJECTION, "n", "a", "", 0.4, typed=0.1).typed == 0.1


def test_every_kind_has_a_category() -> None:
    assert set(CATEGORIES) == set(Kind)
