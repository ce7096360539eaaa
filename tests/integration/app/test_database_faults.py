"""The database fails at every statement and every commit of what people do.

Each use case is done once to count its statements, then once for each of them and each
way to fail. Whatever happened: state and the Event that tells of it are there together or
not at all; the failure is an error of ours without a word of the driver; no connection
and no task is left; the same use case then works.
"""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from curtilage.app.migrations import SCRIPTS
from curtilage.core.db.engine import FILE_NAME, open_database
from curtilage.core.db.migrate import migrate
from curtilage.core.errors import CurtilageError
from curtilage.core.models import PurposeKey
from curtilage.identity.budgets import Amount, Budget, BudgetAsk, Measure, Window
from curtilage.identity.people.views import Arrival
from curtilage.identity.service.keys import KeyRequest
from tests.builders import TENANT
from tests.identity_house import ADMIN, PASSPHRASE, House, a_house
from tests.policy_house import OTHER, PolicyHouse, a_policy_house, a_text, a_written_policy

SECRET = "what a driver says: (name)=(Ada Quill) already exists"
ASSIST = frozenset({PurposeKey("assist")})


class Fault(Enum):
    """How a statement fails."""

    BROKEN = "input or output failed"
    FULL = "no room on the disk"
    BUG = "an error that nobody foresaw"
    CANCELLED = "the request ends while it waits"


