"""One thing goes wrong, at every place where a call waits for something outside.

Each call of `CALLS` is made once to count its crossings (see `tests/fakes/seams.py`),
and then once for each crossing and each `Fault`. Whatever happened: the caller gets a
whole reply, an error in its protocol's own shape, or a stream that ends with the
protocol's error event; a connection is cut only where the caller left or the worker
stopped. Nobody gets a value that is not theirs, and no value leaves. After it nothing is
held: no task, no place, no reply. The next call works, the ledger verifies, each intent
has one outcome at the latest after a restart, and what was used is never more than what
the budgets counted.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from curtilage.core.models import Event
from curtilage.gateway import records
from curtilage.gateway.api import Gateway
from curtilage.gateway.door import Door
from curtilage.gateway.exchange.services import Services
from curtilage.gateway.files.holdings import HOLDINGS, Holdings
from curtilage.gateway.meters import Meters
from curtilage.gateway.modellist import ModelList
from curtilage.gateway.ports import UpstreamRequest
from curtilage.gateway.pulse import Pulse
from curtilage.gateway.recall import KEPT_REPLIES, Recall
from curtilage.gateway.recording import Registrar
from curtilage.gateway.rejections import Rejections
from curtilage.gateway.replycache import ReplyCache
from curtilage.gateway.sealed import SealedRows
from curtilage.gateway.sessioncache import Sessions
from curtilage.gateway.settings import BUILT_IN_UPSTREAMS, GatewaySettings, RouteSettings
from curtilage.gateway.storedids import STORED_IDS, StoredIds
from curtilage.gateway.upstream_calls import UpstreamCalls
from curtilage.identity.budgets import Budget, Measure, Window
from curtilage.identity.worker_budgets import WorkerBudgets
from curtilage.identity.worker_limits import WorkerLimits
from curtilage.ledger.writer import LedgerWriter, Unknown
from tests.builders import TENANT
from tests.fakes.clock import FixedClock
from tests.fakes.dataplane import (
    CREDENTIALS,
    STREAM,
    FakeReply,
    StaticSnapshots,
    a_route_table,
    a_snapshot,
    an_api_key,
    an_engine,
)
from tests.fakes.entropy import FixedEntropy
from tests.fakes.ids import FixedIds
from tests.fakes.provider import DONE, chat_delta, chat_reply, message_reply, message_stream
from tests.fakes.responses import ResponseScript
from tests.fakes.seams import (
    SEAMS,
    SECRET,
    Counting,
    Fault,
    SeamCaller,
    SeamKeptRows,
    SeamLoader,
    SeamRecorder,
    Seams,
    SeamUpstream,
)
from tests.unit.ledger.worlds import World

ADA = "‹EMAIL_ADDRESS:ada›"
IDLE = 600.0
SAID = [{"role": "user", "content": f"Write to {ADA}"}]


LINE = {"custom_id": "1", "method": "POST", "url": "/v1/chat/completions",
        "body": {"model": "gpt-4o", "messages": SAID}}  # fmt: skip
FORM = (
    '--cut\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
    '--cut\r\nContent-Disposition: form-data; name="file"; filename="in.jsonl"\r\n\r\n'
    f"{json.dumps(LINE)}\n\r\n--cut--\r\n"
)


@dataclass(frozen=True)
class Call:
    """One operation as a caller makes it. `after` are calls that must have been before."""

    path: str
    document: Any = None
    method: str = "POST"
    after: tuple[str, ...] = ()
    content_type: bytes = b"application/json"

    @property
    def gives_value(self) -> bool:
        """Whether the value that was sent is to come back."""
        return (
            isinstance(self.document, dict)
            and ADA in str(self.document)
            and self.path != "/v1/embeddings"
        )

    @property
    def body(self) -> bytes:
        if isinstance(self.document, bytes):
            return self.document
        return b"" if self.document is None else json.dumps(self.document).encode()


CALLS = {
    "chat": Call("/v1/chat/completions", {"model": "gpt-4o", "messages": SAID}),
    "chat, streamed": Call(
        "/v1/chat/completions", {"model": "gpt-4o", "messages": SAID, "stream": True}
    ),
    "chat, the first upstream declines": Call(
        "/v1/chat/completions", {"model": "twice", "messages": SAID}
    ),
    "chat, streamed, to be kept in the cache": Call(
        "/v1/chat/completions", {"model": "cached", "messages": SAID, "stream": True}
    ),
    "messages": Call(
        "/v1/messages", {"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": SAID}
    ),
    "messages, streamed": Call(
        "/v1/messages",
        {"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": SAID, "stream": True},
    ),
    "a response that is kept": Call("/v1/responses", {"model": "gpt-4o", "input": ADA}),
    "a response that is kept, streamed": Call(
        "/v1/responses", {"model": "gpt-4o", "input": ADA, "stream": True}
    ),
    "a response that goes on": Call(
        "/v1/responses",
        {"model": "gpt-4o", "input": "And?", "previous_response_id": "resp_1", "store": False},
        after=("a response that is kept",),
    ),
    "a kept response is read": Call(
        "/v1/responses/resp_1", method="GET", after=("a response that is kept",)
    ),
    "a kept response is deleted": Call(
        "/v1/responses/resp_1", method="DELETE", after=("a response that is kept",)
    ),
    "embeddings": Call("/v1/embeddings", {"model": "text-embedding-3-small", "input": ADA}),
    "a file is uploaded": Call(
        "/v1/files", FORM.encode(), content_type=b"multipart/form-data; boundary=cut"
    ),
    "a file is read": Call("/v1/files/file-1/content", method="GET", after=("a file is uploaded",)),
    "files are listed": Call("/v1/files", method="GET", after=("a file is uploaded",)),
    "a file is deleted": Call("/v1/files/file-1", method="DELETE", after=("a file is uploaded",)),
    "models": Call("/v1/models", method="GET"),
}


def token_in(request: UpstreamRequest) -> str:
    """What stands for the value in what left; of what is kept, nothing leaves."""
    said = bytes(request.body).decode()
    found = [word for word in said.replace('"', " ").split() if "QX1-" in word]
    return found[0] if found else ""


FILE = {"id": "file-1", "object": "file", "bytes": 9, "created_at": 1, "filename": "in.jsonl",
        "purpose": "batch", "status": "processed"}  # fmt: skip


def answer(request: UpstreamRequest) -> FakeReply:
    """What a provider says: it repeats the token that it was sent."""
    said = f"Dear {token_in(request)}, hello."
    if request.path.startswith("/files"):
        return FakeReply((json.dumps(FILE).encode(),))
    document = json.loads(bytes(request.body) or b"{}")
    if request.path.endswith("/chat/completions") and document["model"] == "declined":
        return FakeReply((b"{}",), status=503)
    if document.get("stream"):
        return FakeReply(stream_of(request.path, said), headers=STREAM)
    return FakeReply((json.dumps(reply_of(request.path, said)).encode(),))


def stream_of(path: str, said: str) -> list[bytes]:
    pieces = said[:9], said[9:]
    if path.endswith("/messages"):
        return message_stream(*pieces)
    if path.endswith("/responses"):
        return a_response(said).frames()
    return [
        *(chat_delta({"content": piece}) for piece in pieces),
        chat_delta({}, finish="stop"),
        DONE,
    ]


def reply_of(path: str, said: str) -> Any:
    if path.endswith("/messages"):
        return message_reply(said)
    if path.endswith("/embeddings"):
        return {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [1.0]}]}
    return a_response(said).response if "/responses" in path else chat_reply(said)


def a_response(said: str) -> ResponseScript:
    script = ResponseScript()
    script.message([said[:9], said[9:]])
    return script.end()


UPSTREAMS = {
    **{name: replace(each, max_concurrent=1) for name, each in BUILT_IN_UPSTREAMS.items()},
    "second": replace(BUILT_IN_UPSTREAMS["openai"], max_concurrent=1),
}
ROUTES = (
    RouteSettings(model="twice", upstreams=("openai", "second"), rename={"openai": "declined"}),
    RouteSettings(model="cached", upstream="openai", cache=60),
)
LIMITED = an_api_key(
    requests_per_minute=1000,
    tokens_per_minute=10**6,
    budgets=(
        Budget(Measure.REQUESTS, Window.TOTAL, 50),
        Budget(Measure.TOKENS, Window.TOTAL, 10**6),
    ),
)


@dataclass
class Worker:
    """One worker over seams, with a real ledger below `root`."""

    root: Path
    clock: FixedClock = field(default_factory=FixedClock)
    ids: FixedIds = field(default_factory=FixedIds)
    seams: Seams = field(default_factory=Seams)

    def __post_init__(self) -> None:
        self.writer = LedgerWriter.open(
            World(self.root).ledger,
            slot="gw-0",
            clock=self.clock,
            ids=self.ids,
            opens=records.OPENS,
            unknown=unknown_by(self.ids, self.clock),
            sync=self.seams.cross_disk,
        )
        self.recorder = SeamRecorder(self.seams, self.writer)
        self.upstream = SeamUpstream(self.seams, answer)
        self.loader, self.replies = SeamLoader(self.seams), SeamKeptRows(self.seams)
        self.counting = Counting(self.seams, self.clock)
        self.budgets = WorkerBudgets(self.counting.lease_budget, self.clock)
        self.meters = Meters()
        self.services = self._services()
        self.gateway = Gateway(
            self.services,
            Door(public_url="http://localhost:8787"),
            relay=nobody,
            models=ModelList(
                self.services.snapshots, self.services.sessions, self.recorder, self.clock, self.ids
            ),
            max_concurrent=1,
        )  # fmt: skip

    def _services(self) -> Services:
        snapshot = a_snapshot(
            LIMITED,
            upstreams=UPSTREAMS,
            routes=a_route_table(*ROUTES, upstreams=UPSTREAMS),
            credentials={**CREDENTIALS, "second": "credential-of-the-service"},
            settings=GatewaySettings(retries=0, note_to_model=False, idle_timeout=IDLE),
        )
        upstream_calls = UpstreamCalls(lambda _: self.upstream, self.meters)
        upstream_calls.take_over(UPSTREAMS)
        sessions = Sessions(self.loader, clock=self.clock, entropy=FixedEntropy())
        return Services(
            engine=an_engine(),
            snapshots=StaticSnapshots(snapshot),
            sessions=sessions,
            limits=WorkerLimits(self.counting.lease, self.clock),
            budgets=self.budgets,
            registrar=Registrar(self.recorder, self.meters, self.clock, self.ids),
            upstream_calls=upstream_calls,
            pulse=Pulse(self.clock.monotonic, IDLE, 1e9),
            rejections=Rejections(self.recorder, TENANT, self.clock, self.ids),
            clock=self.clock,
            recall=Recall(SealedRows(self.replies, self.clock, KEPT_REPLIES), sessions, self.ids),
            holdings=Holdings(SealedRows(self.replies, self.clock, HOLDINGS), self.ids),
            stored_ids=StoredIds(SealedRows(self.replies, self.clock, STORED_IDS), sessions),
            cache=ReplyCache(self.clock, most=1 << 20),
        )

    def arm(self, fault: Fault, at: int) -> None:
        """From now on crossings are counted anew, and one of them goes wrong."""
        self.seams.crossed.clear()
        self.seams.fault, self.seams.at = fault, at

    def disarm(self) -> None:
        self.seams.at = -1
        self.seams.release()

    async def make(self, call: Call) -> SeamCaller:
        """One call, to its end. Where it is stuck, what the fault says comes about."""
        headers = [(b"content-type", call.content_type)]
        caller = SeamCaller(call.body, call.path, call.method, headers=headers, seams=self.seams)
        task = asyncio.ensure_future(self.gateway(caller.scope, caller.receive, caller.send))
        tries = 0
        while not task.done():
            await asyncio.wait({task}, timeout=0.002)
            if self.seams.stuck.is_set() and not task.done():
                tries += 1
                self._strike(task, caller, tries)
        caller.is_cut = task.cancelled()
        caller.escaped = None if task.cancelled() else task.exception()
        return caller

    def _strike(self, task: "asyncio.Task[None]", caller: SeamCaller, tries: int) -> None:
        fault = self.seams.fault
        if tries > 5:  # nobody minds how long it takes: it comes late
            self.seams.release()
        elif fault is Fault.STOPPED and tries == 1:
            task.cancel()
        elif fault is Fault.LEFT:
            caller.gone.set()
            self.services.pulse.look(self.clock.monotonic())
        elif fault is Fault.SILENT:
            self.clock.advance(IDLE + 1)
            self.services.pulse.look(self.clock.monotonic())


def unknown_by(ids: FixedIds, clock: FixedClock) -> Unknown:
    """What closes an intent that a stop left open."""
    return lambda intent: records.unknown(event_id=ids.new(), at=clock.now(), intent=intent)


async def nobody(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("no call here is for the control process")


@asynccontextmanager
async def a_worker(root: Path, ids: FixedIds, clock: FixedClock) -> AsyncIterator[Worker]:
    worker = Worker(root, clock, ids)
    try:
        yield worker
    finally:
        worker.disarm()
        worker.services.pulse.stop()
        await asyncio.to_thread(worker.writer.close)


def check_answer(call: Call, caller: SeamCaller, seams: Seams) -> None:
    """What the caller got, whatever happened."""
    assert caller.escaped is None
    assert SECRET not in str(caller.sent)
    if seams.struck == "caller takes" and seams.fault in (Fault.REFUSED, Fault.BUG):
        return  # what was sent was lost: nobody is there to judge by
    if not caller.sent or not caller.has_ended:
        if call.path.endswith("/content"):
            return  # a file has no place for an error: it is cut
        unread = seams.struck == "caller takes" and seams.fault is Fault.SILENT
        assert unread or seams.fault in (Fault.STOPPED, Fault.LEFT), "the caller was left waiting"
    elif caller.reply == b"{}":  # of the provider that declined, where no other could be asked
        assert (caller.status, seams.struck) == (503, "provider connect")
    elif caller.status != 200 or b'"error"' in caller.reply:
        assert_error_of_protocol(call, caller)
    elif call.path.endswith("/content"):
        assert json.loads(caller.reply) == FILE, "what has an end is whole"
    elif call.gives_value:
        assert ADA in caller.reply.decode() and "QX1-" not in caller.reply.decode()


def assert_error_of_protocol(call: Call, caller: SeamCaller) -> None:
    """A refusal, or the event that ends a stream with one."""
    if caller.status == 200:
        *_, last = (line for line in caller.reply.split(b"\n") if line.startswith(b"data: "))
        document = json.loads(last[6:])
        assert "error" in document or document["type"] == "error"
        return
    document = json.loads(caller.reply)
    assert caller.status >= 400
    if call.path == "/v1/messages":
        assert document["type"] == "error" and set(document["error"]) == {"type", "message"}
    else:
        assert {"message", "type", "code", "param"} <= set(document["error"])


async def check_nothing_is_held(worker: Worker, before: set[Any]) -> None:
    """No task, no place, no reply, no session that is still loading."""
    for _ in range(200):
        tasks = asyncio.all_tasks() - before - {asyncio.current_task()}
        if not tasks:
            break
        await asyncio.sleep(0.002)
    assert not tasks
    assert worker.meters.active == 0 and not worker.gateway._calls
    assert not worker.services.pulse._waiting
    assert not worker.services.sessions._loading
    assert worker.services.spools.open == 0
    assert all(reply.closed for reply in worker.upstream.replies)
    for request in worker.upstream.received:
        assert ADA.encode() not in bytes(request.body)


async def check_next_call(worker: Worker, call: Call) -> None:
    """The same works now, or is refused because the ledger is gone for good and says so."""
    caller = await worker.make(call if call.gives_value else CALLS["chat, streamed"])
    if not worker.recorder.is_available:
        assert (worker.seams.fault, caller.status) == (Fault.BUG, 503)
        return
    assert (caller.status, caller.escaped) == (200, None)
    assert ADA in caller.reply.decode() and caller.has_ended


async def prepare(worker: Worker, call: Call) -> set[Any]:
    """Make what must have been before; the tasks that there are without a call."""
    for earlier in call.after:
        assert (await worker.make(CALLS[earlier])).status == 200
    await worker.budgets.flush(everything=True)
    return asyncio.all_tasks()


async def count_crossings(root: Path, call: Call) -> list[str]:
    """The seams that a call crosses where nothing goes wrong."""
    async with a_worker(root, FixedIds(), FixedClock()) as worker:
        before = await prepare(worker, call)
        worker.arm(Fault.REFUSED, -1)
        caller = await worker.make(call)
        crossed = list(worker.seams.crossed)
        check_answer(call, caller, worker.seams)
        assert (caller.status, caller.has_ended) == (200, True)
        await check_nothing_is_held(worker, before)
    return crossed


async def inject(worker: Worker, call: Call, fault: Fault, at: int) -> None:
    """One fault at one crossing."""
    before = await prepare(worker, call)
    worker.arm(fault, at)
    caller = await worker.make(call)
    worker.disarm()
    check_answer(call, caller, worker.seams)
    await check_nothing_is_held(worker, before)
    await check_next_call(worker, call)
    await worker.budgets.flush(everything=True)


def check_ledger(root: Path, ids: FixedIds, clock: FixedClock) -> dict[str, Event]:
    """It verifies, and each intent has one outcome: after a start at the latest. The outcomes."""
    world = World(root, clock, ids)
    world.writer(opens=records.OPENS, unknown=unknown_by(ids, clock)).close()
    world.sequence()
    assert world.verify().problems == ()
    intents: dict[str, Event] = {}
    outcomes: dict[str, Event] = {}
    for record in world.reader.iterate():
        event = record.event
        if event.kind == records.INTENDED:
            intents[event.id] = event
        elif "intent" in event.facts:
            assert event.facts["intent"] in intents and event.facts["intent"] not in outcomes
            outcomes[str(event.facts["intent"])] = event
    assert intents and intents.keys() == outcomes.keys()
    assert SECRET not in str(outcomes)
    return outcomes


def used_by(outcomes: Iterable[Event]) -> int:
    """The tokens that the records say were used."""
    bills = [event.facts.get("bill", {}) for event in outcomes]
    return sum(bill.get("in", 0) + bill.get("out", 0) for bill in bills)


@pytest.mark.parametrize("fault", Fault, ids=lambda fault: fault.name.lower())
@pytest.mark.parametrize("name", CALLS)
async def test_a_fault_at_any_place_is_told_recorded_and_over(
    tmp_path: Path, name: str, fault: Fault
) -> None:
    call, ids, clock = CALLS[name], FixedIds(), FixedClock()
    crossed = await count_crossings(tmp_path / "dry", call)
    taken = 0
    for at in range(len(crossed)):
        async with a_worker(tmp_path, ids, clock) as worker:
            await inject(worker, call, fault, at)
            taken += worker.counting.used[1]
    outcomes = await asyncio.to_thread(check_ledger, tmp_path, ids, clock)
    assert used_by(outcomes.values()) <= taken


async def test_every_seam_is_crossed_by_some_call(tmp_path: Path) -> None:
    crossed = {
        seam
        for number, call in enumerate(CALLS.values())
        for seam in await count_crossings(tmp_path / str(number), call)
    }
    assert crossed == {seam for seams in SEAMS.values() for seam in seams}
