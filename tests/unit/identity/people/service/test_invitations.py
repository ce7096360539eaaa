"""Inviting people, seeing which invitations wait, taking one back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from curtilage.core.authority import ADMINISTRATOR, AUDITOR
from curtilage.core.errors import DeniedError, MissingRight
from curtilage.core.models import PrincipalId
from curtilage.identity.errors import CeremonyOver
from curtilage.identity.people.errors import UnknownInvitation, UnknownRole
from curtilage.identity.people.models import InvitationState, InviterKind
from tests.builders import TENANT
from tests.identity_house import ADMIN, PASSPHRASE, House
from tests.management_house import a_caller
from tests.unit.identity.conftest import MakeHouse
from tests.unit.identity.people.service.test_joining import as_actor

ADDRESS = "ada@orchard.example"
ADMINS = frozenset({ADMINISTRATOR})
NOBODY = replace(ADMIN, roles=frozenset())
SOME = replace(NOBODY, rights=frozenset({"people:manage"}))


async def look(house: House, link: str) -> None:
    await house.people.joining.look(TENANT, link.rpartition("/")[2])


async def states(house: House) -> list[InvitationState]:
    return [each.state for each in await house.people.invitations.page(ADMIN)]


async def test_an_invitation_waits_with_whom_it_is_for_who_made_it_and_until_when(
    house: House,
) -> None:
    grace = await house.add_person("Grace", roles=ADMINS)
    invitations = house.people.invitations
    assert await invitations.page(ADMIN) == []
    plain = await invitations.invite(ADMIN)
    made = await invitations.invite(as_actor(grace), address=ADDRESS, roles=frozenset({AUDITOR}))
    first, second = await invitations.page(ADMIN)
    assert (first.id, first.address, first.roles) == (made.id, ADDRESS, {AUDITOR})
    assert (first.by, first.by_kind, first.inviter) == (grace.id, InviterKind.PERSON, "Grace")
    assert first.made_at == house.clock.now()
    assert first.expires_at == house.clock.now() + timedelta(days=7)
    assert first.state is second.state is InvitationState.WAITING
    assert (second.id, second.address, second.roles) == (plain.id, "", frozenset())
    assert second.by_kind is InviterKind.OPERATOR
    assert made.link not in repr(made) and ADDRESS not in repr(first)


async def test_it_waits_until_it_is_taken_up_or_over(house: House) -> None:
    invitations = house.people.invitations
    used, late = [await invitations.invite(ADMIN) for _ in range(2)]
    secret = used.link.rpartition("/")[2]
    await house.people.joining.join(TENANT, secret, name="Ada", passphrase=PASSPHRASE)
    assert [each.id for each in await invitations.page(ADMIN)] == [late.id]
    house.clock.advance(timedelta(days=7))
    assert await invitations.page(ADMIN) == []
    for id in (used.id, late.id, "nobody", ""):
        with pytest.raises(UnknownInvitation):
            await invitations.withdraw(ADMIN, id)
    assert "invitation.withdrawn" not in await house.kinds()


async def test_a_link_that_was_taken_back_says_what_one_that_is_over_says(house: House) -> None:
    invitations = house.people.invitations
    made, other = [await invitations.invite(ADMIN, address=ADDRESS, roles=ADMINS) for _ in range(2)]
    await look(house, made.link)
    await invitations.withdraw(ADMIN, made.id)
    with pytest.raises(CeremonyOver) as taken_back:
        await look(house, made.link)
    with pytest.raises(CeremonyOver) as never_made:
        await look(house, "never-made")
    assert str(taken_back.value) == str(never_made.value)
    with pytest.raises(CeremonyOver):
        await house.people.joining.join(
            TENANT, made.link.rpartition("/")[2], name="Ada", passphrase=PASSPHRASE
        )
    await look(house, other.link)
    with pytest.raises(UnknownInvitation):
        await invitations.withdraw(ADMIN, made.id)


async def test_the_record_says_which_was_taken_back_and_not_whose(house: House) -> None:
    made = await house.people.invitations.invite(ADMIN, address=ADDRESS, roles=ADMINS)
    await house.people.invitations.withdraw(ADMIN, made.id)
    invited, withdrawn = await house.events()
    facts = {"invitation": made.id, "roles": [ADMINISTRATOR], "mailed": True}
    assert (invited.kind, withdrawn.kind) == ("person.invited", "invitation.withdrawn")
    assert invited.facts == withdrawn.facts == facts
    assert withdrawn.actor == await house.pseudonyms.pseudonym(TENANT, ADMIN.id)


async def test_it_takes_the_right_that_inviting_takes(house: House) -> None:
    invitations = house.people.invitations
    made = await invitations.invite(ADMIN)
    for work in (invitations.page(NOBODY), invitations.withdraw(NOBODY, made.id)):
        with pytest.raises(MissingRight):
            await work
    assert [each.id for each in await invitations.page(SOME)] == [made.id]
    await invitations.withdraw(SOME, made.id)


async def test_nobody_invites_without_the_right_or_to_more_than_they_hold(house: House) -> None:
    invitations = house.people.invitations
    with pytest.raises(MissingRight):
        await invitations.invite(NOBODY)
    with pytest.raises(DeniedError):
        await invitations.invite(SOME, roles=ADMINS)
    for role in ("owner", "person"):
        with pytest.raises(UnknownRole):
            await invitations.invite(ADMIN, roles=frozenset({role}))
    assert await invitations.invite(SOME)


async def test_nobody_takes_back_what_they_could_not_give(house: House) -> None:
    made = await house.people.invitations.invite(ADMIN, roles=ADMINS)
    with pytest.raises(DeniedError, match="all of its rights"):
        await house.people.invitations.withdraw(SOME, made.id)
    await look(house, made.link)
    await house.people.invitations.withdraw(ADMIN, made.id)


async def test_one_by_somebody_who_could_not_invite_now_is_shown_as_halted(house: House) -> None:
    """And it can be taken back: enabled again, they would have their way in."""
    people, invitations = house.people.people, house.people.invitations
    await house.add_person("Grace", roles=ADMINS)
    eve = await house.add_person("Eve", roles=ADMINS)
    made = await invitations.invite(as_actor(eve))
    assert await states(house) == [InvitationState.WAITING]
    await people.disable(ADMIN, eve.id)
    assert await states(house) == [InvitationState.HALTED]
    await people.enable(ADMIN, eve.id)
    assert await states(house) == [InvitationState.WAITING]
    await people.give_roles(ADMIN, eve.id, frozenset())
    assert await states(house) == [InvitationState.HALTED]
    await invitations.withdraw(ADMIN, made.id)
    assert await states(house) == []


async def test_one_by_somebody_who_was_deleted_says_so_and_names_nobody(house: House) -> None:
    await house.add_person("Grace", roles=ADMINS)
    eve = await house.add_person("Eve", roles=ADMINS)
    actor = replace(as_actor(eve), authenticated_at=house.clock.now())
    made = await house.people.invitations.invite(actor)
    await house.people.leaving.delete(ADMIN, eve.id)
    (shown,) = await house.people.invitations.page(ADMIN)
    assert (shown.state, shown.by_kind, shown.inviter) == (
        InvitationState.HALTED,
        InviterKind.GONE,
        "",
    )
    with pytest.raises(CeremonyOver):
        await look(house, made.link)


async def test_one_by_a_program_is_halted_with_its_key(house: House) -> None:
    caller = await a_caller(house, "people:manage")
    assert (await caller.post("/api/invitations", {})).status_code == 201
    (shown,) = await house.people.invitations.page(ADMIN)
    assert (shown.by_kind, shown.state) == (InviterKind.PROGRAM, InvitationState.WAITING)
    (key,) = await house.identity.keys.page(ADMIN)
    assert shown.by == key.principal
    await house.identity.keys.revoke(ADMIN, key.id)
    assert await states(house) == [InvitationState.HALTED]


async def test_where_nobody_is_let_in_none_works_and_each_can_be_taken_back(
    make_house: MakeHouse,
) -> None:
    house, closed = make_house(sign_up="invited"), make_house(sign_up="closed")
    made = await house.people.invitations.invite(ADMIN)
    assert await states(closed) == [InvitationState.HALTED]
    await closed.people.invitations.withdraw(ADMIN, made.id)
    assert await states(house) == []


async def test_names_are_looked_up_once_for_each_who_invited(house: House) -> None:
    grace = await house.add_person("Grace", roles=ADMINS)
    for actor in (as_actor(grace), ADMIN, as_actor(grace)):
        await house.people.invitations.invite(actor)
    listed = await house.people.invitations.page(ADMIN, limit=2)
    assert [each.inviter for each in listed] == ["Grace", ""]
    rest = await house.people.invitations.page(ADMIN, before=listed[-1].id)
    assert [(each.by, each.inviter) for each in rest] == [(PrincipalId(grace.id), "Grace")]
