"""Reveals as whoever reads them sees them."""

from datetime import timedelta

import pytest

from curtilage.core.authority import AUDITOR, REVIEWER
from curtilage.core.errors import MissingRight
from curtilage.identity.reveal.desk import Desk
from curtilage.identity.reveal.errors import UnknownValue
from curtilage.identity.reveal.models import State, Step
from curtilage.identity.reveal.rules import DECIDE_WITHIN, SETTLES_AFTER
from curtilage.identity.reveal.settings import Mode
from curtilage.identity.reveal.views import Board
from tests.identity_house import ADMIN
from tests.reveal_house import REASON, TOKEN, RevealHouse


async def test_each_sees_what_is_theirs_to_do(team: RevealHouse) -> None:
    desk = Desk(team.service)
    id = await team.ask()
    ida, otto, ben = [(await team.seat(each)).actor for each in (team.ida, team.otto, team.ben)]
    for actor, waiting, mine in ((ida, [], [id]), (otto, [], []), (ben, [id], [])):
        board = await desk.board(actor, limit=9)
        assert isinstance(board, Board)
        assert [each.reveal.id for each in board.waiting] == waiting
        assert [each.reveal.id for each in board.mine] == mine
        assert [(each.asker, each.reveal.id) for each in board.all] == [("Ida", id)]
        assert [each.reason for each in board.all] == [""]
    assert (await desk.board(ben, limit=9)).waiting[0].reason == REASON
    assert (await desk.show(ida, id)).steps == {Step.WITHDRAW}
    assert (await desk.show(ben, id)).steps == {Step.APPROVE, Step.REFUSE}
    assert (await desk.show(otto, id)).steps == frozenset()
    await team.approve(id)
    assert (await desk.show(ida, id)).steps == {Step.WITHDRAW, Step.OPEN}
    shown = await desk.show(ben, id)
    assert (shown.steps, shown.decider, shown.person) == ({Step.REFUSE}, "Ben", "Ada Quill")


async def test_an_auditor_looks_and_does_nothing(team: RevealHouse) -> None:
    await team.give(team.otto, AUDITOR, by=ADMIN)
    id, desk = await team.ask(), Desk(team.service)
    otto = (await team.seat(team.otto)).actor
    assert (await desk.show(otto, id)).steps == frozenset()
    assert (await desk.board(otto, limit=9)).waiting == []
    with pytest.raises(MissingRight):
        await desk.find_name(otto, team.address)
    ada = (await team.seat(team.ada)).actor
    for work in (desk.board(ada, limit=9), desk.show(ada, id)):
        with pytest.raises(MissingRight):
            await work


async def test_a_new_right_is_said_with_when_it_counts(team: RevealHouse) -> None:
    await team.give(team.otto, REVIEWER, by=ADMIN)
    id, desk = await team.ask(), Desk(team.service)
    seat = await team.seat(team.otto)
    shown = await desk.show(seat.actor, id)
    assert shown.settles_at == team.house.clock.now() + SETTLES_AFTER
    assert (await desk.show((await team.seat(team.ben)).actor, id)).settles_at is None


async def test_what_is_over_is_in_the_list_and_waits_for_nobody(team: RevealHouse) -> None:
    id, desk = await team.ask(), Desk(team.service)
    team.house.clock.advance(DECIDE_WITHIN)
    board = await desk.board((await team.seat(team.ben)).actor, limit=9)
    assert (board.waiting, [each.state for each in board.all]) == ([], [State.EXPIRED])
    assert (await desk.show((await team.seat(team.ida)).actor, id)).ends_at is None


async def test_the_list_goes_on_where_it_ended(team: RevealHouse) -> None:
    ids = []
    for _ in range(5):
        ids.append(await team.ask(TOKEN))
        team.house.clock.advance(timedelta(seconds=1))
    desk, ben = Desk(team.service), (await team.seat(team.ben)).actor
    first = await desk.board(ben, limit=3)
    assert [each.reveal.id for each in first.all] == ids[:1:-1]
    rest = await desk.board(ben, before=first.next, limit=3)
    assert ([each.reveal.id for each in rest.all], rest.next) == (ids[1::-1], "")


async def test_names_and_proofs_come_from_the_accounts(team: RevealHouse) -> None:
    desk, seat = Desk(team.service), await team.seat(team.ida)
    assert await desk.find_name(seat.actor, team.address) == "Ada Quill"
    assert await desk.find_name(seat.actor, TOKEN) == ""
    with pytest.raises(UnknownValue):
        await desk.find_name(seat.actor, team.address.__class__(team.address.kind, "nobody"))
    assert await desk.is_fresh(seat.session)
    weak = await team.seat(team.ida, strong=False)
    assert not await desk.is_fresh(weak.session)
    assert not await desk.is_fresh("unknown")
    assert desk.mode is Mode.TWO_PEOPLE


async def test_no_name_and_no_reason_is_shown_by_a_slip(team: RevealHouse) -> None:
    id, desk, ben = await team.ask(), Desk(team.service), (await team.seat(team.ben)).actor
    told = repr((await desk.show(ben, id), await desk.board(ben, limit=9)))
    assert "Ida" not in told and "Quill" not in told and "4711" not in told


async def test_a_person_who_is_erased_leaves_a_request_without_words(team: RevealHouse) -> None:
    id = await team.ask()
    team.house.person_keys.destroyed.add(team.ada.id)
    shown = await Desk(team.service).show((await team.seat(team.ben)).actor, id)
    assert (shown.target, shown.reason, shown.person) == (None, "", "")
    assert shown.asker == "Ida"
