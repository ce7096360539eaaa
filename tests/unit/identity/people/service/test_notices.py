"""Every change of how somebody signs in is told to their mailbox."""

import pytest

from curtilage.identity.people.models import AuthenticatorKind, ProofKind
from curtilage.identity.people.views import Arrival
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
