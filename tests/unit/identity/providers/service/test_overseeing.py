"""Providers as an administrator sees them."""

from datetime import timedelta

import pytest

from curtilage.core.errors import MissingRight
from curtilage.identity.providers.errors import UnknownProvider
from curtilage.identity.providers.models import Link
from curtilage.identity.providers.service.overseeing import AGAIN
from tests.builders import TENANT, a_principal
from tests.fakes import FixedClock
from tests.fakes.openid import FakeOpenID
from tests.identity_house import ADMIN
from tests.provider_house import ProviderHouse


async def link(house: ProviderHouse, name: str, issuer: str, number: int) -> None:
    person = await house.add(name)
    kept = Link(
        TENANT, f"link-{number}", bytes([number]) * 32, issuer, person.id, house.clock.now()
    )
    async with house.database.begin() as connection:
        assert await house.links.insert(connection, TENANT, kept)


async def test_each_is_listed_with_how_many_accounts_are_linked(house: ProviderHouse) -> None:
    for number, name in enumerate(("Ada", "Bob"), start=1):
        await link(house, name, "https://harbour.example", number)
    await link(house, "Cleo", "https://gone.example", 3)
    harbour, valley = await house.providers.overseeing.list(ADMIN)
    assert (harbour.name, harbour.links, harbour.state) == ("harbour", 2, "unknown")
    assert (valley.name, valley.links, valley.domains) == ("valley", 0, ("valley.example",))


async def test_a_look_says_whether_it_answers_and_what_is_wrong(
    house: ProviderHouse, harbour: FakeOpenID, clock: FixedClock
) -> None:
    seen = await house.providers.overseeing.check(ADMIN, "harbour")
    assert (seen.state, seen.problem, seen.checked_at) == ("answers", "", clock.now())
    harbour.is_away = True
    again = await house.providers.overseeing.check(ADMIN, "harbour")
    assert again.state == "answers", "nobody is asked every second"
    clock.advance(AGAIN.total_seconds())
    away = await house.providers.overseeing.check(ADMIN, "harbour")
    assert away.state == "fails" and away.problem
    harbour.is_away, harbour.told_issuer = False, "https://other.example"
    clock.advance(timedelta(minutes=1).total_seconds())
    wrong = await house.providers.overseeing.check(ADMIN, "harbour")
    assert wrong.state == "fails"
    assert "other.example" not in wrong.problem
    assert [each.state for each in await house.providers.overseeing.list(ADMIN)] == [
        "fails",
        "unknown",
    ]


async def test_it_takes_the_right_to_see_settings(house: ProviderHouse) -> None:
    with pytest.raises(MissingRight):
        await house.providers.overseeing.list(a_principal())
    with pytest.raises(MissingRight):
        await house.providers.overseeing.check(a_principal(), "harbour")
    with pytest.raises(UnknownProvider):
        await house.providers.overseeing.check(ADMIN, "nobody")
