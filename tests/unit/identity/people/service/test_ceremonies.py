"""Steps that wait for their end."""

import asyncio
from datetime import timedelta

import pytest

from curtilage.core.models import PrincipalId
from curtilage.identity.errors import CeremonyOver
from curtilage.identity.people.models import Ceremony, CeremonyKind
from curtilage.identity.people.rules import MOST_TRIES
from curtilage.identity.people.store.tables import CEREMONY
from tests.builders import TENANT
from tests.identity_house import House

WITHIN = timedelta(minutes=10)
KIND, OTHER = CeremonyKind.RECOVERY, CeremonyKind.MAIL_SIGN_IN
ADA = PrincipalId("person-ada")
BROWSER = b"b" * 32


async def begin(
    house: House, *, person: PrincipalId | None = ADA, kind: CeremonyKind = KIND
) -> str:
    return await house.people.ceremonies.begin(
        TENANT, kind, within=WITHIN, person=person, browser=BROWSER, carried={"word": "plum"}
    )


async def test_what_it_carries_comes_back_and_is_kept_sealed(house: House) -> None:
    book, secret = house.people.ceremonies, await begin(house)
    found = await book.find(TENANT, KIND, secret)
    assert book.open(found) == {"word": "plum"}
    assert found.person == ADA
    async with house.database.read() as connection:
        (row,) = await connection.execute(CEREMONY.select())
    assert b"plum" not in row.data
    assert secret.encode() not in bytes(row.digest)


@pytest.mark.requirement(48)
async def test_a_new_one_makes_the_one_before_worthless_and_no_other(house: House) -> None:
    book = house.people.ceremonies
    first, other = await begin(house), await begin(house, kind=OTHER)
    nobodys, theirs = await begin(house, person=None), await begin(house, person=PrincipalId("x"))
    second = await begin(house)
    with pytest.raises(CeremonyOver):
        await book.find(TENANT, KIND, first)
    for secret, kind in ((second, KIND), (other, OTHER), (nobodys, KIND), (theirs, KIND)):
        assert await book.find(TENANT, kind, secret)


@pytest.mark.parametrize("wrong", ["", "x", "A" * 43, "é" * 43, "x" * 100_000])
async def test_all_that_ends_none_is_one_refusal(house: House, wrong: str) -> None:
    book, secret = house.people.ceremonies, await begin(house)
    with pytest.raises(CeremonyOver):
        await book.find(TENANT, KIND, wrong)
    with pytest.raises(CeremonyOver):
        await book.find(TENANT, OTHER, secret)
    house.clock.advance(WITHIN)
    with pytest.raises(CeremonyOver):
        await book.find(TENANT, KIND, secret)


async def test_of_many_who_end_one_one_does(house: House) -> None:
    book = house.people.ceremonies
    found = await book.find(TENANT, KIND, await begin(house))

    async def end(ceremony: Ceremony) -> bool:
        try:
            async with house.database.begin() as connection:
                await book.end(connection, ceremony)
        except CeremonyOver:
            return False
        return True

    assert sum(await asyncio.gather(*(end(found) for _ in range(8)))) == 1


async def test_after_a_few_wrong_codes_nothing_ends_it(house: House) -> None:
    book, secret = house.people.ceremonies, await begin(house)
    found = await book.find(TENANT, KIND, secret)
    tried = await asyncio.gather(
        *(book.count_try(found) for _ in range(MOST_TRIES + 3)), return_exceptions=True
    )
    assert tried.count(None) == MOST_TRIES
    with pytest.raises(CeremonyOver):
        await book.find(TENANT, KIND, secret)
    with pytest.raises(CeremonyOver):
        await book.find_of_browser(TENANT, KIND, BROWSER)


async def test_a_browser_finds_the_newest_that_it_began(house: House) -> None:
    book = house.people.ceremonies
    await begin(house, person=None)
    house.clock.advance(1)
    await begin(house)
    assert (await book.find_of_browser(TENANT, KIND, BROWSER)).person == ADA
    for browser in (b"", b"x" * 32):
        with pytest.raises(CeremonyOver):
            await book.find_of_browser(TENANT, KIND, browser)
