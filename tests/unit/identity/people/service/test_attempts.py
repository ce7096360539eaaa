"""What attempts count under."""

import asyncio

import pytest

from curtilage.identity.people.errors import TooManyAttempts
from curtilage.identity.people.service.attempts import network_of
from curtilage.identity.people.throttle import EVERYWHERE_BURST
from tests.builders import TENANT
from tests.identity_house import House


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "20010db800000000"),
        ("2001:db8::2", "20010db800000000"),
        ("unix:", ""),
    ],
)
def test_an_address_counts_with_what_one_attacker_has_at_hand(address: str, network: str) -> None:
    assert network_of(address) == network


def test_what_is_counted_tells_neither_name_nor_address_and_differs_by_use(house: House) -> None:
    attempts = house.people.sign_ins.attempts
    to_sign_in = attempts.counters(TENANT, "ada quill", "192.0.2.7")
    to_recover = attempts.counters(TENANT, "ada quill", "192.0.2.7", "recovery")
    assert to_sign_in[2] == to_recover[2], "an address has one patience for all that it tries"
    assert len({*to_sign_in, *to_recover}) == 7
    assert all(len(counter) == 32 for counter in to_sign_in)


async def test_whoever_succeeds_is_known_there_from_then_on(house: House) -> None:
    attempts = house.people.sign_ins.attempts
    counters = attempts.counters(TENANT, "ada quill", "192.0.2.7")
    async with house.database.begin() as connection:
        assert not await attempts.forgive(connection, TENANT, counters)
        assert await attempts.forgive(connection, TENANT, counters)


@pytest.mark.requirement(40)
async def test_an_office_behind_one_address_whose_people_sign_in_well_never_waits(
    house: House,
) -> None:
    attempts = house.people.attempts
    for n in range(60):
        counters = attempts.counters(TENANT, f"person {n}", "192.0.2.7")
        await attempts.count(TENANT, counters)
        async with house.database.begin() as connection:
            await attempts.forgive(connection, TENANT, counters)


@pytest.mark.requirement(40)
async def test_stuffing_slows_strangers_and_not_those_at_their_desk(house: House) -> None:
    attempts = house.people.attempts
    desk = attempts.counters(TENANT, "ada quill", "192.0.2.7")
    async with house.database.begin() as connection:
        await attempts.forgive(connection, TENANT, desk)
    counted = await asyncio.gather(
        *(
            attempts.count(TENANT, attempts.counters(TENANT, f"name {n}", f"198.51.100.{n}"))
            for n in range(EVERYWHERE_BURST + 5)
        ),
        return_exceptions=True,
    )
    waits = [each.retry_after for each in counted if isinstance(each, TooManyAttempts)]
    assert waits == [1] * 4
    await attempts.count(TENANT, desk)
    recovering = attempts.counters(TENANT, "name 3", "198.51.100.250", "recovery")
    await attempts.count(TENANT, recovering)


@pytest.mark.requirement(40)
async def test_an_account_of_ones_own_takes_back_nothing_that_failed_with_others(
    house: House,
) -> None:
    attempts, peer = house.people.attempts, "192.0.2.7"
    mine = attempts.counters(TENANT, "mallory", peer, "other")
    for n in range(19):
        await attempts.count(TENANT, attempts.counters(TENANT, f"name {n}", peer))
    for _ in range(5):
        async with house.database.begin() as connection:
            await attempts.forgive(connection, TENANT, mine, counted=False)
    await attempts.count(TENANT, attempts.counters(TENANT, "name 19", peer))
    with pytest.raises(TooManyAttempts):
        await attempts.count(TENANT, attempts.counters(TENANT, "name 20", peer))
