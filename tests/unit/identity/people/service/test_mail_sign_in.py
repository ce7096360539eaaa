"""Signing in by a message to a mailbox."""

import asyncio
import re

import pytest

from curtilage.core.page import NewSession
from curtilage.identity.errors import CeremonyOver
from curtilage.identity.people.errors import MailSignInOff, SignInRefused, TooManyAttempts
from curtilage.identity.people.models import AuthenticatorKind, ProofKind
from curtilage.identity.people.rules import MOST_TRIES
from curtilage.identity.people.service.mail_sign_in import address_or_nothing, hash_browser
from curtilage.identity.people.views import Arrival
from tests.builders import TENANT
from tests.counting import count_statements
from tests.identity_house import ADMIN, PASSPHRASE, House
from tests.unit.identity.conftest import MakeHouse
from tests.unit.identity.people.service.test_proving import code_of, prove, seed_of

ADDRESS, HERE = "ada@orchard.example", "192.0.2.7"
MINE, OTHER = "browser-one", "browser-two"

pytestmark = pytest.mark.requirement(48)


async def ask(house: House, address: str = ADDRESS, *, browser: str = MINE) -> None:
    await house.people.mail_sign_ins.ask(TENANT, address, browser=browser, peer=HERE)


async def link_of(house: House) -> str:
    return await house.post("/login/mail")


def code_in(house: House) -> str:
    found = re.search(r"code there: (\d{4} \d{4})", house.mail.sent[-1].text)
    assert found is not None
    return found[1]


async def by_link(house: House, link: str, *, browser: str = MINE) -> NewSession:
    return await house.people.mail_sign_ins.finish(TENANT, link, Arrival(HERE, browser=browser))


async def by_code(house: House, code: str, *, browser: str = MINE) -> NewSession:
    arrival = Arrival(HERE, browser=browser)
    return await house.people.mail_sign_ins.finish_by_code(TENANT, code, arrival)


async def somebody(house: House, kind: AuthenticatorKind | None = None) -> None:
    await house.add_person("Ada", address=ADDRESS, kind=kind)


@pytest.mark.complaint(13)
async def test_looking_changes_nothing_and_then_the_link_signs_in_once(house: House) -> None:
    await somebody(house)
    await ask(house)
    link, sign_ins = await link_of(house), house.people.mail_sign_ins
    before = await house.kinds()
    for browser in (MINE, "", OTHER, MINE, MINE):
        assert (await sign_ins.look(TENANT, link, browser=browser)).name == "Ada"
    assert await house.kinds() == before
    begun = await by_link(house, link)
    live = await house.people.desk.read(begun.secret)
    assert live is not None
    assert live.name == "Ada"
    for work in (by_link(house, link), by_code(house, code_in(house))):
        with pytest.raises(CeremonyOver):
            await work


@pytest.mark.complaint(14)
async def test_another_browser_sees_a_code_and_never_gets_a_session(house: House) -> None:
    await somebody(house)
    await ask(house)
    link, sign_ins = await link_of(house), house.people.mail_sign_ins
    assert (await sign_ins.look(TENANT, link, browser=MINE)).code == ""
    for browser in (OTHER, ""):
        shown = await sign_ins.look(TENANT, link, browser=browser)
        assert shown.code == code_in(house)
        with pytest.raises(CeremonyOver):
            await by_link(house, link, browser=browser)
        with pytest.raises(CeremonyOver):
            await by_code(house, shown.code, browser=browser)
    assert await by_code(house, shown.code)


@pytest.mark.requirement(44)
async def test_a_mailbox_gives_no_power_and_no_assurance(house: House) -> None:
    await house.add_person("Ada", address=ADDRESS, kind=None, roles=frozenset({"administrator"}))
    await ask(house)
    begun = await by_link(house, await link_of(house))
    live = await house.people.desk.read(begun.secret)
    assert live is not None
    assert live.principal.assurance == 0
    assert live.principal.rights == {"account:manage", "restore"}
    assert (await house.events())[-1].facts["methods"] == ["email"]


@pytest.mark.requirement(44, 43)
@pytest.mark.complaint(15)
async def test_a_mailbox_is_no_factor_of_those_who_have_any(house: House) -> None:
    await somebody(house, AuthenticatorKind.PASSPHRASE)
    desk = house.people.desk
    begun = await desk.sign_in(name=ADDRESS, passphrase=PASSPHRASE, arrival=Arrival(HERE))
    account = house.people.account
    offer = await account.offer_totp(begun.secret)
    seed = seed_of(offer.secret)
    await account.add_totp(begun.secret, offer.ceremony, code_of(house, seed))
    house.clock.advance(60)
    await ask(house)
    waiting = (await by_link(house, await link_of(house))).secret
    assert await desk.read(waiting) is None
    ways = await desk.find_waiting(waiting)
    assert ways is not None
    assert ways.ways == {AuthenticatorKind.PASSPHRASE, AuthenticatorKind.TOTP}
    further = (await prove(house, waiting, ProofKind.TOTP, code_of(house, seed))).secret
    assert await desk.read(further) is None, "a mailbox and an app are one factor"
    ways = await desk.find_waiting(further)
    assert ways is not None
    assert ways.ways == {AuthenticatorKind.PASSPHRASE}
    done = await prove(house, further, ProofKind.PASSPHRASE, PASSPHRASE)
    live = await desk.read(done.secret)
    assert live is not None
    assert live.principal.assurance == 2


