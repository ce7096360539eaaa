"""Joins a gateway worker to its control process.

The worker asks for the newest snapshot, the keys of one scope, portions of limits and
budgets, and sealed rows of what is kept; and it reports its counters. It has no other way
to keys or the database, so a fault in its parsers reaches neither. `LinkServer` answers in
the control process, `LinkClient` asks in the worker; with `--single` the worker is given
the control's own object instead.
"""

import asyncio
import contextlib
import logging
import os
import socket
import struct
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from curtilage.app.errors import BrokenLink, ControlUnreachable, ScopeRefused
from curtilage.app.frames import FrameParser, encode_frame
from curtilage.app.link_data import (
    encode_ask,
    encode_loaded,
    encode_portion,
    encode_scope,
    parse_ask,
    parse_loaded,
    parse_portion,
    parse_scope,
)
from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.errors import CurtilageError
from curtilage.core.models import Scope, TenantId
from curtilage.identity.budgets import BudgetAsk, BudgetPortion
from curtilage.identity.limits import Ask, Portion
from curtilage.vault.models import LoadedScope

log = logging.getLogger(__name__)

READ_SIZE = 256 * 1024


class Control(Protocol):
    """What a worker may ask of the control process."""

    async def load_scope(self, scope: Scope) -> LoadedScope: ...

    async def watch(self, known: str) -> Mapping[str, Any]:
        """The newest snapshot as plain data once it differs from `known`.

        Answers within a second; where nothing changed with `generation` alone. `age`
        says how many seconds ago this was seen to be so."""

    async def lease(self, ask: Ask) -> Portion:
        """A portion of a key's limits per minute."""

    async def lease_budget(self, ask: BudgetAsk) -> BudgetPortion:
        """A portion of a key's budgets and of its group's."""

    async def report(self, worker: str, meters: Mapping[str, Any]) -> None: ...

    async def use_proof(self, digest: bytes, until: datetime) -> bool:
        """Whether this proof of possession comes for the first time, to any worker anywhere."""

    async def note_uses(self, uses: Mapping[str, datetime]) -> None:
        """When keys were used last, by their ids."""

    async def find_kept(self, tenant: TenantId, lookup: str) -> Sequence[bytes]: ...

    async def page_kept(
        self, tenant: TenantId, lookup: str, *, after: str, newest_first: bool, limit: int
    ) -> Sequence[bytes]: ...

    async def keep_row(
        self, tenant: TenantId, lookup: str, *, id: str, sealed: bytes, until: datetime
    ) -> None: ...

    async def forget_kept(self, tenant: TenantId, lookup: str, *, id: str = "") -> None: ...


@dataclass
class LinkServer:
    """Serves `control` on a Unix socket to processes of this user."""

    control: Control
    path: Path
    _server: "asyncio.Server | None" = None

    async def start(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, self.path)
        self.path.chmod(0o600)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks: set[asyncio.Task[None]] = set()
        try:
            _check_peer(writer)
            parser = FrameParser()
            while data := await reader.read(READ_SIZE):
                for message in parser.feed(data):
                    task = asyncio.create_task(self._answer(message, writer))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
        except (BrokenLink, ConnectionError):
            pass  # the worker is gone or broken: its supervisor starts another
        finally:
            for task in tasks:
                task.cancel()
            writer.close()

    async def _answer(self, message: Mapping[str, Any], writer: asyncio.StreamWriter) -> None:
        try:
            answer: dict[str, Any] = {"result": await self._ask(message)}
        except CurtilageError as error:
            answer = {"error": error.code, "status": error.status}
        except Exception:  # a bug here, or there: who asked is told at once, and no value is
            log.error("a question failed", extra={"event": "bug"}, exc_info=True)
            answer = {"error": CurtilageError.code, "status": CurtilageError.status}
        with contextlib.suppress(ConnectionError):
            writer.write(encode_frame({"id": message.get("id"), **answer}))
            await writer.drain()

    async def _ask(self, message: Mapping[str, Any]) -> Any:
        match message["ask"]:
            case "scope":
                return encode_loaded(await self.control.load_scope(parse_scope(message["scope"])))
            case "watch":
                return await self.control.watch(message["known"])
            case "lease":
                return asdict(await self.control.lease(Ask(**message["what"])))
            case "find_kept":
                rows = await self.control.find_kept(message["tenant"], message["lookup"])
                return [b64encode(row).decode() for row in rows]
            case "page_kept":
                rows = await self.control.page_kept(
                    message["tenant"],
                    message["lookup"],
                    after=message["after"],
                    newest_first=message["newest_first"],
                    limit=message["limit"],
                )
                return [b64encode(row).decode() for row in rows]
            case "keep_row":
                return await self.control.keep_row(
                    message["tenant"],
                    message["lookup"],
                    id=message["row"],
                    sealed=b64decode(message["sealed"]),
                    until=parse_instant(message["until"]),
                )
            case "forget_kept":
                return await self.control.forget_kept(
                    message["tenant"], message["lookup"], id=message["row"]
                )
            case "budget":
                return encode_portion(await self.control.lease_budget(parse_ask(message["what"])))
            case "use_proof":
                digest, until = b64decode(message["digest"]), parse_instant(message["until"])
                return await self.control.use_proof(digest, until)
            case "note_uses":
                uses = {key: parse_instant(at) for key, at in message["uses"].items()}
                return await self.control.note_uses(uses)
            case "report":
                return await self.control.report(message["worker"], message["meters"])
        raise BrokenLink


