"""Many at once, on both databases: one successor, one winner, nobody signed out."""

import asyncio
from collections import Counter

import pytest

from curtilage.core.db.engine import Database
from curtilage.identity.oauth.models.clients import AuthMethod
from tests.fakes import FixedClock
from tests.oauth_house import OAuthHouse, an_oauth_house


async def a_house(database: Database, clock: FixedClock) -> OAuthHouse:
    house = an_oauth_house(database, clock=clock)
    await house.oauth.keys.keep_up()
    return house


@pytest.mark.requirement(8)
@pytest.mark.complaint(3)
async def test_fifty_refreshes_at_once_give_one_successor_and_sign_nobody_out(
    database: Database, clock: FixedClock
) -> None:
    house = await a_house(database, clock)
    made = await house.register(method=AuthMethod.NONE)
    browser = house.browser()
    first = (await browser.tokens(made))["refresh_token"]
    answers = await asyncio.gather(*(browser.refresh(made, first) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    successors = {answer.json()["refresh_token"] for answer in answers}
    assert len(successors) == 1
    assert not any("set-cookie" in answer.headers for answer in answers)
    counted = Counter(await house.kinds())
    assert counted["token.refreshed"] == 1
    assert counted["refresh_token.reused"] == 0
    assert (await browser.refresh(made, successors.pop())).status_code == 200


@pytest.mark.requirement(4)
async def test_of_a_code_sent_twice_at_once_one_wins(database: Database, clock: FixedClock) -> None:
    house = await a_house(database, clock)
    made = await house.register()
    browser = house.browser()
    code = await browser.code(made.client.id)
    answers = await asyncio.gather(*(browser.exchange(made, code) for _ in range(10)))
    won = [answer for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    assert {answer.json()["error"] for answer in answers if answer not in won} == {"invalid_grant"}
    token = won[0].json()["refresh_token"]  # reuse ended what the winner got
    assert (await browser.refresh(made, token)).json()["error"] == "invalid_grant"
