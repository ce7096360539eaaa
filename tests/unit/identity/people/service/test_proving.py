"""The second factor, and proving once more who one is."""

import asyncio
from base64 import b32decode
from datetime import timedelta

import pytest

from curtilage.core.page import NewSession
from curtilage.identity.people.errors import SignInRefused, TooManyAttempts
from curtilage.identity.people.models import ProofKind, Session
from curtilage.identity.people.views import Arrival
from curtilage.identity.wire.totp import hotp, step_at
from tests.builders import TENANT
from tests.identity_house import PASSPHRASE, House

HERE = "192.0.2.7"


async def sign_in(house: House) -> str:
    begun = await house.people.desk.sign_in(
        name="Grace", passphrase=PASSPHRASE, arrival=Arrival(HERE)
    )
    return begun.secret


async def session_of(house: House, secret: str) -> Session:
    found = await house.people.sessions.find(TENANT, secret)
    assert found is not None
    return found


async def with_app(house: House) -> bytes:
    """Somebody with a passphrase and an app; the secret of that."""
    await house.enrol()
    account = house.people.account
    secret = await sign_in(house)
    offer = await account.offer_totp(secret)
    seed = seed_of(offer.secret)
    further = await account.add_totp(secret, offer.ceremony, code_of(house, seed))
    live = await house.people.desk.read(further.secret)
    assert live is not None
    assert live.principal.assurance == 2, "the code that set the app up was a proof as well"
    house.clock.advance(60)
    return seed


def seed_of(shown: str) -> bytes:
    plain = shown.replace(" ", "")
    return b32decode(plain + "=" * (-len(plain) % 8))


def code_of(house: House, seed: bytes) -> str:
    return hotp(seed, step_at(house.clock.now()))


async def prove(house: House, secret: str, kind: ProofKind, value: str) -> NewSession:
    return await house.people.desk.prove(secret, kind, value, address=HERE)


@pytest.mark.requirement(43, 45, 51)
async def test_the_first_factor_alone_signs_nobody_in_who_has_a_second(house: House) -> None:
    seed = await with_app(house)
    first = await sign_in(house)
    assert await house.people.sessions.read(TENANT, first) is None
    assert await house.people.desk.find_waiting(first) is not None
    second = await prove(house, first, ProofKind.TOTP, code_of(house, seed))
    live = await house.people.sessions.read(TENANT, second.secret)
    assert live is not None
    assert live.principal.assurance == 2
    assert await house.people.sessions.find(TENANT, first) is None, "a new secret, the old void"
    assert (await house.kinds())[-2:] == ["session.begun", "session.started"]


@pytest.mark.requirement(46)
async def test_a_code_is_good_once_whoever_shows_it_how_often(house: House) -> None:
    seed = await with_app(house)
    code = code_of(house, seed)
    waiting = [await sign_in(house) for _ in range(3)]
    outcomes = await asyncio.gather(
        *(prove(house, secret, ProofKind.TOTP, code) for secret in waiting),
        return_exceptions=True,
    )
    assert sum(isinstance(each, NewSession) for each in outcomes) == 1
    assert sum(isinstance(each, SignInRefused) for each in outcomes) == 2


@pytest.mark.requirement(47)
async def test_a_recovery_code_is_used_up_by_one_of_many(house: House) -> None:
    seed = await with_app(house)
    first = await sign_in(house)
    signed_in = await prove(house, first, ProofKind.TOTP, code_of(house, seed))
    codes = await house.people.account.renew_recovery_codes(signed_in.secret)
    assert len(codes) == 10
    waiting = [await sign_in(house) for _ in range(3)]
    typed = codes[3].lower().replace("-", " ")
    outcomes = await asyncio.gather(
        *(prove(house, secret, ProofKind.RECOVERY_CODE, typed) for secret in waiting),
        return_exceptions=True,
    )
    assert sum(isinstance(each, NewSession) for each in outcomes) == 1
    overview = await house.people.account.overview(signed_in.secret)
    assert overview.codes_left == 9


@pytest.mark.requirement(46)
async def test_guesses_wait_and_are_recorded_however_many_sessions_make_them(
    house: House,
) -> None:
    await with_app(house)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            await prove(house, await sign_in(house), ProofKind.TOTP, "000000")
    with pytest.raises(TooManyAttempts):
        await prove(house, await sign_in(house), ProofKind.RECOVERY_CODE, "x")
    failed = [each for each in await house.events() if each.kind == "session.failed"]
    assert [each.facts["how"] for each in failed] == ["totp"] * 5
    assert all(each.actor == "" for each in failed)


async def test_who_waits_for_the_second_factor_waits_no_longer_than_ten_minutes(
    house: House,
) -> None:
    seed = await with_app(house)
    first = await sign_in(house)
    house.clock.advance(timedelta(minutes=10))
    with pytest.raises(SignInRefused):
        await prove(house, first, ProofKind.TOTP, code_of(house, seed))


async def test_a_passphrase_once_more_makes_a_session_fresh_and_no_stronger(
    house: House,
) -> None:
    await house.enrol()
    secret = await sign_in(house)
    house.clock.advance(timedelta(minutes=20))
    again = await prove(house, secret, ProofKind.PASSPHRASE, PASSPHRASE)
    session = await session_of(house, again.secret)
    assert len(session.proofs) == 1
    assert session.proved_at == house.clock.now()
    for wrong in ("", "x", "x" * 5000, "\ud800"):
        with pytest.raises(SignInRefused):
            await prove(house, again.secret, ProofKind.PASSPHRASE, wrong)


@pytest.mark.parametrize("kind", [ProofKind.MAILBOX, ProofKind.SETUP_LINK, ProofKind.PROVIDER])
async def test_what_is_no_authenticator_proves_nothing_here(house: House, kind: ProofKind) -> None:
    await house.enrol()
    with pytest.raises(SignInRefused):
        await prove(house, await sign_in(house), kind, "x")
