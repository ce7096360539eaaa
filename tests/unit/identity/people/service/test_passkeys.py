"""Signing in by passkey, and proving once more by one."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from curtilage.core.page import NewSession
from curtilage.identity.people.errors import SignInRefused, TooManyAttempts
from curtilage.identity.people.models import Assurance, ProofKind
from curtilage.identity.people.rules import assess_assurance
from tests.builders import TENANT
from tests.identity_house import ADMIN, House
from tests.passkey_person import BROWSER, PasskeyPerson, a_device, arrival, with_passkey
from tests.software_authenticator import BE, BS, UP, UV, base64url
from tests.unit.identity.people.service.test_proving import code_of, seed_of, session_of

pytestmark = [pytest.mark.requirement(49)]


async def refused(house: House, answer: str, browser: str = BROWSER) -> None:
    with pytest.raises(SignInRefused):
        await house.people.desk.sign_in_by_passkey(answer, arrival(browser))


@pytest.mark.parametrize(
    ("flags", "reaches"), [(UP | UV | BE | BS, Assurance.TWO), (UP | UV, Assurance.THREE)]
)
async def test_a_passkey_signs_in_alone_and_reaches_what_its_flags_say(
    house: House, flags: int, reaches: Assurance
) -> None:
    grace = await with_passkey(house, flags=flags)
    begun = await grace.sign_in()
    live = await house.people.desk.read(begun.secret)
    assert live is not None
    assert (live.name, live.principal.assurance) == ("Grace", reaches.value)
    event = (await house.events())[-1]
    assert event.kind == "session.started"
    assert event.facts["methods"] == (
        ["hwk", "mfa", "user"] if reaches is Assurance.THREE else ["mfa", "swk", "user"]
    )
    assert (await grace.held()).last_used_at == house.clock.now()


WRONG: dict[str, dict[str, Any]] = {
    "origin": {"client": {"origin": "https://evil.example"}},
    "type": {"client": {"type_": "webauthn.create"}},
    "framed": {"client": {"crossOrigin": True}},
    "made-up challenge": {"client": {"challenge": base64url(b"c" * 57)}},
    "short challenge": {"client": {"challenge": base64url(b"c" * 16)}},
    "owner": {"handle": b"h" * 64},
    "no owner": {"handle": None},
    "unverified": {"flags": UP | BE | BS},
    "absent": {"flags": UV | BE | BS},
    "backup state": {"flags": UP | UV | BS},
    "backup eligibility": {"flags": UP | UV},
    "bytes behind the end": {"rest": b"x"},
}


@pytest.mark.parametrize("said", WRONG.values(), ids=WRONG)
async def test_whatever_is_wrong_is_one_refusal(house: House, said: dict[str, Any]) -> None:
    grace = await with_passkey(house)
    with pytest.raises(SignInRefused):
        await grace.sign_in(**said)
    assert (await house.kinds())[-1] == "session.failed"


@pytest.mark.parametrize("answer", ["", "{}", "x" * 70_000, "\ud800"])
async def test_what_is_no_answer_is_refused_like_one(house: House, answer: str) -> None:
    await house.enrol()
    await refused(house, answer)


async def test_a_key_of_another_site_or_of_nobody_is_refused(house: House) -> None:
    grace = await with_passkey(house)
    grace.device.rp_id = "harbour.example"
    with pytest.raises(SignInRefused):
        await grace.sign_in()
    stranger = PasskeyPerson(house, device=a_device(credential_id=b"nobody's"))
    with pytest.raises(SignInRefused):
        await stranger.sign_in()


async def test_the_key_of_one_signs_nobody_else_in(house: House) -> None:
    """Bob has a key; its signature under the id of Grace's, or her handle, is of no use."""
    grace = await with_passkey(house)
    await house.add_person("Bob")
    bob = PasskeyPerson(house, "Bob", a_device(credential_id=b"bob's"))
    await bob.enrol(await bob.sign_in_by_passphrase())
    with pytest.raises(SignInRefused):
        await bob.sign_in(handle=await grace.handle())
    bob.device.credential_id = grace.device.credential_id
    with pytest.raises(SignInRefused):
        await bob.sign_in(handle=await grace.handle())


