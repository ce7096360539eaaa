from typing import Any

import pytest

from curtilage.core.models import PrincipalId
from curtilage.identity.people.models import Handle, HandleKind, Profile
from curtilage.identity.providers.mails import write_connected
from curtilage.web.languages import load_languages
from tests.builders import TENANT
from tests.fakes.openid import FakeOpenID
from tests.provider_house import ADDRESS, PASSPHRASE, Browser, ProviderHouse

VERIFIED = {"email": ADDRESS, "email_verified": True, "name": "Ada Quill"}


async def go(browser: Browser, provider: FakeOpenID, at: str, **claims: Any) -> tuple[int, str]:
    """To the provider and back; gives the status and where one is sent on."""
    back = provider.authorize(await browser.leave(at), **claims)
    answer = await browser.come_back(at, back)
    return answer.status_code, answer.headers.get("location", answer.text)


@pytest.mark.requirement(30)
async def test_who_is_new_gets_an_account_where_that_is_allowed(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    browser = house.browser()
    assert await go(browser, harbour, "harbour", **VERIFIED) == (303, "/account")
    assert await browser.person() == "Ada Quill"
    found = await house.people.register.find(TENANT, ADDRESS)
    assert found is not None
    assert found[1].kind is HandleKind.ADDRESS
    assert len(await house.links_of(found[0])) == 1
    assert "person.joined" in await house.kinds()
    again = house.browser()
    await go(again, harbour, "harbour", **VERIFIED)
    assert await again.person() == "Ada Quill"
    assert len(await house.everybody()) == 2  # with Grace


@pytest.mark.requirement(30)
async def test_who_is_new_is_let_in_nowhere_else(house: ProviderHouse, valley: FakeOpenID) -> None:
    browser = house.browser()
    status, page = await go(browser, valley, "valley", **VERIFIED)
    assert status == 403
    assert "ask an administrator" in page
    assert await browser.person() == ""
    assert len(await house.everybody()) == 1  # Grace


@pytest.mark.complaint(23)
async def test_an_address_that_both_sides_confirmed_connects_and_is_told(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    ada = await house.add("Ada", address=ADDRESS)
    browser = house.browser()
    assert (await go(browser, harbour, "harbour", **VERIFIED))[0] == 303
    assert await browser.person() == "Ada"
    assert len(await house.links_of(ada)) == 1
    await house.people.postman.send_waiting()
    assert [each.to for each in house.mail.sent] == [ADDRESS]
    assert "Harbour" in house.mail.sent[0].text


async def test_a_new_way_in_is_told_in_the_language_of_the_account(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    house.people.postman.tell = load_languages().tell
    ada = await house.add("Ada", address=ADDRESS)
    browser = house.browser()
    browser.http.headers["accept-language"] = "de"
    await go(browser, harbour, "harbour", **VERIFIED)
    assert len(await house.links_of(ada)) == 1
    await house.people.postman.send_waiting()
    (message,) = house.mail.sent
    english = write_connected(
        ADDRESS, service=house.people.needs.service, label="Harbour", link="x"
    )
    assert message.subject == load_languages().tell("de", english.subject) != english.subject


@pytest.mark.complaint(23)
@pytest.mark.parametrize("verified", [False, None, "yes", 0])
async def test_an_address_that_the_provider_did_not_confirm_connects_nothing(
    house: ProviderHouse, harbour: FakeOpenID, verified: object
) -> None:
    ada = await house.add("Ada", address=ADDRESS)
    browser = house.browser()
    claims = {**VERIFIED, "email_verified": verified, "name": "Mallory"}
    await go(browser, harbour, "harbour", **claims)
    assert await browser.person() == "Mallory"  # somebody of their own, with no address
    assert await house.links_of(ada) == []
    found = await house.people.register.find(TENANT, ADDRESS)
    assert found is not None
    assert found[0].id == ada.id


@pytest.mark.complaint(23)
async def test_a_provider_that_is_not_trusted_with_addresses_connects_nothing(
    house: ProviderHouse, valley: FakeOpenID
) -> None:
    ada = await house.add("Ada", address=ADDRESS)
    browser = house.browser()
    status, page = await go(browser, valley, "valley", **VERIFIED)
    assert (status, await browser.person()) == (403, "")
    assert "sign in the way you did until now" in page
    assert await house.links_of(ada) == []


@pytest.mark.complaint(23)
async def test_a_name_that_looks_like_an_address_is_no_address(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    squatter = await house.add(ADDRESS)  # a name, which nobody confirmed
    browser = house.browser()
    status, _ = await go(browser, harbour, "harbour", **VERIFIED)
    assert (status, await browser.person()) == (403, "")
    assert await house.links_of(squatter) == []


@pytest.mark.complaint(23)
async def test_of_who_began_with_an_address_not_theirs_nothing_is_left(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    mallory = await house.add("Mallory")
    handle = Handle(house.people.register.digest(ADDRESS), mallory.id, HandleKind.ADDRESS)
    async with house.database.begin() as connection:
        assert await house.people.register.people.add_handle(connection, TENANT, handle)
    before = await house.signed_in("Mallory")
    assert await before.person() == "Mallory"

    browser = house.browser()
    assert (await go(browser, harbour, "harbour", **VERIFIED))[0] == 303
    assert await browser.person() == "Ada Quill"
    assert (await browser.session()).person != mallory.id
    assert await before.person() == ""
    gone = await house.find(mallory.id)
    assert gone is not None
    assert gone.disabled_at is not None
    refused = await before.send("/login", "/login", name="Mallory", passphrase=PASSPHRASE, next="/")
    assert refused.status_code == 401
    assert "person.displaced" in await house.kinds()


@pytest.mark.requirement(30)
async def test_the_same_subject_at_two_providers_is_two_people(
    house: ProviderHouse, harbour: FakeOpenID, valley: FakeOpenID
) -> None:
    first = house.browser()
    await go(first, harbour, "harbour", sub="one-subject", name="Ada Quill")
    second = house.browser()
    status, _ = await go(second, valley, "valley", sub="one-subject", name="Ada Quill")
    assert (status, await second.person()) == (403, "")


async def test_a_change_of_address_there_changes_nobody_here(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    await house.add("Ben", address="ben@orchard.example")
    browser = house.browser()
    await go(browser, harbour, "harbour", **VERIFIED)
    later = house.browser()
    await go(later, harbour, "harbour", **{**VERIFIED, "email": "ben@orchard.example"})
    assert await later.person() == "Ada Quill"


async def test_whoever_is_disabled_is_not_let_in_by_a_provider(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    ada = await house.add("Ada", address=ADDRESS)
    await go(house.browser(), harbour, "harbour", **VERIFIED)
    async with house.database.begin() as connection:
        at = house.clock.now()
        await house.people.register.people.set_disabled(connection, TENANT, ada.id, at)
    browser = house.browser()
    status, _ = await go(browser, harbour, "harbour", **VERIFIED)
    assert (status, await browser.person()) == (401, "")
    status, _ = await go(house.browser(), harbour, "harbour", **{**VERIFIED, "sub": "other"})
    assert status == 403


async def test_a_second_factor_is_still_asked_for(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    await house.add("Ada", address=ADDRESS, totp=True)
    browser = house.browser()
    status, onward = await go(browser, harbour, "harbour", **VERIFIED)
    assert (status, onward) == (303, "/login/second?next=/account")
    assert await browser.person() == ""
    assert "Code of your authenticator app" in (await browser.http.get(onward)).text


async def test_a_second_factor_is_asked_for_without_any_passphrase(
    house: ProviderHouse, harbour: FakeOpenID
) -> None:
    await house.add("Ada", address=ADDRESS, totp=True, passphrase=False)
    browser = house.browser()
    status, onward = await go(browser, harbour, "harbour", **VERIFIED)
    assert (status, onward) == (303, "/login/second?next=/account")
    assert await browser.person() == ""


async def test_no_name_makes_no_empty_name(house: ProviderHouse, harbour: FakeOpenID) -> None:
    browser = house.browser()
    await go(browser, harbour, "harbour", sub="s-9")
    assert await browser.person() == "Somebody"
    named = house.browser()
    await go(named, harbour, "harbour", sub="s-10", email=ADDRESS, email_verified=True)
    assert await named.person() == "ada"
    person = (await named.session()).person
    kept = await house.find(PrincipalId(person))
    assert kept is not None
    profile = await house.people.register.open_profile(kept)
    assert profile == Profile("ada", ADDRESS, house.clock.now())
