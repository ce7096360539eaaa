"""Calls to providers: right credential, allowed headers, retries before the first byte."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from curtilage.core.errors import CurtilageError, UnavailableError
from curtilage.gateway.admitting import Admitted
from curtilage.gateway.channel import Channel
from curtilage.gateway.errors import (
    NoCredential,
    UpstreamBusy,
    UpstreamFailed,
    UpstreamResting,
    name_upstream,
)
from curtilage.gateway.meters import Meters
from curtilage.gateway.ports import Upstream, UpstreamReply, UpstreamRequest
from curtilage.gateway.records import Passage
from curtilage.gateway.routes import Target
from curtilage.gateway.settings import UpstreamSettings
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.body import Body, encode_body
from curtilage.gateway.wire.protocols import RouteProtocol

# Answers of a provider that has not served the call: too many (429), and its own failures.
DECLINED = frozenset((429, *range(500, 600)))
PROBE_TIMEOUT = 10.0  # seconds
BACKOFF = (0.1, 0.4, 1.0, 2.0, 4.0)  # seconds before the next attempt
KEY_HEADERS = {
    "anthropic": "x-api-key",
    "azure": "api-key",
    "gemini": "x-goog-api-key",
}  # all others: a bearer token


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is to be sent, and where."""

    protocol: RouteProtocol
    target: Target
    body: Body = field(repr=False)
    query: bytes = b""
    kept_id: str = ""
    document: Any = field(default=None, repr=False)  # what `body` was written from
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class _Call:
    """What stays the same however often it is tried."""

    snapshot: Snapshot
    admitted: Admitted
    outgoing: Outgoing
    passage: Passage


class UpstreamCalls:
    """Sends protected bodies to the upstreams of this worker.

    A pool is kept as long as its upstream's settings stay the same. One that
    was replaced is closed when the worker stops, so that calls under way end well.
    """

    def __init__(
        self, connect: Callable[[UpstreamSettings], Upstream], meters: Meters | None = None
    ) -> None:
        self._connect = connect
        self._meters = meters or Meters()
        self._channels: dict[str, Channel] = {}
        self._replaced: list[Upstream] = []

    def take_over(self, upstreams: Mapping[str, UpstreamSettings]) -> None:
        """Use these upstreams from now on."""
        for name, settings in upstreams.items():
            known = self._channels.get(name)
            if known is None or known.settings != settings:
                if known is not None:
                    self._replaced.append(known.upstream)
                count = partial(self._count, name)
                self._channels[name] = Channel(settings, self._connect(settings), count)

    def _count(self, name: str, outcome: str) -> None:
        self._meters.count(f"upstream_calls:{name}:{outcome}")

    def states(self) -> dict[str, str]:
        """How each upstream is, as far as this worker knows: the word of its breaker."""
        return {name: channel.state.value for name, channel in self._channels.items()}

    def tell(self, now: datetime) -> dict[str, dict[str, Any]]:
        """How each upstream fares, as this worker sees it."""
        return {name: channel.tell(now) for name, channel in self._channels.items()}

    async def probe(self, snapshot: Snapshot, name: str) -> None:
        """Ask an upstream for its `health_path`. What comes of it, the breaker notes."""
        channel = self._channels[name]
        settings, secret = channel.settings, snapshot.credentials.get(name)
        headers = [_secret_header(settings.protocol, secret)] if secret else []
        request = UpstreamRequest("GET", settings.health_path, "", headers, b"")
        try:
            async with asyncio.timeout(PROBE_TIMEOUT):
                await (await channel.send(request)).close()
        except TimeoutError:
            channel.note(failure="timeout")
        except (UpstreamFailed, UnavailableError):
            pass  # noted already

    async def send(
        self, snapshot: Snapshot, admitted: Admitted, outgoing: Outgoing, passage: Passage
    ) -> UpstreamReply:
        """The reply of the first upstream that serves, its head read.

        Raises UpstreamFailed or NoCredential. A call is tried again, there or elsewhere,
        only when nothing can have reached the provider, and elsewhere also where the
        answer says that it was not served. It is the same bytes, so the same tokens.
        """
        call = _Call(snapshot, admitted, outgoing, passage)
        for attempt in range(snapshot.settings.retries + 1):
            try:
                return await self._go_round(call)
            except UpstreamFailed as failed:
                if failed.sent or attempt == snapshot.settings.retries:
                    raise
            await asyncio.sleep(BACKOFF[min(attempt, len(BACKOFF) - 1)])
        raise AssertionError("the loop returns or raises")

    async def _go_round(self, call: _Call) -> UpstreamReply:
        """Offer the call to each of its upstreams once, until one serves it.

        Where none does, the answer of the last that gave one stands."""
        declined: UpstreamReply | None = None
        problem: CurtilageError = UpstreamFailed("connect", sent=False)
        try:
            for target in call.outgoing.target.in_order():
                try:
                    reply = await self._try(call, target)
                except (UpstreamFailed, UnavailableError) as error:
                    if isinstance(error, UpstreamFailed) and error.sent:
                        raise
                    problem = error
                    continue
                declined, before = reply, declined
                call.passage.served = target
                if before is not None:
                    await before.close()
                if reply.status not in DECLINED:
                    break
            if declined is None:
                raise problem
            reply, declined = declined, None
            return reply
        finally:
            if declined is not None:
                await declined.close()

    async def _try(self, call: _Call, target: Target) -> UpstreamReply:
        outgoing = call.outgoing
        request = UpstreamRequest(
            method=outgoing.protocol.method,
            path=_path(outgoing, target),
            query=outgoing.query.decode("ascii"),
            headers=_headers(call.snapshot, call.admitted, target, outgoing.content_type),
            body=_body(outgoing, target),
        )
        call.passage.tried[target.upstream] = None
        try:
            return await self._channels[target.upstream].send(request)
        except (UpstreamFailed, UpstreamResting, UpstreamBusy) as error:
            name_upstream(error, target.upstream)
            raise

    async def close(self) -> None:
        for upstream in (*(one.upstream for one in self._channels.values()), *self._replaced):
            await upstream.close()


