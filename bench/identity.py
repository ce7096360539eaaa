"""How fast people and apps are let in: `python -m bench.identity [--people N]`. Gates at the end.

One process on one core, on the loop and under the scheduling that `serve` has, SQLite with a
durable commit for each answer; apps ask the whole way through the web shell. Beside it, in the same
run, a bare loop of Argon2id at the same costs. Times of right and wrong, known and unknown are
compared by their medians.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode

import uvloop
from argon2 import Type
from argon2.low_level import hash_secret

from curtilage.app.child import let_threads_give_way
from curtilage.app.foundation import Foundation, open_foundation
from curtilage.app.settings import read_settings
from curtilage.core.clock import SystemClock, encode_instant
from curtilage.core.entropy import SystemEntropy
from curtilage.core.errors import CurtilageError
from curtilage.core.ids import SystemIds
from curtilage.identity.oauth.models.clients import AuthMethod, GrantType
from curtilage.identity.oauth.service.clients import RegisteredClient
from curtilage.identity.oauth.wire.client_metadata import ClientWish
from curtilage.identity.people.errors import SignInRefused, TooManyAttempts
from curtilage.identity.people.models import AuthenticatorKind, Profile, Proof, ProofKind
from curtilage.identity.people.views import Arrival
from curtilage.web.app import build_web

PASSPHRASE = "lantern gravel otter vowel"
ABREAST = 4
SECONDS = 4.0
ROUNDS = 15
TURN = 1.5  # seconds; this machine's pace may change within a few of them
PEOPLE = 100_000
MICRO = 1e6
GATES = {
    "sign-ins a second": 30.0,
    "sign-ins beside bare Argon2id": 0.85,
    "client credentials a second": 300.0,
    "refreshes a second": 300.0,
}
CEILINGS = {
    "introspection, 99th of 100, ms": 10.0,
    "furthest from even, of the times of sign-ins": 0.15,
    "furthest from even, of those made to wait": 0.15,
    "session look-up, many beside few": 2.0,
}


@dataclass(frozen=True)
class Bench:
    """A service without a socket, and one app of it."""

    foundation: Foundation
    app: Any
    client: RegisteredClient

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> tuple[int, bytes]:
        """A form as a client's back channel sends it."""
        basic = b64encode(f"{self.client.client.id}:{self.client.secret}".encode()).decode()
        given = {
            "host": "localhost:8787",
            "content-type": "application/x-www-form-urlencoded",
            "authorization": f"Basic {basic}",
            **headers,
        }
        return await call(self.app, path, urlencode(fields).encode(), given)


