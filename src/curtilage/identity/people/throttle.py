"""How long a sign-in has to wait after failures. Pure.

Three counters: the name, the address, and both together. Where a name signed
in well from an address, that pair is familiar, and only the pair and the
address count there: failures from elsewhere cannot keep the owner out at the
desk where they always sit. No delay grows beyond a few minutes (SP 800-63B-4
§3.2.2 asks for a limit, ASVS 6.1.1 that it cannot be used to lock people out).
An attempt counts as failed from its start, so that many at once gain nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from curtilage.identity.people.models import Attempts

FORGET_AFTER = timedelta(days=1)
FAMILIAR_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Pace:
    """`free` failures cost nothing; from then on the delay doubles up to `longest`."""

    free: int
    longest: timedelta


NAME_PACE = Pace(free=5, longest=timedelta(minutes=5))
ADDRESS_PACE = Pace(free=20, longest=timedelta(minutes=1))


@dataclass(frozen=True, slots=True)
class Tried:
    """The three counters that one attempt falls under."""

    name: Attempts
    pair: Attempts
    address: Attempts


def wait_before(tried: Tried, *, at: datetime) -> timedelta:
    """How long this attempt has to wait; zero where it need not."""
    by_name = tried.pair if is_familiar(tried.pair, at=at) else tried.name
    return max(
        wait_left(by_name, NAME_PACE, at=at),
        wait_left(tried.address, ADDRESS_PACE, at=at),
    )


def is_familiar(pair: Attempts, *, at: datetime) -> bool:
    """True where this name signed in from this address not long ago."""
    return pair.familiar_until is not None and at < pair.familiar_until


def wait_left(attempts: Attempts, pace: Pace, *, at: datetime) -> timedelta:
    """What is left of the delay after the last failure.

    A clock that went back cannot stretch a delay beyond its full length.
    """
    if attempts.last_at is None:
        return timedelta(0)
    delay = delay_after(attempts.failures, pace)
    left = attempts.last_at + delay - at
    return min(max(left, timedelta(0)), delay)


def delay_after(failures: int, pace: Pace) -> timedelta:
    """How long the next attempt waits after so many failures in a row."""
    if failures < pace.free:
        return timedelta(0)
    doublings = min(failures - pace.free, 20)  # 2^20 s is beyond every `longest`
    return min(timedelta(seconds=1 << doublings), pace.longest)


def count_failure(attempts: Attempts, *, at: datetime) -> Attempts:
    """One more failure; what lies more than a day back is forgotten."""
    old = attempts.last_at is not None and at - attempts.last_at > FORGET_AFTER
    return Attempts(
        failures=1 if old else attempts.failures + 1,
        last_at=at,
        familiar_until=attempts.familiar_until,
    )


def count_success(*, at: datetime) -> Attempts:
    """What a name and an address have together after signing in well."""
    return Attempts(failures=0, last_at=at, familiar_until=at + FAMILIAR_FOR)
