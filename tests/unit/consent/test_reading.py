"""Policies as the console shows them: files, versions and what decides, together."""

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from curtilage.consent.errors import UnknownPolicy, UnknownVersion
from curtilage.consent.reading import FILE, PolicyReader
from curtilage.consent.shelf import PolicyShelf
from curtilage.consent.views import PolicyReading
from curtilage.core.authority import MissingRight
from curtilage.core.models import PrincipalId
from tests.builders import TENANT, a_principal
from tests.identity_house import ADMIN
from tests.policy_house import OTHER, VOCABULARY, PolicyHouse, a_text, a_written_policy


async def names(people: Collection[PrincipalId]) -> Mapping[PrincipalId, str]:
    return {each: "Ada Quill" for each in people if each == OTHER.id}


class Desk:
    """One policy `mine` in force, and its file."""

    def __init__(self, house: PolicyHouse, folder: Path) -> None:
        self.house = house
        self.file = folder / "mine.toml"
        self.text = a_text("token")
        self.file.write_text(self.text)
        self.reader: PolicyReading = PolicyReader(
            house.life, PolicyShelf(folder, VOCABULARY), lambda: a_written_policy(self.text), True,
            names,
        )  # fmt: skip

    async def decide_by(self, text: str) -> str:
        """`text` comes into force; its version."""
        self.text = text
        self.file.write_text(text)
        self.house.clock.advance(60)
        return (await self.house.take_over(text)).version

    async def states(self) -> list[str]:
        return [each.state for each in (await self.reader.show(ADMIN, "mine")).versions]


@pytest.fixture
async def desk(policies: PolicyHouse, tmp_path: Path) -> Desk:
    (tmp_path / "policies").mkdir()
    desk = Desk(policies, tmp_path / "policies")
    await desk.decide_by(a_text("token"))
    return desk


async def test_what_decides_comes_first_and_a_broken_file_is_told(desk: Desk) -> None:
    (desk.file.parent / "broken.toml").write_text("[[[")
    found = await desk.reader.overview(ADMIN, 24)
    assert [each.name for each in found.policies] == [
        "mine", "strict", "balanced", "observe", "broken",
    ]  # fmt: skip
    assert [each.decides for each in found.policies] == [True, False, False, False, False]
    assert [bool(each.problem) for each in found.policies] == [False] * 4 + [True]
    assert found.needs_approval
    assert [each.calls for each in found.shadows] == [40]


async def test_the_version_of_a_file_that_does_not_decide_waits(desk: Desk) -> None:
    assert (await desk.reader.show(ADMIN, "mine")).waiting == ""
    desk.file.write_text(a_text("mask"))
    found = await desk.reader.show(ADMIN, "mine")
    assert found.waiting == a_written_policy(a_text("mask")).version
    assert found.row.version == a_written_policy(a_text("token")).version
    assert found.text == a_text("mask")


async def test_a_version_is_past_proposed_approved_or_decides(desk: Desk) -> None:
    await desk.decide_by(a_text("block"))
    assert await desk.states() == ["decides", "past"]
    desk.file.write_text(a_text("mask"))
    desk.house.clock.advance(60)
    version = await desk.reader.propose(OTHER, "mine", "Less leaves")
    assert await desk.states() == ["proposed", "decides", "past"]
    (row, *_) = (await desk.reader.show(ADMIN, "mine")).versions
    assert (row.author, row.mine, row.reason) == ("Ada Quill", False, "Less leaves")
    (row, *_) = (await desk.reader.show(OTHER, "mine")).versions
    assert (row.author, row.mine) == ("you", True)
    await desk.reader.approve(ADMIN, version)
    assert await desk.states() == ["approved", "decides", "past"]
    (row, *_) = (await desk.reader.show(OTHER, "mine")).versions
    assert row.approver == "somebody who is no longer here"


async def test_the_usual_comparison_is_of_what_decides_and_the_file(desk: Desk) -> None:
    now = a_written_policy(a_text("token")).version
    desk.file.write_text(a_text("mask"))
    found = await desk.reader.compare(ADMIN, "mine", "", "")
    assert (found.before, found.after) == (now, FILE)
    assert [str(each) for each in found.changes] == ["everything that is looked for: token → mask"]


async def test_where_the_file_decides_it_is_compared_with_what_did_before(desk: Desk) -> None:
    before = a_written_policy(a_text("token")).version
    now = await desk.decide_by(a_text("mask"))
    found = await desk.reader.compare(ADMIN, "mine", "", "")
    assert (found.before, found.after) == (before, now)
    assert len(found.changes) == 1


async def test_another_policy_is_compared_with_what_decides(desk: Desk) -> None:
    found = await desk.reader.compare(ADMIN, "strict", "", "")
    assert (found.before, found.after) == ("mine", FILE)
    assert found.changes


async def test_every_side_that_is_offered_can_be_asked_for(desk: Desk) -> None:
    await desk.decide_by(a_text("mask"))
    sides = (await desk.reader.compare(ADMIN, "mine", "", "")).sides
    assert len(sides) == 1 + 2 + 3
    for side, _ in sides:
        assert (await desk.reader.compare(ADMIN, "mine", side, side)).changes == []


async def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    with pytest.raises(UnknownPolicy):
        await desk.reader.show(ADMIN, "nobody")
    with pytest.raises(UnknownVersion):
        await desk.reader.compare(ADMIN, "mine", "abcdef123", "")


async def test_reading_takes_a_right(desk: Desk) -> None:
    nobody = a_principal(tenant=TENANT)
    for attempt in (
        desk.reader.overview(nobody, 24),
        desk.reader.show(nobody, "mine"),
        desk.reader.compare(nobody, "mine", "", ""),
        desk.reader.propose(nobody, "mine", "x"),
        desk.reader.approve(nobody, "abcdef12"),
    ):
        with pytest.raises(MissingRight):
            await attempt
