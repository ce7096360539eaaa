"""Asking, deciding and opening once; and all who try to get around it."""

import asyncio
import logging
from dataclasses import replace

import pytest

from curtilage.core.authority import (
    ADMINISTRATOR,
    AUDITOR,
    PEOPLE_MANAGER,
    REVIEWER,
)
from curtilage.core.db import outbox
from curtilage.core.errors import DeniedError, MissingRight
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.errors import ProveAgain
from curtilage.identity.reveal.errors import (
    ApproverTooNew,
    NotWhoAsked,
    OwnReveal,
    RevealClosed,
    RevealReasonUnfit,
    RevealsOff,
    StandingLost,
    TooManyReveals,
    UnknownReveal,
    UnknownValue,
    ValueErased,
)
from curtilage.identity.reveal.models import State, Target, ValueKind
from curtilage.identity.reveal.rules import (
    DECIDE_WITHIN,
    KEPT_FOR,
    MOST_WAITING,
    OPEN_WITHIN,
    SETTLES_AFTER,
)
from curtilage.identity.reveal.settings import Mode
from tests.builders import TENANT
from tests.identity_house import ADMIN, House
from tests.reveal_house import ADDRESS, REASON, TOKEN, RevealHouse, a_reveal_house, open_reason


async def test_one_asks_another_agrees_and_it_is_shown_once(team: RevealHouse) -> None:
    id = await team.ask()
    await team.approve(id)
    assert await team.open(id) == ADDRESS
    assert (await team.find(id)).state is State.OPENED
    with pytest.raises(RevealClosed):
        await team.open(id)
    assert team.originals.opened == [team.address]


async def test_each_step_is_one_event_with_both_names_and_no_value(team: RevealHouse) -> None:
    id = await team.ask()
    await team.approve(id)
    await team.open(id)
    asked, approved, opened = await team.told()
    kinds = [each.kind for each in (asked, approved, opened)]
    assert kinds == ["reveal.asked", "reveal.approved", "reveal.opened"]
    ida = await team.house.pseudonyms.pseudonym(TENANT, team.ida.id)
    ben = await team.house.pseudonyms.pseudonym(TENANT, team.ben.id)
    assert (asked.actor, approved.actor, opened.actor) == (ida, ben, ida)
    assert approved.facts["asker"] == ida and opened.facts["decider"] == ben
    assert {each.facts["reveal"] for each in (asked, approved, opened)} == {id}
    assert {each.subject for each in (asked, approved, opened)} == {f"s-{team.ada.id}"}
    told = repr((asked, approved, opened))
    assert ADDRESS not in told and REASON not in told and "Ada Quill" not in told


async def test_the_reason_is_sealed_for_whose_value_it_is(team: RevealHouse) -> None:
    await team.ask()
    await team.ask(TOKEN)
    of_ada, of_token = await team.told()
    assert REASON.encode() in open_reason(of_ada, team.ada.id)
    assert REASON.encode() in open_reason(of_token, team.ida.id)
    assert TOKEN.reference not in repr(of_token)


async def test_what_cannot_be_written_down_is_not_shown(team: RevealHouse) -> None:
    id = await team.ask()
    await team.approve(id)
    seat = await team.seat(team.ida)

    class Broken:
        async def pseudonym(self, tenant: TenantId, principal: PrincipalId) -> str:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await replace(team.service, pseudonyms=Broken()).open(seat.actor, seat.session, id)
    assert (await team.find(id)).state is State.APPROVED
    assert "reveal.opened" not in [each.kind for each in await team.told()]
    assert await team.open(id) == ADDRESS


async def test_nobody_approves_what_they_asked_for_not_even_an_administrator(
    team: RevealHouse,
) -> None:
    await team.give(team.ida, ADMINISTRATOR, by=ADMIN)
    team.house.clock.advance(SETTLES_AFTER)
    id = await team.ask()
    with pytest.raises(OwnReveal):
        await team.approve(id, by=team.ida)
    seat = await team.seat(team.ida)
    with pytest.raises(OwnReveal):
        await team.service.refuse(seat.actor, seat.session, id)
    with pytest.raises(RevealClosed):
        await team.open(id)


async def test_who_approved_does_not_open(team: RevealHouse) -> None:
    await team.give(team.ben, ADMINISTRATOR, by=ADMIN)
    team.house.clock.advance(SETTLES_AFTER)
    id = await team.ask()
    await team.approve(id)
    with pytest.raises(NotWhoAsked):
        await team.open(id, by=team.ben)
    assert team.originals.opened == []
    assert await team.open(id) == ADDRESS


