from datetime import timedelta

import pytest

from curtilage.core.errors import CurtilageError
from curtilage.identity.errors import LastWayIn, ProveAgain, UnknownPerson
from curtilage.identity.people.models import AuthenticatorKind, Person
from curtilage.identity.people.rules import FRESH
from curtilage.identity.providers.errors import ProviderReason, ProviderRefused, UnknownLink
from tests.builders import TENANT
from tests.fakes.openid import FakeOpenID
from tests.provider_house import ADDRESS, Browser, ProviderHouse, an_arrival, led_to

pytestmark = pytest.mark.requirement(30)


async def connect(browser: Browser, provider: FakeOpenID, at: str, sub: str = "sub-ada") -> str:
    """Connect an account there from one's own page; gives where one is sent on."""
    location = led_to(await browser.send("/account/with", f"/account/with/{at}"))
    answer = await browser.come_back(at, provider.authorize(location, sub=sub, email=ADDRESS))
    return str(answer.headers.get("location", answer.status_code))


async def by_valley(house: ProviderHouse, valley: FakeOpenID, sub: str = "sub-ada") -> Browser:
    """A browser in which somebody signed in through Valley."""
    browser = house.browser()
    await browser.come_back("valley", valley.authorize(await browser.leave("valley"), sub=sub))
    return browser


async def test_what_somebody_connected_signs_them_in(
    house: ProviderHouse, valley: FakeOpenID
) -> None:
    ada = await house.add("Ada", address=ADDRESS)
    browser = await house.signed_in(ADDRESS)
    assert await connect(browser, valley, "valley") == "/account/with"
    assert await connect(browser, valley, "valley") == "/account/with"  # again: nothing new
    assert len(await house.links_of(ada)) == 1
    assert (await house.kinds()).count("provider.connected") == 1
    page = (await browser.http.get("/account/with")).text
    assert ADDRESS in page
    other = await by_valley(house, valley)
    assert await other.person() == "Ada"
    await house.people.postman.send_waiting()
    assert len(house.mail.sent) == 1


async def test_nobody_connects_what_is_anothers(house: ProviderHouse, valley: FakeOpenID) -> None:
    await house.add("Ada")
    ben = await house.add("Ben")
    await connect(await house.signed_in("Ada"), valley, "valley")
    browser = await house.signed_in("Ben")
    assert await connect(browser, valley, "valley") == "/account/with"
    assert "connected to somebody already" in (await browser.http.get("/account/with")).text
    assert await house.links_of(ben) == []


@pytest.mark.complaint(23)
async def test_connecting_is_for_the_session_that_began_it(
    house: ProviderHouse, valley: FakeOpenID
) -> None:
    """Mallory sends Ada the end of his own way: it is none of hers."""
    ada, _ = await house.add("Ada"), await house.add("Mallory")
    mallory, victim = await house.signed_in("Mallory"), await house.signed_in("Ada")
    location = led_to(await mallory.send("/account/with", "/account/with/valley"))
    given = valley.authorize(location, sub="sub-mallory")
    answer = await victim.come_back("valley", given)
    assert answer.status_code == 401
    assert await house.links_of(ada) == []
    stranger = house.browser()
    assert (await stranger.come_back("valley", given)).status_code == 401


async def test_connecting_asks_for_a_fresh_proof(house: ProviderHouse) -> None:
    await house.add("Ada")
    browser = await house.signed_in("Ada")
    house.clock.advance(FRESH)
    answer = await browser.send("/account/with", "/account/with/valley")
    assert answer.headers["location"] == "/login/again?next=/account/with"


async def test_what_is_taken_away_signs_nobody_in(house: ProviderHouse, valley: FakeOpenID) -> None:
    ada = await house.add("Ada")
    browser = await house.signed_in("Ada")
    await connect(browser, valley, "valley")
    link = (await house.links_of(ada))[0]
    answer = await browser.send("/account/with", f"/account/with/links/{link.id}/remove")
    assert answer.headers["location"] == "/account/with"
    assert await house.links_of(ada) == []
    assert "provider.disconnected" in await house.kinds()
    other = await by_valley(house, valley)
    assert await other.person() == ""
    with pytest.raises(UnknownLink):
        await house.providers.desk.remove(browser.secret, link.id)


async def test_links_of_others_are_out_of_reach(house: ProviderHouse, valley: FakeOpenID) -> None:
    ada, _ = await house.add("Ada"), await house.add("Ben")
    await connect(await house.signed_in("Ada"), valley, "valley")
    link = (await house.links_of(ada))[0]
    ben = await house.signed_in("Ben")
    with pytest.raises(UnknownLink):
        await house.providers.desk.remove(ben.secret, link.id)
    assert len(await house.links_of(ada)) == 1


