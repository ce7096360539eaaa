"""When signing keys are made, begin, stop and go (requirement of JWKS rotation).

A key is published for a while before it signs anything, so that every verifier that
caches the key set has it by then; after it stopped it stays for what it signed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from curtilage.identity.oauth.models.grants import KeptKey, KeyState

ALGORITHMS = ("ES256", "RS256")  # RS256 for what OpenID Connect Core §15.1 asks of everybody
SIGNS_FOR = timedelta(days=90)
PUBLISH = timedelta(days=7)  # also how long the job that makes keys may stand still
EARLY = timedelta(days=1)  # for who replaces a key before its time
KEEP = timedelta(days=30)  # an expired ID token still serves as a hint so long
CACHE = timedelta(minutes=15)  # what we tell verifiers to cache the key set for


@dataclass(frozen=True, slots=True)
class KeyTimes:
    """The three turns in the life of a key."""

    active_at: datetime
    retires_at: datetime
    gone_at: datetime


def plan_keys(keys: Sequence[KeptKey], *, at: datetime) -> list[tuple[str, KeyTimes]]:
    """The keys to make now, by algorithm, with their times."""
    planned = []
    for alg in ALGORITHMS:
        mine = [key for key in keys if key.alg == alg]
        last = max((key.retires_at for key in mine if key.state(at)), default=None)
        if last is None or last <= at:
            planned.append((alg, _times(at)))
        elif last - at <= PUBLISH:
            planned.append((alg, _times(last)))
    return planned


def _times(active_at: datetime) -> KeyTimes:
    retires_at = active_at + SIGNS_FOR
    return KeyTimes(active_at, retires_at, retires_at + KEEP)


def early_times(at: datetime) -> KeyTimes:
    """Times of a key that is to replace the active one early, as soon as all have seen it."""
    return _times(at + EARLY)


def find_active(keys: Sequence[KeptKey], alg: str, *, at: datetime) -> KeptKey | None:
    """The key that signs now: of those that are active the newest."""
    active = [key for key in keys if key.alg == alg and key.state(at) is KeyState.ACTIVE]
    return max(active, key=lambda key: key.active_at, default=None)


def published(keys: Sequence[KeptKey], *, at: datetime) -> list[KeptKey]:
    """Keys of the key set: the next, the active and the retired ones, the oldest first."""
    return sorted((key for key in keys if key.state(at)), key=lambda key: (key.made_at, key.kid))
