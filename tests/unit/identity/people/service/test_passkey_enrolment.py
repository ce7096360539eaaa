"""Setting passkeys up, naming them, and telling devices which are left."""

import asyncio
import json
from typing import Any

import pytest

from curtilage.core.page import NewSession
from curtilage.identity.errors import CeremonyOver, LastWayIn, ProveAgain
from curtilage.identity.people.errors import PasskeysOff, TooManyPasskeys, UnknownAuthenticator
from curtilage.identity.people.models import AuthenticatorKind
from curtilage.identity.people.service.account import Account
from curtilage.identity.people.service.passkey_enrolment import MOST_PASSKEYS
from curtilage.identity.wire.errors import PasskeyUnreadable, UnacceptablePasskey
from tests.identity_house import House
from tests.passkey_person import AGENT, PasskeyPerson, a_device, with_passkey
from tests.software_authenticator import BE, BS, UP, base64url

pytestmark = [pytest.mark.requirement(49)]


async def test_a_passkey_is_asked_for_made_and_kept(house: House) -> None:
    await house.enrol()
    grace, account = PasskeyPerson(house), house.people.account
    secret = await grace.sign_in_by_passphrase()
    offer = await account.offer_passkey(secret)
    options = json.loads(offer.options)
    assert options["rp"] == {"id": "localhost", "name": "orchard.example"}
    assert options["user"] == {
        "id": base64url(await grace.handle()), "name": "Grace", "displayName": "Grace",
    }  # fmt: skip
    assert len(await grace.handle()) == 64
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["excludeCredentials"] == []
    answer = grace.made(offer.options)
    further = await account.add_passkey(secret, offer.ceremony, answer, agent=AGENT)
    item = (await account.overview(further.secret)).held[1]
    assert (item.kind, item.label, item.synced, item.works_here) == (
        AuthenticatorKind.PASSKEY, "Firefox on Linux", True, True,
    )  # fmt: skip
    live = await house.people.desk.read(further.secret)
    assert live is not None
    assert live.principal.assurance == 2, "that it was made is a proof as well"
    assert (await house.kinds())[-2:] == ["authenticator.added", "session.stepped-up"]
    stored = b"".join(path.read_bytes() for path in house.data_dir.rglob("*") if path.is_file())
    assert grace.device.credential_id not in stored
    again = json.loads((await account.offer_passkey(further.secret)).options)
    assert [each["id"] for each in again["excludeCredentials"]] == [
        base64url(grace.device.credential_id)
    ]


@pytest.mark.parametrize(
    "said",
    [
        {"client": {"origin": "https://evil.example"}},
        {"client": {"challenge": base64url(b"another challenge")}},
        {"client": {"type_": "webauthn.get"}},
        {"client": {"crossOrigin": True}},
        {"flags": UP | BE | BS},
        {"attested": False},
    ],
)
async def test_a_passkey_that_does_not_hold_is_not_kept(house: House, said: dict[str, Any]) -> None:
    await house.enrol()
    grace = PasskeyPerson(house)
    secret = await grace.sign_in_by_passphrase()
    with pytest.raises(UnacceptablePasskey):
        await grace.enrol(secret, **said)
    assert len((await house.people.account.overview(secret)).held) == 1


@pytest.mark.parametrize("answer", ["", "[]", "x" * 70_000])
async def test_what_is_no_answer_is_not_judged(house: House, answer: str) -> None:
    await house.enrol()
    secret, account = await PasskeyPerson(house).sign_in_by_passphrase(), house.people.account
    offer = await account.offer_passkey(secret)
    with pytest.raises(PasskeyUnreadable):
        await account.add_passkey(secret, offer.ceremony, answer, agent="")


async def test_an_offer_is_of_one_person_for_five_minutes_and_once(house: House) -> None:
    await house.enrol()
    await house.add_person("Bob")
    grace, bob, account = PasskeyPerson(house), PasskeyPerson(house, "Bob"), house.people.account
    secret = await grace.sign_in_by_passphrase()
    offer = await account.offer_passkey(secret)
    answer = grace.made(offer.options)
    with pytest.raises(CeremonyOver):
        await account.add_passkey(
            await bob.sign_in_by_passphrase(), offer.ceremony, answer, agent=""
        )
    newer = await account.offer_passkey(secret)
    with pytest.raises(CeremonyOver):
        await account.add_passkey(secret, offer.ceremony, answer, agent="")
    house.clock.advance(300)
    with pytest.raises(CeremonyOver):
        await account.add_passkey(secret, newer.ceremony, grace.made(newer.options), agent="")


