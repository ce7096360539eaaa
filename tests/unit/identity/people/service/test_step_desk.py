"""Setting up on the way in what is demanded."""

from datetime import timedelta

import pytest

from curtilage.core.page import NewSession
from curtilage.identity.errors import CeremonyOver, ProveAgain, WeakPassphrase
from curtilage.identity.people.errors import SecondFactorDemanded, SignInRefused
from curtilage.identity.people.models import AuthenticatorKind, Flaw, Person, ProofKind, Step
from curtilage.identity.people.views import StepOffer
from curtilage.identity.settings import IdentitySettings
from tests.builders import TENANT
from tests.identity_house import PASSPHRASE, House
from tests.passkey_person import AGENT, PasskeyPerson, arrival, moved, with_passkey
from tests.unit.identity.conftest import MakeHouse
from tests.unit.identity.people.service.test_proving import code_of, seed_of, session_of, sign_in

FRESH = "pewter walnut canyon sieve"


@pytest.fixture
def strict(make_house: MakeHouse) -> House:
    """Where a second factor is demanded of everybody."""
    return make_house(second_factor="everybody")


async def look(house: House, secret: str) -> StepOffer:
    offer = await house.people.steps.look(secret)
    assert offer is not None
    return offer


async def add_app(house: House, secret: str) -> NewSession:
    offer = await house.people.steps.offer_totp(secret)
    code = code_of(house, seed_of(offer.secret))
    return await house.people.steps.add_totp(secret, offer.ceremony, code)


async def is_open(house: House, secret: str) -> bool:
    return await house.people.desk.read(secret) is not None


async def mail_sign_in(house: House, address: str) -> str:
    """Signed in by a message to a mailbox."""
    mails = house.people.mail_sign_ins
    await mails.ask(TENANT, address, browser="b", peer="")
    link = await house.post("/login/mail")
    return (await mails.finish(TENANT, link, arrival("b"))).secret


async def test_whoever_has_none_sets_an_app_up_before_anything_opens(strict: House) -> None:
    await strict.enrol()
    first = await sign_in(strict)
    assert not await is_open(strict, first)
    waiting = await strict.people.desk.find_waiting(first)
    assert waiting is not None
    assert (waiting.step, waiting.ways) == (Step.ENROL, frozenset())
    offer = await look(strict, first)
    assert (offer.app, offer.passkeys, offer.passphrase, offer.shortest) == (True, True, False, 8)
    further = await add_app(strict, first)
    assert await is_open(strict, further.secret)
    assert await strict.people.steps.look(further.secret) is None
    assert not await is_open(strict, first), "a new secret, the old void"
    assert (await strict.kinds())[-3:] == [
        "session.begun",
        "authenticator.added",
        "session.started",
    ]


async def test_a_passkey_counts(strict: House) -> None:
    await strict.enrol()
    person, first = PasskeyPerson(strict), await sign_in(strict)
    offer = await strict.people.steps.offer_passkey(first)
    made = person.made(offer.options)
    further = await strict.people.steps.add_passkey(first, offer.ceremony, made, agent=AGENT)
    assert await is_open(strict, further.secret)
    assert await is_open(strict, (await person.sign_in()).secret)


async def test_recovery_codes_are_no_second_factor_and_are_not_asked_for_in_its_place(
    make_house: MakeHouse, strict: House
) -> None:
    house = make_house()
    await house.enrol()
    await house.people.account.renew_recovery_codes(await sign_in(house))
    waiting = await strict.people.desk.find_waiting(await sign_in(strict))
    assert waiting is not None
    assert waiting.step is Step.ENROL


