"""Whether somebody could have come from where they were."""

from datetime import timedelta

import pytest

from curtilage.identity.people.travel import (
    Jump,
    Place,
    Whereabouts,
    distance_km,
    find_jump,
    round_place,
)
from tests.fakes.clock import START

VIENNA, SYDNEY, ROME, MADRID = Place(48, 16), Place(-34, 151), Place(42, 12), Place(40, -4)
HOUR = timedelta(hours=1)


def jump(one: Place, other: Place, took: timedelta) -> Jump | None:
    return find_jump(Whereabouts(one, START), Whereabouts(other, START + took))


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        (VIENNA, VIENNA, 0),
        (VIENNA, SYDNEY, 16000),
        (Place(0, 0), Place(0, 180), 20015),  # half around the earth
        (Place(0, 179), Place(0, -179), 222),  # across the date line
        (Place(0, 180), Place(0, -180), 0),
        (Place(90, 0), Place(90, 123), 0),  # at a pole all meet
        (Place(89, 0), Place(89, 180), 222),  # over it
        (Place(90, 0), Place(-90, 77), 20015),
        (Place(60, 0), Place(60, 1), 56),
    ],
)
def test_the_way_is_along_the_great_circle(one: Place, other: Place, km: int) -> None:
    assert distance_km(one, other) == pytest.approx(km, abs=15)
    assert distance_km(one, other) == pytest.approx(distance_km(other, one))


def test_who_cannot_have_come_is_noticed_and_who_can_is_not() -> None:
    far = distance_km(VIENNA, SYDNEY)
    just = timedelta(hours=far / 1000)
    assert jump(VIENNA, SYDNEY, just - timedelta(seconds=1)) is not None
    assert jump(VIENNA, SYDNEY, just + timedelta(seconds=1)) is None
    assert jump(VIENNA, SYDNEY, HOUR) == Jump(16000, HOUR)
    assert jump(VIENNA, MADRID, HOUR) is not None
    assert jump(VIENNA, MADRID, 3 * HOUR) is None


def test_what_is_near_is_never_looked_at() -> None:
    assert distance_km(Place(48, 16), Place(44, 16)) < 500
    assert jump(Place(48, 16), Place(44, 16), timedelta(0)) is None
    assert jump(Place(48, 16), Place(43, 16), timedelta(0)) is not None


@pytest.mark.parametrize("took", [timedelta(0), timedelta(seconds=1), -timedelta(minutes=5)])
def test_the_same_minute_and_clocks_that_differ_are_no_way_out(took: timedelta) -> None:
    found = jump(VIENNA, SYDNEY, took)
    assert found is not None
    assert found.took == abs(took)


def test_a_clock_that_was_set_back_by_a_day_makes_nobody_suspect() -> None:
    assert jump(VIENNA, SYDNEY, -timedelta(days=1)) is None


def test_the_first_sign_in_comes_from_nowhere() -> None:
    assert find_jump(None, Whereabouts(VIENNA, START)) is None


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ((48.2, 16.37), VIENNA),
        ((-33.87, 151.21), SYDNEY),
        ((90.0, 180.0), Place(90, 180)),
        ((-90, -180), Place(-90, -180)),
        ((90.1, 0.0), None),
        ((0.0, -180.5), None),
        ((float("nan"), 0.0), None),
        ((0.0, float("inf")), None),
    ],
)
def test_places_are_rounded_to_whole_degrees(raw: tuple[float, float], place: Place | None) -> None:
    assert round_place(*raw) == place
    assert ROME != VIENNA
