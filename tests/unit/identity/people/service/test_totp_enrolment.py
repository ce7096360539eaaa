"""Setting an authenticator app up."""

import pytest

from curtilage.identity.errors import CeremonyOver
from curtilage.identity.people.models import AuthenticatorKind
from curtilage.identity.people.views import Arrival
from curtilage.identity.wire.errors import CodeRefused
from tests.identity_house import PASSPHRASE, House
from tests.unit.identity.people.service.test_proving import code_of, seed_of, sign_in


@pytest.mark.requirement(46)
async def test_an_app_is_kept_once_a_code_of_it_was_right(house: House) -> None:
    await house.enrol()
    secret, account = await sign_in(house), house.people.account
    offer = await account.offer_totp(secret)
    assert offer.address.startswith("otpauth://totp/orchard.example:Grace?secret=")
    assert (await account.look_at_totp(secret, offer.ceremony)).secret == offer.secret
    seed = seed_of(offer.secret)
    with pytest.raises(CodeRefused):
        await account.add_totp(secret, offer.ceremony, "000000")
    further = await account.add_totp(secret, offer.ceremony, code_of(house, seed))
    kinds = [each.kind for each in (await account.overview(further.secret)).held]
    assert kinds == [AuthenticatorKind.PASSPHRASE, AuthenticatorKind.TOTP]
    assert (await house.kinds())[-2:] == ["authenticator.added", "session.stepped-up"]
    stored = b"".join(path.read_bytes() for path in house.data_dir.rglob("*") if path.is_file())
    assert seed not in stored
    with pytest.raises(CeremonyOver):
        await account.add_totp(further.secret, offer.ceremony, code_of(house, seed))


@pytest.mark.requirement(46)
async def test_an_offer_ends_with_its_time_its_tries_and_the_next_offer(house: House) -> None:
    await house.enrol()
    secret, account = await sign_in(house), house.people.account
    first = await account.offer_totp(secret)
    second = await account.offer_totp(secret)
    with pytest.raises(CeremonyOver):
        await account.look_at_totp(secret, first.ceremony)
    for _ in range(5):
        with pytest.raises(CodeRefused):
            await account.add_totp(secret, second.ceremony, "000000")
    with pytest.raises(CeremonyOver):
        await account.add_totp(secret, second.ceremony, code_of(house, seed_of(second.secret)))
    third = await account.offer_totp(secret)
    house.clock.advance(600)
    for ceremony in (third.ceremony, "made up", "x" * 43):
        with pytest.raises(CeremonyOver):
            await account.look_at_totp(secret, ceremony)


async def test_an_offer_is_of_the_one_who_asked(house: House) -> None:
    await house.enrol()
    secret, account = await sign_in(house), house.people.account
    offer = await account.offer_totp(secret)
    await house.add_person("Bob")
    begun = await house.people.desk.sign_in(
        name="Bob", passphrase=PASSPHRASE, arrival=Arrival("192.0.2.8")
    )
    with pytest.raises(CeremonyOver):
        await account.look_at_totp(begun.secret, offer.ceremony)
