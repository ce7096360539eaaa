"""One process of several that do the same at the same moment: `python -m tests.racing`.

Each opens the store and the keys of one installation by itself, as a node does. It reads a
line of JSON with the settings, says `ready`, and from then on does what each line names,
many times at once, and writes down in one line how each of them came out. The line says when
to begin, on the clock of the machine, so that neither has a start on the other.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import httpx

from curtilage.app.foundation import Foundation, open_foundation
from curtilage.app.settings import read_settings
from curtilage.app.tools import make_tools
from curtilage.core.errors import CurtilageError
from curtilage.core.page import NewSession
from curtilage.identity.budgets import Amount, BudgetAsk, BudgetPortion
from curtilage.identity.people.views import Arrival
from curtilage.identity.worker_budgets import Reservation, WorkerBudgets
from curtilage.web.app import build_web
from tests.house.tree import REPOSITORY

HERE = "192.0.2.7"
BROWSER = "the browser that asked"
SOON = 0.05  # seconds: both have read their line by then
Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Racer:
    """What a process has open."""

    here: Foundation
    web: Any

    async def post(self, given: Given, number: int) -> str:
        """A call of the token endpoint: the new refresh token, or the word of the refusal."""
        transport = httpx.ASGITransport(app=self.web)
        async with httpx.AsyncClient(
            transport=transport, base_url=self.here.settings.public_url
        ) as client:
            answer = (await client.post("/oauth2/token", data=given["fields"])).json()
        return str(answer.get("refresh_token") or answer["error"])

    async def link(self, given: Given, number: int) -> str:
        service = self.here.identity.people.mail_sign_ins
        return await told(
            service.finish(self.here.tenant, given["secret"], Arrival(HERE, browser=BROWSER))
        )

    async def recovery_code(self, given: Given, number: int) -> str:
        return await self._prove("prove_by_recovery_code", given, number)

    async def one_time_code(self, given: Given, number: int) -> str:
        return await self._prove("prove_by_code", given, number)

    async def _prove(self, way: str, given: Given, number: int) -> str:
        """Each attempt with a session of its own: they race for the code alone."""
        people = self.here.identity.people
        session = await people.sessions.find(self.here.tenant, given["sessions"][number])
        assert session is not None
        return await told(getattr(people.proving, way)(session, given["code"], address=HERE))


async def told(work: Awaitable[NewSession]) -> str:
    """`in`, or the code of the refusal."""
    try:
        await work
    except CurtilageError as refusal:
        return refusal.code
    return "in"


async def spend(here: Foundation, given: Given, count: int) -> Sequence[str]:
    """Calls on a budget, as the worker of a node reserves for them."""
    keys = await here.identity.keys.load_table(here.tenant)
    (key,) = [each for each in keys if each.id == given["key"]]

    async def ask(asked: BudgetAsk) -> BudgetPortion:
        return await here.identity.budgets.lease(key.payer, asked)

    budgets = WorkerBudgets(ask, here.clock)
    taken = await asyncio.gather(*(budgets.reserve(key.id, Amount(1)) for _ in range(count)))
    return ["passed" if isinstance(each, Reservation) else "refused" for each in taken]


async def take(here: Foundation, given: Given, count: int) -> Sequence[str]:
    """How many requests of a budget each of several questions was given, asked at once."""
    keys = await here.identity.keys.load_table(here.tenant)
    (key,) = [each for each in keys if each.id == given["key"]]
    ask = BudgetAsk(key.id, Amount(1))
    portions = await asyncio.gather(
        *(here.identity.budgets.lease(key.payer, ask) for _ in range(count))
    )
    return [str(each.amount.requests) for each in portions]


async def race(racer: Racer, asked: Given) -> Sequence[str]:
    """How each of the attempts came out."""
    name, given, count = asked["race"], asked["given"], asked["count"]
    await asyncio.sleep(asked["at"] - time.monotonic())
    if name == "budget":
        return await spend(racer.here, given, count)
    if name == "portions":
        return await take(racer.here, given, count)
    attempt: Callable[[Given, int], Awaitable[str]] = getattr(racer, name)
    return await asyncio.gather(*(attempt(given, number) for number in range(count)))


async def main() -> None:
    """Until nothing more is asked."""
    tools, settings = make_tools(), read_settings(None, {}, json.loads(sys.stdin.readline()))
    async with open_foundation(
        settings, clock=tools.clock, ids=tools.ids, entropy=tools.entropy
    ) as here:
        racer = Racer(here, _web(here))
        print("ready", flush=True)
        for line in iter(sys.stdin.readline, ""):
            print(json.dumps(await race(racer, json.loads(line))), flush=True)


def _web(here: Foundation) -> Any:
    slices = here.identity.as_slices(usual_purpose=here.default_purpose)
    return build_web(
        routes=[route for each in slices for route in each.routes],
        endpoints=[endpoint for each in slices for endpoint in each.endpoints],
        nav=[],
        templates={each.name: each.templates for each in slices},
        sessions=here.identity.people.desk,  # nobody brings a session
        key=b"k" * 32,
        entropy=here.entropy,
        ids=here.ids,
        origins=[here.settings.public_url],
    )


class Racers:
    """Two of these processes, from the side of a test."""

    def __init__(self, flags: Sequence[Mapping[str, Any]]) -> None:
        """The settings of each."""
        self._processes = [_start() for _ in flags]
        for process, given in zip(self._processes, flags, strict=True):
            _write(process, given)
        for process in self._processes:
            assert _read(process) == "ready\n"

    def race(self, name: str, count: int, *given: Mapping[str, Any]) -> list[str]:
        """All outcomes. `count` attempts in each process; `given` is one for all, or for each."""
        each = given * len(self._processes) if len(given) == 1 else given
        at = time.monotonic() + SOON
        for process, what in zip(self._processes, each, strict=True):
            _write(process, {"race": name, "count": count, "given": what, "at": at})
        return [outcome for process in self._processes for outcome in json.loads(_read(process))]

    def __enter__(self) -> "Racers":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._processes:
            process.communicate(timeout=30)


def _start() -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.racing"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )


def _write(process: "subprocess.Popen[str]", what: Mapping[str, Any]) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(what) + "\n")
    process.stdin.flush()


def _read(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline()


if __name__ == "__main__":
    asyncio.run(main())