async def test_a_challenge_is_of_one_browser_for_five_minutes_and_once(house: House) -> None:
    grace = await with_passkey(house)
    desk = house.people.desk
    answer = await grace.shown(desk.offer_passkey(BROWSER))
    await refused(house, answer, "another browser")
    await refused(house, answer, "")
    await desk.sign_in_by_passkey(answer, arrival())
    await refused(house, answer)
    late = await grace.shown(desk.offer_passkey(BROWSER))
    house.clock.advance(300)
    await refused(house, late)
    unbound = await grace.shown(desk.offer_passkey(""))
    await refused(house, unbound, "")


async def test_pages_that_are_only_looked_at_take_no_room(house: House) -> None:
    grace = await with_passkey(house)
    for _ in range(50):
        house.people.desk.offer_passkey(BROWSER)
    assert await ceremonies(house) == 0
    await grace.sign_in()
    await grace.sign_in()
    assert await ceremonies(house) == 2, "the two challenges that were used"
    house.clock.advance(301)
    await grace.sign_in()
    assert await ceremonies(house) == 1


async def ceremonies(house: House) -> int:
    async with house.database.read() as connection:
        rows = await connection.exec_driver_sql("select count(*) from ceremony")
        count: int = rows.scalar_one()
    return count


async def test_one_answer_sent_many_times_begins_one_session(house: House) -> None:
    grace = await with_passkey(house)
    answer = await grace.shown(house.people.desk.offer_passkey(BROWSER))
    outcomes = await asyncio.gather(
        *(house.people.desk.sign_in_by_passkey(answer, arrival()) for _ in range(4)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, NewSession) for each in outcomes) == 1
    assert sum(isinstance(each, SignInRefused) for each in outcomes) == 3
    assert (await house.kinds()).count("session.started") == 2, "with that by passphrase before"


async def test_a_passkey_of_somebody_disabled_opens_nothing(house: House) -> None:
    grace = await with_passkey(house)
    await house.add_person("Ada", roles=frozenset({"administrator"}))
    found = await house.people.register.find(TENANT, "Grace")
    assert found is not None
    await house.people.people.disable(ADMIN, found[0].id)
    with pytest.raises(SignInRefused):
        await grace.sign_in()
    await house.people.people.enable(ADMIN, found[0].id)
    assert await grace.sign_in()


async def test_a_passkey_whose_owners_key_was_destroyed_opens_nothing(house: House) -> None:
    grace = await with_passkey(house)
    found = await house.people.register.find(TENANT, "Grace")
    assert found is not None
    house.person_keys.destroyed.add(found[0].id)
    with pytest.raises(SignInRefused):
        await grace.sign_in()


@pytest.mark.complaint(21)
async def test_a_counter_that_goes_back_is_noted_and_locks_no_synced_key_out(
    house: House,
) -> None:
    grace = await with_passkey(house, counter=7)
    grace.device.counter = 3
    await grace.sign_in()
    suspect = next(each for each in await house.events() if each.kind == "authenticator.suspect")
    assert suspect.facts["synced"] is True
    assert (await grace.held()).counter == 7, "a counter never goes back"
    grace.device.counter = 0
    await grace.sign_in()


@pytest.mark.complaint(21)
async def test_a_counter_that_goes_back_refuses_a_key_of_one_device(house: House) -> None:
    grace = await with_passkey(house, flags=UP | UV, counter=7)
    grace.device.counter = 8
    await grace.sign_in()
    with pytest.raises(SignInRefused):
        await grace.sign_in()
    assert (await house.kinds())[-2:] == ["authenticator.suspect", "session.failed"]
    grace.device.counter = 9
    await grace.sign_in()
    assert (await grace.held()).counter == 9


@pytest.mark.complaint(21)
async def test_two_devices_that_count_at_once_both_sign_in(house: House) -> None:
    grace = await with_passkey(house, counter=1)
    desk = house.people.desk
    answers = []
    for count in (5, 4, 6):
        grace.device.counter = count
        answers.append(await grace.shown(desk.offer_passkey(BROWSER)))
    begun = await asyncio.gather(
        *(desk.sign_in_by_passkey(answer, arrival()) for answer in answers)
    )
    assert len({each.secret for each in begun}) == 3
    assert (await grace.held()).counter == 6