async def test_one_answer_sent_twice_adds_one(house: House) -> None:
    await house.enrol()
    grace, account = PasskeyPerson(house), house.people.account
    secret = await grace.sign_in_by_passphrase()
    offer = await account.offer_passkey(secret)
    answer = grace.made(offer.options)
    outcomes = await asyncio.gather(
        *(account.add_passkey(secret, offer.ceremony, answer, agent="") for _ in range(3)),
        return_exceptions=True,
    )
    begun = [each for each in outcomes if isinstance(each, NewSession)]
    assert len(begun) == 1
    assert len((await account.overview(begun[0].secret)).held) == 2


async def test_an_id_that_somebody_has_is_nobody_elses(house: House) -> None:
    """§7.1 step 26: the second is refused, the first stays whose it was."""
    grace = await with_passkey(house)
    await house.add_person("Bob")
    bob = PasskeyPerson(house, "Bob", a_device(credential_id=grace.device.credential_id))
    secret = await bob.sign_in_by_passphrase()
    with pytest.raises(UnacceptablePasskey):
        await bob.enrol(secret)
    assert len((await house.people.account.overview(secret)).held) == 1
    assert await grace.sign_in()


async def test_an_old_proof_is_not_enough(house: House) -> None:
    await house.enrol()
    grace, account = PasskeyPerson(house), house.people.account
    secret = await grace.sign_in_by_passphrase()
    offer = await account.offer_passkey(secret)
    house.clock.advance(601)
    for work in (
        account.offer_passkey(secret),
        account.add_passkey(secret, offer.ceremony, "{}", agent=""),
    ):
        with pytest.raises(ProveAgain):
            await work


async def test_nobody_has_more_than_a_few(house: House) -> None:
    await house.enrol()
    grace = PasskeyPerson(house)
    secret = await grace.sign_in_by_passphrase()
    for n in range(MOST_PASSKEYS):
        grace.device = a_device(credential_id=f"credential-{n}".encode())
        secret = (await grace.enrol(secret)).secret
    with pytest.raises(TooManyPasskeys):
        await house.people.account.offer_passkey(secret)


@pytest.mark.requirement(50)
async def test_a_passkey_is_called_what_its_owner_calls_it(house: House) -> None:
    grace = await with_passkey(house)
    secret, account = (await grace.sign_in()).secret, house.people.account
    id = (await account.overview(secret)).held[1].id
    await account.rename_passkey(secret, id, "  My\tblue   key ")
    assert (await account.overview(secret)).held[1].label == "My blue key"
    assert (await house.kinds())[-1] == "authenticator.renamed"
    await account.rename_passkey(secret, id, " ")
    await account.rename_passkey(secret, id, "x" * 500)
    assert (await account.overview(secret)).held[1].label == "x" * 64
    assert await grace.sign_in()
    await house.add_person("Bob")
    other = await PasskeyPerson(house, "Bob").sign_in_by_passphrase()
    passphrase = (await account.overview(secret)).held[0].id
    for session, wrong in ((other, id), (secret, passphrase), (secret, "unknown")):
        with pytest.raises(UnknownAuthenticator):
            await account.rename_passkey(session, wrong, "mine")


@pytest.mark.requirement(50)
async def test_devices_are_told_which_passkeys_are_left(house: House) -> None:
    grace = await with_passkey(house)
    secret, account = (await grace.sign_in()).secret, house.people.account
    told = json.loads((await account.overview(secret)).accepted)
    assert told == {
        "rpId": "localhost",
        "userId": base64url(await grace.handle()),
        "allAcceptedCredentialIds": [base64url(grace.device.credential_id)],
    }
    overview = await account.overview(secret)
    await account.remove(secret, overview.held[1].id)
    told = json.loads((await account.overview(secret)).accepted)
    assert told["allAcceptedCredentialIds"] == []
    with pytest.raises(LastWayIn):
        await account.remove(secret, overview.held[0].id)


async def test_where_the_address_can_have_none_nothing_is_offered(house: House) -> None:
    await house.enrol()
    full = house.people.account
    account = Account(full.tenant, full.sessions, full.security, full.totp, full.leaving)
    secret = await PasskeyPerson(house).sign_in_by_passphrase()
    assert not (await account.overview(secret)).passkeys
    with pytest.raises(PasskeysOff):
        await account.offer_passkey(secret)
