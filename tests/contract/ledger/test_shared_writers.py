"""Writers of one ledger in PostgreSQL: killed, cut off, too late."""

import asyncio
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from curtilage.core.clock import SystemClock
from curtilage.core.entropy import SystemEntropy
from curtilage.core.ids import SystemIds
from curtilage.core.models import Event
from curtilage.ledger.adapters.postgrescommitlog import PostgresCommitLog
from curtilage.ledger.adapters.postgreslogs import PostgresLogs
from curtilage.ledger.adapters.postgresstore import PostgresStore
from curtilage.ledger.errors import LedgerUnavailable
from curtilage.ledger.intents import close_unknown
from curtilage.ledger.keeping.build import build_keeping
from curtilage.ledger.keeping.logs import WORKERS, LedgerKeeping
from curtilage.ledger.settings import IN_STORE, LedgerSettings
from curtilage.ledger.writer import LedgerWriter
from tests.builders import an_event
from tests.fakes.cutter import Cutter
from tests.integration.ledger.appender import OPENS
from tests.ledger_rows import Store
from tests.unit.ledger.worlds import World

pytestmark = pytest.mark.postgres
CLOCK = SystemClock()
IDS = SystemIds(CLOCK, SystemEntropy())
APPENDER = Path(__file__).parents[2] / "integration" / "ledger" / "appender.py"
REPOSITORY = Path(__file__).parents[3]


def keep(url: str) -> LedgerKeeping:
    settings = LedgerSettings(log=IN_STORE)
    return build_keeping(settings, Path(), url=url, clock=CLOCK, ids=IDS)


def open_writer(url: str) -> LedgerWriter:
    return keep(url).writer(WORKERS, process="gw-0", opens=OPENS)


def close_left(store: Store) -> int:
    unknown = lambda intent: close_unknown(intent, id=IDS.new(), at=CLOCK.now())
    return keep(store.url).close_left(WORKERS, opens=OPENS, unknown=unknown)


def copy(store: Store, world: World) -> None:
    sequencer = world.sequencer(shared=PostgresStore(store.url, lambda: None))
    while sequencer.step():
        pass
    sequencer.close()


def launch(store: Store) -> "subprocess.Popen[bytes]":
    command = [sys.executable, str(APPENDER), "-", "8", store.url]
    return subprocess.Popen(command, stdout=subprocess.PIPE, cwd=REPOSITORY)


def kill_rounds(store: Store, world: World, rounds: int) -> None:
    """Two writers at a time; one of them is killed, the other goes on through the rounds."""
    acknowledged: list[bytes] = []
    chance = random.Random(7)
    lasting = launch(store)
    for _ in range(rounds):
        with launch(store) as process:
            assert process.stdout is not None
            seen = [process.stdout.readline() for _ in range(chance.randrange(1, 200))]
            process.kill()
            seen += process.stdout.read().splitlines(keepends=True)
        acknowledged += [line for line in seen if line.endswith(b"\n")]
        store.ask("UPDATE ledger_slot SET ends_at = 0")  # also of the one that goes on
    lasting.kill()
    assert lasting.stdout is not None
    acknowledged += [line for line in lasting.stdout.read().splitlines(True) if line[-1:] == b"\n"]
    lasting.stdout.close()
    lasting.wait()
    store.ask("UPDATE ledger_slot SET ends_at = 0")
    assert close_left(store) > 0
    copy(store, world)
    verdict = world.verify()
    assert verdict.holds, verdict.problems
    events = [record.event for record in world.reader.iterate()]
    found = Counter(event.id for event in events)
    assert [id_ for id_ in acknowledged if found[id_.decode().strip()] != 1] == []
    intents = {event.id for event in events if event.kind in OPENS}
    assert intents - {event.facts.get("intent") for event in events} == set()


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_no_acknowledged_record_is_lost_where_writers_are_killed(
    store: Store, tmp_path: Path
) -> None:
    kill_rounds(store, World(tmp_path), 3)


@pytest.mark.deep
@pytest.mark.timeout(900)
def test_no_acknowledged_record_is_lost_by_fifty_kills(store: Store, tmp_path: Path) -> None:
    kill_rounds(store, World(tmp_path), 50)


async def until_available(writer: LedgerWriter) -> None:
    while not writer.is_available:
        await asyncio.sleep(0.01)


async def test_a_writer_whose_slot_was_taken_goes_on_in_another(
    store: Store, tmp_path: Path
) -> None:
    world = World(tmp_path)
    writer = open_writer(store.url)
    await writer.append(an_intent(world))
    store.end_leases()
    other = open_writer(store.url)
    assert len(other.unfinished) == 1
    with pytest.raises(LedgerUnavailable):
        await writer.append(an_intent(world))
    await until_available(writer)
    late = an_intent(world)
    await writer.append(late)
    await other.append(an_intent(world))
    writer.close()
    other.close()
    copy(store, world)
    assert world.verify().holds
    records = list(world.reader.iterate())
    assert [record.writer for record in records] == ["gateway-0001"] * 3 + ["gateway-0002"]
    assert records[-1].event.id == late.id


async def test_an_intent_that_was_told_to_be_lost_and_is_there_is_ended(
    store: Store, cutter: Cutter, tmp_path: Path
) -> None:
    world = World(tmp_path)
    logs = PostgresLogs(store.through(cutter), CLOCK, IDS)
    log = logs.open("gw-0", opens=OPENS)
    assert isinstance(log, PostgresCommitLog)
    log._settle_seconds = 0.0
    writer = LedgerWriter.over(log, clock=CLOCK, ids=IDS)
    going_on = an_intent(world)
    await writer.append(going_on)
    doubted = an_intent(world)
    cutter.plan, cutter.refuses = "after", True
    with pytest.raises(LedgerUnavailable):
        await writer.append(doubted)
    assert await asyncio.to_thread(cutter.arrived.wait, 30)
    cutter.refuses = False
    last = an_intent(world)
    while True:
        try:
            await writer.append(last)
            break
        except LedgerUnavailable:
            await asyncio.sleep(0.01)
    writer.close()
    copy(store, world)
    assert world.verify().holds
    told = [
        (record.event.kind, record.event.facts.get("intent")) for record in world.reader.iterate()
    ]
    assert told[:3] == [
        ("exchange.intended", None),
        ("exchange.intended", None),
        ("exchange.unknown", doubted.id),
    ]
    assert len(told) == 4


GRANTS = """
GRANT SELECT, INSERT, UPDATE ON ledger_slot TO {role};
GRANT SELECT, INSERT ON ledger_segment, ledger_batch TO {role}"""


async def test_a_worker_can_have_a_role_that_only_appends(store: Store, tmp_path: Path) -> None:
    role = f"curtilage_test_{os.urandom(8).hex()}"
    schema = store.ask("SELECT current_schema()")[0][0]
    store.ask(f"CREATE ROLE {role} LOGIN")
    try:
        store.ask(f"GRANT USAGE ON SCHEMA {schema} TO {role};" + GRANTS.format(role=role))
        url = make_url(store.url).set(username=role).render_as_string(hide_password=False)
        world = World(tmp_path)
        for _ in range(2):
            writer = open_writer(url)
            await writer.append(an_intent(world))
            writer.close()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            Store(url).ask("DELETE FROM ledger_batch")
        copy(store, world)
        assert world.verify().holds
    finally:
        store.ask(f"DROP OWNED BY {role}; DROP ROLE {role}")


def an_intent(world: World) -> Event:
    world.made += 1
    return an_event(number=world.made, at=CLOCK.now(), kind="exchange.intended")
