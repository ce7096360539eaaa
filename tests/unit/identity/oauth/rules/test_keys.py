"""Signing keys are published before they sign and after they stopped."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from curtilage.identity.oauth.models.grants import KeptKey, KeyState
from curtilage.identity.oauth.rules.keys import (
    CACHE,
    EARLY,
    KEEP,
    PUBLISH,
    SIGNS_FOR,
    early_times,
    find_active,
    plan_keys,
    published,
)
from curtilage.identity.oauth.settings import ACCESS_LIFE
from tests.builders import TENANT
from tests.fakes.clock import START

DAY = timedelta(days=1)


def planned(keys: list[KeptKey], at: datetime) -> list[KeptKey]:
    """What there is after the plan was carried out."""
    made = [
        KeptKey(
            tenant=TENANT,
            kid=f"{alg}-{at.isoformat()}",
            alg=alg,
            public="{}",
            sealed=b"",
            made_at=at,
            active_at=times.active_at,
            retires_at=times.retires_at,
            gone_at=times.gone_at,
        )
        for alg, times in plan_keys(keys, at=at)
    ]
    return [key for key in keys if key.state(at)] + made


@pytest.mark.requirement(34)
@pytest.mark.complaint(30)
def test_over_a_year_each_key_was_seen_before_it_signed_and_stays_after() -> None:
    keys: list[KeptKey] = []
    seen_since: dict[str, datetime] = {}
    signed_last: dict[str, datetime] = {}
    for hour in range(0, 24 * 400, 6):
        at = START + timedelta(hours=hour)
        keys = planned(keys, at)
        for key in published(keys, at=at):
            seen_since.setdefault(key.kid, at)
        for kid, last in signed_last.items():
            if at - last <= KEEP - DAY:
                assert kid in {key.kid for key in published(keys, at=at)}
        for alg in ("ES256", "RS256"):
            active = find_active(keys, alg, at=at)
            assert active is not None
            assert hour == 0 or active.made_at == START or at - seen_since[active.kid] >= CACHE
            signed_last[active.kid] = at
    assert len(signed_last) == 2 * (400 // SIGNS_FOR.days + 1)


def test_times_leave_room_for_caches_and_tokens() -> None:
    assert min(PUBLISH, EARLY) > 2 * CACHE
    assert KEEP > ACCESS_LIFE
    assert early_times(START).active_at == START + EARLY


def test_a_key_has_three_states_and_then_none() -> None:
    key = planned([], START)[0]
    states = [
        key.state(START - DAY),
        key.state(key.active_at),
        key.state(key.retires_at),
        key.state(key.gone_at),
    ]
    assert states == [KeyState.NEXT, KeyState.ACTIVE, KeyState.RETIRED, None]


def test_of_two_active_keys_the_newest_signs() -> None:
    old = planned([], START)[0]
    new = replace(old, kid="new", active_at=START + DAY)
    assert find_active([new, old], "ES256", at=START + 2 * DAY) == new
    assert find_active([old], "EdDSA", at=START) is None
