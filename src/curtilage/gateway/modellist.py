"""`GET /v1/models` and `GET /v1/models/{id}`: what this caller's key may name.

Answered without asking a provider: the names that routes and prices spell out,
and those of the key. What a pattern (`gpt-*`) also serves cannot be listed by
name; it is served all the same. A key's own list of models narrows it. There is one page: the query
of a list (`limit`, `after_id`) goes nowhere and changes nothing.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from curtilage.core.canonical import Json
from curtilage.core.clock import Clock
from curtilage.core.errors import CurtilageError
from curtilage.core.ids import Ids
from curtilage.gateway import records
from curtilage.gateway.admitting import Admitted
from curtilage.gateway.asgi import ASGIScope, Send, send_whole
from curtilage.gateway.errors import InternalFault, UnknownModel, UnservedMethod, WrongProtocol
from curtilage.gateway.ports import Recorder, SnapshotSource
from curtilage.gateway.proofs import UseProof, admit_once, use_none
from curtilage.gateway.recording import append_first
from curtilage.gateway.routes import is_pattern
from curtilage.gateway.sessioncache import Sessions
from curtilage.gateway.shapes import find_dialect
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.uses import KeyUses
from curtilage.gateway.wire.openai_models import (
    describe_anthropic_model,
    describe_openai_model,
    list_anthropic_models,
    list_openai_models,
)
from curtilage.gateway.wire.protocols import Dialect

log = logging.getLogger(__name__)

PATH = "/v1/models"


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question: who asked it, in whose protocol."""

    request_id: str
    admitted: Admitted
    dialect: Dialect


@dataclass(frozen=True, slots=True)
class ModelList:
    """Serves the list and its entries; recorded as any other call, though nothing leaves."""

    snapshots: SnapshotSource
    sessions: Sessions
    recorder: Recorder
    clock: Clock
    ids: Ids
    use_proof: UseProof = use_none
    uses: KeyUses = field(default_factory=KeyUses)

    async def serve(self, scope: ASGIScope, send: Send) -> None:
        if scope["method"] != "GET":
            raise UnservedMethod("GET")
        snapshot = self.snapshots.current()
        admitted = await admit_once(snapshot, scope, self.clock.now(), self.use_proof)
        self.uses.note(admitted)
        asked = _Asked(self.ids.new(), admitted, find_dialect(scope["path"], scope["headers"]))
        try:
            listed, document = _answer(snapshot, asked, scope["path"])
        except CurtilageError as error:
            await self._refuse(asked, error, records.REFUSED, send)
        except Exception:  # a bug, as in an exchange: told and recorded, without a value
            extra = {"event": "bug", "request_id": asked.request_id}
            log.error("listing failed", extra=extra, exc_info=True)
            await self._refuse(asked, InternalFault(), records.FAILED, send)
        else:
            await self._record(asked, records.COMPLETED, {"status": 200, "listed": listed})
            headers = [
                (b"content-type", b"application/json"),
                (b"x-curtilage-request-id", asked.request_id.encode()),
            ]
            await send_whole(send, 200, headers, orjson.dumps(document))

    async def _refuse(self, asked: _Asked, error: CurtilageError, kind: str, send: Send) -> None:
        status, body = asked.dialect.error_body(error, asked.request_id)
        await self._record(asked, kind, {"status": status, "reason": error.code})
        await send_whole(send, status, asked.dialect.error_headers(error, asked.request_id), body)

    async def _record(self, asked: _Asked, kind: str, facts: Mapping[str, Json]) -> None:
        admitted = asked.admitted
        session = await self.sessions.get(admitted.scope)
        intent = records.intended(
            request_id=asked.request_id,
            at=self.clock.now(),
            tenant=admitted.principal.tenant,
            actor=session.loaded.actor,
            actor_kind=admitted.principal.kind.value,
            subject=session.loaded.subject,
            purpose=admitted.purpose,
            decision=None,
            facts={
                "route": f"{asked.dialect.name}.models",
                **records.app_facts(admitted.app),
            },
            sealed=None,
        )
        outcome = records.outcome(
            event_id=self.ids.new(), at=self.clock.now(), kind=kind, intent=intent, facts=facts
        )
        append_first(self.recorder, intent)
        await self.recorder.append(outcome)


def _answer(snapshot: Snapshot, asked: _Asked, path: str) -> tuple[int, dict[str, Any]]:
    """How many models are told, and the document. What is not the key's is not there."""
    admitted, family = asked.admitted, asked.dialect.name
    if admitted.refusal is not None:
        raise admitted.refusal
    describe, listed = _SHAPES[family]
    name = path.removeprefix(PATH).removeprefix("/")
    if name:
        snapshot.routes.resolve(name, family)
        if not _is_held(admitted, name):
            raise UnknownModel
        return 1, describe(name)
    names = list_names(snapshot, admitted, family)
    return len(names), listed(names)


def list_names(snapshot: Snapshot, admitted: Admitted, family: str) -> list[str]:
    """Models that can be called by these very names: of routes, of prices, of the key.

    A pattern is no id: an SDK or a menu would send it as it stands."""
    routed = snapshot.routes.names(family)
    others = {*snapshot.prices.names, *admitted.key.models} - set(routed)
    known = routed + sorted(name for name in others if _is_served(snapshot, name, family))
    return [name for name in known if _is_held(admitted, name)]


def _is_served(snapshot: Snapshot, name: str, family: str) -> bool:
    """Whether a route takes the name, and leaves it as it is."""
    try:
        target = snapshot.routes.resolve(name, family)
    except (UnknownModel, WrongProtocol):
        return False
    return not is_pattern(name) and target.model == name


def _is_held(admitted: Admitted, name: str) -> bool:
    return not admitted.key.models or name in admitted.key.models


_SHAPES = {
    "openai": (describe_openai_model, list_openai_models),
    "anthropic": (describe_anthropic_model, list_anthropic_models),
}
