"""How long keys take: `python bench/vault.py`. Prints a table; nothing is kept.

Cold is the first use of a scope (a durable insert), loaded again is a scope
whose keys exist but are not in memory, warm is what a worker sees.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from curtilage.core.clock import SystemClock
from curtilage.core.entropy import SystemEntropy
from curtilage.core.models import PrincipalId, Scope, SubjectId
from curtilage.vault.build import open_vault
from curtilage.vault.seal import EventSealer, derive, open_event_part, open_sealed, seal
from curtilage.vault.service import Vault

SCOPES, ROUNDS = 400, 20_000
ROW = "{:<44} {:>10.1f} µs"


def show(what: str, seconds: float, count: int) -> None:
    print(ROW.format(what, seconds / count * 1e6))


def measure(what: str, act: Callable[[], object], count: int = ROUNDS) -> None:
    start = time.perf_counter()
    for _ in range(count):
        act()
    show(what, time.perf_counter() - start, count)


async def measure_each(
    what: str, act: Callable[[Scope], Awaitable[object]], scopes: list[Scope]
) -> None:
    start = time.perf_counter()
    for scope in scopes:
        await act(scope)
    show(what, time.perf_counter() - start, len(scopes))


async def measure_vault(vault: Vault) -> None:
    def scopes(subject: bool) -> list[Scope]:
        return [
            Scope(
                vault.tenant(),
                PrincipalId("service-helpdesk"),
                SubjectId(f"person-{n}") if subject else None,
                "session",
                f"conversation-{n}",
            )
            for n in range(SCOPES)
        ]

    plain, people = scopes(subject=False), scopes(subject=True)
    await measure_each("load_scope, cold, a new session", vault.load_scope, plain)
    await measure_each("load_scope, cold, a new person and session", vault.load_scope, people)
    vault.forget()
    await measure_each("load_scope, loaded again", vault.load_scope, people)
    await measure_each("load_scope, warm", vault.load_scope, people)
    start = time.perf_counter()
    await asyncio.gather(
        *(vault.load_scope(Scope(s.tenant, s.principal, None, s.span, s.name + "'")) for s in plain)
    )
    show("load_scope, cold, 400 at once, each", time.perf_counter() - start, SCOPES)
    start = time.perf_counter()
    rotation = await vault.rotate_tenant()
    show("rotate_tenant, a key", time.perf_counter() - start, rotation.rewrapped)
    tenant = vault.tenant()
    await measure_each(
        "destroy_person", lambda s: vault.destroy_person(tenant, s.subject or SubjectId("")), people
    )


def measure_seal() -> None:
    key, place = bytes(range(32)), b"a row"
    for size in (64, 4096, 65_536):
        plaintext = bytes(size)
        sealed = seal(key, plaintext, place)
        measure(f"seal, {size} bytes", lambda p=plaintext: seal(key, p, place))
        measure(f"open, {size} bytes", lambda s=sealed: open_sealed(key, s, place))
    sealer = EventSealer(key)
    part = sealer.seal(bytes(300), "event-1")
    measure("EventSealer.seal, 300 bytes", lambda: sealer.seal(bytes(300), "event-1"))
    measure("open_event_part, 300 bytes", lambda: open_event_part(key, part, "event-1"))
    measure("derive", lambda: derive(key, "tokens"))


async def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        vault = await open_vault(
            Path(directory) / "keys", clock=SystemClock(), entropy=SystemEntropy()
        )
        await measure_vault(vault)
        await vault.close()
    measure_seal()


if __name__ == "__main__":
    asyncio.run(main())
