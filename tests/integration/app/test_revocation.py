"""A revoked key is worthless on every worker within a second."""

import json
import time
from statistics import median

import pytest

from tests.integration.processes import House

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
PROMISED = 1.0  # seconds, docs/reference
TRIES = 5


def _seconds_until_refused(house: House) -> float:
    """From the end of `revoke` to the last 200 of any worker, asked until all refuse."""
    made = house.run("apikeys", "create", "passing", "--json")
    key = _field(made.stdout, "key")
    house.wait_until_known(key)
    assert house.run("apikeys", "revoke", _field(made.stdout, "id")).returncode == 0
    began = last = time.monotonic()
    refused_in_a_row = 0
    while refused_in_a_row < 4:
        asked = time.monotonic()
        statuses = set(house.statuses_of(key))
        if 200 in statuses:
            last, refused_in_a_row = asked, 0
        else:
            assert statuses == {401}
            refused_in_a_row += 1
        assert time.monotonic() - began < 60, "it is never refused"
    return last - began


def _field(text: str, name: str) -> str:
    return str(json.loads(text)[name])


def test_a_revoked_key_is_refused_within_a_second_on_all_workers(house: House) -> None:
    """The median of the tries: what holds of most is no luck, and one slow moment of a machine
    that is busy elsewhere no fault. That no time-out is part of it: `tests/unit/app/test_control.py`."""
    times = [_seconds_until_refused(house) for _ in range(TRIES)]
    assert median(times) <= PROMISED, times


def test_a_revoked_key_stays_refused_when_everything_starts_again(house: House) -> None:
    made = house.run("apikeys", "create", "gone", "--json")
    key = _field(made.stdout, "key")
    house.wait_until_known(key)
    assert house.run("apikeys", "revoke", _field(made.stdout, "id")).returncode == 0
    assert house.stop() == 0
    house.start()
    assert set(house.statuses_of(key)) == {401}