async def test_a_second_account_has_to_wait_a_day_and_leaves_a_trace(team: RevealHouse) -> None:
    await team.give(team.ida, ADMINISTRATOR, by=ADMIN)
    seat = await team.seat(team.ida)
    twin = await team.house.add_person("Ida too")
    await team.give(twin, REVIEWER, by=seat.actor)
    id = await team.ask()
    with pytest.raises(ApproverTooNew):
        await team.approve(id, by=twin)
    await team.give(twin, by=seat.actor)
    await team.give(twin, REVIEWER, by=seat.actor)
    team.house.clock.advance(SETTLES_AFTER - DECIDE_WITHIN / 2)
    with pytest.raises(ApproverTooNew):
        await team.approve(id, by=twin)
    team.house.clock.advance(DECIDE_WITHIN / 2)
    later = await team.ask()
    await team.approve(later, by=twin)
    assert (await team.find(later)).right_from_asker
    approved = (await team.told())[-1]
    assert approved.facts["right_from_asker"] is True


async def test_a_chain_of_accounts_waits_as_long(team: RevealHouse) -> None:
    await team.give(team.ida, ADMINISTRATOR, by=ADMIN)
    middle = await team.house.add_person("Middle")
    await team.give(middle, ADMINISTRATOR, by=(await team.seat(team.ida)).actor)
    end = await team.house.add_person("End")
    await team.give(end, REVIEWER, by=(await team.seat(middle)).actor)
    id = await team.ask()
    for each in (middle, end):
        with pytest.raises(ApproverTooNew):
            await team.approve(id, by=each)


async def test_another_role_makes_an_old_right_no_younger(team: RevealHouse) -> None:
    await team.give(team.ben, REVIEWER, AUDITOR, by=ADMIN)
    id = await team.ask()
    await team.approve(id)
    assert await team.open(id) == ADDRESS


@pytest.mark.parametrize("whose", ["asker", "approver"])
@pytest.mark.parametrize("how", ["role", "disabled"])
async def test_what_somebody_lost_since_counts_no_more(
    team: RevealHouse, whose: str, how: str
) -> None:
    id = await team.ask()
    await team.approve(id)
    seat = await team.seat(team.ida)
    person = team.ida if whose == "asker" else team.ben
    people, sessions = team.house.people.people, team.house.people.sessions
    if how == "role":
        await people.give_roles(ADMIN, person.id, frozenset({AUDITOR}))
    else:
        await people.disable(ADMIN, person.id)
    assert (await sessions.find(TENANT, seat.session) is None) is (whose == "asker")
    refused = ProveAgain if whose == "asker" else StandingLost
    with pytest.raises(refused):
        await team.service.open(seat.actor, seat.session, id)
    assert "reveal.opened" not in [each.kind for each in await team.told()]
    assert (await team.find(id)).state is not State.OPENED


async def test_a_role_that_is_taken_away_as_one_opens_shows_nothing(team: RevealHouse) -> None:
    """The session is gone too; this is the look that is left where it is not yet."""
    id = await team.ask()
    await team.approve(id)
    seat = await team.seat(team.ida)
    async with team.house.database.begin() as connection:
        await team.house.people.register.people.change(
            connection, TENANT, team.ida.id, roles=frozenset()
        )
    with pytest.raises(StandingLost):
        await team.service.open(seat.actor, seat.session, id)


async def test_a_session_that_knows_an_old_role_asks_and_decides_nothing(
    team: RevealHouse,
) -> None:
    """The register is asked, not the session: it ends with the role, a moment later."""
    id = await team.ask()
    ida, ben = await team.seat(team.ida), await team.seat(team.ben)
    async with team.house.database.begin() as connection:
        for each in (team.ida, team.ben):
            await team.house.people.register.people.change(
                connection, TENANT, each.id, roles=frozenset()
            )
    for work in (
        team.service.ask(ida.actor, ida.session, TOKEN, REASON),
        team.service.approve(ben.actor, ben.session, id),
        team.service.refuse(ben.actor, ben.session, id),
    ):
        with pytest.raises(StandingLost):
            await work
    assert [each.kind for each in await team.told()] == ["reveal.asked"]


