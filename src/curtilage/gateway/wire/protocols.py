"""What the engine can ask of a protocol: one record for each kind of route."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from curtilage.gateway.wire import (
    anthropic_messages,
    azure,
    bedrock,
    bedrock_reply,
    error_bodies,
    gemini,
    gemini_reply,
    note,
    openai_chat,
    openai_completions,
    openai_embeddings,
)
from curtilage.gateway.wire.anthropic_reply import restore_count, restore_message
from curtilage.gateway.wire.anthropic_stream import AnthropicStreamRewriter
from curtilage.gateway.wire.bedrock_stream import BedrockStreamRewriter
from curtilage.gateway.wire.event_stream import encode_event
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
    """What all operations of one provider share. `base` is the part of a path that the
    base address of an upstream ends in; `stream_type` the media type of what streams."""

    name: str
    error_body: Callable[[BaseException, str], tuple[int, bytes]]
    error_frame: Callable[[BaseException, str], bytes]
    keepalive: bytes
    base: str = ""
    error_headers: Callable[[BaseException, str], list[tuple[bytes, bytes]]] = (
        error_bodies.error_headers
    )
    stream_type: bytes = b"text/event-stream"


@dataclass(frozen=True, slots=True)
class Query:
    """The queries that an operation takes. Any other could hold anything."""

    fits: Callable[[bytes], object]
    words: str


def name_model(document: Any, model: str) -> None:
    """Write what the provider calls the model."""
    document["model"] = model


BETA = Query(
    re.compile(rb"(?:beta=true)?\Z").match, "none but beta=true"
)  # what Anthropic's SDK sends


class TaskKind(StrEnum):
    """What a call is about: one document in and one reply out, or something of files."""

    MODEL = "model"
    UPLOAD = "upload"
    SOUND = "sound"
    MAKE = "make"
    LIST = "list"
    ACT = "act"


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
    A path may name the model in place of the body. `takes` says which query may travel.
    `by_collection`: tokens are one for a collection, not for a caller's session.
    `task` is what a call of it is about; `holding` is what is made, listed or read; `refers` gives the ids of files that a body names. `streams_file`:
    the reply is a file, passed on as it comes. `name_model` writes the model's name.
    """

    kind: str
    dialect: Dialect
    path: str
    request_map: FieldMap
    prepare: Callable[[Any, Collection[str]], RequestFacts]
    restore_reply: Callable[[Any, Held, RequestFacts, Collection[str]], ReplyStats]
    rewriter: Callable[[Held, RequestFacts, Collection[str]], StreamRewriter] | None = None
    method: str = "POST"
    takes: Query = BETA
    of_kept: bool = False
    query: Collection[str] = ()
    forgets: bool = False
    by_collection: bool = False
    task: TaskKind = TaskKind.MODEL
    holding: str = ""
    refers: Callable[[Any], tuple[str, ...]] | None = None
    streams_file: bool = False
    name_model: Callable[[Any, str], None] = name_model
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
    base="/v1",
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
AZURE = replace(OPENAI, name="azure", base="/openai", error_body=error_bodies.azure_error)
GEMINI = Dialect(
    name="gemini",
    error_body=error_bodies.gemini_error,
    error_frame=error_bodies.gemini_error_frame,
    keepalive=b"data: {}\n\n",  # its readers take each line for data: an answer without a part
)
BEDROCK = Dialect(
    name="bedrock",
    error_body=error_bodies.bedrock_error,
    error_frame=error_bodies.bedrock_error_frame,
    error_headers=error_bodies.bedrock_error_headers,
    keepalive=encode_event("keepAlive", b"{}"),  # its readers pass over events they do not know
    stream_type=b"application/vnd.amazon.eventstream",
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


_ON_THEIR_OWN_PATHS: Mapping[str, RouteProtocol] = {
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
            by_collection=True,
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


def _of_azure() -> Iterator[RouteProtocol]:
    """What Azure serves of OpenAI's protocol: by deployment, and by model on newer paths."""
    for name, request_map in azure.SERVED.items():
        known = _ON_THEIR_OWN_PATHS[f"openai.{name}"]
        for kind, prefix in (("azure", "/openai/deployments/{model}"), ("azure.v1", "/openai/v1")):
            yield replace(
                known,
                kind=f"{kind}.{name}",
                dialect=AZURE,
                path=prefix + known.path.removeprefix("/v1"),
                request_map=request_map,
                takes=Query(azure.QUERY, azure.QUERY_WORDS),
            )


_AS_JSON = Query(re.compile(rb"(?:(?:\$|%24)?alt=json)?\Z").match, "none but alt=json")
_AS_SSE = Query(re.compile(rb"alt=sse\Z").match, "alt=sse, which is the stream that is served")


def _of_gemini() -> Iterator[RouteProtocol]:
    """Both versions of Google's paths: its clients call one or the other."""
    for kind, version in (("gemini", "v1beta"), ("gemini.v1", "v1")):
        path = f"/{version}/models/{{model}}"
        generate = RouteProtocol(
            kind=f"{kind}.generate",
            dialect=GEMINI,
            path=f"{path}:generateContent",
            request_map=gemini.GENERATE,
            prepare=gemini.prepare_generate,
            restore_reply=gemini_reply.restore_generated,
            takes=_AS_JSON,
        )
        yield generate
        yield replace(
            generate,
            kind=f"{kind}.stream",
            path=f"{path}:streamGenerateContent",
            prepare=gemini.prepare_stream,
            rewriter=gemini_reply.GeminiStreamRewriter,
            takes=_AS_SSE,
        )
        yield replace(
            generate,
            kind=f"{kind}.count",
            path=f"{path}:countTokens",
            prepare=gemini.prepare_token_count,
            restore_reply=gemini_reply.restore_token_count,
        )


_NO_QUERY = Query(re.compile(rb"\Z").match, "none")
_OF_BEDROCK = (
    RouteProtocol(
        kind="bedrock.converse",
        dialect=BEDROCK,
        path="/model/{model}/converse",
        request_map=bedrock.CONVERSE,
        prepare=bedrock.prepare_converse,
        restore_reply=bedrock_reply.restore_converse,
        takes=_NO_QUERY,
        add_note=note.add_to_converse,
    ),
    RouteProtocol(
        kind="bedrock.stream",
        dialect=BEDROCK,
        path="/model/{model}/converse-stream",
        request_map=bedrock.CONVERSE,
        prepare=bedrock.prepare_converse_stream,
        restore_reply=bedrock_reply.restore_converse,
        rewriter=BedrockStreamRewriter,
        takes=_NO_QUERY,
        add_note=note.add_to_converse,
    ),
    RouteProtocol(
        kind="bedrock.count",
        dialect=BEDROCK,
        path="/model/{model}/count-tokens",
        request_map=bedrock.COUNT,
        prepare=bedrock.prepare_converse_count,
        restore_reply=bedrock_reply.restore_converse_count,
        takes=_NO_QUERY,
    ),
)


PROTOCOLS: Mapping[str, RouteProtocol] = {
    **_ON_THEIR_OWN_PATHS,
    **{protocol.kind: protocol for protocol in (*_of_azure(), *_of_gemini(), *_OF_BEDROCK)},
}
"""Every operation that is served, by its kind."""
