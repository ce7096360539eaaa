"""Whether somebody could have come from where they were to where they are. Pure.

A place is rounded to whole degrees, some hundred kilometres, before anything is kept: it
tells countries and coasts apart, and nobody's home. So what is near is never looked at.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371.0  # mean radius (IUGG)
NEAR_KM = 500.0  # beside it what rounding and wrong tables of addresses add is small
FASTEST_KMH = 1000.0  # an airliner flies some 900, without the ways to and from it
SHORTEST = timedelta(minutes=1)  # clocks of nodes differ by less; nobody flies in it


@dataclass(frozen=True, slots=True)
class Place:
    """Whole degrees: north and east count up."""

    latitude: int
    longitude: int


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where somebody signed in last, and when."""

    place: Place
    at: datetime


@dataclass(frozen=True, slots=True)
class Jump:
    """A way that nobody travels: how far, and in what time."""

    km: int
    took: timedelta


def round_place(latitude: float, longitude: float) -> Place | None:
    """The place in whole degrees; None for what is none on this earth."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return Place(round(latitude), round(longitude))


def distance_km(one: Place, other: Place) -> float:
    """The way along the great circle, by the haversine formula."""
    north, south = radians(one.latitude), radians(other.latitude)
    across = radians(other.longitude - one.longitude)
    half = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(across / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def find_jump(before: Whereabouts | None, now: Whereabouts) -> Jump | None:
    """The jump between two sign-ins; None where it could be travelled.

    A clock that went back counts by how far it did: what order the two were in does not
    matter, only the time that lies between them."""
    if before is None:
        return None
    km, took = distance_km(before.place, now.place), abs(now.at - before.at)
    hours = max(took, SHORTEST) / timedelta(hours=1)
    if km <= NEAR_KM or km / hours <= FASTEST_KMH:
        return None
    return Jump(round(km / 100) * 100, took)