async def test_disabling_somebody_ends_what_they_asked_for(team: RevealHouse) -> None:
    id, other = await team.ask(), await team.ask(TOKEN, by=team.otto)
    await team.house.people.people.disable(ADMIN, team.ida.id)
    assert (await team.find(id)).state is State.WITHDRAWN
    assert (await team.find(other)).state is State.ASKED
    with pytest.raises(RevealClosed):
        await team.approve(id)


async def test_a_session_of_one_factor_or_an_old_one_asks_approves_and_opens_nothing(
    team: RevealHouse,
) -> None:
    id = await team.ask()
    approved = await team.ask(TOKEN)
    await team.approve(approved)
    old_ida, old_ben = await team.seat(team.ida), await team.seat(team.ben)
    team.house.clock.advance(600)
    weak_ida = await team.seat(team.ida, strong=False)
    weak_ben = await team.seat(team.ben, strong=False)
    service = team.service
    for ida, ben in ((old_ida, old_ben), (weak_ida, weak_ben)):
        for work in (
            service.ask(ida.actor, ida.session, team.address, REASON),
            service.approve(ben.actor, ben.session, id),
            service.refuse(ben.actor, ben.session, id),
            service.open(ida.actor, ida.session, approved),
        ):
            with pytest.raises(ProveAgain):
                await work
    assert team.originals.opened == []
    await team.approve(id)
    assert await team.open(approved) == "ada.quill@harbour.example"


async def test_anothers_session_proves_nothing_for_oneself(team: RevealHouse) -> None:
    ida, otto = await team.seat(team.ida, strong=False), await team.seat(team.otto)
    with pytest.raises(ProveAgain):
        await team.service.ask(ida.actor, otto.session, team.address, REASON)
    operator = replace(ida.actor, id=PrincipalId("operator"), roles=frozenset({ADMINISTRATOR}))
    with pytest.raises(ProveAgain):
        await team.service.ask(operator, "", team.address, REASON)


async def test_each_step_takes_its_right(team: RevealHouse) -> None:
    id = await team.ask()
    ada, ben = await team.seat(team.ada), await team.seat(team.ben)
    service = team.service
    for work in (
        service.ask(ada.actor, ada.session, team.address, REASON),
        service.ask(ben.actor, ben.session, team.address, REASON),
        service.approve(ada.actor, ada.session, id),
        service.refuse(ada.actor, ada.session, id),
        service.withdraw(ben.actor, id),
        service.open(ben.actor, ben.session, id),
    ):
        with pytest.raises(MissingRight):
            await work


async def test_another_tenant_sees_and_does_nothing(team: RevealHouse) -> None:
    id, seat = await team.ask(), await team.seat(team.ben)
    stranger = replace(seat.actor, tenant=TenantId("tenant-quarry"))
    with pytest.raises(DeniedError):
        await team.service.approve(stranger, seat.session, id)
    theirs = replace(team.service, tenant=TenantId("tenant-quarry"))
    async with team.house.database.read() as connection:
        with pytest.raises(UnknownReveal):
            await theirs.get(connection, id)


async def test_an_approval_is_good_for_a_quarter_of_an_hour(team: RevealHouse) -> None:
    id = await team.ask()
    await team.approve(id)
    team.house.clock.advance(OPEN_WITHIN)
    with pytest.raises(RevealClosed):
        await team.open(id)
    assert team.originals.opened == []


async def test_what_nobody_decided_in_a_day_is_over(team: RevealHouse) -> None:
    id = await team.ask()
    team.house.clock.advance(DECIDE_WITHIN)
    with pytest.raises(RevealClosed):
        await team.approve(id)


async def test_who_has_second_thoughts_refuses_what_was_approved(team: RevealHouse) -> None:
    id = await team.ask()
    await team.approve(id)
    seat = await team.seat(team.ben)
    await team.service.refuse(seat.actor, seat.session, id)
    with pytest.raises(RevealClosed):
        await team.open(id)
    assert (await team.told())[-1].kind == "reveal.refused"


async def test_who_asked_withdraws(team: RevealHouse) -> None:
    id = await team.ask()
    await team.service.withdraw((await team.seat(team.ida)).actor, id)
    with pytest.raises(NotWhoAsked):
        await team.service.withdraw((await team.seat(team.otto)).actor, id)
    with pytest.raises(RevealClosed):
        await team.approve(id)
    assert (await team.told())[-1].kind == "reveal.withdrawn"


