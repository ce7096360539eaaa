"""Worker and control process over their socket: who may speak, what is asked, what breaks."""

import asyncio
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from curtilage.app.errors import ControlUnreachable, ScopeRefused
from curtilage.app.frames import encode_frame
from curtilage.app.link import LinkClient, LinkServer
from curtilage.app.link_data import encode_scope, parse_scope
from curtilage.core.errors import DeniedError, TamperError
from curtilage.core.models import Scope, TenantId
from curtilage.identity.budgets import (
    Amount,
    BudgetAsk,
    BudgetPortion,
    Measure,
    Shortage,
    Whose,
    Window,
)
from curtilage.identity.limits import Ask, Portion
from curtilage.vault.models import LoadedScope
from tests.builders import PERSON, a_scope
from tests.fakes.clock import START

KEY, OLDER = bytes(range(32)), bytes(32)


@dataclass
class FakeControl:
    """The other process: answers from fields, and holds `watch` up until told."""

    fails: Exception | None = None
    asked: list[Any] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    kept: dict[tuple[str, str], list[bytes]] = field(default_factory=dict)

    async def load_scope(self, scope: Scope) -> LoadedScope:
        self.asked.append(scope)
        if self.fails is not None:
            raise self.fails
        end = START + timedelta(days=30)
        return LoadedScope(
            scope, (2, KEY), ((1, OLDER),), "actor-1", "subject-1", b"id", end, begun_at=START
        )

    async def watch(self, known: str) -> Mapping[str, Any]:
        await self.changed.wait()
        return {"generation": f"{known}+1"}

    async def lease(self, ask: Ask) -> Portion:
        return Portion(requests=ask.requests, tokens=ask.tokens, wait=0)

    async def lease_budget(self, ask: BudgetAsk) -> BudgetPortion:
        self.asked.append(ask)
        if ask.want.money > 99:
            return BudgetPortion(
                shortage=Shortage(Measure.MONEY, Window.DAY, whose=Whose.GROUP, wait=9)
            )
        return BudgetPortion(ask.want, "2026-11-28T10:05", 0.25)

    async def report(self, worker: str, meters: Mapping[str, Any]) -> None:
        self.asked.append((worker, meters))

    async def use_proof(self, digest: bytes, until: datetime) -> bool:
        self.asked.append((digest, until))
        return self.asked.count((digest, until)) == 1

    async def note_uses(self, uses: Mapping[str, datetime]) -> None:
        self.asked.append(dict(uses))

    async def find_kept(self, tenant: TenantId, lookup: str) -> Sequence[bytes]:
        return self.kept.get((tenant, lookup), [])

    async def keep_row(
        self, tenant: TenantId, lookup: str, *, id: str, sealed: bytes, until: datetime
    ) -> None:
        self.asked.append((id, until))
        self.kept[tenant, lookup] = [sealed]

    async def forget_kept(self, tenant: TenantId, lookup: str, *, id: str = "") -> None:
        del self.kept[tenant, lookup]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "link.sock"


@pytest.fixture
async def control(path: Path) -> AsyncIterator[FakeControl]:
    control = FakeControl()
    server = LinkServer(control, path)
    await server.start()
    yield control
    await server.stop()


@pytest.fixture
async def client(control: FakeControl, path: Path) -> AsyncIterator[LinkClient]:
    client = LinkClient(path)
    yield client
    await client.close()


@pytest.mark.parametrize("subject", [None, PERSON, ""])
def test_a_scope_comes_over_as_it_was(subject: Any) -> None:
    scope = a_scope(subject=subject)
    assert parse_scope(encode_scope(scope)) == scope


async def test_the_keys_of_one_scope_come_over_whole(
    control: FakeControl, client: LinkClient
) -> None:
    scope = a_scope(subject=PERSON)
    loaded = await client.load_scope(scope)
    assert loaded == await control.load_scope(scope)
    assert control.asked[0] == scope


async def test_limits_and_counters_come_over(control: FakeControl, client: LinkClient) -> None:
    assert await client.lease(Ask("key-1", requests=3, tokens=9)) == Portion(requests=3, tokens=9)
    await client.report("gateway-0", {"active": 2})
    assert control.asked == [("gateway-0", {"active": 2})]


async def test_maps_of_kept_replies_go_over_and_come_back(
    control: FakeControl, client: LinkClient
) -> None:
    tenant, sealed = TenantId("orchard"), bytes(range(256))
    await client.keep_row(tenant, "a" * 32, id="row-1", sealed=sealed, until=START)
    assert control.asked == [("row-1", START)]
    assert await client.find_kept(tenant, "a" * 32) == [sealed]
    assert await client.find_kept(tenant, "b" * 32) == []
    await client.forget_kept(tenant, "a" * 32)
    assert await client.find_kept(tenant, "a" * 32) == []


