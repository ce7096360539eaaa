"""Whose pseudonyms stand in records of calls with tokens."""

from dataclasses import replace

from curtilage.core.models import PrincipalId
from curtilage.identity.oauth.models.clients import SubjectType
from curtilage.identity.oauth.service.callers import Called
from curtilage.identity.principal_ids import principal_id
from tests.fakes.oauth import ADA, BEN
from tests.oauth_house import ADMIN, TENANT, OAuthHouse

CALLS = frozenset({"openid", "models:call"})


async def test_what_records_will_call_a_person_leads_to_them(house: OAuthHouse) -> None:
    """By every name that an app knows them by."""
    book, client = house.oauth.callers, (await house.register()).client
    private = replace(client, subject_type=SubjectType.PAIRWISE)
    names = [await book.name(each, ADA, CALLS) for each in (client, private)]
    subject = principal_id(house.oauth.ground.subject_of(private, ADA))
    pseudonyms = house.oauth.ground.pseudonyms
    assert names == [
        Called(await pseudonyms.pseudonym(TENANT, ADA), ADA),
        Called(await pseudonyms.pseudonym(TENANT, subject), subject),
    ]
    async with house.database.begin() as connection:
        for name in [*names, names[0]]:
            await book.note(connection, name, ADA)
    actors = [each.actor for each in names if each]
    assert await book.find_people([*actors, "made up"]) == dict.fromkeys(actors, ADA)


async def test_who_may_call_no_model_has_no_name_there(house: OAuthHouse) -> None:
    book, client = house.oauth.callers, (await house.register()).client
    before = await book.name(client, BEN, {"openid", "models:callers"})
    async with house.database.begin() as connection:
        await book.note(connection, before, BEN)
    assert before is None
    assert await book.find_people([""]) == {}


async def test_apps_are_found_by_what_records_call_them_revoked_ones_too(
    house: OAuthHouse,
) -> None:
    book, client = house.oauth.callers, (await house.register()).client
    long = replace(client, id="https://notes.orchard.example/" + "a" * 99)
    async with house.database.begin() as connection:
        await book.clients.insert(connection, TENANT, long)
    await house.oauth.clients.revoke(ADMIN, client.id)
    saved = principal_id(long.id)
    found = await book.find_apps([client.id, saved, "c-made-up", PrincipalId("no")])
    assert {id: each.id for id, each in found.items()} == {client.id: client.id, saved: long.id}
