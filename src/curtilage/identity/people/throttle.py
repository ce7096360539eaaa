"""How long a sign-in has to wait after failures. Pure.

Four counters: the name, the address, both together, and all of them. Where a name signed
in well from an address, that pair is familiar, and only the pair and the
address count there: failures from elsewhere cannot keep the owner out at the
desk where they always sit. All together matter to strangers alone: whoever tries each of
many names once, from many addresses, is slowed by nothing else. No delay grows beyond a few minutes (SP 800-63B-4
§3.2.2 asks for a limit, ASVS 6.1.1 that it cannot be used to lock people out).
An attempt counts as failed from its start, so that many at once gain nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from curtilage.identity.people.models import Attempts

FORGET_AFTER = timedelta(days=1)
FORGET_RARE_AFTER = timedelta(minutes=15)  # counters that never made anybody wait
FAMILIAR_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Pace:
    """`free` failures cost nothing; from then on the delay doubles up to `longest`."""

    free: int
    longest: timedelta


NAME_PACE = Pace(free=5, longest=timedelta(minutes=5))
ADDRESS_PACE = Pace(free=20, longest=timedelta(minutes=1))
EVERYWHERE_BURST = 100  # failures that all together may have at once
EVERYWHERE_EACH = timedelta(seconds=1)  # and one more whenever this has passed


@dataclass(frozen=True, slots=True)
class Tried:
    """The four counters that one attempt falls under.

    Of `everywhere`, `last_at` is when all that failed so far is worked off."""

    name: Attempts
    pair: Attempts
    address: Attempts
    everywhere: Attempts = Attempts()  # noqa: RUF009 -- frozen


def wait_before(tried: Tried, *, at: datetime) -> timedelta:
    """How long this attempt has to wait; zero where it need not."""
    by_address = wait_left(tried.address, ADDRESS_PACE, at=at)
    if is_familiar(tried.pair, at=at):
        return max(wait_left(tried.pair, NAME_PACE, at=at), by_address)
    by_name = wait_left(tried.name, NAME_PACE, at=at)
    return max(by_name, by_address, wait_everywhere(tried.everywhere, at=at))


def wait_everywhere(attempts: Attempts, *, at: datetime) -> timedelta:
    """How long until all together may fail once more."""
    if attempts.last_at is None:
        return timedelta(0)
    full = EVERYWHERE_BURST * EVERYWHERE_EACH
    return min(max(attempts.last_at - full - at, timedelta(0)), full)


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
    """One more failure; what is over is forgotten, whether it was swept away yet or not."""
    return Attempts(
        failures=1 if is_over(attempts, at=at) else attempts.failures + 1,
        last_at=at,
        familiar_until=attempts.familiar_until,
    )


def is_over(attempts: Attempts, *, at: datetime) -> bool:
    """True where failures lie so far back that they count no more; the sweep goes by it too."""
    if attempts.last_at is None:
        return False
    since = at - attempts.last_at
    is_rare = attempts.familiar_until is None and attempts.failures < NAME_PACE.free
    return since > FORGET_AFTER or (is_rare and since > FORGET_RARE_AFTER)


def count_everywhere(attempts: Attempts, *, at: datetime) -> Attempts:
    """One more failure of all together, to be worked off after those before."""
    before = at if attempts.last_at is None else max(attempts.last_at, at)
    most = at + 2 * EVERYWHERE_BURST * EVERYWHERE_EACH  # a clock that went back locks nobody out
    return Attempts(last_at=min(before + EVERYWHERE_EACH, most))


def take_back(attempts: Attempts) -> Attempts:
    """An address after an attempt from there went well: that one was no failure."""
    return replace(attempts, failures=max(0, attempts.failures - 1))


def take_back_everywhere(attempts: Attempts) -> Attempts:
    """All together after an attempt went well."""
    last = attempts.last_at
    return attempts if last is None else replace(attempts, last_at=last - EVERYWHERE_EACH)


def count_success(*, at: datetime) -> Attempts:
    """What a name and an address have together after signing in well."""
    return Attempts(failures=0, last_at=at, familiar_until=at + FAMILIAR_FOR)
