"""Model calls are found by what is asked of them, on each database, and by reading a bounded part."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from curtilage.app.migrations import SCRIPTS
from curtilage.core.db.engine import Database
from curtilage.core.models import Event, TenantId
from curtilage.gateway import records
from curtilage.gateway.rows import Wanted
from curtilage.gateway.store import searching
from curtilage.gateway.store.exchanges import ExchangeStore
from tests.fakes.clock import START

TENANT = TenantId("orchard")
KINDS = ("EMAIL_ADDRESS", "IBAN", "PERSON")
MODELS = ("gpt-4o", "gpt-4o-mini", "Claude-Sonnet", "gpt_4o")
OUTCOMES = (records.COMPLETED, records.REFUSED, records.FAILED)


def an_id(number: int, at: datetime) -> str:
    """A UUIDv7 of that instant."""
    digits = f"{int(at.timestamp() * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}-7000-8000-{number:012x}"


def a_call(number: int, **given: object) -> list[Event]:
    """A call and its end: one a minute; what was found, the model and the caller take turns."""
    at = START + timedelta(minutes=number)
    kinds: Sequence[str] = [kind for place, kind in enumerate(KINDS) if number & (1 << place)]
    found = dict.fromkeys(given.get("kinds", kinds), 1)  # type: ignore[attr-defined]
    intent = records.intended(
        request_id=an_id(number, at),
        at=at,
        tenant=TENANT,
        actor=f"actor-{number % 3}",
        actor_kind="service",
        subject="",
        purpose="assist",
        decision=None,
        facts={"model": given.get("model", MODELS[number % 4]), "found": found},  # type: ignore[dict-item]
        sealed=None,
    )
    ending = records.outcome(
        event_id=f"end-{number}", at=at, kind=OUTCOMES[number % 3], intent=intent, facts={}
    )
    return [intent, ending]


@pytest.fixture
async def store(database: Database) -> ExchangeStore:
    made = ExchangeStore(database)
    await made.add([event for number in range(48) for event in a_call(number)], {})
    return made


async def numbers(store: ExchangeStore, wanted: Wanted, **given: object) -> list[int]:
    asked = {"before": None, "limit": 100, **given}
    page = await store.page(TENANT, wanted, **asked)  # type: ignore[arg-type]
    return [int(row.id[-12:], 16) for row in page.rows]


def expected(wanted: Wanted) -> list[int]:
    """The same by a loop over all."""
    return [
        number
        for number in reversed(range(48))
        if (wanted.actors is None or f"actor-{number % 3}" in wanted.actors)
        and (not wanted.kind or number & (1 << KINDS.index(wanted.kind)))
        and (not wanted.model or MODELS[number % 4] == wanted.model)
        and (not wanted.outcome or OUTCOMES[number % 3].endswith(wanted.outcome))
        and (wanted.since is None or START + timedelta(minutes=number) >= wanted.since)
        and (wanted.until is None or START + timedelta(minutes=number) < wanted.until)
    ]


async def test_every_combination_of_questions_finds_what_a_loop_over_all_finds(
    store: ExchangeStore,
) -> None:
    choices = itertools.product(
        (None, ["actor-1"]),
        ("", "IBAN"),
        ("", "gpt-4o"),
        ("", "refused"),
        (None, START + timedelta(minutes=10)),
        (None, START + timedelta(minutes=40)),
    )
    for actors, kind, model, outcome, since, until in choices:
        wanted = Wanted(
            actors=actors, kind=kind, model=model, outcome=outcome, since=since, until=until
        )
        assert await numbers(store, wanted) == expected(wanted), wanted


async def test_a_call_is_found_by_its_id_and_by_how_it_begins(store: ExchangeStore) -> None:
    seventh = an_id(7, START + timedelta(minutes=7))
    assert await numbers(store, Wanted(id=seventh)) == [7]
    assert await numbers(store, Wanted(id=seventh[:13])) == [7]
    assert len(await numbers(store, Wanted(id=seventh[:4]))) == 48
    assert await numbers(store, Wanted(id="ffff")) == []


@pytest.mark.parametrize(
    ("model", "found"),
    [
        ("gpt-4o*", {"gpt-4o", "gpt-4o-mini"}),
        ("claude*", {"Claude-Sonnet"}),
        ("gpt_4*", {"gpt_4o"}),
        ("%", set()),
        ("%*", set()),
        ("*", set(MODELS)),
        ("gpt-4o' OR '1'='1", set()),
        ("g\\*", set()),
    ],
)
async def test_models_are_found_by_name_or_by_how_they_begin_and_no_sign_is_special(
    store: ExchangeStore, model: str, found: set[str]
) -> None:
    rows = (await store.page(TENANT, Wanted(model=model), before=None, limit=100)).rows
    assert {row.facts["model"] for row in rows} == found


async def test_pages_of_a_search_hold_each_call_once(store: ExchangeStore) -> None:
    wanted, before, seen = Wanted(kind="PERSON"), None, []
    while True:
        page = await store.page(TENANT, wanted, before=before, limit=5)
        seen += [int(row.id[-12:], 16) for row in page.rows]
        if len(page.rows) < 5:
            break
        before = page.rows[-1].id
    assert seen == expected(wanted)


async def test_more_types_than_fit_into_the_index_are_still_found(store: ExchangeStore) -> None:
    kinds = [f"KIND_{number:03}" for number in range(200)]
    await store.add(a_call(60, kinds=kinds, model='sly","NOWHERE":'), {})
    for kind in ("KIND_000", "KIND_199"):
        assert await numbers(store, Wanted(kind=kind)) == [60]
    assert await numbers(store, Wanted(kind="KIND_1")) == []
    assert await numbers(store, Wanted(kind="NOWHERE")) == []


async def test_of_another_tenant_nothing_is_found(store: ExchangeStore) -> None:
    page = await store.page(TenantId("other"), Wanted(kind="IBAN"), before=None, limit=9)
    assert (page.rows, page.reached) == ([], None)


async def test_a_call_that_ended_later_is_found_by_how_it_ended(store: ExchangeStore) -> None:
    intent, ending = a_call(61)
    await store.add([intent], {})
    assert await numbers(store, Wanted(outcome="pending")) == [61]
    await store.add([ending], {})
    assert await numbers(store, Wanted(outcome="pending")) == []
    assert (await numbers(store, Wanted(outcome="refused")))[0] == 61


async def test_a_search_for_what_is_rare_stops_and_goes_on_where_it_stopped(
    database: Database,
) -> None:
    store = ExchangeStore(database)
    await store.add([*a_call(0, kinds=["RARE"]), *a_call(1)], {})
    await copied(database, searching.MOST_LOOKED_AT + 5)
    page = await store.page(TENANT, Wanted(kind="RARE"), before=None, limit=25)
    assert page.rows == [] and page.reached is not None
    first = a_call(0)[0]
    for wanted in (Wanted(id=first.id), Wanted(until=START + timedelta(minutes=1))):
        found = await store.page(TENANT, wanted, before=None, limit=25)
        assert ([row.id for row in found.rows], found.reached) == ([first.id], None)
    rest = await store.page(TENANT, Wanted(kind="RARE"), before=page.reached, limit=25)
    assert [row.id for row in rest.rows] == [a_call(0)[0].id]
    assert rest.reached is None


async def copied(database: Database, times: int) -> None:
    """Rows beside those that are there, newer than they: made by the database, which is quick."""
    numbers = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :times) "
        "INSERT INTO exchange (tenant, id, at, actor, purpose, outcome, intent, model, kinds) "
        "SELECT tenant, 'f' || substr(CAST(10000000 + i AS VARCHAR(8)), 2) || substr(id, 9), at, "
        "actor, purpose, outcome, intent, model, kinds FROM exchange, n WHERE id = :id"
    )
    async with database.begin() as connection:
        await connection.execute(text(numbers), {"times": times, "id": a_call(1)[0].id})


async def test_calls_of_an_earlier_version_are_found_after_the_upgrade(
    database: Database,
) -> None:
    """The columns are taken away and the migration runs again, over more than one batch."""
    store = ExchangeStore(database)
    numbered = range(6)
    await store.add([event for number in numbered for event in a_call(number)], {})
    async with database.begin() as connection:
        await connection.execute(text("DROP INDEX ix_exchange_search"))
        for column in ("model", "kinds"):
            await connection.execute(text(f"ALTER TABLE exchange DROP COLUMN {column}"))
        await connection.execute(
            text("CREATE INDEX ix_exchange_outcome ON exchange (tenant, outcome, id)")
        )
        await connection.run_sync(run_migration, "0011_search", batch=4)
    assert await numbers(store, Wanted(kind="IBAN")) == [3, 2]
    assert await numbers(store, Wanted(model="gpt-4o")) == [4, 0]


def run_migration(connection: Connection, revision: str, *, batch: int) -> None:
    script = ScriptDirectory(str(SCRIPTS)).get_revision(revision)
    assert script is not None
    assert batch < script.module.BATCH
    script.module.BATCH = batch  # a module of its own, loaded for this run alone
    with Operations.context(MigrationContext.configure(connection)):
        script.module.upgrade()
