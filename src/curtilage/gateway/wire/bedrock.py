"""Bedrock Converse: which strings of a request are text.

Facts: the service model `bedrock-runtime` 2023-09-30 that AWS publishes with its SDKs; a
test walks every string of it. A block says what it is by the field it has; one with a field
that is not known is refused. The path names the model.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from curtilage.gateway.wire.errors import UnexpectedShape, UnknownPart
from curtilage.gateway.wire.facts import RequestFacts, read_request
from curtilage.gateway.wire.fields import (
    FREE,
    JSON,
    MEDIA,
    NAME,
    NAMES,
    OPAQUE,
    SCALAR,
    SIGNED,
    TEXT,
    URL,
    Author,
    FieldMap,
    Leaf,
    Node,
    Object,
    an,
    many,
    one_kind,
)
from curtilage.gateway.wire.schema import SCHEMA

_USE_ID = Node(  # as the service mints them; other ids are scanned
    Leaf.STRUCTURE,
    re.compile(r"tooluse_(?=[A-Za-z0-9_-]{22}\Z)(?!.*(?:[0-9]{8}|[A-Z0-9]{16}))").match,
    note="provider's id",
)

_FORMAT = Node(
    Leaf.STRUCTURE,
    re.compile(r"(?:x-aac|three_gp|[a-z]{2,5}|[a-z]{1,3}[0-9]a?)\Z").match,
    note="name of a format",
)


def _kinds(fields: Mapping[str, Node], *, author: Author | None = None) -> Node:
    """A union: what it holds is said by the name of its only field."""
    return Node(object=one_kind(fields, author=author))


_IN_S3 = an({"uri": URL, "bucketOwner": TEXT})
_CACHE_POINT = an({"type": NAME, "ttl": NAME})
_CITED = an({"enabled": SCALAR})
_TEXTS = many(_kinds({"text": TEXT}))


def _media(needs: str) -> Node:
    """A picture, a film or sound: its bytes, or where the provider fetches them."""
    source = _kinds({"bytes": MEDIA, "s3Location": _IN_S3})
    return an({"format": _FORMAT, "source": source, "error": an({"message": TEXT})}, needs=needs)


# Bytes of a document, or a document that is text.
_DOCUMENT_SOURCE = Node(
    object=Object(
        by="bytes",
        variants={"": one_kind({"s3Location": _IN_S3, "text": TEXT, "content": _TEXTS})},
        otherwise=Object({"bytes": MEDIA}, needs="files", closed=True),
    )
)
_DOCUMENT = an(
    {
        "format": _FORMAT,
        "name": TEXT,
        "source": _DOCUMENT_SOURCE,
        "context": TEXT,
        "citations": _CITED,
    },
    author=Author.DOCUMENT,
)
_SEARCH_RESULT = an(
    {"source": TEXT, "title": TEXT, "content": many(an({"text": TEXT})), "citations": _CITED},
    author=Author.DOCUMENT,
)
_GUARDED = _kinds({"text": an({"text": TEXT, "qualifiers": NAMES}), "image": _media("images")})
_READABLE: Mapping[str, Node] = {
    "text": TEXT,
    "image": _media("images"),
    "document": _DOCUMENT,
    "video": _media("video"),
    "searchResult": _SEARCH_RESULT,
}
_RESULT = an(
    {
        "toolUseId": _USE_ID,
        "content": many(_kinds({**_READABLE, "json": FREE})),
        "status": NAME,
        "type": NAME,
    },
    author=Author.TOOL,
)
# Models that sign nothing give back text that may be altered.
_REASONING = Node(
    object=Object(
        by="signature",
        variants={"": Object({"text": TEXT})},
        otherwise=Object({"text": SIGNED, "signature": OPAQUE}),
    )
)
_LOCATION = an(
    {
        "web": an({"url": TEXT, "domain": TEXT}),
        **dict.fromkeys(
            ("documentChar", "documentPage", "documentChunk", "searchResultLocation"), an({})
        ),
    }
)
_CITATION = an({"title": TEXT, "source": TEXT, "sourceContent": _TEXTS, "location": _LOCATION})
_OF_TOOL = an({"tool": an({"type": NAME, "name": NAME, "serverName": NAME})})
BLOCKS: Mapping[str, Node] = {
    **_READABLE,
    "audio": _media("audio"),
    "toolUse": an({"toolUseId": _USE_ID, "name": NAME, "input": FREE, "type": NAME}),
    "toolResult": _RESULT,
    "guardContent": _GUARDED,
    "cachePoint": _CACHE_POINT,
    "reasoningContent": _kinds({"reasoningText": _REASONING, "redactedContent": OPAQUE}),
    "citationsContent": an({"content": _TEXTS, "citations": many(_CITATION)}),
    "toolAddition": _OF_TOOL,
    "toolRemoval": _OF_TOOL,
}
"""The kinds of content of a message."""


def _turn(author: Author) -> Object:
    return Object({"role": NAME, "content": many(_kinds(BLOCKS))}, author=author)


_MESSAGES = many(
    Node(
        object=Object(
            by="role",
            variants={
                **dict.fromkeys(("", "user"), _turn(Author.CALLER)),
                "assistant": _turn(Author.MODEL),
            },
            otherwise=_turn(Author.APPLICATION),
        )
    )
)
_TOOL = _kinds(
    {
        "toolSpec": an(
            {
                "name": NAME,
                "description": TEXT,
                "inputSchema": _kinds({"json": SCHEMA}),
                "strict": SCALAR,
            }
        ),
        "systemTool": an({"name": NAME}),
        "cachePoint": _CACHE_POINT,
    }
)
_ASKED: Mapping[str, Node] = {
    "messages": _MESSAGES,
    "system": many(_kinds({"text": TEXT, "guardContent": _GUARDED, "cachePoint": _CACHE_POINT})),
    "toolConfig": an(
        {
            "tools": many(_TOOL),
            "toolChoice": _kinds({"auto": an({}), "any": an({}), "tool": an({"name": NAME})}),
        }
    ),
    "additionalModelRequestFields": FREE,
}
_STRUCTURED = an({"schema": JSON, "name": NAME, "description": TEXT})
CONVERSE = FieldMap(
    Object(
        {
            **_ASKED,
            "inferenceConfig": an(
                {
                    "maxTokens": SCALAR,
                    "temperature": SCALAR,
                    "topP": SCALAR,
                    "stopSequences": many(TEXT),
                }
            ),
            "guardrailConfig": an(
                {
                    "guardrailIdentifier": NAME,
                    "guardrailVersion": NAME,
                    "trace": NAME,
                    "streamProcessingMode": NAME,
                }
            ),
            "projectIdentifier": NAME,
            "promptVariables": Node(
                object=Object(rest=_kinds({"text": TEXT})), note="names, each with a text"
            ),
            "additionalModelResponseFieldPaths": many(TEXT),
            "requestMetadata": FREE,
            "performanceConfig": an({"latency": NAME}),
            "serviceTier": an({"type": NAME}),
            "outputConfig": an(
                {
                    "textFormat": an(
                        {"type": NAME, "structure": _kinds({"jsonSchema": _STRUCTURED})}
                    ),
                    "effort": NAME,
                }
            ),
        }
    )
)
# Of the two forms of a question, the other holds a body of InvokeModel, whose shape is the model's.
COUNT = FieldMap(Object({"input": _kinds({"converse": an(_ASKED)})}))


def prepare_converse(document: Any, _allowed: Collection[str] = ()) -> RequestFacts:
    """The facts of a request whose path named the model.

    Raises UnexpectedShape, UnknownPart."""
    model = read_request(document, "messages")
    for message in document["messages"]:
        _check_message(message)
    return RequestFacts(model)


def prepare_converse_stream(document: Any, allowed: Collection[str] = ()) -> RequestFacts:
    """As `prepare_converse`, for the path that streams."""
    return replace(prepare_converse(document, allowed), stream=True)


def prepare_converse_count(document: Any, allowed: Collection[str] = ()) -> RequestFacts:
    """The facts of a question how many tokens a conversation has."""
    model = read_request(document)
    asked = document.get("input")
    if type(asked) is not dict or type(asked.get("converse")) is not dict:
        raise UnexpectedShape(
            "`input` holds no `converse`.",
            hint="Bodies of InvokeModel have the shape of their model and cannot be scanned.",
        )
    prepare_converse({**asked["converse"], "model": model}, allowed)
    return RequestFacts(model)


def _check_message(message: Any) -> None:
    content = message.get("content") if type(message) is dict else None
    if type(content) is not list:
        raise UnexpectedShape("A message has no array of `content`.")
    if not all(type(block) is dict and block for block in content):
        raise UnknownPart
