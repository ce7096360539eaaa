"""Patterns that anybody wrote: linear where they can be, refused where they take too long."""

import pytest

from curtilage.detect.custom.models import PatternRule
from curtilage.detect.custom.patterns import MOST_MATCHES, PatternMatcher
from curtilage.detect.errors import BadRule, RuleOutOfTime, TooDense
from curtilage.detect.models import Mode


def rule(pattern: str, *, ignore_case: bool = False) -> PatternRule:
    return PatternRule(
        "A_TYPE", "A type", "user", pattern, Mode.NEEDLESS, 0.8, ignore_case=ignore_case
    )


def found(
    text: str, *patterns: str, linear: bool = True, ignore_case: bool = False
) -> list[tuple[int, str]]:
    matcher = PatternMatcher(
        [rule(each, ignore_case=ignore_case) for each in patterns], linear=linear
    )
    return sorted((number, text[start:end]) for number, start, end in matcher.matches(text))


@pytest.mark.parametrize("linear", [True, False])
def test_matches_are_found_with_and_without_hyperscan(linear: bool) -> None:
    assert found("PRJ-1234 and X9", "PRJ-[0-9]{4}", "X[0-9]", linear=linear) == [
        (0, "PRJ-1234"),
        (1, "X9"),
    ]


@pytest.mark.parametrize("linear", [True, False])
def test_places_are_code_points_beyond_ascii_too(linear: bool) -> None:
    assert found("Größe 🦩 PRJ-1234 é", "PRJ-[0-9]{4}", linear=linear) == [(0, "PRJ-1234")]
    assert found("la 🦩 \ud800 PRJ-1234", "PRJ-[0-9]{4}", linear=linear) == [(0, "PRJ-1234")]


@pytest.mark.parametrize("linear", [True, False])
def test_case_can_be_ignored(linear: bool) -> None:
    assert found("prj-1", "PRJ-[0-9]", linear=linear, ignore_case=True) == [(0, "prj-1")]


def test_of_matches_that_begin_together_the_longest_counts() -> None:
    assert found("AB12345", "AB[0-9]+") == [(0, "AB12345")]


def test_what_hyperscan_does_not_take_runs_beside_it() -> None:
    assert found("PRJ-1 xPRJ-2", "(?<!x)PRJ-[0-9]", "x") == [(0, "PRJ-1"), (1, "x")]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "([a-z]+)*=", "(.*)*x"])
def test_a_pattern_that_blows_up_elsewhere_is_linear_here(pattern: str) -> None:
    found("a" * 3000 + "!", pattern)


def test_one_that_must_run_with_a_clock_is_refused_when_time_is_up() -> None:
    matcher = PatternMatcher([rule(r"(?<!z)(?:a|aa|aaa)+(?=b)\b(?:a|aa)+(?<!q)c")])
    with pytest.raises(RuleOutOfTime, match="did not finish"):
        list(matcher.matches(("a" * 60 + "bc") * 2000 + "a" * 4000))


@pytest.mark.parametrize("linear", [True, False])
def test_a_pattern_that_matches_everything_is_refused_and_not_passed(linear: bool) -> None:
    matcher = PatternMatcher([rule("[a-z]")], linear=linear)
    with pytest.raises(TooDense):
        list(matcher.matches("a" * (MOST_MATCHES + 2)))


@pytest.mark.parametrize("pattern", ["(", "a{3,1}", "[z-a]", "(?<=a*)b("])
def test_a_pattern_that_does_not_compile_is_named(pattern: str) -> None:
    with pytest.raises(BadRule, match="A_TYPE"):
        PatternMatcher([rule(pattern)])


@pytest.mark.parametrize("linear", [True, False])
def test_a_pattern_that_matches_nothing_at_all_is_refused(linear: bool) -> None:
    with pytest.raises(BadRule, match="matches nothing at all"):
        PatternMatcher([rule("a*")], linear=linear)


@pytest.mark.parametrize(
    "pattern", ["a+c", "(ab+)+c", "(x+x+)+y", "[A-Z]+-x", "@?(?:PRJ)+", "[A-Z]+(?:ab|cd){2,}a{2,5}"]
)
def test_an_open_repeat_does_not_end_the_process(pattern: str) -> None:
    """Asked where such a match begins, Hyperscan of 0.7 and later reads what is not its own."""
    for letter in "xaAP":
        assert found(letter * 3000, pattern) == []
    assert found("x" * 3000 + " ac", "a+c") == [(0, "ac")]


def test_a_letter_is_one_for_both_engines() -> None:
    assert found("Größe-12", r"\w+-[0-9]+") == [(0, "Größe-12")]