def _check_peer(writer: asyncio.StreamWriter) -> None:
    """Only this user's processes. The socket's mode says so too; this is the second lock."""
    raw = writer.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    _, uid, _ = struct.unpack("3i", raw)
    if uid != os.getuid():
        raise BrokenLink


@dataclass
class LinkClient:
    """Asks the control process; connects again by itself when it went away."""

    path: Path
    timeout: float = 5.0
    _writer: asyncio.StreamWriter | None = None
    _pending: dict[int, "asyncio.Future[Any]"] = field(default_factory=dict)
    _next: int = 0
    _reading: "asyncio.Task[None] | None" = None
    _connecting: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def load_scope(self, scope: Scope) -> LoadedScope:
        return parse_loaded(scope, await self._ask("scope", scope=encode_scope(scope)))

    async def watch(self, known: str) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = await self._ask("watch", known=known)
        return answer

    async def lease(self, ask: Ask) -> Portion:
        return Portion(**await self._ask("lease", what=asdict(ask)))

    async def lease_budget(self, ask: BudgetAsk) -> BudgetPortion:
        return parse_portion(await self._ask("budget", what=encode_ask(ask)))

    async def report(self, worker: str, meters: Mapping[str, Any]) -> None:
        await self._ask("report", worker=worker, meters=dict(meters))

    async def use_proof(self, digest: bytes, until: datetime) -> bool:
        told = b64encode(digest).decode()
        return await self._ask("use_proof", digest=told, until=encode_instant(until)) is True

    async def note_uses(self, uses: Mapping[str, datetime]) -> None:
        told = {key: encode_instant(at) for key, at in uses.items()}
        await self._ask("note_uses", uses=told)

    async def find_kept(self, tenant: TenantId, lookup: str) -> Sequence[bytes]:
        rows = await self._ask("find_kept", tenant=tenant, lookup=lookup)
        return [b64decode(row) for row in rows]

    async def page_kept(
        self, tenant: TenantId, lookup: str, *, after: str, newest_first: bool, limit: int
    ) -> Sequence[bytes]:
        asked = {"after": after, "newest_first": newest_first, "limit": limit}
        rows = await self._ask("page_kept", tenant=tenant, lookup=lookup, **asked)
        return [b64decode(row) for row in rows]

    async def keep_row(
        self, tenant: TenantId, lookup: str, *, id: str, sealed: bytes, until: datetime
    ) -> None:
        await self._ask(
            "keep_row",
            tenant=tenant,
            lookup=lookup,
            row=id,
            sealed=b64encode(sealed).decode(),
            until=encode_instant(until),
        )

    async def forget_kept(self, tenant: TenantId, lookup: str, *, id: str = "") -> None:
        await self._ask("forget_kept", tenant=tenant, lookup=lookup, row=id)

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
        if self._writer is not None:
            self._writer.close()

    async def _ask(self, ask: str, **fields: Any) -> Any:
        writer = await self._connected()
        self._next += 1
        number = self._next
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._pending[number] = future
        try:
            writer.write(encode_frame({"id": number, "ask": ask, **fields}))
            return await asyncio.wait_for(future, self.timeout)
        except (TimeoutError, ConnectionError):
            raise ControlUnreachable from None
        finally:
            self._pending.pop(number, None)

    async def _connected(self) -> asyncio.StreamWriter:
        async with self._connecting:
            if self._writer is None or self._writer.is_closing():
                try:
                    reader, self._writer = await asyncio.open_unix_connection(self.path)
                except OSError:
                    raise ControlUnreachable from None
                self._reading = asyncio.create_task(self._read(reader, self._writer))
            return self._writer

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parser = FrameParser()
        try:
            while data := await reader.read(READ_SIZE):
                for message in parser.feed(data):
                    self._settle_answer(message)
        except (BrokenLink, ConnectionError):
            pass  # what was asked fails below; the next question connects again
        finally:
            writer.close()
            for future in self._pending.values():
                if not future.done():
                    future.set_exception(ControlUnreachable())

    def _settle_answer(self, message: Mapping[str, Any]) -> None:
        future = self._pending.get(message["id"])
        if future is None or future.done():
            return
        if "error" in message:
            refused = message["status"] < 500
            future.set_exception(ScopeRefused() if refused else ControlUnreachable())
        else:
            future.set_result(message["result"])
