"""One's own passphrase, recovery codes, and taking things away."""

from datetime import timedelta

import pytest

from curtilage.identity.errors import LastWayIn, ProveAgain, WeakPassphrase
from curtilage.identity.people.errors import SignInRefused, UnknownAuthenticator
from curtilage.identity.people.models import AuthenticatorKind, ProofKind
from tests.identity_house import House
from tests.unit.identity.people.service.test_proving import (
    code_of,
    prove,
    seed_of,
    sign_in,
    with_app,
)

FRESH = "velvet comet thimble orchard"


async def test_a_changed_passphrase_is_the_one_that_signs_in_and_others_are_signed_out(
    house: House,
) -> None:
    await house.enrol()
    elsewhere, here = await sign_in(house), await sign_in(house)
    assert await house.people.account.change_passphrase(here, FRESH) == 1
    assert await house.people.desk.read(elsewhere) is None
    assert await house.people.desk.read(here) is not None
    with pytest.raises(SignInRefused):
        await sign_in(house)
    assert (await house.kinds())[-3:-1] == ["authenticator.changed", "session.ended"]


@pytest.mark.parametrize("weak", ["short", "Grace Grace Grace", "passwordpassword"])
async def test_a_passphrase_that_others_would_guess_changes_nothing(
    house: House, weak: str
) -> None:
    await house.enrol()
    with pytest.raises(WeakPassphrase):
        await house.people.account.change_passphrase(await sign_in(house), weak)
    assert await sign_in(house)


@pytest.mark.requirement(45)
async def test_a_session_of_long_ago_changes_nothing(house: House) -> None:
    await house.enrol()
    secret, account = await sign_in(house), house.people.account
    offer = await account.offer_totp(secret)
    (held,) = (await account.overview(secret)).held
    house.clock.advance(timedelta(minutes=10))
    for work in (
        account.change_passphrase(secret, FRESH),
        account.offer_totp(secret),
        account.add_totp(secret, offer.ceremony, "000000"),
        account.renew_recovery_codes(secret),
        account.remove(secret, held.id),
    ):
        with pytest.raises(ProveAgain):
            await work


@pytest.mark.requirement(45)
async def test_a_session_that_waits_for_its_second_factor_changes_nothing(house: House) -> None:
    await with_app(house)
    waiting, account = await sign_in(house), house.people.account
    for work in (
        account.overview(waiting),
        account.change_passphrase(waiting, FRESH),
        account.renew_recovery_codes(waiting),
        account.end_other_sessions(waiting),
    ):
        with pytest.raises(ProveAgain):
            await work


@pytest.mark.requirement(45)
async def test_a_session_that_was_there_before_the_app_proves_it_before_anything_is_changed(
    house: House,
) -> None:
    await house.enrol()
    account = house.people.account
    other, secret = await sign_in(house), await sign_in(house)
    offer = await account.offer_totp(secret)
    seed = seed_of(offer.secret)
    further = await account.add_totp(secret, offer.ceremony, code_of(house, seed))
    assert len(await account.renew_recovery_codes(further.secret)) == 10
    with pytest.raises(ProveAgain):
        await account.renew_recovery_codes(other)
    house.clock.advance(60)
    again = await prove(house, other, ProofKind.TOTP, code_of(house, seed))
    assert len(await account.renew_recovery_codes(again.secret)) == 10


@pytest.mark.requirement(47)
async def test_new_codes_make_those_before_void(house: House) -> None:
    await house.enrol()
    secret, account = await sign_in(house), house.people.account
    first = await account.renew_recovery_codes(secret)
    second = await account.renew_recovery_codes(secret)
    assert not set(first) & set(second)
    assert (await account.overview(secret)).codes_left == 10


@pytest.mark.requirement(50)
async def test_the_last_way_in_stays_and_what_is_not_there_cannot_go(house: House) -> None:
    await house.enrol()
    secret, account = await sign_in(house), house.people.account
    (held,) = (await account.overview(secret)).held
    assert held.kind is AuthenticatorKind.PASSPHRASE
    with pytest.raises(LastWayIn):
        await account.remove(secret, held.id)
    with pytest.raises(UnknownAuthenticator):
        await account.remove(secret, "nothing")
