import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from curtilage.identity.providers.errors import ProviderReason, ProviderRefused
from curtilage.identity.providers.wire.request import WITHIN
from tests.fakes.openid import Claims, FakeOpenID
from tests.provider_house import ProviderHouse
from tests.signed_tokens import RSA_KEY

pytestmark = pytest.mark.requirement(30)


async def refused(
    house: ProviderHouse, name: str, given: dict[str, str], *, browser: Any = None
) -> None:
    """What comes back lets nobody in, and the page says so without saying why."""
    browser = browser or house.browser()
    answer = await browser.come_back(name, given)
    assert answer.status_code == 401, answer.headers
    assert "You are not signed in" in answer.text
    assert "provider." not in answer.text
    assert await browser.person() == ""


async def reasons(house: ProviderHouse) -> list[object]:
    return [each.facts["why"] for each in await house.events() if each.kind == "session.failed"]


async def test_a_state_works_once(house: ProviderHouse, harbour: FakeOpenID) -> None:
    browser = house.browser()
    location = await browser.leave("harbour")
    first = harbour.authorize(location)
    second = harbour.authorize(location)
    assert (await browser.come_back("harbour", first)).status_code == 303
    await browser.http.aclose()
    await refused(house, "harbour", second)
    await refused(house, "harbour", first)


