"""Standing and proofs, as the accounts of people have them."""

from datetime import timedelta

import pytest

from curtilage.core.authority import ADMINISTRATOR, AUDITOR, REVIEWER
from curtilage.core.models import Principal, PrincipalId, PrincipalKind, TenantId
from curtilage.identity.errors import ProveAgain
from curtilage.identity.people.models import Person, Proof, ProofKind
from curtilage.identity.people.views import Arrival
from curtilage.identity.reveal.adapters.people import PersonReasons
from curtilage.identity.reveal.models import APPROVE, ASK, Standing
from tests.builders import TENANT
from tests.fakes.clock import START
from tests.identity_house import ADMIN
from tests.reveal_house import DAYS, RevealHouse, seal_for_record

TEN_MINUTES = timedelta(minutes=10)


async def standing(
    team: RevealHouse, person: PrincipalId, right: str, tenant: TenantId = TENANT
) -> Standing | None:
    async with team.house.database.begin() as connection:
        return await team.service.colleagues.find_standing(connection, tenant, person, right)


async def an_administrator(team: RevealHouse) -> Principal:
    grace = await team.house.add_person("Grace", roles=frozenset({ADMINISTRATOR}))
    return Principal(TENANT, grace.id, PrincipalKind.PERSON, roles=grace.roles)


async def test_a_role_from_before_grants_were_kept_is_as_old_as_the_account(
    team: RevealHouse,
) -> None:
    assert await standing(team, team.ben.id, APPROVE) == Standing(team.ben.id, START)
    assert await standing(team, team.ben.id, ASK) is None
    assert await standing(team, PrincipalId("nobody"), APPROVE) is None
    assert await standing(team, team.ben.id, APPROVE, TenantId("tenant-quarry")) is None


async def test_a_role_that_is_given_has_its_date_and_its_giver(team: RevealHouse) -> None:
    grace = await an_administrator(team)
    await team.give(team.ada, REVIEWER, by=grace)
    assert await standing(team, team.ada.id, APPROVE) == Standing(
        team.ada.id, START + DAYS, grace.id
    )
    team.house.clock.advance(DAYS)
    await team.give(team.ada, REVIEWER, AUDITOR, by=grace)
    found = await standing(team, team.ada.id, APPROVE)
    assert found == Standing(team.ada.id, START + DAYS, grace.id)
    await team.give(team.ada, by=grace)
    assert await standing(team, team.ada.id, APPROVE) is None


async def test_what_a_program_gives_is_nobodys_gift(team: RevealHouse) -> None:
    program = Principal(TENANT, PrincipalId("terminal"), PrincipalKind.SERVICE, roles=ADMIN.roles)
    await team.give(team.ada, REVIEWER, by=program)
    assert await standing(team, team.ada.id, APPROVE) == Standing(team.ada.id, START + DAYS)


async def test_who_comes_by_an_invitation_has_their_role_from_who_sent_it(
    team: RevealHouse,
) -> None:
    people, grace = team.house.people, await an_administrator(team)
    await people.invitations.invite(
        grace, address="cleo@orchard.example", roles=frozenset({REVIEWER})
    )
    secret = await team.house.post("/join")
    team.house.clock.advance(DAYS)
    cleo = await people.joining.join(
        TENANT, secret, name="Cleo", passphrase="velvet comet thimble orchard"
    )
    found = await standing(team, cleo.id, APPROVE)
    assert found == Standing(cleo.id, START + 2 * DAYS, grace.id)


async def test_who_is_disabled_stands_for_nothing(team: RevealHouse) -> None:
    await team.house.people.people.disable(ADMIN, team.ben.id)
    assert await standing(team, team.ben.id, APPROVE) is None


@pytest.mark.parametrize(
    ("kinds", "reaches"),
    [
        ((ProofKind.PASSPHRASE,), False),
        ((ProofKind.MAILBOX,), False),
        ((ProofKind.SETUP_LINK,), False),
        ((ProofKind.PASSPHRASE, ProofKind.PROVIDER), False),
        ((ProofKind.PASSPHRASE, ProofKind.TOTP), True),
        ((ProofKind.PASSPHRASE, ProofKind.RECOVERY_CODE), True),
    ],
)
async def test_two_factors_of_the_last_minutes_are_asked_for(
    team: RevealHouse, kinds: tuple[ProofKind, ...], reaches: bool
) -> None:
    secret = await prove(team, team.ida, kinds)
    proofs = team.service.proofs
    assert await proofs.is_fresh(secret) is reaches
    if reaches:
        assert await proofs.require(secret) == team.ida.id
        team.house.clock.advance(TEN_MINUTES)
    assert not await proofs.is_fresh(secret)
    with pytest.raises(ProveAgain):
        await proofs.require(secret)


async def prove(team: RevealHouse, person: Person, kinds: tuple[ProofKind, ...]) -> str:
    """A session that reached what these proofs reach; gives its secret."""
    sessions, at = team.house.people.sessions, team.house.clock.now()
    begun = await sessions.start(person, Proof(kinds[0], at), Arrival("192.0.2.7"))
    for kind in kinds[1:]:
        found = await sessions.find(TENANT, begun.secret)
        assert found is not None
        async with team.house.database.begin() as connection:
            held = await sessions.hold(connection, found)
            further = await sessions.reach(connection, held, Proof(kind, at))
        assert further is not None
        begun = further
    return begun.secret


async def test_what_is_sealed_opens_for_its_person_alone(team: RevealHouse) -> None:
    reasons = PersonReasons(team.house.people.register.boxes, seal_for_record)
    sealed = await reasons.seal(team.ada.id, b"because")
    assert b"because" not in sealed
    assert await reasons.open(team.ada.id, sealed) == b"because"
    team.house.person_keys.destroyed.add(team.ada.id)
    assert await reasons.open(team.ada.id, sealed) is None


async def test_a_passphrase_of_now_and_a_code_of_hours_ago_are_one_factor(
    team: RevealHouse,
) -> None:
    """Whoever took the session and knows the passphrase opens nothing with it."""
    kinds, proofs = (ProofKind.PASSPHRASE, ProofKind.TOTP), team.service.proofs
    secret = await prove(team, team.ida, kinds)
    team.house.clock.advance(2 * TEN_MINUTES)
    for kind, is_enough in ((ProofKind.PASSPHRASE, False), (ProofKind.TOTP, True)):
        sessions, at = team.house.people.sessions, team.house.clock.now()
        found = await sessions.find(TENANT, secret)
        assert found is not None
        async with team.house.database.begin() as connection:
            held = await sessions.hold(connection, found)
            further = await sessions.reach(connection, held, Proof(kind, at))
        assert further is not None
        secret = further.secret
        assert await proofs.is_fresh(secret) is is_enough