async def test_that_a_key_is_backed_up_now_is_kept(house: House) -> None:
    grace = await with_passkey(house, flags=UP | UV | BE)
    secret = (await grace.sign_in()).secret
    assert not (await house.people.account.overview(secret)).held[1].synced
    grace.device.flags |= BS
    secret = (await grace.sign_in()).secret
    assert (await house.people.account.overview(secret)).held[1].synced


@pytest.mark.requirement(40)
async def test_guesses_wait_by_address_and_never_lock_the_owner_out(house: House) -> None:
    grace = await with_passkey(house)
    for n in range(25):
        try:
            await house.people.desk.sign_in_by_passkey("{}", arrival(f"b{n}", "198.51.100.9"))
        except SignInRefused:
            continue
        except TooManyAttempts:
            break
    else:
        pytest.fail("nobody had to wait")
    assert await grace.sign_in()


@pytest.mark.requirement(43, 45)
async def test_a_passkey_is_a_second_factor_in_its_own_session_alone(house: House) -> None:
    grace = await with_passkey(house)
    account, desk = house.people.account, house.people.desk
    secret = (await grace.sign_in()).secret
    offer = await account.offer_totp(secret)
    await account.add_totp(secret, offer.ceremony, code_of(house, seed_of(offer.secret)))
    first, other = await grace.sign_in_by_passphrase(), await grace.sign_in_by_passphrase()
    waiting = await desk.find_waiting(first)
    assert waiting is not None
    answer = await grace.shown(waiting.passkey, handle=None)
    for wrong in (other, "unknown"):
        with pytest.raises(SignInRefused):
            await desk.prove(wrong, ProofKind.PASSKEY, answer, address="192.0.2.7")
    await refused(house, answer)
    second = await desk.prove(first, ProofKind.PASSKEY, answer, address="192.0.2.7")
    proofs = (await session_of(house, second.secret)).proofs
    assert assess_assurance(proofs) is Assurance.TWO
    assert [proof.verified_user for proof in proofs] == [False, True]
    with pytest.raises(SignInRefused):
        await desk.prove(first, ProofKind.PASSKEY, answer, address="192.0.2.7")


async def test_the_passkey_of_somebody_else_proves_nothing(house: House) -> None:
    grace = await with_passkey(house)
    await house.add_person("Bob")
    bob = PasskeyPerson(house, "Bob", a_device(credential_id=b"bob's"))
    await bob.enrol(await bob.sign_in_by_passphrase())
    secret, desk = await grace.sign_in_by_passphrase(), house.people.desk
    waiting = await desk.list_ways(secret)
    assert waiting is not None
    answer = await bob.shown(waiting.passkey)
    with pytest.raises(SignInRefused):
        await desk.prove(secret, ProofKind.PASSKEY, answer, address="192.0.2.7")


async def test_one_proof_sent_twice_brings_one_session_further(house: House) -> None:
    grace = await with_passkey(house)
    secret, desk = await grace.sign_in_by_passphrase(), house.people.desk
    waiting = await desk.list_ways(secret)
    assert waiting is not None
    answer = await grace.shown(waiting.passkey)
    outcomes = await asyncio.gather(
        *(desk.prove(secret, ProofKind.PASSKEY, answer, address="192.0.2.7") for _ in range(3)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, NewSession) for each in outcomes) == 1


async def test_who_has_no_passkey_is_asked_for_none(house: House) -> None:
    await house.enrol()
    secret = await PasskeyPerson(house).sign_in_by_passphrase()
    ways = await house.people.desk.list_ways(secret)
    assert ways is not None
    assert (ways.passkey, ways.account) == ("", "Grace")
    with pytest.raises(SignInRefused):
        await house.people.desk.prove(secret, ProofKind.PASSKEY, "{}", address="192.0.2.7")


async def test_where_one_signs_in_for_the_first_time_is_noted(house: House) -> None:
    grace = await with_passkey(house)
    await grace.sign_in()
    await grace.sign_in()
    begun = [each for each in await house.events() if each.kind == "session.started"]
    assert [each.facts["new_device"] for each in begun[-2:]] == [True, False]
    house.clock.advance(timedelta(days=31).total_seconds())
    await grace.sign_in()
    assert (await house.events())[-1].facts["new_device"] is True
