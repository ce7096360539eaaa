"""Calls to providers: right credential, allowed headers, retries before the first byte."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from curtilage.gateway.engine import Admitted
from curtilage.gateway.errors import MalformedHeader, NoCredential, QueryRefused, UpstreamFailed
from curtilage.gateway.ports import Upstream, UpstreamReply, UpstreamRequest
from curtilage.gateway.routes import Target
from curtilage.gateway.settings import UpstreamSettings
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.kept_query import KeptQuery, read_kept_query
from curtilage.gateway.wire.protocols import RouteProtocol

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
    body: bytes = field(repr=False)
    query: bytes = b""
    kept_id: str = ""


class Calling:
    """Sends protected bodies to the upstreams of this worker.

    A pool is kept as long as its upstream's settings stay the same. One that
    was replaced is closed when the worker stops, so that calls under way end well.
    """

    def __init__(self, connect: Callable[[UpstreamSettings], Upstream]) -> None:
        self._connect = connect
        self._settings: dict[str, UpstreamSettings] = {}
        self._upstreams: dict[str, Upstream] = {}
        self._replaced: list[Upstream] = []

    def take_over(self, upstreams: Mapping[str, UpstreamSettings]) -> None:
        """Use these upstreams from now on."""
        for name, settings in upstreams.items():
            if self._settings.get(name) != settings:
                if name in self._upstreams:
                    self._replaced.append(self._upstreams[name])
                self._upstreams[name] = self._connect(settings)
                self._settings[name] = settings

    async def send(
        self, snapshot: Snapshot, admitted: Admitted, outgoing: Outgoing
    ) -> UpstreamReply:
        """The provider's reply, its head read. Raises UpstreamFailed or NoCredential.

        A call is tried again only when nothing can have reached the provider;
        the body is the same bytes, so the same tokens, each time.
        """
        target = outgoing.target
        upstream = self._upstreams[target.upstream]
        request = UpstreamRequest(
            method=outgoing.protocol.method,
            path=_path(outgoing),
            query=outgoing.query.decode("ascii"),
            headers=_headers(snapshot, admitted, target),
            body=outgoing.body,
        )
        for attempt in range(snapshot.settings.retries + 1):
            try:
                return await upstream.send(request)
            except UpstreamFailed as failed:
                if failed.sent or attempt == snapshot.settings.retries:
                    raise
            await asyncio.sleep(BACKOFF[min(attempt, len(BACKOFF) - 1)])
        raise AssertionError("the loop returns or raises")

    async def close(self) -> None:
        for upstream in (*self._upstreams.values(), *self._replaced):
            await upstream.close()


def read_query(protocol: RouteProtocol, raw: bytes) -> KeptQuery:
    """The query of a call, if it is one that may travel. It could hold anything else."""
    if not protocol.of_kept:
        if not protocol.takes.fits(raw):
            raise MalformedHeader(f"The path takes no such query; expected {protocol.takes.words}.")
        return KeptQuery(forwarded=raw)
    query = read_kept_query(raw, protocol.query)
    if query is None:
        raise QueryRefused
    return query


def _path(outgoing: Outgoing) -> str:
    """The path below the base address, which ends as the provider's SDK has it."""
    protocol = outgoing.protocol
    path = protocol.path.removeprefix(protocol.dialect.base).replace("{id}", outgoing.kept_id)
    return path.replace("{model}", quote(outgoing.target.model, safe=""))


def _headers(snapshot: Snapshot, admitted: Admitted, target: Target) -> list[tuple[str, str]]:
    headers = [
        ("content-type", "application/json"),
        ("accept-encoding", "identity"),
        *admitted.headers.forwarded,
    ]
    if target.protocol != "mirror":
        headers.append(_credential(snapshot, admitted, target))
    if target.protocol == "anthropic" and not any(
        name == "anthropic-version" for name, _ in headers
    ):
        headers.append(("anthropic-version", "2023-06-01"))
    return headers


def _credential(snapshot: Snapshot, admitted: Admitted, target: Target) -> tuple[str, str]:
    """The caller's own credential if one came, else the configured one."""
    if admitted.headers.credential is not None:
        return admitted.headers.credential
    secret = snapshot.credentials.get(target.upstream)
    if not secret:
        raise NoCredential(snapshot.upstreams[target.upstream].api_key_env)
    header = KEY_HEADERS.get(target.protocol)
    return (header, secret) if header else ("authorization", f"Bearer {secret}")