async def test_what_is_not_there_is_not_asked_for(team: RevealHouse) -> None:
    for target in (replace(TOKEN, within="other"), Target(ValueKind.ADDRESS, "nobody")):
        with pytest.raises(UnknownValue):
            await team.ask(target)
    seat = await team.seat(team.ida)
    with pytest.raises(RevealReasonUnfit):
        await team.service.ask(seat.actor, seat.session, team.address, " ")
    assert await team.told() == []


async def test_an_erased_value_opens_for_nobody_and_nothing_is_used_up(team: RevealHouse) -> None:
    id = await team.ask()
    await team.approve(id)
    team.originals.erased.add(team.address)
    with pytest.raises(ValueErased):
        await team.open(id)
    assert (await team.find(id)).state is State.APPROVED
    with pytest.raises(ValueErased):
        await team.ask()


async def test_with_the_key_of_a_person_what_was_asked_of_them_goes_too(team: RevealHouse) -> None:
    id = await team.ask()
    await team.approve(id)
    team.house.person_keys.destroyed.add(team.ada.id)
    assert await team.service.open_about(await team.find(id)) is None
    with pytest.raises(ValueErased):
        await team.open(id)
    assert team.originals.opened == []


async def test_one_asker_has_so_many_waiting_and_no_more(team: RevealHouse) -> None:
    ids = [await team.ask(TOKEN) for _ in range(MOST_WAITING)]
    with pytest.raises(TooManyReveals):
        await team.ask(TOKEN)
    await team.ask(TOKEN, by=team.otto)
    await team.service.withdraw((await team.seat(team.ida)).actor, ids[0])
    await team.ask(TOKEN)


async def test_old_requests_go_from_the_table_with_the_next_one(team: RevealHouse) -> None:
    id = await team.ask()
    team.house.clock.advance(KEPT_FOR)
    assert (await team.find(id)).state is State.ASKED
    team.house.clock.advance(1)
    kept = await team.ask()
    with pytest.raises(UnknownReveal):
        await team.find(id)
    assert (await team.find(kept)).state is State.ASKED


async def test_of_two_who_open_at_once_one_does(team: RevealHouse) -> None:
    id = await team.ask()
    await team.approve(id)
    results = await asyncio.gather(*(team.open(id) for _ in range(4)), return_exceptions=True)
    assert sorted(str(type(each).__name__) for each in results) == ["RevealClosed"] * 3 + ["str"]


async def test_alone_is_enough_where_the_setting_says_so_and_it_shows(house: House) -> None:
    team = await a_reveal_house(house, mode=Mode.REASON)
    id = await team.ask()
    assert await team.open(id) == ADDRESS
    asked, opened = await team.told()
    assert asked.facts["mode"] == "reason" and "decider" not in opened.facts
    waits = await team.ask()
    with pytest.raises(RevealClosed):
        await team.over(Mode.TWO_PEOPLE).open(waits)
    with pytest.raises(RevealsOff):
        await team.over(Mode.OFF).open(waits)
    with pytest.raises(RevealsOff):
        await team.over(Mode.OFF).ask()


async def test_a_lowered_setting_is_told_in_log_and_ledger(
    team: RevealHouse, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        await team.service.announce()
        await team.over(Mode.OFF).service.announce()
        assert caplog.records == [] and await team.told() == []
        await team.over(Mode.REASON).service.announce()
    (record,) = caplog.records
    assert vars(record)["reason"] == "reason"
    (event,) = await team.told()
    assert (event.kind, event.facts) == ("reveals.lowered", {"mode": "reason"})


async def test_people_managers_give_no_power_that_they_do_not_have(team: RevealHouse) -> None:
    ida = (await team.seat(team.ida)).actor
    for role in (ADMINISTRATOR, REVIEWER, AUDITOR):
        with pytest.raises(DeniedError):
            await team.give(team.ada, role, by=ida)
        with pytest.raises(DeniedError):
            await team.house.people.invitations.invite(ida, roles=frozenset({role}))
    with pytest.raises(DeniedError):
        await team.house.people.people.disable(ida, team.ben.id)
    await team.give(team.ada, PEOPLE_MANAGER, by=ida)


async def test_nothing_of_it_is_readable_in_the_database(team: RevealHouse) -> None:
    await team.ask(TOKEN)
    raw = b"".join(path.read_bytes() for path in team.house.data_dir.glob("*.db*"))
    assert raw and b"reveal" in raw
    for words in (REASON.encode(), TOKEN.reference.encode(), b"4711"):
        assert words not in raw
    async with team.house.database.read() as connection:
        waiting = await outbox.read_batch(connection, 1000)
    assert REASON not in repr(waiting)