async def test_whoever_has_one_proves_it_and_sets_up_no_other_in_its_place(
    make_house: MakeHouse, strict: House
) -> None:
    """Else the first factor alone would make itself a second."""
    person = await with_passkey(make_house())
    secret = await PasskeyPerson(strict, device=person.device).sign_in_by_passphrase()
    assert (await look(strict, secret)).step is Step.PROVE
    steps = strict.people.steps
    for work in (
        steps.offer_totp(secret),
        steps.offer_passkey(secret),
        steps.look_at_totp(secret, "x"),
        steps.add_totp(secret, "x", "1"),
        steps.add_passkey(secret, "x", "{}", agent=""),
        steps.set_passphrase(secret, FRESH),
    ):
        with pytest.raises(CeremonyOver):
            await work


async def test_a_session_on_its_way_opens_no_account_page(strict: House) -> None:
    await strict.enrol()
    secret = await sign_in(strict)
    account = strict.people.account
    for work in (
        account.overview(secret),
        account.change_passphrase(secret, FRESH),
        account.renew_recovery_codes(secret),
        account.offer_totp(secret),
    ):
        with pytest.raises(ProveAgain):
            await work
    with pytest.raises(CeremonyOver):
        await strict.people.steps.set_passphrase(secret, FRESH)


async def test_it_takes_ten_minutes_at_most(strict: House) -> None:
    await strict.enrol()
    secret = await sign_in(strict)
    strict.clock.advance(timedelta(minutes=10))
    assert await strict.people.steps.look(secret) is None
    with pytest.raises(CeremonyOver):
        await strict.people.steps.offer_totp(secret)


async def test_whoever_has_a_mailbox_alone_chooses_a_passphrase_and_then_an_app(
    strict: House,
) -> None:
    await strict.add_person("Ada", address="ada@orchard.example", kind=None)
    secret = await mail_sign_in(strict, "ada@orchard.example")
    offer = await look(strict, secret)
    assert (offer.step, offer.app, offer.passkeys, offer.passphrase) == (
        Step.ENROL, False, True, True,
    )  # fmt: skip
    with pytest.raises(WeakPassphrase):
        await strict.people.steps.set_passphrase(secret, "short")
    further = await strict.people.steps.set_passphrase(secret, "kelpgrit")
    assert not await is_open(strict, further.secret)
    assert (await look(strict, further.secret)).app
    assert await is_open(strict, (await add_app(strict, further.secret)).secret)
    assert "session.reached" in await strict.kinds()


async def test_a_mailbox_sets_nothing_up_where_there_is_anything_better(strict: House) -> None:
    await strict.add_person("Ada", address="ada@orchard.example")
    secret = await mail_sign_in(strict, "ada@orchard.example")
    assert (await look(strict, secret)).step is Step.PROVE
    with pytest.raises(CeremonyOver):
        await strict.people.steps.offer_passkey(secret)


async def leak(house: House, person: Person | None = None) -> None:
    """Write down that the passphrase has leaked."""
    register = house.people.register
    if person is None:
        found = await register.find(TENANT, "Grace")
        assert found is not None
        person = found[0]
    async with house.database.begin() as connection:
        for each in await register.authenticators.load(connection, TENANT, person.id):
            if each.kind is AuthenticatorKind.PASSPHRASE:
                flaws = frozenset({Flaw.LEAKED})
                await register.authenticators.set_flaws(connection, TENANT, each.id, flaws)


@pytest.mark.requirement(38)
async def test_a_passphrase_that_leaked_is_changed_before_anything_opens(house: House) -> None:
    await house.enrol()
    other = await sign_in(house)
    await leak(house)
    secret = await sign_in(house)
    assert not await is_open(house, secret)
    assert (await look(house, secret)).step is Step.PASSPHRASE
    with pytest.raises(CeremonyOver):
        await house.people.steps.offer_totp(secret)
    further = await house.people.steps.set_passphrase(secret, FRESH)
    assert await is_open(house, further.secret)
    assert not await is_open(house, other), "whoever came in by it meanwhile is out"
    begun = await house.people.desk.sign_in(name="Grace", passphrase=FRESH, arrival=arrival())
    assert await is_open(house, begun.secret)


