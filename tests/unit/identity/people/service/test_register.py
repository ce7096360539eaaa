"""Making, finding and naming people."""

from curtilage.core.models import PrincipalId
from curtilage.identity.people.models import HandleKind, Profile
from tests.builders import TENANT
from tests.fakes.clock import START
from tests.identity_house import House

ADA = Profile("Ada Quill", "ada@orchard.example", START, "de")


async def add(house: House, profile: Profile) -> PrincipalId:
    person = await house.people.register.prepare(TENANT, profile)
    async with house.database.begin() as connection:
        assert await house.people.register.insert(connection, person, profile)
    return person.id


async def test_a_person_is_found_by_their_confirmed_address_in_any_spelling(house: House) -> None:
    id = await add(house, ADA)
    for typed in ("ada@orchard.example", "Ada@Orchard.Example "):
        found = await house.people.register.find(TENANT, typed)
        assert found is not None
        assert found[0].id == id
        assert found[1].kind is HandleKind.ADDRESS
    for other in ("", "ada", "Ada Quill"):
        assert await house.people.register.find(TENANT, other) is None
    await add(house, Profile("Ada Quill", "another.ada@orchard.example", START))


async def test_without_a_confirmed_address_the_name_is_what_somebody_is_found_by(
    house: House,
) -> None:
    id = await add(house, Profile("Ada Quill", "ada@orchard.example"))
    found = await house.people.register.find(TENANT, " ada  QUILL")
    assert found is not None
    assert found[0].id == id
    assert await house.people.register.find(TENANT, "ada@orchard.example") is None


async def test_a_handle_that_is_taken_is_told(house: House) -> None:
    await add(house, ADA)
    await add(house, Profile("Bob"))
    register = house.people.register
    for taken in (Profile("BOB"), Profile("Eve", "ada@orchard.example", START)):
        person = await register.prepare(TENANT, taken)
        async with house.database.begin() as connection:
            assert not await register.insert(connection, person, taken)


async def test_what_names_somebody_is_in_no_file_and_gone_with_their_key(house: House) -> None:
    id = await add(house, ADA)
    stored = b"".join(path.read_bytes() for path in house.data_dir.rglob("*") if path.is_file())
    assert b"Quill" not in stored
    assert b"orchard.example" not in stored
    names = await house.people.register.find_names(TENANT, [id, PrincipalId("nobody")])
    assert names == {id: "Ada Quill"}
    house.person_keys.destroyed.add(id)
    assert await house.people.register.find_names(TENANT, [id]) == {id: ""}
