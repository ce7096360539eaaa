"""The data plane: a raw ASGI application that owns the port.

Model paths are served here; every other `/v1` path is refused in the shape
that its caller's SDK understands; what belongs to the control process (pages,
sign-in, management) is relayed to it. Nothing here reads cookies.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

from curtilage.core.errors import CurtilageError
from curtilage.core.problem import PROBLEM_TYPE, describe_problem
from curtilage.gateway.asgi import ASGIScope, CallerLeft, Receive, Send, send_whole
from curtilage.gateway.door import Door, Proxies
from curtilage.gateway.errors import (
    Busy,
    Draining,
    InternalFault,
    MetricsRefused,
    UnservedMethod,
    UnservedPath,
)
from curtilage.gateway.exchange.call import Call, Path
from curtilage.gateway.exchange.modeltask import ModelTask
from curtilage.gateway.exchange.serve import serve_call
from curtilage.gateway.exchange.services import Services
from curtilage.gateway.exchange.task import Task
from curtilage.gateway.modellist import PATH as MODELS
from curtilage.gateway.modellist import ModelList
from curtilage.gateway.paths import Operation, as_anthropics, find_operation
from curtilage.gateway.shapes import BEDROCK_PREFIXES, find_dialect, is_of_gemini
from curtilage.gateway.signposts import Signposts
from curtilage.gateway.tasks.acting import ActTask
from curtilage.gateway.tasks.making import MakeTask
from curtilage.gateway.tasks.paging import PageTask
from curtilage.gateway.tasks.sound import SoundTask
from curtilage.gateway.tasks.uploading import UploadTask
from curtilage.gateway.wire.protocols import ANTHROPIC, TaskKind
from curtilage.ledger.errors import LedgerUnavailable

log = logging.getLogger(__name__)

METRICS = "/metrics"
FILES = "/v1/files"
PROBLEM = PROBLEM_TYPE.encode()
DATA_PREFIXES = ("/v1/", "/v1beta/", "/openai/", *BEDROCK_PREFIXES)


class Relay(Protocol):
    """Passes control paths on to the control process."""

    async def __call__(self, scope: ASGIScope, receive: Receive, send: Send) -> None: ...


@dataclass
class Gateway:
    """One worker's application. `draining` refuses new calls while old ones finish."""

    services: Services
    door: Door
    relay: Relay
    models: ModelList
    max_concurrent: int
    proxies: Proxies = field(default_factory=Proxies)
    metrics_public: bool = False
    signposts: Signposts | None = None
    draining: bool = False
    _calls: "set[asyncio.Task[object]]" = field(default_factory=set)
    _cutting: "asyncio.Task[None] | None" = None

    def drain(self, *, patience: float) -> None:
        """Refuse new calls from now on; end those that take longer than `patience` seconds.

        A call that is ended is recorded as aborted. One whose process is killed
        instead would be of unknown outcome."""
        self.draining = True
        self._cutting = asyncio.get_running_loop().create_task(self._cut(patience))

    async def _cut(self, patience: float) -> None:
        await asyncio.sleep(patience)
        for call in tuple(self._calls):
            call.cancel()

    async def __call__(self, scope: ASGIScope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            with contextlib.suppress(CallerLeft):  # nobody is there to be told
                await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _live(receive, send)
        else:
            await self._refuse_socket(scope, receive, send)

    async def _serve(self, scope: ASGIScope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        try:
            self._name_caller(scope)
            self.door.check_host(scope["headers"])
            if path.startswith(DATA_PREFIXES):
                if self.signposts is not None:
                    send = self.signposts.put_up(scope, send)
                self.door.check_origin(scope["headers"])
            operation = find_operation(scope["method"], path)
            if operation is not None:
                if path.startswith(FILES) and find_dialect(path, scope["headers"]) is ANTHROPIC:
                    operation = as_anthropics(operation)
                await self._serve_model(operation, scope, receive, send)
            elif is_of_gemini(path):
                raise UnservedPath
            elif path == MODELS or path.startswith(f"{MODELS}/"):
                await self.models.serve(scope, send)
            elif path.startswith(DATA_PREFIXES):
                raise UnservedPath
            elif path in OWN_PATHS:
                await OWN_PATHS[path](self, send)
            else:
                await self.relay(scope, receive, send)
        except CurtilageError as error:
            await self._refuse(error, scope, send)
        except CallerLeft:
            raise
        except Exception:  # a bug beside the exchanges: told like theirs, without a value
            log.error("a request failed", extra={"event": "bug"}, exc_info=True)
            await self._refuse(InternalFault(), scope, send)

    def _name_caller(self, scope: ASGIScope) -> None:
        """Put the caller's address in place of a named proxy's. Raises MetricsRefused."""
        client, headers = scope.get("client"), scope["headers"]
        peer = client[0] if client else ""
        guarded = scope["path"] == METRICS and not self.metrics_public
        if guarded and not self.proxies.is_loopback(peer, headers):
            raise MetricsRefused
        caller = self.proxies.find_caller(peer, headers)
        if caller != peer:
            scope["client"] = (caller, 0)

    async def _serve_model(
        self, operation: Operation, scope: ASGIScope, receive: Receive, send: Send
    ) -> None:
        protocol = operation.protocol
        if scope["method"] != protocol.method:
            raise UnservedMethod(protocol.method)
        if self.draining:
            raise Draining
        meters = self.services.registrar.meters
        if meters.active >= self.max_concurrent:
            raise Busy
        meters.active += 1
        call = asyncio.current_task()
        assert call is not None
        self._calls.add(call)
        try:
            path = Path(protocol, operation.kept_id, operation.model)
            await serve_call(self.services, path, scope, receive, send, TASKS[protocol.task])
        finally:
            self._calls.discard(call)
            meters.active -= 1

    async def _refuse(self, error: CurtilageError, scope: ASGIScope, send: Send) -> None:
        """In the shape that the caller expects: its SDK's on model paths, else a problem's."""
        self.services.rejections.count(error.code)
        request_id = self.services.registrar.ids.new()
        if not scope["path"].startswith(DATA_PREFIXES):
            problem = orjson.dumps(describe_problem(error, instance=request_id))
            await send_whole(send, error.status, [(b"content-type", PROBLEM)], problem)
            return
        dialect = find_dialect(scope["path"], scope["headers"])
        status, body = dialect.error_body(error, request_id)
        await send_whole(send, status, dialect.error_headers(error, request_id), body)

    async def _refuse_socket(self, scope: ASGIScope, receive: Receive, send: Send) -> None:
        """No path takes a WebSocket: realtime calls are refused before they begin.

        The granian server asks no such question: it gives us the handshake as a GET."""
        await receive()
        if "websocket.http.response" not in scope.get("extensions", {}):
            self.services.rejections.count(UnservedPath.code)
            await send({"type": "websocket.close", "code": 1008})
            return

        async def send_http(message: MutableMapping[str, Any]) -> None:
            await send({**message, "type": f"websocket.{message['type']}"})

        await self._refuse(UnservedPath(), scope, send_http)

    async def _healthz(self, send: Send) -> None:
        await send_whole(send, 200, [(b"content-type", b"text/plain")], b"ok\n")

    async def _readyz(self, send: Send) -> None:
        """Ready: keys and policy are fresh, the ledger takes records, not draining."""
        problem = self._find_problem()
        status, body = (503, problem.encode() + b"\n") if problem else (200, b"ready\n")
        await send_whole(send, status, [(b"content-type", b"text/plain")], body)

    def _find_problem(self) -> str:
        if self.draining:
            return Draining.title
        try:
            self.services.snapshots.current()
        except CurtilageError as error:
            return error.title
        return "" if self.services.registrar.recorder.is_available else LedgerUnavailable.title


TASKS: Mapping[TaskKind, Callable[[Call], Task]] = {
    TaskKind.MODEL: ModelTask,
    TaskKind.ACT: ActTask,
    TaskKind.MAKE: MakeTask,
    TaskKind.UPLOAD: UploadTask,
    TaskKind.SOUND: SoundTask,
    TaskKind.LIST: PageTask,
}
"""What is done for a call, by what its operation is about."""

OWN_PATHS = {"/healthz": Gateway._healthz, "/readyz": Gateway._readyz}  # noqa: SLF001  # its own table


async def _live(receive: Receive, send: Send) -> None:
    """Answer the server's lifespan; what starts and stops is the process's business."""
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return
