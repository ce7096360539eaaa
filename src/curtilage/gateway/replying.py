"""A provider's whole reply: read it within its limit, restore it. (Streams: `exchange`.)"""

from typing import Any

from curtilage.gateway.asgi import Headers
from curtilage.gateway.errors import UpstreamFailed
from curtilage.gateway.ports import UpstreamReply
from curtilage.gateway.pulse import Pulse, Waiting
from curtilage.gateway.request import Inbound, Outbound
from curtilage.gateway.wire.facts import ReplyStats
from curtilage.gateway.wire.protocols import RouteProtocol
from curtilage.gateway.wire.restoring import ReplyRestorer
from curtilage.gateway.wire.stream_json import read_frame, write_frame
from curtilage.shield.held import Held, Sink


def is_stream(headers: Headers, media_type: bytes) -> bool:
    return any(name == b"content-type" and media_type in value for name, value in headers)


async def read_whole(reply: UpstreamReply, pulse: Pulse, waiting: Waiting, *, limit: int) -> bytes:
    """All of the body. Raises UpstreamFailed beyond `limit` bytes."""
    parts: list[bytes] = []
    size = 0
    while True:
        pulse.enter(waiting)
        chunk = await reply.read()
        pulse.leave(waiting)
        if not chunk:
            return b"".join(parts)
        parts.append(chunk)
        size += len(chunk)
        if size > limit:
            raise UpstreamFailed("oversize", sent=True)


def restore_whole(
    raw: bytes, *, status: int, protocol: RouteProtocol, inbound: Inbound, outbound: Outbound
) -> tuple[bytes, ReplyStats]:
    """The caller's form of a reply; the provider's own bytes where nothing changed."""
    document = read_frame(raw)
    if status >= 400:
        return _restore_error(document, raw, outbound.held)
    if document is None:
        return raw, ReplyStats()
    stats = protocol.restore_reply(document, outbound.held, inbound.facts, outbound.outbound_tools)
    changed = stats.restored or stats.logprobs_withheld or stats.rewritten or _is_cut(outbound.held)
    return write_frame(document, raw) if changed else raw, stats


def _restore_error(document: Any, raw: bytes, held: Held) -> tuple[bytes, ReplyStats]:
    """An error, which may quote the request it refuses. What is no JSON stays as it came:
    nobody here can tell where in a page of HTML a value may stand."""
    root, stats = [document], ReplyStats(failed=True)
    restorer = ReplyRestorer(held, stats)
    try:
        restorer.value(root, 0, sink=Sink.TEXT)
    except RecursionError:
        return raw, ReplyStats(failed=True)
    return write_frame(root[0], raw) if stats.restored or _is_cut(held) else raw, stats


def _is_cut(held: Held) -> bool:
    return held.watch is not None and held.watch.has_cut


def with_logprobs(headers: Headers, stats: ReplyStats) -> Headers:
    """Say where logprobs were withheld, because they would name other text."""
    if not stats.logprobs_withheld:
        return headers
    return [*headers, (b"x-curtilage-logprobs", b"withheld")]