async def test_the_last_way_in_stays(house: ProviderHouse, valley: FakeOpenID) -> None:
    ada = await house.add("Ada")
    browser = await house.signed_in("Ada")
    await connect(browser, valley, "valley")
    held = await house.people.guard.list_held(await browser.session())
    await house.people.account.remove(browser.secret, held[0].id)  # the passphrase: a link is left
    link = (await house.links_of(ada))[0]
    with pytest.raises(LastWayIn):
        await house.providers.desk.remove(browser.secret, link.id)
    assert len(await house.links_of(ada)) == 1


async def test_without_a_link_the_passphrase_is_the_last_way_in(house: ProviderHouse) -> None:
    await house.add("Ada")
    browser = await house.signed_in("Ada")
    held = await house.people.guard.list_held(await browser.session())
    with pytest.raises(LastWayIn):
        await house.people.account.remove(browser.secret, held[0].id)
    assert (await house.people.guard.list_held(await browser.session()))[0].kind is (
        AuthenticatorKind.PASSPHRASE
    )


async def only_valley(house: ProviderHouse, valley: FakeOpenID) -> tuple[Person, Browser]:
    """Somebody who has nothing but an account at Valley."""
    ada = await house.add("Ada")
    browser = await house.signed_in("Ada")
    await connect(browser, valley, "valley")
    held = await house.people.guard.list_held(await browser.session())
    await house.people.account.remove(browser.secret, held[0].id)
    return ada, await by_valley(house, valley)


async def test_who_has_nothing_else_proves_themselves_there_again(
    house: ProviderHouse, valley: FakeOpenID
) -> None:
    _, browser = await only_valley(house, valley)
    house.clock.advance(FRESH)
    with pytest.raises(ProveAgain):
        await house.people.guard.require_fresh(await browser.session())
    page = await browser.http.get("/login/again?next=/account")
    assert "Sign in at Valley again" in page.text
    location = led_to(
        await browser.send("/login/again", "/login/again/with/valley", next="/account/passphrase")
    )
    assert "max_age=0" in location
    before = browser.secret
    answer = await browser.come_back("valley", valley.authorize(location))
    assert answer.headers["location"] == "/account/passphrase"
    assert browser.secret != before
    await house.people.guard.require_fresh(await browser.session())


async def test_proving_again_is_for_the_same_person_and_not_from_memory(
    house: ProviderHouse, valley: FakeOpenID
) -> None:
    _, browser = await only_valley(house, valley)
    house.clock.advance(FRESH)
    for sub, ago in (("sub-mallory", 0), ("sub-ada", 3600)):
        location = led_to(
            await browser.send("/login/again", "/login/again/with/valley", next="/account")
        )
        at = int((house.clock.now() - timedelta(seconds=ago)).timestamp())
        answer = await browser.come_back(
            "valley", valley.authorize(location, sub=sub, auth_time=at)
        )
        assert answer.status_code == 401
    valley.tells_when = False
    location = led_to(
        await browser.send("/login/again", "/login/again/with/valley", next="/account")
    )
    assert (await browser.come_back("valley", valley.authorize(location))).status_code == 401


async def test_an_old_sign_in_there_is_no_fresh_proof_here(
    house: ProviderHouse, valley: FakeOpenID
) -> None:
    await only_valley(house, valley)
    browser = house.browser()
    at = int((house.clock.now() - FRESH).timestamp())
    given = valley.authorize(await browser.leave("valley"), auth_time=at)
    await browser.come_back("valley", given)
    assert await browser.person() == "Ada"
    with pytest.raises(ProveAgain):
        await house.people.guard.require_fresh(await browser.session())


async def test_whoever_is_gone_connects_nothing(house: ProviderHouse, valley: FakeOpenID) -> None:
    ada = await house.add("Ada")
    browser = await house.signed_in("Ada")
    location = led_to(await browser.send("/account/with", "/account/with/valley"))
    found = await house.providers.desk.returning.finish(
        "valley", valley.authorize(location), an_arrival("", browser.secret)
    )
    async with house.database.begin() as connection:
        await house.people.register.people.set_disabled(
            connection, TENANT, ada.id, house.clock.now()
        )
    assert found.session is not None
    with pytest.raises(UnknownPerson):
        await house.providers.desk.connecting.connect(found.provider, found.identity, found.session)


async def test_a_session_that_ended_reaches_nothing(
    house: ProviderHouse, valley: FakeOpenID
) -> None:
    _, browser = await only_valley(house, valley)
    session = await browser.session()
    location = led_to(
        await browser.send("/login/again", "/login/again/with/valley", next="/account")
    )
    found = await house.providers.desk.returning.finish(
        "valley", valley.authorize(location), an_arrival("", browser.secret)
    )
    await house.people.sessions.endings.sign_out(TENANT, browser.secret)
    with pytest.raises(ProviderRefused) as refused:
        await house.providers.desk.connecting.prove(found.identity, session)
    assert refused.value.reason is ProviderReason.BROWSER
    with pytest.raises(CurtilageError):
        await house.providers.desk.list_links(browser.secret)