async def call(app: Any, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """One request, without a client's own work in the figure."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
        "root_path": "", "client": ("192.0.2.7", 1), "server": ("localhost", 8787),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    content = b"".join(each.get("body", b"") for each in sent[1:])
    return int(sent[0]["status"]), content


async def rate(act: Callable[[], Awaitable[object]], *, seconds: float = SECONDS) -> float:
    """How often a second, some at once."""
    ends, done = time.perf_counter() + seconds, 0

    async def work() -> None:
        nonlocal done
        while time.perf_counter() < ends:
            await act()
            done += 1

    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(ABREAST)))
    return done / (time.perf_counter() - begun)


def bare_argon2() -> float:
    """Hashes a second of the same costs, with nothing around them."""
    ends, done, begun = time.perf_counter() + TURN / 2, 0, time.perf_counter()
    while time.perf_counter() < ends:
        hash_secret(b"lantern gravel otter vowel", os.urandom(16), 2, 19 * 1024, 1, 32, Type.ID)
        done += 1
    return done / (time.perf_counter() - begun)


async def open_bench(foundation: Foundation) -> Bench:
    """A person to sign in, an app to give tokens, and the endpoints in their shell."""
    await add_people(foundation, ["grace"])
    await foundation.identity.oauth.keys.keep_up()
    wish = ClientWish(
        name="bench",
        method=AuthMethod.BASIC,
        redirect_uris=("https://app.example/callback",),
        grant_types=frozenset({GrantType.CODE, GrantType.REFRESH, GrantType.CLIENT}),
        scopes=frozenset({"openid", "offline_access"}),
    )
    client = await foundation.identity.oauth.clients.register(foundation.operator(), wish)
    slices = foundation.identity.as_slices(usual_purpose=foundation.default_purpose)
    app = build_web(
        routes=[],
        nav=[],
        templates={},
        sessions=foundation.identity.people.desk,
        key=b"k" * 32,
        entropy=foundation.entropy,
        ids=foundation.ids,
        origins=[foundation.settings.public_url],
        endpoints=[each for slice_ in slices for each in slice_.endpoints],
    )
    return Bench(foundation, app, client)


async def add_people(foundation: Foundation, names: Sequence[str]) -> None:
    people = foundation.identity.people
    hashed = (await people.passphrases.hash(PASSPHRASE.encode())).encode()
    for name in names:
        profile = Profile(name)
        person = await people.register.prepare(foundation.tenant, profile)
        kept = people.register.new_authenticator(person.id, AuthenticatorKind.PASSPHRASE, hashed)
        async with foundation.database.begin() as connection:
            await people.register.insert(connection, person, profile)
            await people.register.authenticators.insert(connection, foundation.tenant, kept)


async def measure_sign_ins(bench: Bench) -> dict[str, float]:
    desk, count = bench.foundation.identity.people.desk, 0

    async def sign_in() -> None:
        nonlocal count
        count += 1
        arrival = Arrival(f"198.51.{count >> 8 & 255}.{count & 255}")
        await desk.sign_in(name="grace", passphrase=PASSPHRASE, arrival=arrival)

    bare, found = [bare_argon2()], list[float]()
    for _ in range(ROUNDS):  # by turns: others share the machine, and not evenly
        found.append(await rate(sign_in, seconds=TURN))
        bare.append(bare_argon2())
    beside = [each * 2 / (bare[n] + bare[n + 1]) for n, each in enumerate(found)]
    return {
        "bare Argon2id a second": median(bare),
        "sign-ins a second": median(found),
        "sign-ins beside bare Argon2id": median(beside),
    }


async def measure_grants(bench: Bench) -> dict[str, float]:
    async def own() -> None:
        status, body = await bench.post("/oauth2/token", {"grant_type": "client_credentials"})
        assert status == 200, body

    found = {"client credentials a second": await rate(own)}
    _, body = await bench.post("/oauth2/token", {"grant_type": "client_credentials"})
    token = body.split(b'"access_token":"')[1].split(b'"')[0].decode()
    times = []
    for _ in range(400):
        begun = time.perf_counter()
        status, body = await bench.post("/oauth2/introspect", {"token": token})
        times.append((time.perf_counter() - begun) * 1000)
        assert status == 200, body
    found["introspection, median, ms"] = median(times)
    found["introspection, 99th of 100, ms"] = quantiles(times, n=100)[98]
    return found


async def measure_evenness(bench: Bench) -> dict[str, float]:
    """Medians of what an attacker can time, as parts of their middle.

    Whoever has to wait is told so, and told the same whether they are there or not."""
    desk, count = bench.foundation.identity.people.desk, 0
    cases = {
        "right": ("grace", PASSPHRASE),
        "wrong": ("grace", "lantern gravel otter vowels"),
        "empty": ("grace", ""),
        "nobody": ("nobody", PASSPHRASE),
        "nobody, empty": ("nobody", ""),
        "disabled, right": ("locked", PASSPHRASE),
        "disabled, wrong": ("locked", "lantern gravel otter vowels"),
    }
    await disable(bench, "locked")
    times: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(60):
        for case, (name, passphrase) in cases.items():
            count += 1
            arrival = Arrival(f"203.0.{count >> 8 & 255}.{count & 255}")
            await forget_attempts(bench)
            begun = time.perf_counter()
            with suppress(CurtilageError):
                await desk.sign_in(name=name, passphrase=passphrase, arrival=arrival)
            times[case].append((time.perf_counter() - begun) * 1000)
    waits = await time_waiting(bench, ("grace", "nobody", "locked"))
    medians = {case: median(each) for case, each in times.items()}
    found = {f"sign-in, {case}, ms": took for case, took in medians.items()}
    found |= {f"made to wait, {name}, ms": took for name, took in waits.items()}
    return found | {
        "furthest from even, of the times of sign-ins": furthest(medians.values()),
        "furthest from even, of those made to wait": furthest(waits.values()),
    }


def furthest(times: Collection[float]) -> float:
    """How far the furthest lies from the middle, as a part of it."""
    middle = median(times)
    return max(abs(took - middle) / middle for took in times)


async def time_waiting(bench: Bench, names: Sequence[str]) -> dict[str, float]:
    """How long it takes to be told to wait: medians by name."""
    desk = bench.foundation.identity.people.desk
    times: dict[str, list[float]] = {name: [] for name in names}
    await forget_attempts(bench)
    for _ in range(100):
        for number, name in enumerate(names):
            begun = time.perf_counter()
            try:
                arrival = Arrival(f"203.0.113.{number}")
                await desk.sign_in(name=name, passphrase="", arrival=arrival)
            except TooManyAttempts:
                times[name].append((time.perf_counter() - begun) * 1000)
            except SignInRefused:
                pass
    return {name: median(each) for name, each in times.items()}


async def disable(bench: Bench, name: str) -> None:
    """Somebody who was there and may not come in any more."""
    people = bench.foundation.identity.people
    await add_people(bench.foundation, [name])
    found = await people.register.find(bench.foundation.tenant, name)
    assert found is not None
    await people.people.disable(bench.foundation.operator(), found[0].id)


async def forget_attempts(bench: Bench) -> None:
    """So that none of them has to wait."""
    async with bench.foundation.database.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM sign_in_attempt")


async def measure_many(bench: Bench, sessions: int) -> dict[str, float]:
    """A session among ten thousand, and among all of them."""
    people = bench.foundation.identity.people
    found = await people.register.find(bench.foundation.tenant, "grace")
    assert found is not None
    proof = Proof(ProofKind.PASSPHRASE, bench.foundation.clock.now())
    begun = await people.sessions.start(found[0], proof, Arrival())
    few = await time_look_up(bench, begun.secret)
    await add_sessions(bench, sessions)
    many = await time_look_up(bench, begun.secret)
    return {
        "session look-up, few, µs": few,
        f"session look-up, {sessions:,}, µs": many,
        "session look-up, many beside few": many / few,
    }


async def time_look_up(bench: Bench, secret: str) -> float:
    sessions, tenant = bench.foundation.identity.people.sessions, bench.foundation.tenant
    times = []
    for _ in range(1000):
        begun = time.perf_counter()
        assert await sessions.find(tenant, secret) is not None
        times.append((time.perf_counter() - begun) * MICRO)
    return median(times)


async def add_sessions(bench: Bench, count: int) -> None:
    """Rows of sessions of a hundred thousand people, by the thousand."""
    at, tenant = encode_instant(bench.foundation.clock.now()), bench.foundation.tenant
    person = """INSERT INTO person (tenant, id, roles, profile, created_at)
        VALUES (?, ?, '[]', x'00', ?)"""
    session = """INSERT INTO session (tenant, digest, id, person, started_at, seen_at, proofs,
        needs, about, must_change) VALUES (?, ?, ?, ?, ?, ?, '[]', 1, x'00', 0)"""
    for first in range(0, PEOPLE, 10_000):
        async with bench.foundation.database.begin() as connection:
            rows = [(tenant, f"p-{n}", at) for n in range(first, first + 10_000)]
            await connection.exec_driver_sql(person, rows)
    for first in range(0, count, 10_000):
        kept = [
            (tenant, os.urandom(32), f"s-{n}", f"p-{n % PEOPLE}", at, at)
            for n in range(first, min(first + 10_000, count))
        ]
        async with bench.foundation.database.begin() as connection:
            await connection.exec_driver_sql(session, kept)


async def measure(folder: Path, sessions: int) -> dict[str, float]:
    flags = {"server.data_dir": folder / "data", "server.key_dir": folder / "keys"}
    clock, entropy = SystemClock(), SystemEntropy()
    opened = {"clock": clock, "ids": SystemIds(clock, entropy), "entropy": entropy}
    found: dict[str, float] = {}
    async with open_foundation(read_settings(None, {}, flags), **opened) as foundation:
        bench = await open_bench(foundation)
        for part in (measure_sign_ins, measure_grants, measure_evenness):
            found |= await part(bench)
        found |= await measure_many(bench, sessions)
    begun = time.perf_counter()
    async with open_foundation(read_settings(None, {}, flags), **opened):
        found[f"start with {sessions:,} sessions of {PEOPLE:,}, s"] = time.perf_counter() - begun
    return found


def main() -> int:
    """Measure, print, and tell which gates do not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=1_000_000)
    sessions = parser.parse_args().sessions
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    let_threads_give_way()
    with tempfile.TemporaryDirectory() as folder:
        found = uvloop.run(measure(Path(folder), sessions))
    for name, value in found.items():
        print(f"{name:<48} {value:>12.3f}")
    missed = [name for name, least in GATES.items() if found.get(name, least) < least]
    missed += [name for name, most in CEILINGS.items() if found.get(name, 0) > most]
    for name in missed:
        print(f"missed: {name}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