async def test_a_new_link_makes_the_one_before_worthless(house: House) -> None:
    await somebody(house)
    await ask(house)
    old, old_code = await link_of(house), code_in(house)
    await ask(house)
    with pytest.raises(CeremonyOver):
        await by_link(house, old)
    with pytest.raises(SignInRefused):
        await by_code(house, old_code)
    assert await by_link(house, await link_of(house))


async def test_it_lasts_ten_minutes_and_can_be_turned_off(make_house: MakeHouse) -> None:
    house, off = make_house(), make_house(mail_sign_in=False)
    await somebody(house)
    await ask(house)
    link = await link_of(house)
    house.clock.advance(600)
    with pytest.raises(CeremonyOver):
        await by_link(house, link)
    with pytest.raises(MailSignInOff):
        await ask(off)


async def test_turning_it_off_ends_links_that_were_sent(make_house: MakeHouse) -> None:
    house, off = make_house(), make_house(mail_sign_in=False)
    await somebody(house)
    await ask(house)
    link = await link_of(house)
    for work in (
        off.people.mail_sign_ins.look(TENANT, link, browser=MINE),
        by_link(off, link),
        by_code(off, code_in(house)),
    ):
        with pytest.raises(CeremonyOver):
            await work


async def test_of_many_who_send_the_same_link_or_code_at_once_one_gets_a_session(
    house: House,
) -> None:
    await somebody(house)
    await ask(house)
    link, code = await link_of(house), code_in(house)
    tried = await asyncio.gather(
        *(by_link(house, link) for _ in range(4)),
        *(by_code(house, code) for _ in range(4)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, NewSession) for each in tried) == 1
    assert (await house.kinds()).count("session.started") == 1


async def test_a_few_wrong_codes_end_it(house: House) -> None:
    await somebody(house)
    await ask(house)
    link = await link_of(house)
    for _ in range(MOST_TRIES):
        with pytest.raises(SignInRefused):
            await by_code(house, "00000000")
    for work in (by_code(house, code_in(house)), by_link(house, link)):
        with pytest.raises(CeremonyOver):
            await work


@pytest.mark.requirement(41)
@pytest.mark.complaint(16)
async def test_who_is_not_there_is_treated_alike_and_nothing_is_sent(house: House) -> None:
    await house.enrol("Grace")
    await somebody(house)
    disabled = await house.add_person("Bob", address="bob@orchard.example")
    await house.people.people.disable(ADMIN, disabled.id)
    asked = []
    for address in ("bob@orchard.example", "eve@orchard.example", "Grace", "x" * 999, ADDRESS):
        with count_statements(house.database) as statements:
            await ask(house, address, browser=address[:4])
        asked.append(list(statements))
    assert all(each == asked[-1] for each in asked), "the same work"
    assert [each.to for each in await house.mailed()] == [ADDRESS]
    for browser in ("bob@", "eve@", "Grac", "xxxx", "ada@"):
        with pytest.raises(SignInRefused):
            await by_code(house, "00000000", browser=browser)


async def test_mail_goes_to_the_address_that_is_kept(house: House) -> None:
    await somebody(house)
    for typed in (" ADA@Orchard.Example ", "ada@orchard.example\r\n"):
        await ask(house, typed)
    for typed in (
        "ａda@orchard.example",
        "ada@orchard.example, eve@x.example",
        "аda@orchard.example",
    ):
        await ask(house, typed)
    assert [each.to for each in await house.mailed()] == [ADDRESS, ADDRESS]
    assert address_or_nothing("ada@orchard.example\nBcc: eve@x.example") == ""


@pytest.mark.requirement(40)
async def test_asking_is_slowed_and_signing_in_well_is_forgiven(house: House) -> None:
    await somebody(house)
    for _ in range(2):
        for _ in range(4):
            await ask(house)
        await by_link(house, await link_of(house))
    for _ in range(5):
        await ask(house)
    with pytest.raises(TooManyAttempts):
        await ask(house)


async def test_whoever_is_disabled_meanwhile_does_not_get_in(house: House) -> None:
    ada = await house.add_person("Ada", address=ADDRESS, kind=None)
    await ask(house)
    link = await link_of(house)
    await house.people.people.disable(ADMIN, ada.id)
    for work in (
        house.people.mail_sign_ins.look(TENANT, link, browser=MINE),
        by_link(house, link),
    ):
        with pytest.raises(CeremonyOver):
            await work
    await ask(house)
    await house.people.people.enable(ADMIN, ada.id)
    with pytest.raises(CeremonyOver):
        await by_link(house, link)


def test_a_browser_is_known_by_a_hash() -> None:
    assert hash_browser("") == b""
    assert len(hash_browser(MINE)) == 32
    assert hash_browser(MINE) != hash_browser(OTHER)


@pytest.mark.requirement(40)
async def test_what_is_forgiven_is_what_was_counted_where_it_was_asked_for(house: House) -> None:
    await somebody(house)
    attempts, elsewhere = house.people.attempts, "198.51.100.9"
    for n in range(20):
        await attempts.count(TENANT, attempts.counters(TENANT, f"name {n}", elsewhere))
    await ask(house)
    arrival = Arrival(elsewhere, browser=MINE)
    await house.people.mail_sign_ins.finish(TENANT, await link_of(house), arrival)
    with pytest.raises(TooManyAttempts):
        await attempts.count(TENANT, attempts.counters(TENANT, "name 20", elsewhere))
