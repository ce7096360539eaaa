"""Keys of scopes: loaded once, shared while loading, gone when told so."""

import asyncio
import gc
import json
import tracemalloc
from dataclasses import replace
from datetime import timedelta

import pytest

from curtilage.core.errors import UnavailableError
from curtilage.core.models import Scope
from curtilage.gateway.exchange.call import Path
from curtilage.gateway.exchange.serve import serve_call
from curtilage.gateway.sessioncache import HELD, Sessions
from curtilage.gateway.wire.protocols import PROTOCOLS
from curtilage.vault.models import LoadedScope
from tests.builders import a_scope
from tests.fakes import FixedClock
from tests.fakes.dataplane import Caller, DataPlane, FakeLoader, a_loaded_scope
from tests.fakes.entropy import FixedEntropy


def sessions(loader: FakeLoader, clock: FixedClock | None = None, *, held: int = 9) -> Sessions:
    return Sessions(loader, clock=clock or FixedClock(), entropy=FixedEntropy(), held=held)


async def test_a_scope_is_loaded_once() -> None:
    loader = FakeLoader()
    kept = sessions(loader)
    assert await kept.get(a_scope()) is await kept.get(a_scope())
    assert loader.asked == [a_scope()]


async def test_callers_who_miss_at_the_same_time_share_one_question() -> None:
    loader = FakeLoader(gate=asyncio.Event())
    kept = sessions(loader)
    asking = [asyncio.ensure_future(kept.get(a_scope())) for _ in range(5)]
    await asyncio.sleep(0)
    assert loader.gate
    loader.gate.set()
    assert len({id(session) for session in await asyncio.gather(*asking)}) == 1
    assert len(loader.asked) == 1


async def test_a_caller_who_leaves_does_not_end_the_others_loading() -> None:
    loader = FakeLoader(gate=asyncio.Event())
    kept = sessions(loader)
    leaving, staying = (asyncio.ensure_future(kept.get(a_scope())) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.sleep(0)
    assert loader.gate
    loader.gate.set()
    assert (await staying).loaded.scope == a_scope()
    assert leaving.cancelled()


async def test_a_failure_is_told_and_the_next_caller_asks_again() -> None:
    loader = FakeLoader(problem=UnavailableError())
    kept = sessions(loader)
    with pytest.raises(UnavailableError):
        await kept.get(a_scope())
    loader.problem = None
    assert await kept.get(a_scope())
    assert len(loader.asked) == 2


async def test_the_scope_used_longest_ago_goes_first() -> None:
    loader = FakeLoader()
    kept = sessions(loader, held=2)
    one, two, three = (a_scope(name=f"s-{number}") for number in range(3))
    for scope in (one, two, one, three, one, two):
        await kept.get(scope)
    assert loader.asked == [one, two, three, two]


async def test_what_is_forgotten_is_asked_for_anew() -> None:
    loader = FakeLoader()
    kept = sessions(loader)
    await kept.get(a_scope())
    kept.forget()
    await kept.get(a_scope())
    assert len(loader.asked) == 2


async def test_what_was_being_loaded_when_all_was_forgotten_is_not_kept() -> None:
    """The key may have been destroyed between the answer and its arrival."""
    loader = FakeLoader(gate=asyncio.Event())
    kept = sessions(loader)
    first = asyncio.ensure_future(kept.get(a_scope()))
    while not loader.asked:
        await asyncio.sleep(0)
    kept.forget()
    assert loader.gate
    loader.gate.set()
    await first
    await kept.get(a_scope())
    assert len(loader.asked) == 2


async def test_another_epoch_is_loaded_when_it_has_begun() -> None:
    clock = FixedClock()

    class Expiring(FakeLoader):
        async def load_scope(self, scope: Scope) -> LoadedScope:
            self.asked.append(scope)
            return replace(a_loaded_scope(scope), expires_at=clock.now() + timedelta(days=1))

    loader = Expiring()
    kept = sessions(loader, clock)
    await kept.get(a_scope())
    clock.advance(timedelta(hours=23))
    await kept.get(a_scope())
    assert len(loader.asked) == 1
    clock.advance(timedelta(hours=1))
    await kept.get(a_scope())
    assert len(loader.asked) == 2


def a_call(session: int) -> Caller:
    """One that names a session of its own and says two hundred things about people."""
    said = [f"‹EMAIL_ADDRESS:{session}-{number}›" for number in range(200)]
    messages = [{"role": "user", "content": text} for text in said]
    body = {"model": "mirror", "messages": messages}
    return Caller(json.dumps(body).encode(), headers=((b"x-curtilage-session", b"s-%d" % session),))


async def test_many_sessions_do_not_grow_a_worker_by_what_was_said_in_them() -> None:
    """Callers name their sessions: one key can have as many as it likes."""
    plane = DataPlane()
    services = plane.services()

    async def serve(sessions: range) -> int:
        for session in sessions:
            call = a_call(session)
            await serve_call(
                services, Path(PROTOCOLS["openai.chat"]), call.scope, call.receive, call.send
            )
            assert call.status == 200
        plane.upstream.received.clear()
        plane.recorder.events.clear()
        plane.loader.asked.clear()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = await serve(range(20))
        after = await serve(range(20, 120))
    finally:
        tracemalloc.stop()
    each = (after - before) / 100
    assert each < 10_000, f"a session holds {each:.0f} bytes"
    assert each * HELD < 41_000_000


async def test_no_session_keeps_a_value_when_its_request_is_over() -> None:
    plane = DataPlane()
    services, call = plane.services(), a_call(1)
    await serve_call(services, Path(PROTOCOLS["openai.chat"]), call.scope, call.receive, call.send)
    (session,) = services.sessions._open.values()
    assert not session.mint._minted and not session.mint._proved
