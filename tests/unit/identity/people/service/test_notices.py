"""Every change of how somebody signs in is told to their mailbox."""

import pytest

from curtilage.core.words import say
from curtilage.identity.people.models import AuthenticatorKind, ProofKind
from curtilage.identity.people.views import Arrival
from curtilage.web.languages import load_languages
from tests.builders import TENANT
from tests.identity_house import PASSPHRASE, House
from tests.unit.identity.people.service.test_proving import HERE, code_of, prove, seed_of

ADDRESS = "ada@orchard.example"

pytestmark = pytest.mark.requirement(45)


async def sign_in(house: House) -> str:
    begun = await house.people.desk.sign_in(
        name=ADDRESS, passphrase=PASSPHRASE, arrival=Arrival(HERE)
    )
    return begun.secret


async def test_each_change_is_told_to_the_confirmed_address(house: House) -> None:
    await house.add_person("Ada", address=ADDRESS)
    account, secret = house.people.account, await sign_in(house)
    offer = await account.offer_totp(secret)
    seed = seed_of(offer.secret)
    secret = (await account.add_totp(secret, offer.ceremony, code_of(house, seed))).secret
    codes = await account.renew_recovery_codes(secret)
    await account.change_passphrase(secret, "velvet comet thimble orchard")
    app = next(
        each
        for each in (await account.overview(secret)).held
        if each.kind is AuthenticatorKind.TOTP
    )
    await account.remove(secret, app.id)
    sent = await house.mailed()
    assert {each.to for each in sent} == {ADDRESS}
    said = ["authenticator app was set up", "recovery codes", "passphrase of your", "taken away"]
    assert all(words in each.text for words, each in zip(said, sent, strict=True))
    assert not any(code in each.text for code in codes for each in sent)


@pytest.mark.requirement(47)
async def test_the_use_of_a_recovery_code_is_told(house: House) -> None:
    await house.add_person("Ada", address=ADDRESS)
    account, secret = house.people.account, await sign_in(house)
    codes = await account.renew_recovery_codes(secret)
    await prove(house, secret, ProofKind.RECOVERY_CODE, codes[0])
    assert "was used" in (await house.mailed())[-1].text


async def test_nothing_is_told_where_nothing_was_changed_or_no_address_is_confirmed(
    house: House,
) -> None:
    await house.enrol()
    begun = await house.people.desk.sign_in(
        name="Grace", passphrase=PASSPHRASE, arrival=Arrival(HERE)
    )
    await house.people.account.renew_recovery_codes(begun.secret)
    assert await house.mailed() == []
    ada = await house.add_person("Ada", address=ADDRESS)
    session = await house.people.sessions.find(TENANT, await sign_in(house))
    assert session is not None
    guard, kind = house.people.guard, AuthenticatorKind.TOTP
    with pytest.raises(ZeroDivisionError):
        async with guard.changing(session, "added", kind):
            raise ZeroDivisionError
    assert await house.mailed() == []
    assert "authenticator.added" not in await house.kinds()
    async with guard.changing(session, "added", kind):
        pass
    house.person_keys.destroyed.add(ada.id)
    assert await house.mailed() == [], "whose key is destroyed has no address"
    assert (await house.kinds())[-1] == "authenticator.added"


async def sign_in_reading(house: House, language: str, *, address: str = HERE) -> str:
    begun = await house.people.desk.sign_in(
        name=ADDRESS,
        passphrase=PASSPHRASE,
        arrival=Arrival(address, language=language),
    )
    return begun.secret


async def subjects(house: House) -> list[str]:
    found = [each.subject for each in await house.mailed()]
    house.mail.sent.clear()
    return found


async def test_it_is_told_in_the_language_that_they_came_with_or_chose(house: House) -> None:
    house.people.postman.tell = load_languages().tell
    ada = await house.add_person("Ada", address=ADDRESS)
    account = house.people.account
    await account.renew_recovery_codes(await sign_in(house))
    (english,) = await subjects(house)
    await account.renew_recovery_codes(await sign_in_reading(house, "de"))
    (german,) = await subjects(house)
    live = await sign_in(house)
    await house.people.desk.keep_language(ada.id, "fr")
    await account.renew_recovery_codes(live)
    (french,) = await subjects(house)
    assert len({english, german, french}) == 3
    assert english == "How you sign in to orchard.example"
    languages = load_languages()
    said = say("How you sign in to {service}", service="orchard.example")
    assert [german, french] == [languages.tell("de", said), languages.tell("fr", said)]


async def test_signing_in_chooses_a_language_where_none_is_known_and_never_another(
    house: House,
) -> None:
    """The one who reads the message may not be the one who signed in."""
    ada = await house.add_person("Ada", address=ADDRESS)
    register = house.people.register
    await sign_in_reading(house, "de")
    await sign_in_reading(house, "es", address="198.51.100.9")
    assert (await register.find_addressee(TENANT, ada.id)).language == "de"


@pytest.mark.parametrize("language", ["", "it", "DE", "x" * 300])
async def test_a_language_that_is_none_of_ours_changes_nothing(house: House, language: str) -> None:
    ada = await house.add_person("Ada", address=ADDRESS)
    await sign_in_reading(house, "de")
    await sign_in_reading(house, language)
    await house.people.desk.keep_language(ada.id, language)
    found = await house.people.register.find_addressee(TENANT, ada.id)
    assert (found.address, found.language) == (ADDRESS, "de")
