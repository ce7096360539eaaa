"""Devices: both codes, the person between them, and who guesses."""

from typing import Any

import httpx
import pytest

from curtilage.identity.oauth.models.clients import AuthMethod
from curtilage.identity.oauth.service.clients import RegisteredClient
from tests.fakes.oauth import ADA
from tests.oauth_house import TENANT, Agent, OAuthHouse, token_of

pytestmark = [pytest.mark.requirement(19), pytest.mark.complaint(17)]
GRANT = "urn:ietf:params:oauth:grant-type:device_code"


async def start(house: OAuthHouse) -> tuple[RegisteredClient, dict[str, Any]]:
    made = await house.register(method=AuthMethod.NONE)
    path = "/oauth2/device_authorization"
    answer = await house.browser().post(path, made, scope="openid profile")
    assert answer.status_code == 200, answer.text
    return made, answer.json()


async def poll(house: OAuthHouse, made: RegisteredClient, asked: dict[str, Any]) -> httpx.Response:
    return await house.browser().token(made, grant_type=GRANT, device_code=asked["device_code"])


def person(house: OAuthHouse) -> Agent:
    house.people.sign_in("known", house.clock.now())
    return house.browser("known")


async def type_code(browser: Agent, code: str, decision: str = "") -> httpx.Response:
    page = await browser.http.get("/device")
    form = {"_csrf": token_of(page), "user_code": code, "decision": decision}
    return await browser.http.post("/device", data=form)


async def test_a_device_gets_its_tokens_once_its_person_said_yes(house: OAuthHouse) -> None:
    made, asked = await start(house)
    assert (await poll(house, made, asked)).json()["error"] == "authorization_pending"
    browser = person(house)
    page = await type_code(browser, asked["user_code"].lower().replace("-", " "))
    assert "Orchard notes" in page.text
    assert "127.0.0.1" in page.text
    done = await type_code(browser, asked["user_code"], "allow")
    assert "connected" in done.text
    tokens = (await poll(house, made, asked)).json()
    assert tokens["id_token"]
    assert (await poll(house, made, asked)).json()["error"] == "invalid_grant"
    assert (await house.browser().refresh(made, tokens["refresh_token"])).status_code == 200


async def test_an_address_with_the_code_only_fills_it_in(house: OAuthHouse) -> None:
    made, asked = await start(house)
    path = asked["verification_uri_complete"].removeprefix("https://id.orchard.example")
    page = await person(house).http.get(path)
    assert asked["user_code"] in page.text
    assert "<script" not in page.text.partition("<main")[2].partition("</main")[0]
    assert (await poll(house, made, asked)).json()["error"] == "authorization_pending"
    stranger = await house.browser().http.get(path)
    assert stranger.headers["location"].startswith("/login?next=")


async def test_a_no_is_told_to_the_device(house: OAuthHouse) -> None:
    made, asked = await start(house)
    await type_code(person(house), asked["user_code"], "deny")
    assert (await poll(house, made, asked)).json()["error"] == "access_denied"


async def test_polling_too_fast_is_slowed_down_for_good(house: OAuthHouse) -> None:
    made, asked = await start(house)
    errors = []
    for wait in (0, 1, 9, 10):
        house.clock.advance(wait)
        errors.append((await poll(house, made, asked)).json()["error"])
    assert errors == ["authorization_pending", "slow_down", "slow_down", "slow_down"]
    house.clock.advance(20)
    assert (await poll(house, made, asked)).json()["error"] == "authorization_pending"


async def test_codes_expire(house: OAuthHouse) -> None:
    made, asked = await start(house)
    house.clock.advance(asked["expires_in"])
    assert (await poll(house, made, asked)).json()["error"] == "expired_token"
    assert (await type_code(person(house), asked["user_code"])).status_code == 422


