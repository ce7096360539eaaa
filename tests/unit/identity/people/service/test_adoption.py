"""Administrators of earlier versions become people at the next start."""

import asyncio

from sqlalchemy import insert

from curtilage.core.clock import encode_instant
from curtilage.identity.people.store.tables import ADMINISTRATOR
from curtilage.identity.people.views import Arrival
from tests.builders import TENANT
from tests.fakes.clock import START
from tests.identity_house import PASSPHRASE, House


async def test_an_administrator_becomes_a_person_once_and_signs_in_as_before(
    house: House,
) -> None:
    hashed = await house.people.passphrases.hash(PASSPHRASE.encode())
    row = {
        "tenant": TENANT, "id": "admin-grace", "name": "Grace Hopper", "sign_in_name": "grace hopper",
        "passphrase_hash": hashed, "enrolled_at": encode_instant(START),
    }  # fmt: skip
    async with house.database.begin() as connection:
        await connection.execute(insert(ADMINISTRATOR).values(row))
    adopt = house.people.adoption.adopt
    assert sorted(await asyncio.gather(adopt(TENANT), adopt(TENANT))) == [0, 1]
    begun = await house.people.desk.sign_in(
        name="grace hopper", passphrase=PASSPHRASE, arrival=Arrival("192.0.2.7")
    )
    live = await house.people.desk.read(begun.secret)
    assert live is not None
    assert (live.principal.id, live.name) == ("admin-grace", "Grace Hopper")
    assert "people:manage" in live.principal.rights
    assert await adopt(TENANT) == 0
