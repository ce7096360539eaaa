"""What the engine can ask of a protocol: one record for each kind of route."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from curtilage.gateway.wire import anthropic_messages, error_bodies, openai_chat, openai_embeddings
from curtilage.gateway.wire.anthropic_reply import restore_count, restore_message
from curtilage.gateway.wire.anthropic_stream import AnthropicStreamRewriter
from curtilage.gateway.wire.facts import ReplyStats, RequestFacts
from curtilage.gateway.wire.fields import FieldMap
from curtilage.gateway.wire.openai_reply import restore_chat
from curtilage.gateway.wire.openai_stream import OpenAIStreamRewriter
from curtilage.shield.held import Held


class StreamRewriter(Protocol):
    """Restores one streamed reply: bytes in as they come, bytes out ready to send."""

    stats: ReplyStats

    @property
    def ended(self) -> bool:
        """Whether the last frame was taken."""

    def feed(self, data: bytes) -> bytes: ...

    def close(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Dialect:
    """What all operations of one provider share."""

    name: str
    error_body: Callable[[BaseException, str], tuple[int, bytes]]
    error_frame: Callable[[BaseException, str], bytes]
    keepalive: bytes


@dataclass(frozen=True, slots=True)
class RouteProtocol:
    """One operation of one provider's protocol.

    `prepare(document, allowed)` reads and completes a request; `restore_reply`
    and `rewriter` take `(…, held, facts, outbound_tools)`: tools whose
    arguments keep their tokens. `rewriter` is None where nothing
    streams. A keep-alive may stand between any two results of `feed`.
    """

    kind: str
    dialect: Dialect
    path: str
    request_map: FieldMap
    prepare: Callable[[Any, Collection[str]], RequestFacts]
    restore_reply: Callable[[Any, Held, RequestFacts, Collection[str]], ReplyStats]
    rewriter: Callable[[Held, RequestFacts, Collection[str]], StreamRewriter] | None = None

    @property
    def error_body(self) -> Callable[[BaseException, str], tuple[int, bytes]]:
        return self.dialect.error_body

    @property
    def error_frame(self) -> Callable[[BaseException, str], bytes]:
        return self.dialect.error_frame

    @property
    def keepalive(self) -> bytes:
        return self.dialect.keepalive


OPENAI = Dialect(
    name="openai",
    error_body=error_bodies.openai_error,
    error_frame=error_bodies.openai_error_frame,
    keepalive=b": keep-alive\n\n",  # a comment: the protocol has no event without meaning
)
ANTHROPIC = Dialect(
    name="anthropic",
    error_body=error_bodies.anthropic_error,
    error_frame=error_bodies.anthropic_error_frame,
    keepalive=b'event: ping\ndata: {"type": "ping"}\n\n',
)


PROTOCOLS: Mapping[str, RouteProtocol] = {
    protocol.kind: protocol
    for protocol in (
        RouteProtocol(
            kind="openai.chat",
            dialect=OPENAI,
            path="/v1/chat/completions",
            request_map=openai_chat.CHAT,
            prepare=openai_chat.prepare_chat,
            restore_reply=restore_chat,
            rewriter=OpenAIStreamRewriter,
        ),
        RouteProtocol(
            kind="openai.embeddings",
            dialect=OPENAI,
            path="/v1/embeddings",
            request_map=openai_embeddings.EMBEDDINGS,
            prepare=openai_embeddings.prepare_embeddings,
            restore_reply=openai_embeddings.restore_embeddings,
        ),
        RouteProtocol(
            kind="anthropic.messages",
            dialect=ANTHROPIC,
            path="/v1/messages",
            request_map=anthropic_messages.MESSAGES,
            prepare=anthropic_messages.prepare_messages,
            restore_reply=restore_message,
            rewriter=AnthropicStreamRewriter,
        ),
        RouteProtocol(
            kind="anthropic.count_tokens",
            dialect=ANTHROPIC,
            path="/v1/messages/count_tokens",
            request_map=anthropic_messages.MESSAGES,
            prepare=anthropic_messages.prepare_count,
            restore_reply=restore_count,
        ),
    )
}
"""Every operation that is served, by its kind."""
