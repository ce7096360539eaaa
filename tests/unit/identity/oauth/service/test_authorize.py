"""Requests: begun, looked at, answered once."""

import asyncio
from urllib.parse import parse_qsl, urlsplit

import pytest

from curtilage.identity.oauth.errors import RequestGone
from curtilage.identity.oauth.models.requests import Step
from curtilage.identity.oauth.service.outcomes import Answered, Asked, Begun
from curtilage.identity.oauth.wire.parameters import Parameters
from tests.fakes.oauth import ADA, BEN
from tests.oauth_house import ADMIN, TENANT, OAuthHouse, a_request


async def begun(house: OAuthHouse, client_id: str, **given: str) -> str:
    asked = {name: (value,) for name, value in a_request(client_id, **given).items()}
    outcome = await house.oauth.endpoints.authorize.begin(Parameters(asked))
    assert isinstance(outcome, Begun)
    assert outcome.handle not in repr(outcome)
    return outcome.handle


def told(outcome: Answered) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(outcome.location).query))


@pytest.mark.requirement(4)
async def test_of_many_answers_at_once_one_gives_a_code(house: OAuthHouse) -> None:
    made = await house.register()
    authorize = house.oauth.endpoints.authorize
    handle = await begun(house, made.client.id)
    house.people.sign_in("known", house.clock.now())
    answers = await asyncio.gather(
        *(authorize.answer(handle, "known", allows=True) for _ in range(8)), return_exceptions=True
    )
    given = [each for each in answers if isinstance(each, Answered)]
    assert len(given) == 1
    assert "code" in told(given[0])
    assert all(isinstance(each, Answered | RequestGone) for each in answers)


async def test_who_signed_out_meanwhile_signs_in_again(house: OAuthHouse) -> None:
    made = await house.register()
    authorize = house.oauth.endpoints.authorize
    handle = await begun(house, made.client.id)
    house.people.sign_in("known", house.clock.now())
    assert isinstance(await authorize.look(handle, "known"), Asked)
    await house.people.end("known")
    outcome = await authorize.answer(handle, "known", allows=True)
    assert isinstance(outcome, Asked)
    assert outcome.step.step is Step.SIGN_IN


async def test_who_is_disabled_is_nobody(house: OAuthHouse) -> None:
    made = await house.register(is_first_party=True)
    handle = await begun(house, made.client.id)
    house.people.sign_in("known", house.clock.now())
    house.people.disabled.add(ADA)
    outcome = await house.oauth.endpoints.authorize.look(handle, "known")
    assert isinstance(outcome, Asked)


async def test_a_client_that_was_revoked_meanwhile_gets_nothing(house: OAuthHouse) -> None:
    made = await house.register()
    handle = await begun(house, made.client.id)
    house.people.sign_in("known", house.clock.now())
    await house.oauth.clients.revoke(ADMIN, made.client.id)
    with pytest.raises(RequestGone):
        await house.oauth.endpoints.authorize.answer(handle, "known", allows=True)


@pytest.mark.requirement(28)
async def test_what_one_person_allowed_another_did_not(house: OAuthHouse) -> None:
    made = await house.register()
    authorize = house.oauth.endpoints.authorize
    house.people.sign_in("ada", house.clock.now())
    house.people.sign_in("ben", house.clock.now(), person=BEN)
    handle = await begun(house, made.client.id)
    assert "code" in told(await authorize.answer(handle, "ada", allows=True))  # type: ignore[arg-type]
    handle = await begun(house, made.client.id)
    assert isinstance(await authorize.look(handle, "ben"), Asked)


@pytest.mark.requirement(31)
async def test_a_prompt_for_consent_asks_once_and_is_then_satisfied(house: OAuthHouse) -> None:
    made = await house.register(is_first_party=True)
    authorize = house.oauth.endpoints.authorize
    house.people.sign_in("known", house.clock.now())
    handle = await begun(house, made.client.id, prompt="consent")
    outcome = await authorize.look(handle, "known")
    assert isinstance(outcome, Asked)
    assert outcome.step.step is Step.ASK
    assert isinstance(await authorize.answer(handle, "known", allows=True), Answered)


async def test_nothing_is_kept_of_somebody_who_was_deleted_while_they_answered(
    house: OAuthHouse,
) -> None:
    """What is written after a deletion would stay, with their id in it."""
    made = await house.register()
    house.people.sign_in("known", house.clock.now())
    browser = house.browser("known")
    page = await browser.authorize(made.client.id)
    house.people.gone_meanwhile.add(ADA)
    answer = await browser.allow(page)
    assert "location" not in answer.headers
    async with house.database.read() as connection:
        assert await house.oauth.consents.consents.load(connection, TENANT, ADA) == []
    assert "authorization.granted" not in await house.kinds()
