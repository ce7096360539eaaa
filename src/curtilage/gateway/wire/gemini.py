"""Gemini `generateContent`: which strings of a request are text.

Facts: the types of the client `google-genai`, which a test walks. Fields have two spellings, as
JSON of protocol buffers has: both are read. A part says what it is by the
field it has; one without a known field is refused.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from curtilage.gateway.wire.errors import UnexpectedShape, UnknownPart
from curtilage.gateway.wire.facts import RequestFacts, read_limit, read_request
from curtilage.gateway.wire.fields import (
    FREE,
    ID,
    MEDIA,
    MEDIA_TYPE,
    NAME,
    NAMES,
    OPAQUE,
    SCALAR,
    SEED,
    TEXT,
    URL,
    Author,
    FieldMap,
    Node,
    Object,
    many,
    unscannable,
)
from curtilage.gateway.wire.schema import SCHEMA

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def _snake(name: str) -> str:
    return _HUMP.sub("_", name).lower()


def _fields(fields: Mapping[str, Node]) -> dict[str, Node]:
    """Each field under both of its names."""
    return {**fields, **{_snake(name): node for name, node in fields.items()}}


def _an(fields: Mapping[str, Node], *, author: Author | None = None, needs: str = "") -> Node:
    return Node(object=Object(_fields(fields), author=author, needs=needs))


_MEDIA = ("inlineData", "inline_data", "fileData", "file_data")
_ANSWERED = _fields(  # what may lie in a part, and in what a function answers
    {
        "inlineData": _an({"mimeType": MEDIA_TYPE, "data": MEDIA, "displayName": TEXT}),
        "fileData": _an({"mimeType": MEDIA_TYPE, "fileUri": URL, "displayName": TEXT}),
        "videoMetadata": _an(
            {"startOffset": TEXT, "endOffset": TEXT, "fps": SCALAR, "contentLayers": FREE}
        ),
        "mediaResolution": _an({"level": NAME, "numTokens": SCALAR}),
        "mediaProcessing": FREE,
        "documentMetadata": FREE,
        "spreadsheetMetadata": FREE,
        "audioMetadata": FREE,
    }
)
_PART = _fields(
    {
        **_ANSWERED,
        "text": TEXT,
        "thought": SCALAR,
        "thoughtSignature": OPAQUE,
        "functionCall": _an(
            {"id": ID, "name": NAME, "args": FREE, "partialArgs": FREE, "willContinue": SCALAR}
        ),
        "functionResponse": _an(
            {
                "id": ID,
                "name": NAME,
                "response": FREE,
                "scheduling": NAME,
                "willContinue": SCALAR,
                "parts": many(Node(object=Object(_ANSWERED))),
            },
            author=Author.TOOL,
        ),
        "executableCode": _an({"id": ID, "language": NAME, "code": TEXT}),
        "codeExecutionResult": _an({"id": ID, "outcome": NAME, "output": TEXT}, author=Author.TOOL),
        "toolCall": _an({"id": ID, "toolType": NAME, "args": FREE}),
        "toolResponse": _an({"id": ID, "toolType": NAME, "response": FREE}, author=Author.TOOL),
        "partMetadata": FREE,
        "audioTranscription": FREE,
        "speechMetadata": FREE,
    }
)
_PARTS = many(Node(object=Object(_PART)))


def _content(author: Author) -> Object:
    return Object({"role": NAME, "parts": _PARTS}, author=author)


_ROLES = {
    **dict.fromkeys(("", "user"), _content(Author.CALLER)),
    "model": _content(Author.MODEL),
    **dict.fromkeys(("function", "tool"), _content(Author.TOOL)),
}
_CONTENTS = many(
    Node(object=Object(by="role", variants=_ROLES, otherwise=_content(Author.APPLICATION)))
)
_DECLARED = _an(
    {
        "name": NAME,
        "description": TEXT,
        "parameters": SCHEMA,
        "parametersJsonSchema": SCHEMA,
        "response": SCHEMA,
        "responseJsonSchema": SCHEMA,
        "behavior": NAME,
    }
)
_ELSEWHERE = _an({}, needs="remote_urls")  # where the provider itself fetches
_TOOL = _an(
    {
        "functionDeclarations": many(_DECLARED),
        "googleSearch": FREE,
        "codeExecution": FREE,
        "urlContext": _ELSEWHERE,
        "mcpServers": many(_ELSEWHERE),
        "retrieval": _ELSEWHERE,
        "fileSearch": _an({}, needs="files"),
        **dict.fromkeys(
            (
                "computerUse",
                "enterpriseWebSearch",
                "exaAiSearch",
                "googleMaps",
                "googleSearchRetrieval",
                "parallelAiSearch",
            ),
            FREE,
        ),
    }
)
_OBJECTS = (  # free-form, with names of voices, ratios, languages
    "audioTranscriptionConfig", "imageConfig", "modelSelectionConfig", "responseFormat",
    "routingConfig", "speechConfig", "translationConfig",
)  # fmt: skip
_SCALARS = (
    "audioTimestamp", "candidateCount", "enableAffectiveDialog", "enableEnhancedCivicAnswers",
    "frequencyPenalty", "logprobs", "maxOutputTokens", "presencePenalty", "responseLogprobs",
    "temperature", "topK", "topP",
)  # fmt: skip
_GENERATION = _an(
    {
        "stopSequences": many(TEXT),
        "responseMimeType": MEDIA_TYPE,
        "responseSchema": SCHEMA,
        "responseJsonSchema": SCHEMA,
        "responseModalities": NAMES,
        "seed": SEED,
        "mediaResolution": NAME,
        "thinkingConfig": _an(
            {"thinkingLevel": NAME, "includeThoughts": SCALAR, "thinkingBudget": SCALAR}
        ),
        **dict.fromkeys(_OBJECTS, FREE),
        **dict.fromkeys(_SCALARS, SCALAR),
    }
)

GENERATE = FieldMap(
    Object(
        _fields(
            {
                "contents": _CONTENTS,
                "systemInstruction": Node(object=_content(Author.APPLICATION)),
                "tools": many(_TOOL),
                "toolConfig": _an(
                    {
                        "functionCallingConfig": _an(
                            {
                                "mode": NAME,
                                "allowedFunctionNames": NAMES,
                                "streamFunctionCallArguments": SCALAR,
                            }
                        ),
                        "retrievalConfig": _an({"latLng": FREE, "languageCode": NAME}),
                        "includeServerSideToolInvocations": SCALAR,
                    }
                ),
                "safetySettings": many(_an({"category": NAME, "threshold": NAME, "method": NAME})),
                "generationConfig": _GENERATION,
                "continuationToken": TEXT,
                "generationOutputConfig": FREE,
                "labels": FREE,
                "modelArmorConfig": FREE,
                "serviceTier": NAME,
                "store": SCALAR,
            }
        )
    )
)


def prepare_generate(document: Any, allowed: Collection[str] = ()) -> RequestFacts:
    """The facts of a request whose path named the model.

    Raises UnexpectedShape, UnknownPart, UnscannableContent."""
    model = read_request(document, "contents")
    if any(document.get(name) is not None for name in ("cachedContent", "cached_content")):
        raise UnexpectedShape(
            "`cachedContent` is kept at the provider, which this service does not serve.",
            hint="Send the contents with each request.",
        )
    for part in _find_parts(document):
        _check_part(part, allowed)
    wanted = _one_of(document, "generationConfig", "generation_config") or {}
    count = _one_of(wanted, "candidateCount", "candidate_count")
    n = read_limit({"candidateCount": count}, "candidateCount") or 1
    logprobs = _one_of(wanted, "responseLogprobs", "response_logprobs")
    return RequestFacts(model, n=n, logprobs=bool(logprobs))


def prepare_stream(document: Any, allowed: Collection[str] = ()) -> RequestFacts:
    """As `prepare_generate`, for the path that streams."""
    return replace(prepare_generate(document, allowed), stream=True)


def prepare_token_count(document: Any, allowed: Collection[str] = ()) -> RequestFacts:
    """The facts of a question how many tokens contents have."""
    for name in ("generateContentRequest", "generate_content_request"):
        if type(document) is dict and document.get(name) is not None:
            raise UnexpectedShape(
                "`generateContentRequest` names a model of its own.",
                hint="Send the `contents` themselves.",
            )
    return prepare_generate(document, allowed)


def _one_of(document: Any, *names: str) -> Any:
    """A field under either of its names; two that differ would be read differently."""
    if type(document) is not dict:
        return None
    found = [document[name] for name in names if document.get(name) is not None]
    if len(found) > 1:
        raise UnexpectedShape(f"`{names[0]}` came in two spellings.")
    return found[0] if found else None


def _find_parts(document: dict[str, Any]) -> Iterator[Any]:
    system = _one_of(document, "systemInstruction", "system_instruction")
    for content in (*document["contents"], *([system] if system is not None else ())):
        parts = content.get("parts") if type(content) is dict else None
        if type(parts) is not list:
            raise UnexpectedShape("A content has no array of `parts`.")
        yield from parts


def _check_part(part: Any, allowed: Collection[str]) -> None:
    if type(part) is not dict or not part or any(name not in _PART for name in part):
        raise UnknownPart
    for name in _MEDIA:
        if name in part:
            _check_media(part[name], allowed)
    answer = _one_of(part, "functionResponse", "function_response")
    inner = answer.get("parts") if type(answer) is dict else None
    for each in inner if type(inner) is list else (inner,) if inner is not None else ():
        if type(each) is not dict or not set(each) <= set(_ANSWERED):
            raise UnknownPart
        _check_part(each, allowed)


def _check_media(media: Any, allowed: Collection[str]) -> None:
    """What only the policy can let pass, by its media type; what has none is a file."""
    given = _one_of(media, "mimeType", "mime_type")
    family = given.partition("/")[0] if type(given) is str else ""
    kind = {"image": "images", "audio": "audio", "video": "video"}.get(family, "files")
    if kind not in allowed:
        raise unscannable(kind)
