"""Who signs in from where they cannot have come."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from curtilage.identity.errors import PlacesMissing
from curtilage.identity.people.errors import SignInRefused
from curtilage.identity.people.models import Person
from curtilage.identity.people.service.travel import TravelWatch
from curtilage.identity.people.travel import Place
from curtilage.identity.people.views import Arrival
from curtilage.identity.settings import IdentitySettings
from tests.builders import TENANT
from tests.identity_house import PASSPHRASE, House
from tests.passkey_person import moved
from tests.unit.identity.conftest import MakeHouse

pytestmark = pytest.mark.requirement(51)

VIENNA, SYDNEY = "198.51.100.7", "203.0.113.7"
ADA = "ada@orchard.example"


@dataclass
class FakePlaces:
    """Two addresses that are somewhere."""

    known: dict[str, Place] = field(
        default_factory=lambda: {VIENNA: Place(48, 16), SYDNEY: Place(-34, 151)}
    )

    def find(self, address: str) -> Place | None:
        return self.known.get(address)


@pytest.fixture
async def travelled(house: House) -> House:
    """A house with a table of places, and Ada."""
    house = moved(house, IdentitySettings())
    people = house.people
    vars(people)["travel"] = replace(people.travel, places=FakePlaces())
    await house.add_person("Ada", address=ADA)
    return house


async def sign_in(house: House, address: str) -> str:
    begun = await house.people.desk.sign_in(
        name=ADA, passphrase=PASSPHRASE, arrival=Arrival(address)
    )
    return begun.secret


async def person(house: House) -> Person:
    found = await house.people.register.find(TENANT, ADA)
    assert found is not None
    return found[0]


async def risks(house: House) -> list[Any]:
    return [each for each in await house.events() if each.kind.startswith("risk.")]


async def test_a_jump_is_recorded_told_and_signs_in_all_the_same(travelled: House) -> None:
    await sign_in(travelled, VIENNA)
    assert await risks(travelled) == []
    travelled.clock.advance(timedelta(hours=1))
    secret = await sign_in(travelled, SYDNEY)
    assert await travelled.people.desk.read(secret) is not None
    (event,) = await risks(travelled)
    assert event.kind == "risk.impossible-travel"
    assert (event.facts["km"], event.facts["minutes"]) == (16000, 60)
    assert event.actor == await travelled.pseudonyms.pseudonym(TENANT, (await person(travelled)).id)
    (message,) = await travelled.mailed()
    assert message.to == ADA
    assert "far away" in message.text
    for text in (str(event), message.text):
        assert SYDNEY not in text
        assert "151" not in text


async def test_who_has_the_time_is_no_risk(travelled: House) -> None:
    await sign_in(travelled, VIENNA)
    travelled.clock.advance(timedelta(hours=17))
    await sign_in(travelled, SYDNEY)
    assert await risks(travelled) == []


@pytest.mark.parametrize("address", ["", "192.0.2.7", "10.1.2.3", "::1"])
async def test_where_nobody_knows_the_place_the_last_one_stays(
    travelled: House, address: str
) -> None:
    await sign_in(travelled, VIENNA)
    kept = (await person(travelled)).whereabouts
    await sign_in(travelled, address)
    assert (await person(travelled)).whereabouts == kept
    await sign_in(travelled, SYDNEY)
    assert len(await risks(travelled)) == 1


async def test_the_place_is_kept_sealed_and_dies_with_the_key(travelled: House) -> None:
    await sign_in(travelled, VIENNA)
    ada = await person(travelled)
    assert ada.whereabouts
    assert b"48" not in ada.whereabouts
    assert b"latitude" not in ada.whereabouts
    travelled.person_keys.destroyed.add(ada.id)
    assert await travelled.people.travel._before(ada) is None


async def test_a_wrong_passphrase_moves_nobody(travelled: House) -> None:
    await sign_in(travelled, VIENNA)
    kept = (await person(travelled)).whereabouts
    with pytest.raises(SignInRefused):
        await travelled.people.desk.sign_in(
            name=ADA, passphrase="wrong horse staple", arrival=Arrival(SYDNEY)
        )
    assert (await person(travelled)).whereabouts == kept
    assert await risks(travelled) == []


async def test_without_a_table_nothing_is_kept(house: House) -> None:
    await house.add_person("Ada", address=ADA)
    await sign_in(house, VIENNA)
    assert isinstance(house.people.travel, TravelWatch)
    assert (await person(house)).whereabouts == b""


def test_a_table_that_is_not_there_stops_the_service_at_its_start(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    with pytest.raises(PlacesMissing):
        make_house(places=tmp_path / "absent.mmdb")
