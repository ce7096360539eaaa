"""What the engine can ask of a protocol: one record for each kind of route."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from curtilage.gateway.wire import (
    anthropic_messages,
    error_bodies,
    note,
    openai_chat,
    openai_completions,
    openai_embeddings,
)
from curtilage.gateway.wire.anthropic_reply import restore_count, restore_message
from curtilage.gateway.wire.anthropic_stream import AnthropicStreamRewriter
from curtilage.gateway.wire.facts import ReplyStats, RequestFacts
from curtilage.gateway.wire.fields import FieldMap
from curtilage.gateway.wire.kept_query import LISTED, READ
from curtilage.gateway.wire.openai_reply import restore_chat
from curtilage.gateway.wire.openai_stream import OpenAIStreamRewriter
from curtilage.gateway.wire.responses_items import STORED_ITEMS
from curtilage.gateway.wire.responses_reply import restore_nothing, restore_response
from curtilage.gateway.wire.responses_request import (
    RESPONSES,
    prepare_conversation,
    prepare_one_off,
    prepare_responses,
)
from curtilage.gateway.wire.responses_stream import ResponsesStreamRewriter
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
    streams, `add_note` where a request has no place for instructions. A keep-alive
    may stand between any two results of `feed`.

    `of_kept` are operations on what the provider keeps: their path has its id, they
    have no body, and `query` names what they may ask. `forgets`: it is gone after.
    """

    kind: str
    dialect: Dialect
    path: str
    request_map: FieldMap
    prepare: Callable[[Any, Collection[str]], RequestFacts]
    restore_reply: Callable[[Any, Held, RequestFacts, Collection[str]], ReplyStats]
    rewriter: Callable[[Held, RequestFacts, Collection[str]], StreamRewriter] | None = None
    method: str = "POST"
    of_kept: bool = False
    query: Collection[str] = ()
    forgets: bool = False
    add_note: Callable[[Any], None] | None = None

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
RESPONSES_DIALECT = replace(
    OPENAI,
    error_frame=error_bodies.responses_error_frame,
    # An event: readers that time out on silence pass over comments, and over kinds unknown to them.
    keepalive=b'event: keepalive\ndata: {"type": "keepalive"}\n\n',
)


_DELETES: Mapping[str, Any] = {
    "method": "DELETE",
    "restore_reply": restore_nothing,
    "forgets": True,
}


def _of_kept(kind: str, path: str, **more: Any) -> RouteProtocol:
    """An operation on a response or a conversation that the provider keeps."""
    return RouteProtocol(
        kind=f"openai.{kind}",
        dialect=RESPONSES_DIALECT,
        path=path,
        request_map=RESPONSES,
        prepare=prepare_responses,
        of_kept=True,
        **{"restore_reply": restore_response, **more},
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
            add_note=note.add_to_chat,
        ),
        RouteProtocol(
            kind="openai.completions",
            dialect=OPENAI,
            path="/v1/completions",
            request_map=openai_completions.COMPLETIONS,
            prepare=openai_completions.prepare_completions,
            restore_reply=openai_completions.restore_completions,
            rewriter=openai_completions.CompletionsRewriter,
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
            kind="openai.responses",
            dialect=RESPONSES_DIALECT,
            path="/v1/responses",
            request_map=RESPONSES,
            prepare=prepare_responses,
            restore_reply=restore_response,
            rewriter=ResponsesStreamRewriter,
            add_note=note.add_to_responses,
        ),
        RouteProtocol(
            kind="openai.responses.compact",
            dialect=RESPONSES_DIALECT,
            path="/v1/responses/compact",
            request_map=RESPONSES,
            prepare=prepare_one_off,
            restore_reply=restore_response,
        ),
        RouteProtocol(
            kind="openai.responses.count",
            dialect=RESPONSES_DIALECT,
            path="/v1/responses/input_tokens",
            request_map=RESPONSES,
            prepare=prepare_one_off,
            restore_reply=restore_nothing,
            add_note=note.add_to_responses,
        ),
        _of_kept(
            "responses.read",
            "/v1/responses/{id}",
            method="GET",
            query=READ,
            rewriter=ResponsesStreamRewriter,
        ),
        _of_kept("responses.items", "/v1/responses/{id}/input_items", method="GET", query=LISTED),
        _of_kept("responses.cancel", "/v1/responses/{id}/cancel"),
        _of_kept("responses.delete", "/v1/responses/{id}", **_DELETES),
        RouteProtocol(
            kind="openai.conversations",
            dialect=RESPONSES_DIALECT,
            path="/v1/conversations",
            request_map=STORED_ITEMS,
            prepare=prepare_conversation,
            restore_reply=restore_response,
        ),
        _of_kept("conversations.read", "/v1/conversations/{id}", method="GET"),
        _of_kept("conversations.items", "/v1/conversations/{id}/items", method="GET", query=LISTED),
        _of_kept("conversations.delete", "/v1/conversations/{id}", **_DELETES),
        RouteProtocol(
            kind="anthropic.messages",
            dialect=ANTHROPIC,
            path="/v1/messages",
            request_map=anthropic_messages.MESSAGES,
            prepare=anthropic_messages.prepare_messages,
            restore_reply=restore_message,
            rewriter=AnthropicStreamRewriter,
            add_note=note.add_to_messages,
        ),
        RouteProtocol(
            kind="anthropic.count_tokens",
            dialect=ANTHROPIC,
            path="/v1/messages/count_tokens",
            request_map=anthropic_messages.MESSAGES,
            prepare=anthropic_messages.prepare_count,
            restore_reply=restore_count,
            add_note=note.add_to_messages,
        ),
    )
}
"""Every operation that is served, by its kind."""
