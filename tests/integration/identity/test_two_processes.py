"""The same at the same moment in two processes over one store: one wins, on both databases.

Each process is a node of its own: its own connections, its own keys in memory. SQLite takes
two processes over one file, as a service and a command beside it are.

What decides differs. Where one statement decides (a link, a recovery code, a one-time code: a
DELETE or UPDATE that tells who was first), a race fails on both databases without it. Where
rows are read first (a code, a refresh token, a budget), PostgreSQL holds them by `FOR UPDATE`,
and its race fails without that; SQLite passes over that clause, and there the order is made
before anything is read: a transaction that may write begins with the one writer's lock. Then
no race over rows can fail, whatever statements say, so the last test here asks for the lock
itself. `used_at IS NULL` of codes and refresh tokens stands under both, as a second guard that
no race can reach; `tests/contract/test_oauth_stores.py` shows it.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql

from curtilage.app.foundation import Foundation
from curtilage.app.settings import read_settings
from curtilage.core.clock import SystemClock
from curtilage.core.db import outbox
from curtilage.core.db.engine import open_database
from curtilage.core.models import PrincipalId, PurposeKey
from curtilage.identity.budgets import Budget, BudgetAsk, Measure, Window
from curtilage.identity.oauth.models.grants import Code, Grant
from curtilage.identity.oauth.settings import CODE_LIFE
from curtilage.identity.people.models import AuthenticatorKind
from curtilage.identity.people.service.mail_sign_in import KIND, USE, WITHIN, hash_browser
from curtilage.identity.people.service.proving import TOTP
from curtilage.identity.service.keys import KeyRequest
from curtilage.identity.wire.pkce import challenge_of, encode_code_challenge
from curtilage.identity.wire.recovery_codes import mint_recovery_codes
from curtilage.identity.wire.secrets import mint_secret
from curtilage.identity.wire.totp import hotp, mint_totp_secret, step_at
from tests.integration.signing_in import CALLBACK, VERIFIER, Neighbourhood
from tests.planted import remember
from tests.postgres_server import own_database, some_postgres
from tests.racing import BROWSER, Racers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
EACH = 25  # attempts in each of the two processes


@dataclass(frozen=True, slots=True)
class Course:
    """The store that both run on, and the two."""

    beside: Neighbourhood
    racers: Racers


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def course(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Course]:
    folder = tmp_path_factory.mktemp("race")
    with ExitStack() as stack:
        store = {}
        if request.param == "postgresql":
            server = stack.enter_context(some_postgres(folder))
            store = {"store.url": stack.enter_context(own_database(server)), "ledger.log": "store"}
        each = [_place(folder, name, store) for name in ("one", "other")]
        here = Neighbourhood(read_settings(None, {}, each[0]), "", folder)
        here.run(_sign_keys)
        if not store:  # one file, and so one folder
            each[1] = each[0]
        yield Course(here, stack.enter_context(Racers(each)))


def _place(folder: Path, name: str, store: dict[str, str]) -> dict[str, str]:
    data_dir = folder / name
    remember(data_dir, folder / "keys")
    return {"server.data_dir": str(data_dir), "server.key_dir": str(folder / "keys"), **store}


async def _sign_keys(here: Foundation) -> None:
    await here.identity.oauth.keys.keep_up()


def counted(beside: Neighbourhood) -> Counter[str]:
    """How many Events of each kind there are."""

    async def read(here: Foundation) -> Counter[str]:
        async with here.database.read() as connection:
            return Counter(each.event.kind for each in await outbox.read_batch(connection, 10_000))

    found: Counter[str] = beside.run(read)
    return found


@pytest.mark.requirement(8)
@pytest.mark.complaint(3)
def test_fifty_refreshes_at_once_give_one_successor_and_sign_nobody_out(course: Course) -> None:
    app = course.beside.an_app()
    _, grant = course.beside.granted(app, course.beside.add_person("refreshing"))
    first, before = course.beside.a_refresh_token(app, grant), counted(course.beside)
    fields = refreshing(app, first)
    successors = set(course.racers.race("post", EACH, {"fields": fields}))
    assert len(successors) == 1
    (following,) = successors
    assert following not in (first, "invalid_grant")
    new = counted(course.beside) - before
    assert (new["token.refreshed"], new["refresh_token.reused"]) == (1, 0)
    (last,) = set(course.racers.race("post", 1, {"fields": refreshing(app, following)}))
    assert last not in (following, "invalid_grant")


def refreshing(app: Any, token: str) -> dict[str, str]:
    return {
        "grant_type": "refresh_token",
        "refresh_token": token,
        "client_id": app.client.id,
        "client_secret": app.secret,
    }


@pytest.mark.requirement(4)
def test_of_a_code_that_is_sent_many_times_one_gives_tokens(course: Course) -> None:
    """Of few, so that without the lock all can read before the first is done; and of many."""
    app, person = course.beside.an_app(), course.beside.add_person("coding")
    for each in (1, 1, 1, 1, 1, 1, 1, 5):
        fields = {
            "grant_type": "authorization_code",
            "code": a_code(course.beside, app, person),
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
            "client_id": app.client.id,
            "client_secret": app.secret,
        }
        outcomes = course.racers.race("post", each, {"fields": fields})
        assert outcomes.count("invalid_grant") == 2 * each - 1
        (won,) = set(outcomes) - {"invalid_grant"}
        again = course.racers.race("post", 1, {"fields": refreshing(app, won)})
        assert again == ["invalid_grant"] * 2  # that it came twice ended what the first gave


def a_code(beside: Neighbourhood, app: Any, person: PrincipalId) -> str:
    """A code as the authorization endpoint gives it."""
    at = SystemClock().now()

    async def make(here: Foundation) -> str:
        minted = mint_secret(here.entropy)
        grant = Grant(
            id=here.ids.new(), tenant=here.tenant, client=app.client.id, person=person, session="",
            scopes=("offline_access", "models:call"), resources=(beside.resource,), auth_time=at,
            acr="aal1", amr=("pwd",), made_at=at, expires_at=at + WITHIN,
        )  # fmt: skip
        challenge = encode_code_challenge(challenge_of(VERIFIER))
        code = Code(
            here.tenant, minted.digest, grant, CALLBACK, True, challenge, "", at + CODE_LIFE
        )
        async with here.database.begin() as connection:
            grants = here.identity.oauth.standing.grants
            await grants.insert_code(connection, here.tenant, code)
        return minted.text

    return str(beside.run(make))


@pytest.mark.requirement(59)
@pytest.mark.complaint(24)
def test_of_a_hundred_calls_on_a_budget_for_one_one_passes(course: Course) -> None:
    for _ in range(10):  # each node asks once for all its calls, so each round is one chance
        outcomes = course.racers.race("budget", 50, {"key": a_key_with(course, 1)})
        assert Counter(outcomes) == {"passed": 1, "refused": 99}


def test_all_that_both_take_of_a_budget_is_what_it_has(course: Course) -> None:
    outcomes = course.racers.race("portions", EACH, {"key": a_key_with(course, 30)})
    assert sum(map(int, outcomes)) == 30
    assert "0" in outcomes  # more was asked than there is


def a_key_with(course: Course, requests: int) -> str:
    """A key with a budget of so many, whose row is there: a first INSERT would make an order."""

    async def make(here: Foundation) -> str:
        only = Budget(Measure.REQUESTS, Window.TOTAL, requests)
        wish = KeyRequest("calls", frozenset({PurposeKey("assist")}), budgets=(only,))
        made = (await here.identity.keys.create(here.operator(), wish)).key
        await here.identity.budgets.lease(made.payer, BudgetAsk(made.id))
        return made.id

    return str(course.beside.run(make))


@pytest.mark.requirement(48)
def test_a_link_that_is_opened_many_times_begins_one_session(course: Course) -> None:
    person = course.beside.add_person("linked")

    async def make(here: Foundation) -> str:
        service = here.identity.people.mail_sign_ins
        counters = service.attempts.counters(here.tenant, "linked", "192.0.2.7", USE)
        return await service.ceremonies.begin(
            here.tenant,
            KIND,
            within=WITHIN,
            person=person,
            browser=hash_browser(BROWSER),
            carried={"counted": " ".join(each.hex() for each in counters)},
        )

    outcomes = course.racers.race("link", EACH, {"secret": course.beside.run(make)})
    assert outcomes.count("in") == 1
    assert set(outcomes) == {"in", "identity.ceremony-over"}


@pytest.mark.requirement(47)
def test_a_recovery_code_that_is_typed_many_times_is_used_up_once(course: Course) -> None:
    person = course.beside.add_person("recovering")

    async def keep(here: Foundation) -> str:
        code, register = mint_recovery_codes(here.entropy)[0], here.identity.people.register
        kept = register.new_authenticator(
            person, AuthenticatorKind.RECOVERY_CODE, b"", lookup=code.digest
        )
        async with here.database.begin() as connection:
            await register.authenticators.insert(connection, here.tenant, kept)
        return code.text

    assert_one_gets_in(course, "recovery_code", "recovering", keep)


@pytest.mark.requirement(46)
def test_a_one_time_code_that_is_typed_many_times_is_good_once(course: Course) -> None:
    person = course.beside.add_person("typing")

    async def keep(here: Foundation) -> str:
        secret, register = mint_totp_secret(here.entropy), here.identity.people.register
        sealed = await register.boxes.seal(person, secret, TOTP)
        kept = register.new_authenticator(person, AuthenticatorKind.TOTP, sealed)
        async with here.database.begin() as connection:
            await register.authenticators.insert(connection, here.tenant, kept)
        return hotp(secret, step_at(SystemClock().now()))

    assert_one_gets_in(course, "one_time_code", "typing", keep)


def assert_one_gets_in(course: Course, race: str, name: str, keep: Any) -> None:
    """Of several begun sessions, half of them in each process, one gets further by the code."""
    sessions = [course.beside.a_session(name) for _ in range(4)]
    code = course.beside.run(keep)
    outcomes = course.racers.race(
        race,
        2,
        {"code": code, "sessions": sessions[:2]},
        {"code": code, "sessions": sessions[2:]},
    )
    assert outcomes.count("in") == 1, outcomes
    assert set(outcomes) <= {"in", "identity.sign-in-refused", "identity.too-many-attempts"}


async def test_on_sqlite_who_may_write_reads_only_after_the_writer_before(tmp_path: Path) -> None:
    """The structure that all races over rows stand on there: see the head of this file."""
    first, second = open_database("sqlite", tmp_path), open_database("sqlite", tmp_path)
    async with first.begin() as connection:
        await connection.execute(sql("CREATE TABLE row (n INTEGER)"))

    async def read() -> int:
        async with second.begin() as connection:
            return int((await connection.execute(sql("SELECT count(*) FROM row"))).scalar_one())

    async with first.begin() as connection:
        await connection.execute(sql("SELECT count(*) FROM row"))  # its first statement begins it
        reading = asyncio.create_task(read())
        await asyncio.wait({reading}, timeout=0.5)
        assert not reading.done()
        await connection.execute(sql("INSERT INTO row VALUES (1)"))
    assert await reading == 1
    await first.close()
    await second.close()
