"""Groups of keys, and portions of budgets, on a real database."""

import asyncio
from datetime import timedelta

import pytest

from curtilage.core.errors import DeniedError
from curtilage.core.models import Principal, PrincipalId, PrincipalKind, PurposeKey
from curtilage.identity.budgets import Amount, Budget, BudgetAsk, Measure, Shortage, Whose, Window
from curtilage.identity.errors import UnacceptableGroup, UnknownGroup
from curtilage.identity.models import ApiKey
from curtilage.identity.service.keys import KeyRequest
from curtilage.identity.worker_budgets import Reservation, WorkerBudgets
from tests.builders import TENANT
from tests.identity_house import ADMIN, House

ASSIST = frozenset({PurposeKey("assist")})
STRANGER = Principal(TENANT, PrincipalId("stranger"), PrincipalKind.PERSON)
TOKENS = Budget(Measure.TOKENS, Window.DAY, 1000)
SHARED = Budget(Measure.TOKENS, Window.MONTH, 1500)


async def a_key(house: House, *budgets: Budget, group: str = "", name: str = "a") -> ApiKey:
    request = KeyRequest(name, ASSIST, budgets=budgets, group=group)
    return (await house.identity.keys.create(ADMIN, request)).key


async def used(house: House, key: ApiKey) -> list[int]:
    tallies = await house.identity.budgets.standings(ADMIN, key.every_budget)
    return [tally.used for tally in tallies]


async def test_a_call_needs_room_in_its_own_budget_and_in_its_groups(house: House) -> None:
    budgets = house.identity.budgets
    await budgets.create_group(ADMIN, "team", [SHARED])
    keys = [await a_key(house, TOKENS, group="team", name=name) for name in "ab"]
    first = await budgets.lease(keys[0].payer, BudgetAsk(keys[0].id, Amount(1, 900)))
    assert first.shortage is None
    other = await budgets.lease(keys[1].payer, BudgetAsk(keys[1].id, Amount(1, 900)))
    assert other.shortage is not None and other.shortage.whose is Whose.GROUP
    assert (other.shortage.measure, other.shortage.window) == (Measure.TOKENS, Window.MONTH)
    own = await budgets.lease(keys[0].payer, BudgetAsk(keys[0].id, Amount(1, 200)))
    assert own.shortage is not None and own.shortage.whose is Whose.KEY
    assert await used(house, keys[0]) == [900, 900]
    assert await used(house, keys[1]) == [0, 900]


async def test_what_is_taken_lasts_until_the_period_is_over(house: House) -> None:
    key = await a_key(house, TOKENS)
    await house.identity.budgets.lease(key.payer, BudgetAsk(key.id, Amount(1, 1000)))
    assert await used(house, key) == [1000]
    house.clock.advance(timedelta(days=1).total_seconds())
    assert await used(house, key) == [0]


async def test_other_budgets_count_on_what_was_taken(house: House) -> None:
    key = await a_key(house, TOKENS)
    await house.identity.budgets.lease(key.payer, BudgetAsk(key.id, Amount(1, 800)))
    wider = Budget(Measure.TOKENS, Window.DAY, 2000)
    key = await house.identity.keys.limit(ADMIN, key.id, budgets=[wider, SHARED], group="")
    assert [(tally.holder, tally.used) for tally in await standings(house, key)] == [
        (key.id, 800),
        (key.id, 0),
    ]
    assert "api_key.limited" in await house.kinds()


async def standings(house: House, key: ApiKey) -> list[object]:
    return list(await house.identity.budgets.standings(ADMIN, key.every_budget))


async def test_workers_that_ask_at_once_never_pass_a_budget(house: House) -> None:
    key = await a_key(house, TOKENS)

    async def ask(question: BudgetAsk) -> object:
        return await house.identity.budgets.lease(key.payer, question)

    workers = [WorkerBudgets(ask, house.clock) for _ in range(4)]  # type: ignore[arg-type]
    calls = [workers[n % 4].reserve(key.id, Amount(1, 30)) for n in range(60)]
    answers = await asyncio.gather(*calls)
    for worker in workers:
        await worker.flush(everything=True)
    passed = sum(isinstance(answer, Reservation) for answer in answers)
    assert passed <= 33 and any(isinstance(answer, Shortage) for answer in answers)
    assert await used(house, key) == [passed * 30]


async def test_a_record_says_budgets_and_no_name(house: House) -> None:
    group = await house.identity.budgets.create_group(ADMIN, "Ada's team", [SHARED])
    await house.identity.budgets.limit_group(ADMIN, "Ada's team", [TOKENS])
    await a_key(house, TOKENS, group="Ada's team")
    events = await house.events()
    assert [event.kind for event in events] == [
        "key_group.created", "key_group.limited", "api_key.created",
    ]  # fmt: skip
    assert events[0].facts == {"group": group.id, "budgets": [["tokens", "month", 1500]]}
    assert events[2].facts["group"] == group.id
    assert all("Ada" not in str(event.facts) for event in events)


async def test_groups_are_for_those_who_may_manage_keys(house: House) -> None:
    budgets = house.identity.budgets
    for work in (
        budgets.create_group(STRANGER, "team", []),
        budgets.limit_group(STRANGER, "team", []),
        budgets.list_groups(STRANGER),
        budgets.standings(STRANGER, []),
        house.identity.keys.limit(STRANGER, "key", budgets=[], group=""),
    ):
        with pytest.raises(DeniedError):
            await work


async def test_a_group_has_a_name_of_its_own(house: House) -> None:
    budgets = house.identity.budgets
    await budgets.create_group(ADMIN, "team", [])
    for name in ("team", "", " ", "x" * 101, "a\nb"):
        with pytest.raises(UnacceptableGroup):
            await budgets.create_group(ADMIN, name, [])
    with pytest.raises(UnknownGroup):
        await budgets.limit_group(ADMIN, "other", [])
    assert [group.name for group in await budgets.list_groups(ADMIN)] == ["team"]
