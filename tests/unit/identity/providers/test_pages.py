import pytest

from tests.fakes.openid import FakeOpenID
from tests.provider_house import ADDRESS, ProviderHouse, led_to


async def test_every_provider_has_its_button(house: ProviderHouse) -> None:
    page = (await house.browser().http.get("/login?next=/account")).text
    assert "Continue with Harbour" in page
    assert 'action="/login/with/valley"' in page


async def test_the_page_that_sends_on_says_where(house: ProviderHouse) -> None:
    answer = await house.browser().send("/login", "/login/with/harbour", next="/")
    assert led_to(answer).startswith("https://harbour.example/authorize?response_type=code&")
    assert "On to Harbour" in answer.text
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.requirement(30)
async def test_an_address_of_a_domain_leads_to_its_provider(
    house: ProviderHouse, valley: FakeOpenID
) -> None:
    browser = house.browser()
    typed = "Ada@valley.example"
    page = await browser.send("/login", "/login", name=typed, passphrase="", next="/account")
    assert page.status_code == 200
    assert 'action="/login/with/valley"' in page.text
    location = await browser.leave("valley", hint=typed)
    assert "login_hint=Ada%40valley.example" in location
    other = await browser.send("/login", "/login", name=ADDRESS, passphrase="", next="/account")
    assert other.status_code == 422


async def test_nobody_is_sent_on_to_another_site_of_their_own_choice(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    browser = house.browser()
    given = harbour.authorize(await browser.leave("harbour", onward="https://evil.example/"))
    assert (await browser.come_back("harbour", given)).headers["location"] == "/"


async def test_a_provider_that_is_not_there_is_told_in_words(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    browser = house.browser()
    absent = await browser.send("/login", "/login/with/nobody", next="/")
    assert absent.status_code == 404
    assert (await browser.come_back("nobody", {"state": "x"})).status_code == 404
    harbour.is_away = True
    away = await browser.send("/login", "/login/with/harbour", next="/")
    assert (away.status_code, "cannot be reached" in away.text) == (502, True)


async def test_metadata_of_another_issuer_sends_nobody_anywhere(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    harbour.told_issuer = "https://evil.example"
    answer = await house.browser().send("/login", "/login/with/harbour", next="/")
    assert answer.status_code == 502
    assert "evil.example" not in answer.text


async def test_who_is_signed_in_goes_on(house: ProviderHouse) -> None:
    browser = await house.signed_in("Grace")
    answer = await browser.send("/account/with", "/login/with/harbour", next="/account")
    assert answer.headers["location"] == "/account"


async def test_forms_of_other_sites_begin_nothing(house: ProviderHouse) -> None:
    browser = house.browser()
    await browser.http.get("/login")
    answer = await browser.http.post("/login/with/harbour", data={"next": "/"})
    assert answer.status_code == 403
    signed_in = await house.signed_in("Grace")
    answer = await signed_in.http.post("/account/with/harbour", data={"a": "b"})
    assert answer.status_code == 403


async def test_ones_own_page_shows_what_is_connected(
    house: ProviderHouse, valley: FakeOpenID
) -> None:
    browser = await house.signed_in("Grace")
    assert "Nothing is connected yet" in (await browser.http.get("/account/with")).text
    assert "/account/with" in (await browser.http.get("/account")).text
    location = led_to(await browser.send("/account/with", "/account/with/valley"))
    await browser.come_back("valley", valley.authorize(location, email="<b>x</b>"))
    page = (await browser.http.get("/account/with")).text
    assert "Your account at Valley is connected." in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


async def test_who_is_signed_in_is_not_told_that_they_are_not(house: ProviderHouse) -> None:
    browser = await house.signed_in("Grace")
    answer = await browser.come_back("harbour", {"state": "x", "code": "y"})
    assert answer.status_code == 401
    assert "<h1>Nothing was changed</h1>" in answer.text
    assert "You are not signed in" not in answer.text
    assert await browser.person() == "Grace"


async def test_words_about_what_is_not_there_or_needs_a_proof(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    browser = await house.signed_in("Grace")
    gone = await browser.send("/account/with", "/account/with/links/no-such-link/remove")
    assert gone.headers["location"] == "/account/with"
    assert "No such connected account" in (await browser.http.get("/account/with")).text
    for page in ("/account/with/nobody", "/login/again/with/nobody"):
        assert (await browser.send("/account/with", page)).status_code == 404
    house.clock.advance(600)
    stale = await browser.send("/account/with", "/account/with/links/no-such-link/remove")
    assert stale.headers["location"] == "/login/again?next=/account/with"


async def test_before_anybody_is_enrolled_no_provider_lets_anybody_in(
    house: ProviderHouse,
) -> None:
    browser = house.browser()
    page = await browser.http.get("/login")
    assert page.status_code == 200
    async with house.database.begin() as connection:
        for each in await house.everybody():
            await house.people.register.people.delete(connection, each.tenant, each.id)
    answer = await browser.http.post(
        "/login/with/harbour",
        data={"_csrf": token_in(page.text), "next": "/"},
        headers={"origin": house.origin},
    )
    assert answer.headers["location"] == "/login"


def token_in(page: str) -> str:
    return page.partition('name="_csrf" value="')[2].partition('"')[0]