async def test_who_was_locked_after_saying_yes_gets_nothing(house: OAuthHouse) -> None:
    made, asked = await start(house)
    await type_code(person(house), asked["user_code"], "allow")
    house.people.disabled.add(ADA)
    assert (await poll(house, made, asked)).json()["error"] == "invalid_grant"


async def test_who_guesses_is_stopped_and_success_does_not_help(house: OAuthHouse) -> None:
    made, asked = await start(house)
    browser = person(house)
    for guess in range(10):
        answer = await type_code(browser, f"BCDF-GHJ{'BCDFGHJKLM'[guess]}")
        assert answer.status_code == 422
        if guess == 8:
            assert (await type_code(browser, asked["user_code"])).status_code == 200
    assert (await type_code(browser, asked["user_code"])).status_code == 429
    house.clock.advance(601)
    _, fresh = await start(house)
    assert (await type_code(browser, fresh["user_code"])).status_code == 200
    assert made


async def test_one_code_is_not_looked_at_for_ever(house: OAuthHouse) -> None:
    _, asked = await start(house)
    browser = person(house)
    answers = [(await type_code(browser, asked["user_code"])).status_code for _ in range(21)]
    assert answers == [200] * 20 + [422]


async def test_a_device_code_is_for_its_client_alone(house: OAuthHouse) -> None:
    _, asked = await start(house)
    other = await house.register(method=AuthMethod.NONE)
    assert (await poll(house, other, asked)).json()["error"] == "invalid_grant"
    made_up = {"device_code": "x" * 43}
    assert (await poll(house, other, made_up)).json()["error"] == "invalid_grant"
    assert len(asked["device_code"]) >= 22


async def test_one_network_of_ipv6_is_one_guesser(house: OAuthHouse) -> None:
    from curtilage.identity.oauth.errors import TooManyCodes, UnknownDeviceCode  # noqa: PLC0415

    devices = house.oauth.endpoints.devices
    for host in range(10):
        with pytest.raises(UnknownDeviceCode):
            await devices.find("BCDF-GHJK", peer=f"2001:db8:1:2::{host}")
    with pytest.raises(TooManyCodes):
        await devices.find("BCDF-GHJK", peer="2001:db8:1:2::ffff")
    with pytest.raises(UnknownDeviceCode):
        await devices.find("BCDF-GHJK", peer="2001:db8:1:3::1")


@pytest.mark.parametrize("decision", ["allow", "deny"])
async def test_whose_calls_a_device_will_make_is_noted_where_they_allowed_them(
    house: OAuthHouse, decision: str
) -> None:
    """So that records of these calls lead to the person again."""
    made = await house.register(method=AuthMethod.NONE, scopes=frozenset({"openid", "models:call"}))
    path, scope = "/oauth2/device_authorization", "openid models:call"
    asked = (await house.browser().post(path, made, scope=scope)).json()
    assert (await type_code(person(house), asked["user_code"], decision)).status_code < 400
    book = house.oauth.callers
    called = await book.name(made.client, ADA, scope.split())
    assert called is not None
    found = await book.find_people([called.actor])
    assert found == ({called.actor: ADA} if decision == "allow" else {})


async def test_somebody_who_was_deleted_while_they_answered_lets_no_device_in(
    house: OAuthHouse,
) -> None:
    made, asked = await start(house)
    browser = person(house)
    house.people.gone_meanwhile.add(ADA)
    await type_code(browser, asked["user_code"], "allow")
    assert (await poll(house, made, asked)).json()["error"] == "authorization_pending"
    assert "device.approved" not in await house.kinds()


async def test_a_device_of_somebody_who_is_being_ended_gets_no_grant(house: OAuthHouse) -> None:
    made, asked = await start(house)
    await type_code(person(house), asked["user_code"], "allow")
    house.people.gone_meanwhile.add(ADA)
    assert (await poll(house, made, asked)).json()["error"] == "invalid_grant"
    async with house.database.read() as connection:
        grants = house.oauth.consents.grants
        assert await grants.load_grants(connection, TENANT, person=ADA) == []