async def test_of_two_who_bring_one_state_at_once_one_is_let_in(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    browser = house.browser()
    location = await browser.leave("harbour")
    given = [harbour.authorize(location) for _ in range(2)]
    answers = await asyncio.gather(*(browser.come_back("harbour", each) for each in given))
    assert sorted(each.status_code for each in answers) == [303, 401]
    assert len(await house.everybody()) == 2  # with Grace


async def test_another_browser_is_not_let_in_and_ends_nothing(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    browser = house.browser()
    given = harbour.authorize(await browser.leave("harbour"))
    stranger = house.browser()
    await stranger.leave("harbour")  # has a cookie of its own
    await refused(house, "harbour", given, browser=stranger)
    await refused(house, "harbour", given)  # and one without any
    assert (await browser.come_back("harbour", given)).status_code == 303


@pytest.mark.parametrize("state", ["", "x", "A" * 43])
async def test_a_state_that_nobody_began_is_refused(house: ProviderHouse, state: str) -> None:
    await refused(house, "harbour", {"code": "c", "state": state, "iss": "https://harbour.example"})
    assert await reasons(house) == []  # strangers fill no ledger


async def test_ten_minutes_are_enough(house: ProviderHouse, harbour: FakeOpenID) -> None:
    browser = house.browser()
    given = harbour.authorize(await browser.leave("harbour"))
    house.clock.advance(WITHIN)
    await refused(house, "harbour", given, browser=browser)


async def test_the_answer_of_one_provider_is_none_of_another(
    house: ProviderHouse, harbour: FakeOpenID, valley: FakeOpenID
) -> None:
    browser = house.browser()
    given = harbour.authorize(await browser.leave("harbour"))
    await refused(house, "valley", given, browser=browser)
    assert valley.asked == []
    assert await reasons(house) == [ProviderReason.ISSUER.value]


async def test_a_provider_that_names_itself_must(house: ProviderHouse, harbour: FakeOpenID) -> None:
    for iss in (None, "https://valley.example"):
        browser = house.browser()
        given = harbour.authorize(await browser.leave("harbour")) | {"iss": iss or ""}
        if iss is None:
            del given["iss"]
        asked = len(harbour.asked)
        await refused(house, "harbour", given, browser=browser)
        assert "POST /token" not in harbour.asked[asked:]
    assert set(await reasons(house)) == {ProviderReason.ISSUER.value}


async def test_saying_no_there_is_told_as_that(house: ProviderHouse, harbour: FakeOpenID) -> None:
    browser = house.browser()
    given = harbour.authorize(await browser.leave("harbour"))
    del given["code"]
    answer = await browser.come_back("harbour", given | {"error": "access_denied"})
    assert answer.status_code == 401
    assert "was cancelled" in answer.text


BENT: list[tuple[Claims, ProviderReason]] = [
    ({"iss": "https://valley.example"}, ProviderReason.TOKEN),
    ({"aud": "another-client"}, ProviderReason.TOKEN),
    ({"azp": "another-client"}, ProviderReason.PARTY),
    ({"nonce": "another-nonce"}, ProviderReason.NONCE),
    ({"nonce": None}, ProviderReason.NONCE),
    ({"exp": 1}, ProviderReason.TOKEN),
    ({"iat": 1}, ProviderReason.TOKEN),
    ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, ProviderReason.TOKEN),
    ({"sub": None}, ProviderReason.TOKEN),
]


@pytest.mark.parametrize(("bent", "reason"), BENT)
async def test_a_token_that_does_not_fit_lets_nobody_in(
    house: ProviderHouse, harbour: FakeOpenID, bent: Claims, reason: ProviderReason
) -> None:
    harbour.bend = lambda claims: claims | bent
    browser = house.browser()
    await refused(
        house, "harbour", harbour.authorize(await browser.leave("harbour")), browser=browser
    )
    assert await reasons(house) == [reason.value]
    assert len(await house.everybody()) == 1  # Grace


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS256"}, {"kid": "other"}])
async def test_a_header_that_does_not_fit_lets_nobody_in(
    house: ProviderHouse, harbour: FakeOpenID, header: Claims
) -> None:
    harbour.bend_header = lambda given: given | header
    browser = house.browser()
    given = harbour.authorize(await browser.leave("harbour"))
    await refused(house, "harbour", given, browser=browser)


async def test_userinfo_of_somebody_else_lets_nobody_in(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    harbour.userinfo = {"sub": "sub-ben", "email": "ada@orchard.example", "email_verified": True}
    browser = house.browser()
    given = harbour.authorize(await browser.leave("harbour"))
    await refused(house, "harbour", given, browser=browser)
    assert await reasons(house) == [ProviderReason.SUBJECT.value]


@pytest.mark.complaint(30)
async def test_a_provider_that_changes_its_key_is_read_again(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    for key in (harbour.key, RSA_KEY):
        harbour.key = key
        browser = house.browser()
        given = harbour.authorize(await browser.leave("harbour"))
        assert (await browser.come_back("harbour", given)).status_code == 303
        house.clock.advance(timedelta(seconds=31))
    assert harbour.asked.count("GET /keys") == 2


@pytest.mark.complaint(30)
async def test_unknown_names_of_keys_do_not_make_us_ask_for_ever(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    harbour.bend_header = lambda header: header | {"kid": "nobody"}
    for _ in range(4):
        browser = house.browser()
        given = harbour.authorize(await browser.leave("harbour"))
        await refused(house, "harbour", given, browser=browser)
    assert harbour.asked.count("GET /keys") == 1


async def test_nothing_is_lost_while_a_provider_is_away(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    browser = house.browser()
    given = harbour.authorize(await browser.leave("harbour"))
    harbour.is_away = True
    answer = await browser.come_back("harbour", given)
    assert answer.status_code == 502
    assert "cannot be reached" in answer.text


async def test_a_code_that_the_provider_does_not_take_lets_nobody_in(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    browser = house.browser()
    given = harbour.authorize(await browser.leave("harbour")) | {"code": "stolen"}
    await refused(house, "harbour", given, browser=browser)
    assert await reasons(house) == [ProviderReason.EXCHANGE.value]


async def test_a_code_is_bound_to_the_browser_that_asked(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    """A code of an attacker's own way, put into the victim's (PKCE and nonce refuse it)."""
    attacker, victim = house.browser(), house.browser()
    stolen = harbour.authorize(await attacker.leave("harbour"), sub="sub-mallory")
    own = harbour.authorize(await victim.leave("harbour"))
    await refused(house, "harbour", own | {"code": stolen["code"]}, browser=victim)


async def test_what_is_sent_there_says_nothing_of_who_comes(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    browser = house.browser()
    query = parse_qs(urlsplit(await browser.leave("harbour", hint="ada@orchard.example")).query)
    assert "login_hint" not in query  # not an address of this provider's
    assert not {"max_age", "prompt"} & query.keys()


async def test_no_browser_no_way(house: ProviderHouse) -> None:
    with pytest.raises(ProviderRefused) as none:
        await house.providers.desk.leave("harbour", browser="", onward="/")
    assert none.value.reason is ProviderReason.BROWSER
