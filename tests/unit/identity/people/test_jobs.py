"""What is over is dropped, and counts for nothing before it is."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from curtilage.identity.people.errors import SignInRefused
from curtilage.identity.people.rules import SESSION_LIMIT
from curtilage.identity.people.store.tables import SESSION, SIGN_IN_ATTEMPT
from curtilage.identity.people.throttle import FAMILIAR_FOR, FORGET_AFTER
from curtilage.identity.people.views import Arrival
from tests.builders import TENANT
from tests.identity_house import PASSPHRASE, House


async def count_rows(house: House) -> tuple[int, int]:
    """Sessions, and counters of attempts."""
    async with house.database.read() as connection:
        found = [
            (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (SESSION, SIGN_IN_ATTEMPT)
        ]
    return found[0], found[1]


async def fail(house: House) -> None:
    with pytest.raises(SignInRefused):
        await house.people.sign_ins.sign_in(
            TENANT, name="ada quill", passphrase="not this one", arrival=Arrival("192.0.2.7")
        )


async def test_sessions_and_counters_go_once_they_are_over(house: House) -> None:
    await house.add_person("Grace")
    arrival = Arrival("192.0.2.7")
    await house.people.desk.sign_in(name="Grace", passphrase=PASSPHRASE, arrival=arrival)
    await fail(house)
    sweeping = house.people.sweeping
    before = await count_rows(house)
    assert before[0] == 1
    assert before[1] >= 4
    await sweeping.sweep()
    assert await count_rows(house) == (1, before[1] - 1), "but Grace's name, which is forgiven"
    house.clock.advance(SESSION_LIMIT.total_seconds() + 1)
    await sweeping.sweep()
    sessions, counters = await count_rows(house)
    assert sessions == 0
    assert 0 < counters < before[1], "what failed is over; where Grace signed in well is known"
    house.clock.advance((FAMILIAR_FOR + FORGET_AFTER).total_seconds())
    await sweeping.sweep()
    assert await count_rows(house) == (0, 0)


def test_the_sweep_is_one_of_the_jobs(house: House) -> None:
    jobs = {job.name: job for job in house.people.as_slice().jobs}
    assert jobs["people.sweep"].every <= timedelta(minutes=10)  # type: ignore[attr-defined]
