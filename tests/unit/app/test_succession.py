"""Which policy follows which: written down, and held back until it is approved."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from curtilage.app.configuration import Configuration
from curtilage.app.migrations import SCRIPTS
from curtilage.app.settings import read_settings
from curtilage.app.succession import Succession
from curtilage.core.db.engine import open_database
from curtilage.core.db.migrate import migrate
from tests.builders import TENANT
from tests.identity_house import ADMIN
from tests.policy_house import OTHER, PolicyHouse, a_policy_house, a_text, a_written_policy


@pytest.fixture
async def house(data_dir: Path) -> AsyncIterator[PolicyHouse]:
    database = open_database("sqlite", data_dir)
    await migrate(database, SCRIPTS)
    yield a_policy_house(database)
    await database.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(a_text("token"))
    return path


async def begun(house: PolicyHouse, file: Path, *, approval: bool = True) -> Succession:
    """As a control process does at its start."""
    flags = {
        "policy.dir": file.parent, "gateway.policy": "mine", "gateway.policy_approval": approval,
    }  # fmt: skip
    configuration = Configuration(read_settings(None, {}, flags), None)
    configuration.load()
    succession = Succession(configuration, house.life, TENANT)
    await succession.begin()
    await succession.write_down()
    return succession


def decides(succession: Succession) -> str:
    return str(succession.configuration.in_force().default)


async def look(succession: Succession) -> str:
    """As the control process does when something changed."""
    await succession.refresh()
    outcome = succession.configuration.poll()
    if outcome == "taken":
        await succession.write_down()
    return outcome


async def approve(house: PolicyHouse, text: str) -> None:
    version = await house.life.propose(ADMIN, a_written_policy(text), text, "A test")
    await house.life.approve(OTHER, version)


async def test_without_the_setting_a_change_is_taken_over_and_kept(
    house: PolicyHouse, file: Path
) -> None:
    succession = await begun(house, file, approval=False)
    assert succession.past == []
    file.write_text(a_text("mask"))
    assert await look(succession) == "taken"
    assert [each.text for each in succession.past] == [a_text("token")]


async def test_nodes_whose_files_differ_do_not_write_over_each_other(
    house: PolicyHouse, file: Path, tmp_path: Path
) -> None:
    """While a change goes from node to node, and whatever else they look for meanwhile."""
    there = tmp_path / "there" / "mine.toml"
    there.parent.mkdir()
    there.write_text(a_text("token"))
    first = await begun(house, file, approval=False)
    second = await begun(house, there, approval=False)
    file.write_text(a_text("mask"))
    assert await look(first) == "taken"
    for node in (second, first, second, first):
        await node.write_down()
    assert [each.reference for each in (await house.life.history(ADMIN)).activations] == [
        second.configuration.in_force().reference,
        first.configuration.in_force().reference,
    ]
    there.write_text(a_text("mask"))
    assert await look(second) == "taken"
    assert len((await house.life.history(ADMIN)).activations) == 2
    assert [each.text for each in second.past] == [a_text("token")]


async def test_a_change_waits_for_its_approval(house: PolicyHouse, file: Path) -> None:
    succession = await begun(house, file)
    file.write_text(a_text("mask"))
    assert await look(succession) == "refused"
    assert decides(succession) == "token"
    await approve(house, a_text("mask"))
    assert await look(succession) == "taken"
    assert decides(succession) == "mask"


async def test_what_was_in_force_before_needs_an_approval_to_come_back(
    house: PolicyHouse, file: Path
) -> None:
    succession = await begun(house, file)
    file.write_text(a_text("mask"))
    await approve(house, a_text("mask"))
    assert await look(succession) == "taken"
    file.write_text(a_text("token"))
    assert await look(succession) == "refused"
    assert decides(succession) == "mask"


async def test_at_a_start_the_last_one_stays_until_the_new_one_is_approved(
    house: PolicyHouse, file: Path
) -> None:
    await begun(house, file)
    file.write_text(a_text("mask"))
    succession = await begun(house, file)
    assert decides(succession) == "token"
    assert len(await activations(house)) == 1
    assert await look(succession) == "refused", "aloud, once"
    assert await look(succession) == ""
    await approve(house, a_text("mask"))
    assert await look(succession) == "taken"
    assert decides(succession) == "mask"


async def test_at_a_start_an_approved_one_is_in_force(house: PolicyHouse, file: Path) -> None:
    await begun(house, file)
    await approve(house, a_text("mask"))
    file.write_text(a_text("mask"))
    assert decides(await begun(house, file)) == "mask"


async def test_a_first_start_takes_what_it_finds(house: PolicyHouse, file: Path) -> None:
    succession = await begun(house, file)
    assert decides(succession) == "token"
    assert len(await activations(house)) == 1


async def activations(house: PolicyHouse) -> list[object]:
    return list((await house.life.history(ADMIN)).activations)