@pytest.mark.requirement(38)
async def test_a_passphrase_that_leaked_is_not_changed_by_whoever_knows_it_alone(
    house: House,
) -> None:
    person = await with_passkey(house)
    await leak(house)
    secret = await person.sign_in_by_passphrase()
    assert (await look(house, secret)).step is Step.PROVE
    with pytest.raises(CeremonyOver):
        await house.people.steps.set_passphrase(secret, FRESH)
    waiting = await house.people.desk.find_waiting(secret)
    assert waiting is not None
    answer = await person.shown(waiting.passkey)
    further = await showing_proof(house, secret, answer)
    assert not await is_open(house, further.secret)
    assert (await look(house, further.secret)).step is Step.PASSPHRASE
    last = await house.people.steps.set_passphrase(further.secret, FRESH)
    assert await is_open(house, last.secret)


async def showing_proof(house: House, secret: str, answer: str) -> NewSession:
    passkeys = house.people.passkeys
    assert passkeys is not None
    return await passkeys.showing.prove(await session_of(house, secret), answer, address="")


async def test_what_leaked_and_is_changed_still_leads_to_the_second_factor_that_is_demanded(
    strict: House,
) -> None:
    await strict.enrol()
    await leak(strict)
    secret = await sign_in(strict)
    assert (await look(strict, secret)).step is Step.PASSPHRASE
    further = await strict.people.steps.set_passphrase(secret, FRESH)
    assert (await look(strict, further.secret)).step is Step.ENROL
    assert PASSPHRASE != FRESH


async def test_a_passphrase_that_leaked_is_changed_also_where_it_comes_second(
    house: House,
) -> None:
    """Else a link by mail before it would be the way around."""
    ada = await house.add_person("Ada", address="ada@orchard.example")
    await leak(house, ada)
    first = await mail_sign_in(house, "ada@orchard.example")
    second = await house.people.desk.prove(first, ProofKind.PASSPHRASE, PASSPHRASE, address="")
    assert not await is_open(house, second.secret)
    assert (await look(house, second.secret)).step is Step.PASSPHRASE
    third = await house.people.steps.set_passphrase(second.secret, FRESH)
    assert await is_open(house, third.secret)


async def test_a_recovery_code_does_not_stand_for_a_second_factor_that_nobody_set_up(
    make_house: MakeHouse, strict: House
) -> None:
    house = make_house()
    await house.enrol()
    codes = await house.people.account.renew_recovery_codes(await sign_in(house))
    first = await sign_in(strict)
    with pytest.raises(SignInRefused):
        await strict.people.desk.prove(first, ProofKind.RECOVERY_CODE, codes[0], address="")
    assert (await look(strict, first)).step is Step.ENROL


@pytest.mark.parametrize("policy", ["everybody", "optional"])
async def test_a_second_factor_that_is_demanded_is_not_taken_away_before_there_is_another(
    make_house: MakeHouse, policy: str
) -> None:
    """Else whoever knows the passphrase would set up the next one."""
    house = make_house(second_factor="everybody")
    await house.enrol()
    session = (await add_app(house, await sign_in(house))).secret
    other = moved(house, IdentitySettings(second_factor=policy))
    account, (app,) = other.people.account, await held_apps(house, session)
    if policy == "optional":
        await account.remove(session, app)
        return
    with pytest.raises(SecondFactorDemanded):
        await account.remove(session, app)
    assert await held_apps(house, session) == [app]
    house.clock.advance(timedelta(seconds=30))
    offer = await account.offer_totp(session)
    code = code_of(house, seed_of(offer.secret))
    session = (await account.add_totp(session, offer.ceremony, code)).secret
    await account.remove(session, app)
    assert len(await held_apps(house, session)) == 1


async def held_apps(house: House, session: str) -> list[str]:
    """The ids of the authenticator apps of whose session it is."""
    held = await house.people.guard.list_held(await session_of(house, session))
    return [each.id for each in held if each.kind is AuthenticatorKind.TOTP]
