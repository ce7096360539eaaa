"""The fakes that every test stands on keep their promises."""

import socket
from datetime import timedelta

import pytest

from curtilage.core.ids import id_instant
from tests.fakes import FixedClock, FixedEntropy, FixedIds
from tests.fakes.clock import START
from tests.network import NetworkBlockedError, is_local


def test_a_fixed_clock_stands_still_until_it_is_moved(clock: FixedClock) -> None:
    assert clock.now() == clock.now() == START
    before = clock.monotonic()
    clock.advance(90)
    assert clock.now() == START + timedelta(seconds=90)
    assert clock.monotonic() == before + 90


def test_a_stepped_clock_moves_the_wall_and_not_the_time_that_passed(clock: FixedClock) -> None:
    before = clock.monotonic()
    clock.step(timedelta(hours=-1))
    assert clock.now() < START
    assert clock.monotonic() == before


def test_fixed_ids_are_sorted_uuids_of_the_clocks_start(ids: FixedIds) -> None:
    made = [ids.new() for _ in range(20)]
    assert made == sorted(set(made))
    assert abs(id_instant(made[0]) - START) < timedelta(seconds=1)


def test_fixed_entropy_repeats_between_runs_and_never_within_one(entropy: FixedEntropy) -> None:
    first = [entropy.token_bytes(32) for _ in range(5)]
    assert len(set(first)) == 5
    again = FixedEntropy()
    assert first == [again.token_bytes(32) for _ in range(5)]


def test_a_test_cannot_reach_another_machine() -> None:
    with pytest.raises(NetworkBlockedError):
        socket.create_connection(("192.0.2.1", 443), timeout=0.1)
    with pytest.raises(NetworkBlockedError):
        socket.getaddrinfo("provider.example", 443)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "0.0.0.0", None, b"127.0.0.1"])
def test_this_machine_is_local(host: object) -> None:
    assert is_local(host)