@dataclass
class Statements:
    """Counts what a database is told; at the number `at`, `fault` happens."""

    fault: Fault | None = None
    at: int = -1
    told: list[str] = field(default_factory=list)

    def tell(self, what: str) -> None:
        self.told.append(what)
        if len(self.told) - 1 != self.at or self.fault is None:
            return
        if self.fault is Fault.BUG:
            raise RuntimeError(SECRET)
        if self.fault is Fault.CANCELLED:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            return
        problem = sqlite3.OperationalError(SECRET)
        problem.sqlite_errorcode = (
            sqlite3.SQLITE_FULL if self.fault is Fault.FULL else sqlite3.SQLITE_IOERR
        )
        raise OperationalError(SECRET, {}, problem)

    @contextmanager
    def counting(self, engine: Any) -> Any:
        def on_statement(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            self.tell(statement.split(maxsplit=1)[0])

        def on_commit(_: Any) -> None:
            self.tell("COMMIT")

        event.listen(engine, "before_cursor_execute", on_statement)
        event.listen(engine, "commit", on_commit)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", on_statement)
            event.remove(engine, "commit", on_commit)


@dataclass
class World:
    """Both slices on one database, after what each use case begins with."""

    house: House
    policies: PolicyHouse
    folder: Path
    given: dict[str, Any] = field(default_factory=dict)

    def rows(self, tables: tuple[str, ...]) -> list[Any]:
        """What the tables of a use case hold."""
        with sqlite3.connect(self.folder / FILE_NAME) as connection:
            return [connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables]

    async def kinds(self) -> list[str]:
        return await self.house.kinds()


@dataclass(frozen=True)
class UseCase:
    """What somebody does. Where `tables` change, `kind` is told, and the other way round."""

    do: Callable[[World], Awaitable[Any]]
    tables: tuple[str, ...]
    kind: str
    before: Callable[[World], Awaitable[Any]] | None = None


async def enrol(world: World) -> None:
    await world.house.enrol()


async def sign_in(world: World) -> None:
    session = await world.house.people.sign_ins.sign_in(
        TENANT, name="Grace", passphrase=PASSPHRASE, arrival=Arrival("192.0.2.7")
    )
    world.given["secret"] = session.secret


async def begin_signed_in(world: World) -> None:
    await enrol(world)
    await sign_in(world)


async def sign_out(world: World) -> None:
    await world.house.people.sessions.endings.sign_out(TENANT, world.given["secret"])


async def create_key(world: World) -> None:
    budget = Budget(Measure.TOKENS, Window.DAY, 1000)
    created = await world.house.identity.keys.create(
        ADMIN, KeyRequest("helpdesk", ASSIST, budgets=(budget,))
    )
    world.given["key"] = created.key


async def revoke_key(world: World) -> None:
    await world.house.identity.keys.revoke(ADMIN, world.given["key"].id)


async def lease_budget(world: World) -> None:
    ask = BudgetAsk(world.given["key"].id, Amount(1, 10, 0))
    await world.house.identity.budgets.lease(world.given["key"].payer, ask)


async def propose(world: World) -> None:
    text = a_text("mask")
    life, policy = world.policies.life, a_written_policy(text)
    world.given["version"] = await life.propose(ADMIN, policy, text, "Less leaves")


async def approve(world: World) -> None:
    await world.policies.life.approve(OTHER, world.given["version"])


async def take_over(world: World) -> None:
    await world.policies.take_over(a_text())


USE_CASES = {
    "enrol": UseCase(enrol, ("person",), "administrator.enrolled"),
    "sign in": UseCase(sign_in, ("session",), "session.started", enrol),
    "sign out": UseCase(sign_out, ("session",), "session.ended", begin_signed_in),
    "create a key": UseCase(create_key, ("api_key",), "api_key.created"),
    "revoke a key": UseCase(revoke_key, ("api_key",), "api_key.revoked", create_key),
    "lease a budget": UseCase(lease_budget, ("budget_use",), "", create_key),
    "propose a policy": UseCase(propose, ("policy_version",), "policy.proposed"),
    "approve a policy": UseCase(approve, ("policy_version",), "policy.approved", propose),
    "take a policy over": UseCase(take_over, ("policy_activation",), "policy.activated"),
}


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with today's tables, made once and copied."""
    folder = tmp_path_factory.mktemp("migrated")

    async def make() -> None:
        database = open_database("sqlite", folder)
        await migrate(database, SCRIPTS)
        await database.close()

    asyncio.run(make())
    return folder / FILE_NAME


@asynccontextmanager
async def a_world(migrated: Path, folder: Path, case: UseCase) -> AsyncIterator[World]:
    folder.mkdir()
    shutil.copy(migrated, folder / FILE_NAME)
    database = open_database("sqlite", folder)
    try:
        world = World(a_house(database, folder), a_policy_house(database), folder)
        if case.before is not None:
            await case.before(world)
        yield world
    finally:
        await database.close()


async def count_statements(migrated: Path, folder: Path, case: UseCase) -> list[str]:
    statements = Statements()
    async with a_world(migrated, folder, case) as world:
        with statements.counting(world.house.database.engine.sync_engine):
            await case.do(world)
    return statements.told


async def inject(world: World, case: UseCase, statements: Statements) -> None:
    """One fault; then everything is whole, nothing is held, and the same thing works."""
    database, before = world.house.database, asyncio.all_tasks()
    rows, kinds = world.rows(case.tables), await world.kinds()
    with statements.counting(database.engine.sync_engine):
        doing = asyncio.ensure_future(case.do(world))
        await asyncio.wait({doing})
    check_failure(doing)
    is_changed = world.rows(case.tables) != rows
    told = (await world.kinds())[len(kinds) :]
    if case.kind:
        assert is_changed == (case.kind in told), told
    assert database.engine.sync_engine.pool.checkedout() == 0
    assert asyncio.all_tasks() == before
    if not is_changed:
        await case.do(world)
        assert world.rows(case.tables) != rows


def check_failure(doing: "asyncio.Future[Any]") -> None:
    if doing.cancelled() or doing.exception() is None:
        return
    error = doing.exception()
    if isinstance(error, CurtilageError):
        assert SECRET not in f"{error} {error.detail} {error.advice} {error.__cause__}"
    else:
        assert isinstance(error, RuntimeError) and str(error) == SECRET


@pytest.mark.parametrize("fault", Fault, ids=lambda fault: fault.name.lower())
@pytest.mark.parametrize("name", USE_CASES)
async def test_state_and_its_event_stand_or_fall_together(
    migrated: Path, tmp_path: Path, name: str, fault: Fault
) -> None:
    case = USE_CASES[name]
    told = await count_statements(migrated, tmp_path / "dry", case)
    assert "COMMIT" in told
    for at in range(len(told)):
        async with a_world(migrated, tmp_path / str(at), case) as world:
            await inject(world, case, Statements(fault, at))
