"""`GET /v1/models`: the models that this caller's key may name.

Answered from the routes, without asking a provider: exact names and, where a
route is a pattern, the pattern itself, so that nobody is told less than what
is served. A key's own list of models narrows it.
"""

from dataclasses import dataclass

import orjson

from curtilage.core.clock import Clock
from curtilage.core.ids import Ids
from curtilage.gateway import records
from curtilage.gateway.asgi import ASGIScope, Send, send_whole
from curtilage.gateway.calling import check_query
from curtilage.gateway.engine import Admitted, Engine
from curtilage.gateway.errors import UnservedMethod
from curtilage.gateway.ports import Recorder, SnapshotSource
from curtilage.gateway.sessions import Sessions
from curtilage.gateway.shapes import find_dialect
from curtilage.gateway.wire.openai_models import list_anthropic_models, list_openai_models


@dataclass(frozen=True, slots=True)
class Listing:
    """Serves the list; recorded as any other call, though nothing leaves."""

    engine: Engine
    snapshots: SnapshotSource
    sessions: Sessions
    recorder: Recorder
    clock: Clock
    ids: Ids

    async def serve(self, scope: ASGIScope, send: Send) -> None:
        if scope["method"] != "GET":
            raise UnservedMethod
        check_query(scope["query_string"])
        snapshot = self.snapshots.current()
        admitted = self.engine.admit(snapshot, scope["headers"], self.clock.now())
        family = find_dialect(scope["path"], scope["headers"]).name
        names = [name for name, _ in snapshot.routes.patterns(family) if _is_held(admitted, name)]
        request_id = await self._record(admitted, family, len(names))
        headers = [
            (b"content-type", b"application/json"),
            (b"x-curtilage-request-id", request_id.encode()),
        ]
        await send_whole(send, 200, headers, orjson.dumps(_SHAPES[family](names)))

    async def _record(self, admitted: Admitted, family: str, count: int) -> str:
        session = await self.sessions.get(admitted.scope)
        request_id = self.ids.new()
        intent = records.intended(
            request_id=request_id,
            at=self.clock.now(),
            tenant=admitted.principal.tenant,
            actor=session.loaded.actor,
            actor_kind=admitted.principal.kind.value,
            subject=session.loaded.subject,
            purpose=admitted.purpose,
            decision=None,
            facts={"route": f"{family}.models"},
            sealed=None,
        )
        outcome = records.outcome(
            event_id=self.ids.new(),
            at=self.clock.now(),
            kind=records.COMPLETED,
            intent=intent,
            facts={"status": 200, "listed": count},
        )
        self.recorder.append(intent)
        await self.recorder.append(outcome)
        return request_id


def _is_held(admitted: Admitted, name: str) -> bool:
    return not admitted.key.models or name in admitted.key.models


_SHAPES = {"openai": list_openai_models, "anthropic": list_anthropic_models}