async def test_budgets_come_over_both_ways(control: FakeControl, client: LinkClient) -> None:
    ask = BudgetAsk("key-1", Amount(1, 20, 3), (("2026-11-28T10:04", -1, -5, 0),))
    portion = await client.lease_budget(ask)
    assert portion == BudgetPortion(Amount(1, 20, 3), "2026-11-28T10:05", 0.25)
    assert control.asked == [ask]
    short = await client.lease_budget(BudgetAsk("key-1", Amount(money=100)))
    assert short.shortage == Shortage(Measure.MONEY, Window.DAY, whose=Whose.GROUP, wait=9)


@pytest.mark.requirement(22)
async def test_proofs_and_uses_of_keys_go_over(control: FakeControl, client: LinkClient) -> None:
    assert await client.use_proof(b"\xff" * 32, START) is True
    assert await client.use_proof(b"\xff" * 32, START) is False
    await client.note_uses({"key-1": START})
    assert control.asked[-1] == {"key-1": START}


async def test_a_long_question_holds_up_no_short_one(
    control: FakeControl, client: LinkClient
) -> None:
    watching = asyncio.create_task(client.watch("run.1"))
    assert (await client.lease(Ask("key-1", requests=1, tokens=0))).requests == 1
    assert not watching.done()
    control.changed.set()
    assert await watching == {"generation": "run.1+1"}


async def test_a_refused_scope_is_a_refusal_and_a_fault_is_a_fault(
    control: FakeControl, client: LinkClient
) -> None:
    control.fails = DeniedError()
    with pytest.raises(ScopeRefused):
        await client.load_scope(a_scope())
    control.fails = TamperError()
    with pytest.raises(ControlUnreachable):
        await client.load_scope(a_scope())
    control.fails = None
    assert (await client.load_scope(a_scope())).actor == "actor-1"


@pytest.mark.parametrize("bug", [KeyError("ada"), OSError("disk"), ZeroDivisionError()])
async def test_a_bug_in_the_control_process_is_told_at_once_and_without_a_value(
    control: FakeControl, path: Path, caplog: pytest.LogCaptureFixture, bug: Exception
) -> None:
    control.fails = bug
    client = LinkClient(path, timeout=600)  # it would be waited for until then
    with pytest.raises(ControlUnreachable):
        await client.load_scope(a_scope())
    control.fails = None
    assert await client.load_scope(a_scope())
    assert caplog.messages == ["a question failed"]
    await client.close()


async def test_nobody_there_is_said_so(path: Path) -> None:
    with pytest.raises(ControlUnreachable):
        await LinkClient(path).watch("")


async def test_who_does_not_answer_is_given_up(control: FakeControl, path: Path) -> None:
    client = LinkClient(path, timeout=0.01)
    with pytest.raises(ControlUnreachable):
        await client.watch("")
    await client.close()


async def test_a_worker_connects_again_after_the_control_process_was_away(path: Path) -> None:
    client = LinkClient(path)
    for _ in range(2):
        server = LinkServer(FakeControl(), path)
        await server.start()
        assert (await client.load_scope(a_scope())).actor == "actor-1"
        await server.stop()
        path.unlink(missing_ok=True)
        assert client._writer is not None
        client._writer.close()  # what the end of a process does to its connections
    await client.close()


async def test_an_unknown_question_gets_no_answer_that_could_be_used(
    control: FakeControl, client: LinkClient
) -> None:
    with pytest.raises(ControlUnreachable):
        await client._ask("signing-key")
    assert control.asked == []


async def test_who_sends_garbage_is_cut_off_and_nobody_else(
    control: FakeControl, client: LinkClient, path: Path
) -> None:
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    assert await reader.read() == b""
    writer.close()
    assert (await client.load_scope(a_scope())).actor == "actor-1"


async def test_the_socket_is_this_users_alone(control: FakeControl, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


SPEAK = """
import socket, sys
link = socket.socket(socket.AF_UNIX)
link.connect(sys.argv[1])
link.sendall(bytes.fromhex(sys.argv[2]))
print(len(link.recv(100)))
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can start a process of another user")
async def test_another_user_is_not_answered_even_where_the_files_let_them_in() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "link.sock"
        control = FakeControl()
        server = LinkServer(control, path)
        await server.start()
        Path(folder).chmod(0o755)
        path.chmod(0o666)
        frame = encode_frame({"id": 1, "ask": "scope", "scope": encode_scope(a_scope())})
        for user, answered in ((0, True), (65534, False)):
            process = await asyncio.create_subprocess_exec(
                *("/usr/bin/python3" if user else sys.executable, "-c", SPEAK, str(path)),
                frame.hex(), user=user, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            printed, _ = await process.communicate()
            assert (int(printed or b"0") > 0) is answered
            assert bool(control.asked) is answered
            control.asked.clear()
        await server.stop()