def _body(outgoing: Outgoing, target: Target) -> Body:
    """The protected body; where this upstream has another name for the model, with that."""
    document = outgoing.document
    if type(document) is not dict or document.get("model", target.model) == target.model:
        return outgoing.body
    return encode_body({**document, "model": target.model})


def _path(outgoing: Outgoing, target: Target) -> str:
    """The path below the base address, which ends as the provider's SDK has it."""
    protocol = outgoing.protocol
    path = protocol.path.removeprefix(protocol.dialect.base).replace("{id}", outgoing.kept_id)
    return path.replace("{model}", quote(target.model, safe=""))


def _headers(
    snapshot: Snapshot, admitted: Admitted, target: Target, content_type: str
) -> list[tuple[str, str]]:
    headers = [
        ("content-type", content_type),
        ("accept-encoding", "identity"),
        *admitted.headers.forwarded,
    ]
    if target.protocol != "mirror":
        headers += _credential(snapshot, admitted, target)
    if target.protocol == "anthropic" and not any(
        name == "anthropic-version" for name, _ in headers
    ):
        headers.append(("anthropic-version", "2023-06-01"))
    return headers


def _credential(snapshot: Snapshot, admitted: Admitted, target: Target) -> list[tuple[str, str]]:
    """The caller's own credential if one came, else the configured one.

    None for an upstream that names no variable, as a model server next door."""
    if admitted.headers.credential is not None:
        return [admitted.headers.credential]
    variable = snapshot.upstreams[target.upstream].api_key_env
    if not variable:
        return []
    secret = snapshot.credentials.get(target.upstream)
    if not secret:
        raise NoCredential(variable)
    return [_secret_header(target.protocol, secret)]


def _secret_header(protocol: str, secret: str) -> tuple[str, str]:
    header = KEY_HEADERS.get(protocol)
    return (header, secret) if header else ("authorization", f"Bearer {secret}")
