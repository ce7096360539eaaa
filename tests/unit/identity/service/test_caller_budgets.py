"""Budgets of people and apps, on a real database."""

import pytest

from curtilage.core.db import broadcast
from curtilage.core.errors import DeniedError
from curtilage.core.models import Principal, PrincipalId, PrincipalKind
from curtilage.identity.budgets import Amount, Budget, BudgetAsk, Measure, Whose, Window
from curtilage.identity.caller_budgets import EVERYBODY
from curtilage.identity.errors import UnacceptableBudget
from curtilage.identity.service.keys import TOPIC
from tests.builders import TENANT
from tests.identity_house import ADMIN, House

STRANGER = Principal(TENANT, PrincipalId("stranger"), PrincipalKind.PERSON)
CALLS = Budget(Measure.REQUESTS, Window.DAY, 100)
FEW = Budget(Measure.REQUESTS, Window.DAY, 10)


async def take(house: House, person: str, app: str) -> Whose | None:
    """Whose budget has no room for ten calls of somebody with an app."""
    book = await house.identity.caller_budgets.load(TENANT)
    payer = book.make_payer(TENANT, person=person, app=app)
    portion = await house.identity.budgets.lease(payer, BudgetAsk(payer.id, Amount(10)))
    return portion.shortage.whose if portion.shortage else None


@pytest.mark.requirement(59)
async def test_a_call_needs_room_with_its_person_and_with_its_app(house: House) -> None:
    service = house.identity.caller_budgets
    await service.limit(ADMIN, Whose.PERSON, EVERYBODY, [FEW])
    await service.limit(ADMIN, Whose.PERSON, "ada", [CALLS])
    await service.limit(ADMIN, Whose.APP, "notes", [Budget(Measure.REQUESTS, Window.DAY, 30)])
    assert await take(house, "ada", "notes") is None
    assert await take(house, "ben", "notes") is None
    assert await take(house, "ben", "notes") is Whose.PERSON
    assert await take(house, "ben", "other") is Whose.PERSON, "whichever app it is"
    assert await take(house, "ada", "notes") is None
    assert await take(house, "ada", "notes") is Whose.APP
    (tally,) = await service.standings(ADMIN, Whose.PERSON, "ada")
    assert (tally.budget, tally.used) == (CALLS, 20)
    (tally,) = await service.standings(ADMIN, Whose.PERSON, EVERYBODY)
    assert tally.budget == FEW


async def test_who_loses_their_own_is_held_to_those_of_everybody(house: House) -> None:
    service = house.identity.caller_budgets
    await service.limit(ADMIN, Whose.APP, "notes", [CALLS])
    await service.limit(ADMIN, Whose.APP, EVERYBODY, [FEW])
    assert await take(house, "", "notes") is None
    await service.limit(ADMIN, Whose.APP, "notes", [])
    assert await take(house, "", "notes") is Whose.APP, "what was taken counts on"


async def test_a_change_wakes_every_worker_and_is_recorded_without_names(house: House) -> None:
    before = (await broadcast.generations(house.database)).get(TOPIC, 0)
    await house.identity.caller_budgets.limit(ADMIN, Whose.PERSON, "ada", [FEW])
    await house.identity.caller_budgets.limit(ADMIN, Whose.PERSON, EVERYBODY, [FEW])
    await house.identity.caller_budgets.limit(ADMIN, Whose.APP, "notes", [FEW])
    assert (await broadcast.generations(house.database))[TOPIC] == before + 3
    events = await house.events()
    kinds = ["person.limited", "person.limited", "oauth_client.limited"]
    assert [event.kind for event in events] == kinds
    assert "ada" not in str(events[0].facts.get("person", "ada")).split(":")
    assert events[1].facts["everybody"] and events[2].facts["client"] == "notes"


async def test_budgets_are_for_those_who_may_manage_keys(house: House) -> None:
    service = house.identity.caller_budgets
    for work in (
        service.limit(STRANGER, Whose.PERSON, "ada", []),
        service.standings(STRANGER, Whose.PERSON, "ada"),
        service.standings(STRANGER, Whose.PERSON, EVERYBODY),
    ):
        with pytest.raises(DeniedError):
            await work
    with pytest.raises(UnacceptableBudget):
        await service.limit(ADMIN, Whose.PERSON, "ada", [FEW, CALLS])
