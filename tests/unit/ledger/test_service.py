"""What people ask of the ledger: how it stands, whether it holds, one proof; and who may."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from curtilage.core.authority import Authority
from curtilage.core.errors import DeniedError, NotFoundError
from curtilage.core.models import TenantId
from curtilage.ledger.prove import verify_proof
from curtilage.ledger.service import KEPT_CHECKS, LedgerService
from curtilage.web.languages import load_languages
from tests.builders import a_principal
from tests.fakes.ids import fixed_id
from tests.unit.ledger.worlds import KEY, NAME, World, change

READER = a_principal(tenant=TenantId("tenant-0"), rights=frozenset({"ledger:read"}))
AUDITOR = a_principal(
    tenant=TenantId("tenant-0"), rights=frozenset({"ledger:read", "ledger:verify"})
)


@dataclass
class Asked:
    """A service over a small ledger of ten records, eight of them anchored."""

    world: World
    service: LedgerService

    async def verified(self) -> Any:
        """A check from its beginning to its end."""
        check_id = await self.service.begin_check(AUDITOR)
        assert self.service._running is not None
        await self.service._running
        return await self.service.check(READER, check_id)


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    world = World(tmp_path)
    world.write_batches([4, 4])
    world.sequence()
    world.write(world.events(2))
    service = LedgerService(
        ledger=world.ledger,
        name=NAME,
        key=KEY.public_key(),
        anchors=world.anchors,
        anchored_where="keys/anchors",
        authority=Authority(),
        clock=world.clock,
        ids=world.ids,
    )
    return Asked(world, service)


async def test_the_state_counts_what_is_written_and_what_is_signed(asked: Asked) -> None:
    state = await asked.service.state(READER)
    (writer,) = state.writers
    assert (writer.writer, writer.records, writer.covered) == ("gw-0", 10, 8)
    assert writer.newest_at == asked.world.reader.newest(1)[0].time
    assert state.checkpoint is not None
    assert state.anchored_at is not None
    assert state.anchored_where == "keys/anchors"


async def test_an_empty_ledger_has_a_state_too(asked: Asked, tmp_path: Path) -> None:
    asked.service.ledger = tmp_path / "nothing"
    state = await asked.service.state(READER)
    assert (list(state.writers), state.checkpoint) == ([], None)


async def test_a_check_says_up_to_when_all_holds(asked: Asked) -> None:
    check = await asked.verified()
    assert (check.holds, check.records, list(check.problems)) == (True, 10, [])
    assert check.complete_to is not None
    assert check.finished_at is not None
    assert {step.state for step in check.steps} == {"done"}


async def test_a_check_names_what_was_changed(asked: Asked) -> None:
    change(asked.world.segment(), b'"bytes":3', b'"bytes":9')
    check = await asked.verified()
    assert check.holds is False
    assert {problem.writer for problem in check.problems} == {"gw-0"}
    (found,) = check.problems
    assert (found.code, found.title) == ("record-changed", "A record was changed")
    german = [load_languages().tell("de", each) for each in (found.title, found.detail)]
    assert german == [
        "Ein Eintrag wurde verändert",
        f"Er wurde verändert: Sein Hashwert ist nicht der, den Eintrag {found.number + 1} nennt.",
    ]
    assert {step.state for step in check.steps} == {"failed"}


async def test_who_asks_during_a_check_joins_it(asked: Asked) -> None:
    first = await asked.service.begin_check(AUDITOR)
    running = await asked.service.check(READER, first)
    assert (running.finished_at, running.holds) == (None, None)
    assert await asked.service.begin_check(AUDITOR) == first
    assert asked.service._running is not None
    await asked.service._running
    assert await asked.service.begin_check(AUDITOR) != first
    await asked.service._running


async def test_a_ledger_that_cannot_be_read_ends_the_check_with_a_sentence(asked: Asked) -> None:
    asked.world.segment().unlink()
    asked.world.segment().mkdir()
    check = await asked.verified()
    assert check.holds is not True
    assert check.finished_at is not None


async def test_old_checks_are_forgotten(asked: Asked) -> None:
    first = (await asked.verified()).id
    for _ in range(KEPT_CHECKS):
        await asked.verified()
    with pytest.raises(NotFoundError):
        await asked.service.check(READER, first)


async def test_a_proof_holds_without_us(asked: Asked) -> None:
    record = asked.world.reader.get(fixed_id(3))
    proof = await asked.service.prove(READER, record.event.id)
    assert (proof.record_id, proof.number) == (record.event.id, record.n)
    assert verify_proof(proof.proof, name=NAME, key=KEY.public_key()) == record


async def test_a_record_of_another_tenant_is_as_good_as_absent(asked: Asked) -> None:
    stranger = a_principal(tenant=TenantId("tenant-9"), rights=frozenset({"ledger:read"}))
    with pytest.raises(NotFoundError):
        await asked.service.prove(stranger, fixed_id(3))
    with pytest.raises(NotFoundError):
        await asked.service.prove(READER, fixed_id(404))


def test_what_a_checkpoint_covers_can_be_proved_and_the_rest_not_yet(asked: Asked) -> None:
    records = [asked.world.reader.get(fixed_id(number)) for number in (1, 8, 9, 10)]
    assert [asked.service.is_covered(record) for record in records] == [True, True, False, False]


async def test_without_the_right_nothing_is_told(asked: Asked) -> None:
    nobody = a_principal(tenant=TenantId("tenant-0"))
    for asking in (
        asked.service.state(nobody),
        asked.service.begin_check(READER),
        asked.service.prove(nobody, fixed_id(3)),
        asked.service.check(nobody, "any"),
    ):
        with pytest.raises(DeniedError):
            await asking
