"""Lists of what a caller holds: told thing by thing, and none of the questions for ever."""

import asyncio
from dataclasses import dataclass, field

from curtilage.core.models import Scope, TenantId
from curtilage.gateway.exchange.call import Path
from curtilage.gateway.exchange.serve import serve_call
from curtilage.gateway.exchange.services import Services
from curtilage.gateway.files.holdings import Holding
from curtilage.gateway.ports import UpstreamReply, UpstreamRequest
from curtilage.gateway.tasks.paging import PageTask
from curtilage.gateway.wire.file_protocols import FILE, FILE_PROTOCOLS
from tests.builders import ASSIST, SERVICE, TENANT
from tests.fakes.calls import ending
from tests.fakes.dataplane import Caller, DataPlane, FakeKeptRows, FakeReply, FakeUpstream

LIST = FILE_PROTOCOLS["openai.files.list"]
OWNER = Scope(TENANT, SERVICE, None, "collection", f"files:{ASSIST}")


@dataclass
class Counted(FakeKeptRows):
    """Rows that count how often one was asked for."""

    found: int = 0

    async def find_kept(self, tenant: TenantId, lookup: str) -> list[bytes]:
        self.found += 1
        return list(await super().find_kept(tenant, lookup))


@dataclass
class Falling(FakeUpstream):
    """A provider that answers the first question, and no other."""

    silent: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, request: UpstreamRequest) -> UpstreamReply:
        if self.received:
            self.silent.set()
            await asyncio.get_running_loop().create_future()
        return await super().send(request)


async def hold(services: Services, count: int) -> None:
    owner = await services.sessions.get(OWNER)
    for number in range(count):
        entry = f"{number:04d}"
        await services.holdings.keep(owner, Holding(f"file-{number}", FILE, "openai", entry=entry))


async def ask(services: Services, query: bytes = b"") -> Caller:
    caller = Caller(b"", method="GET", query=query)
    given = services, Path(LIST), caller.scope, caller.receive, caller.send
    await serve_call(*given, PageTask)
    return caller


async def test_each_question_of_a_list_is_under_the_clock() -> None:
    upstream = Falling()
    plane = DataPlane(upstream=upstream)
    services = plane.services()
    await hold(services, 2)
    asking = asyncio.create_task(ask(services))
    await upstream.silent.wait()
    services.pulse.look(plane.clock.monotonic() + 10_000)
    caller = await asyncio.wait_for(asking, 5)
    assert caller.status == 504
    assert ending(plane)[0] == ["exchange.intended", "exchange.failed"]


async def test_a_short_page_looks_for_no_more_than_it_has() -> None:
    plane = DataPlane(replies=Counted())
    plane.upstream.answer = lambda _: FakeReply((b'{"id":"file-1"}',))
    services = plane.services()
    await hold(services, 60)
    caller = await ask(services, b"limit=1")
    assert caller.status == 200 and b'"has_more":true' in caller.reply
    assert isinstance(plane.replies, Counted) and plane.replies.found == 2


async def test_an_empty_list_is_recorded_as_one() -> None:
    plane = DataPlane()
    caller = await ask(plane.services())
    assert caller.status == 200 and not plane.upstream.received
    assert ending(plane)[0] == ["exchange.intended", "exchange.completed"]
