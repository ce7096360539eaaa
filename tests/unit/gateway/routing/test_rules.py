"""What all workers say of an upstream together, and where a model would go."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.gateway.health import BOUNDS_MS
from curtilage.gateway.routing.models import Condition, Reports, Routing, Stop
from curtilage.gateway.routing.rules import describe, find_bound, find_way, judge, sum_up
from curtilage.gateway.settings import BUILT_IN_ROUTES, BUILT_IN_UPSTREAMS, RouteSettings
from tests.fakes.clock import START
from tests.fakes.routing import LOCAL, ROUTES, UPSTREAMS, a_report

ROUTING = Routing(UPSTREAMS, ROUTES, "openai")
CALLS = {"answered": 1}


@pytest.mark.parametrize(
    ("states", "condition", "affected"),
    [
        (("closed", "closed"), Condition.WELL, 2),
        (("closed", "open"), Condition.RESTING, 1),
        (("half-open", "open"), Condition.RESTING, 1),
        (("half-open", "closed"), Condition.TRYING, 1),
    ],
)
def test_the_worst_that_a_worker_sees_is_what_is_said(
    states: tuple[str, ...], condition: Condition, affected: int
) -> None:
    assert judge([a_report(state) for state in states], CALLS) == (condition, affected)


def test_an_upstream_that_nobody_called_is_not_said_to_be_well() -> None:
    assert judge([a_report()], {}) == (Condition.UNASKED, 1)
    assert judge([], {}) == (Condition.UNASKED, 0)


def test_workers_are_added_up_and_the_newest_failure_is_told() -> None:
    older = a_report("open", failure="connect", failed_at=START, rests_until=START)
    newer = replace(older, failure="broken", failed_at=START + timedelta(seconds=1))
    calls = {"answered": 5, "failed": 2, "resting": 3, "busy": 4}
    row = sum_up(
        "local", LOCAL, "models.example", Reports({"local": [newer, older]}, {"local": calls})
    )
    assert (row.failure, row.failed_at) == ("broken", newer.failed_at)
    assert (row.under_way, row.limit) == (4, 16)
    assert (row.answered, row.failed, row.not_made) == (5, 2, 7)
    assert (row.condition, row.affected, row.workers) == (Condition.RESTING, 2, 2)
    assert row.rests_until == START
    assert (row.half_ms, row.most_ms) == (250, 2500)


def test_an_upstream_of_which_no_worker_told_is_shown_too() -> None:
    row = sum_up("openai", BUILT_IN_UPSTREAMS["openai"], "api.example", Reports())
    assert (row.condition, row.workers, row.limit, row.half_ms) == (Condition.UNASKED, 0, 0, None)


def test_the_mirror_and_a_long_answer_have_no_bound() -> None:
    assert find_bound([0] * 12, 50) is None
    assert find_bound([0] * 11 + [4], 50) is None
    assert find_bound([1] + [0] * 11, 95) == BOUNDS_MS[0]


@given(st.lists(st.integers(0, 50), min_size=12, max_size=12), st.integers(1, 100))
def test_a_bound_is_the_smallest_that_holds_so_many(waits: list[int], percent: int) -> None:
    bound = find_bound(waits, percent)
    inside = 0 if bound is None else sum(waits[: BOUNDS_MS.index(bound) + 1])
    if bound is None:
        assert 100 * sum(waits[:-1]) < percent * sum(waits) or not sum(waits)
    else:
        assert 100 * inside >= percent * sum(waits)
        assert 100 * (inside - waits[BOUNDS_MS.index(bound)]) < percent * sum(waits)


def test_a_route_says_shares_and_other_names_in_its_order() -> None:
    shares = describe(ROUTES[0], ROUTING)
    assert shares.stops == [Stop("local-a", "", 75), Stop("local-b", "", 25)]
    assert (shares.protocol, shares.destination, shares.is_built_in) == ("openai", "local", False)
    renamed = describe(ROUTES[1], ROUTING)
    assert renamed.stops == [
        Stop("local-a", "", None), Stop("local-b", "qwen3-30b-a3b-instruct", None),
    ]  # fmt: skip
    assert describe(BUILT_IN_ROUTES[0], ROUTING).is_built_in


@pytest.mark.parametrize(
    ("model", "pattern", "speaks"),
    [
        ("llama-3", "llama-*", ("openai",)),
        ("gpt-4.1-mini", "gpt-4.1-mini", ("azure",)),
        ("gpt-4.1", "gpt-*", ("openai",)),
        ("claude-sonnet-4-5", "claude-*", ("anthropic",)),
    ],
)
def test_a_model_goes_where_the_table_says(
    model: str, pattern: str, speaks: tuple[str, ...]
) -> None:
    answer = find_way(model, ROUTING)
    assert answer.row is not None
    assert (answer.row.pattern, tuple(answer.speaks)) == (pattern, speaks)


def test_the_mirror_answers_in_the_protocols_that_it_speaks() -> None:
    assert set(find_way("mirror", ROUTING).speaks) == {"openai", "anthropic", "azure"}


@pytest.mark.parametrize("model", ["", "nobody-knows", "x" * 300, "\n", "*"])
def test_a_model_that_no_route_matches_goes_nowhere(model: str) -> None:
    assert find_way(model, ROUTING).row is None


def test_the_first_of_two_routes_with_one_pattern_is_the_one_that_is_told() -> None:
    twice = Routing(
        UPSTREAMS, (RouteSettings("a", "openai"), RouteSettings("a", "local-a")), "openai"
    )
    answer = find_way("a", twice)
    assert answer.row is not None and answer.row.stops[0].upstream == "openai"
