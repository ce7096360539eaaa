"""The control process: what it tells workers, and when."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql

from curtilage.app import changes, running
from curtilage.app.control import open_control
from curtilage.app.foundation import open_foundation
from curtilage.app.plane import ControlPlane
from curtilage.app.settings import read_settings
from curtilage.app.snapshots import SnapshotBuilder, parse_key, renew_tokens
from curtilage.app.tools import make_tools
from curtilage.app.worker_jobs import STALE_AFTER, SnapshotKeeper
from curtilage.core.db import broadcast, outbox
from curtilage.core.errors import TamperError, UnavailableError
from curtilage.core.models import PurposeKey
from curtilage.identity.errors import KeyRefused
from curtilage.identity.limits import Ask
from curtilage.identity.models import ApiKey
from curtilage.identity.rules import verify_api_key
from curtilage.identity.service.keys import CreatedKey, KeyRequest
from curtilage.identity.wire.apikey import parse_api_key
from curtilage.ledger.read import LedgerReader
from tests.fakes import FixedClock


@pytest.fixture
async def control(tmp_path: Path) -> AsyncIterator[ControlPlane]:
    config = tmp_path / "curtilage.toml"
    config.write_text("")
    flags = {"server.data_dir": tmp_path / "data", "server.key_dir": tmp_path / "keys"}
    tools = make_tools()
    async with open_control(
        read_settings(config, {}, flags), config, tools.clock, tools.ids, tools.entropy
    ) as control:
        yield control


async def a_new_key(control: ControlPlane, **given: Any) -> CreatedKey:
    request = KeyRequest("Helpdesk", frozenset({PurposeKey("assist")}), **given)
    created = await control.keys.create(control.operator, request)
    await control.poll()
    return created


async def test_a_worker_gets_all_at_first_and_nothing_while_nothing_changed(
    control: ControlPlane,
) -> None:
    first = await control.watch("")
    assert {
        "generation",
        "tenant",
        "keys",
        "caller_budgets",
        "policy",
        "shadow",
        "corrections",
        "canaries",
        "past",
        "configuration",
        "tokens",
        "age",
    } == set(first)
    known = first["generation"]
    told = await control.watch(known)
    assert set(told) == {"generation", "age"}
    assert told["generation"] == known


async def test_workers_are_told_when_all_was_seen_last(control: ControlPlane) -> None:
    """A look that began well and whose news could not be loaded counts for nothing."""
    await _until_younger(control, await _age(control))
    async with control.changes.database.begin() as connection:
        await connection.execute(sql("ALTER TABLE api_key RENAME TO away"))
        await broadcast.bump(connection, "keys")
    for _ in range(2):  # the second began when none from before was under way
        with pytest.raises(UnavailableError):
            await control.poll()
    before = await _age(control)
    await asyncio.sleep(0.3)
    assert await _age(control) >= before + 0.3
    async with control.changes.database.begin() as connection:
        await connection.execute(sql("ALTER TABLE away RENAME TO api_key"))
    await _until_younger(control, before)


async def test_a_ledger_that_contradicts_what_was_signed_stops_the_workers(
    control: ControlPlane, tmp_path: Path
) -> None:
    """What they recorded would be lost with it; a look that ends well does not hide that."""
    await a_new_key(control)
    await control.settle()
    checkpoint = tmp_path / "data" / "ledger" / "head" / "checkpoint"
    kept = checkpoint.read_bytes()
    checkpoint.write_bytes(b"another/head\n" + kept.partition(b"\n")[2])
    with pytest.raises(TamperError):
        await control.settle()
    before = await _age(control)
    await control.poll()
    assert await _age(control) >= before
    checkpoint.write_bytes(kept)
    await _until_younger(control, before)


async def _age(control: ControlPlane) -> float:
    return float((await control.watch(""))["age"])


async def _until_younger(control: ControlPlane, age: float) -> None:
    while await _age(control) >= age:
        await asyncio.sleep(0.01)


async def test_a_new_key_is_told_to_who_waits(control: ControlPlane) -> None:
    waiting = asyncio.create_task(control.watch(control.changes.generation))
    created = await a_new_key(control)
    told = await waiting
    assert [parse_key(key).id for key in told["keys"]] == [created.key.id]
    assert created.text not in str(told)


async def test_every_worker_refuses_a_revoked_key_after_one_look_and_one_answer(
    control: ControlPlane, clock: FixedClock
) -> None:
    """What may pass is the time to the next look and that of the answer: no time-out, no cache."""
    created = await a_new_key(control)
    build = SnapshotBuilder(control.settings, {}).build
    workers = [SnapshotKeeper(control=control, build=build, clock=clock) for _ in range(3)]
    for worker in workers:
        await worker.refresh()
        verify_api_key(find_key(worker, created), at=control.changes.clock.now())
    async with opened_beside(control) as command:
        await command.identity.keys.revoke(command.operator(), created.key.id)
    await control.poll()
    for worker in workers:
        await worker.refresh()
        with pytest.raises(KeyRefused):
            verify_api_key(find_key(worker, created), at=control.changes.clock.now())


async def test_who_waits_is_told_at_the_moment_of_the_change(control: ControlPlane) -> None:
    waiting = asyncio.create_task(control.watch(control.changes.generation))
    await asyncio.sleep(0)
    await control.changes._reload()
    for _ in range(10):  # turns of the loop, without any time between
        await asyncio.sleep(0)
    assert waiting.done()


def test_the_look_and_the_answers_leave_most_of_the_promised_second() -> None:
    assert running.POLL <= 0.25
    assert changes.ANSWER_WITHIN < STALE_AFTER


def find_key(worker: SnapshotKeeper, created: CreatedKey) -> ApiKey:
    return worker.current().keys.get(parse_api_key(created.text))


def opened_beside(control: ControlPlane) -> Any:
    """The same installation as a command opens it."""
    tools = make_tools()
    return open_foundation(
        control.settings, clock=tools.clock, ids=tools.ids, entropy=tools.entropy
    )


async def test_a_policy_that_cannot_be_written_down_is_told_to_nobody_until_it_is(
    control: ControlPlane,
) -> None:
    """Else a worker that starts meanwhile would hold no session to the one before."""
    known, text = (await control.watch(""))["generation"], '[gateway]\npolicy = "observe"\n'
    async with control.changes.database.begin() as connection:
        await connection.execute(sql("ALTER TABLE policy_activation RENAME TO away"))
    assert control.changes.configuration.path is not None
    control.changes.configuration.path.write_text(text)
    for _ in range(2):
        with pytest.raises(UnavailableError):
            await control.poll()
    assert control.changes.generation == known
    assert (await control.watch(""))["policy"]["name"] == "balanced"
    async with control.changes.database.begin() as connection:
        await connection.execute(sql("ALTER TABLE away RENAME TO policy_activation"))
    await control.poll()
    told = await control.watch(known)
    assert told["policy"]["name"] == "observe"
    assert [each["name"] for each in told["past"]] == ["balanced"]


async def test_generations_of_two_starts_differ(control: ControlPlane, tmp_path: Path) -> None:
    tools = make_tools()
    flags = {"server.data_dir": tmp_path / "other", "server.key_dir": tmp_path / "keys-2"}
    async with open_control(
        read_settings(None, {}, flags), None, tools.clock, tools.ids, tools.entropy
    ) as second:
        assert second.changes.generation != control.changes.generation


async def test_a_changed_file_is_told_and_recorded_and_a_bad_one_only_recorded(
    control: ControlPlane, tmp_path: Path
) -> None:
    before = control.changes.generation
    (tmp_path / "curtilage.toml").write_text("[gateway]\nretries = 99\n")
    await control.poll()
    assert control.changes.generation == before
    (tmp_path / "curtilage.toml").write_text("[gateway]\nretries = 5\n")
    await control.poll()
    assert (await control.watch(before))["configuration"] == "[gateway]\nretries = 5\n"
    await control.settle()
    kinds = [record.event.kind for record in LedgerReader(tmp_path / "data" / "ledger").iterate()]
    assert [kind for kind in kinds if kind.startswith("configuration.")] == [
        "configuration.refused",
        "configuration.changed",
    ]


async def test_limits_are_counted_here_and_an_unknown_key_gets_nothing(
    control: ControlPlane,
) -> None:
    created = await a_new_key(control, requests_per_minute=2)
    ask = Ask(created.key.id, requests=1, tokens=0)
    assert [(await control.lease(ask)).wait > 0 for _ in range(3)] == [False, False, True]
    assert (await control.lease(Ask("nobodys", requests=1, tokens=0))).wait > 0


async def test_the_ledger_verifies_after_it_was_settled(control: ControlPlane) -> None:
    await a_new_key(control)
    await control.settle()
    assert (await asyncio.to_thread(control.verify)).holds


async def test_what_tokens_stand_on_is_told_alone(control: ControlPlane) -> None:
    """Somebody signs out far more often than a key changes: no worker builds all anew for it."""
    first = await control.watch("")
    digest, until = b"d" * 32, control.changes.clock.now() + timedelta(minutes=5)
    standing = control.standing
    async with control.changes.database.begin() as connection:
        await standing.once.end_token(connection, standing.ground.tenant, digest, until)
    await control.poll()
    told = await control.watch(first["generation"])
    assert set(told) == {"generation", "tokens", "age"}
    assert told["tokens"]["tokens"] == [digest.hex()]
    snapshot = SnapshotBuilder(control.settings, {}).build(first)
    renewed = renew_tokens(snapshot, told)
    assert renewed.tokens is not None and renewed.tokens.tokens == {digest}
    assert renewed.keys is snapshot.keys and renewed.generation == snapshot.generation
    await a_new_key(control)
    both = await control.watch(told["generation"])
    assert {"keys", "tokens"} <= set(both), "with what is new of keys, this too"
    assert both["tokens"] == told["tokens"]


async def test_a_proof_is_used_once_and_uses_of_keys_are_kept(control: ControlPlane) -> None:
    until = control.changes.clock.now() + timedelta(minutes=1)
    assert await control.use_proof(b"p" * 32, until)
    assert not await control.use_proof(b"p" * 32, until)
    made, at = await a_new_key(control), control.changes.clock.now()
    topics = await broadcast.generations(control.changes.database)
    await control.note_uses({made.key.id: at})
    assert await broadcast.generations(control.changes.database) == topics, "nobody is woken"
    (listed,) = await control.keys.list(control.operator)
    assert listed.last_used_at == at


async def count_outbox(control: ControlPlane) -> int:
    async with control.changes.database.read() as connection:
        return await outbox.count_waiting(connection)


async def test_a_start_says_that_one_person_alone_may_see_values(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    flags = {"server.data_dir": tmp_path / "data", "server.key_dir": tmp_path / "keys"}
    tools = make_tools()
    for mode, told in (("two-people", []), ("reason", ["reason"])):
        settings = read_settings(None, {}, {**flags, "console.reveal": mode})
        async with open_control(settings, None, tools.clock, tools.ids, tools.entropy) as control:
            while await count_outbox(control):
                await asyncio.sleep(0.01)
        logged = [each for each in caplog.records if vars(each).get("event") == "reveals.lowered"]
        assert [vars(each)["reason"] for each in logged] == told
    reader = LedgerReader(tmp_path / "data" / "ledger")
    kept = [each.event for each in reader.iterate() if each.event.kind == "reveals.lowered"]
    assert [each.facts for each in kept] == [{"mode": "reason"}]
