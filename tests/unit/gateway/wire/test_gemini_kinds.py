"""Every field of Google's own client has its place in the map, by name.

One that a new client brings is refused in a part, and scanned elsewhere; these tests say that it
is new.
"""

import warnings
from typing import Any

import pytest

from curtilage.gateway.wire.errors import UnexpectedShape, UnscannableContent
from curtilage.gateway.wire.facts import FINISHES, RequestFacts
from curtilage.gateway.wire.fields import Node, Object
from curtilage.gateway.wire.gemini import GENERATE, prepare_generate, prepare_token_count
from curtilage.gateway.wire.gemini_reply import restore_generated, restore_token_count
from tests.unit.gateway.wire.replies import MAIL, MAIL_TOKEN, hold

FACTS = RequestFacts("g")
# Arguments of the client that it keeps to itself, or that are refused before the map is read.
OF_THE_CLIENT = {
    "httpOptions", "shouldReturnHttpResponse", "automaticFunctionCalling", "automaticContinuation",
}  # fmt: skip
REFUSED = {"cachedContent"}
RESTORED = {"text", "functionCall"}
PASSED = {
    "mediaResolution", "codeExecutionResult", "executableCode", "fileData", "functionResponse",
    "inlineData", "thought", "thoughtSignature", "videoMetadata", "toolCall", "toolResponse",
    "partMetadata", "audioTranscription", "mediaProcessing", "speechMetadata", "documentMetadata",
    "spreadsheetMetadata", "audioMetadata",
}  # fmt: skip


@pytest.fixture(scope="module")
def types() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, of what it deprecates
        from google.genai import types  # noqa: PLC0415  # takes a second
    return types


def fields(model: Any) -> set[str]:
    return {each.alias or name for name, each in model.model_fields.items()}


def at(*steps: str) -> set[str]:
    """The names of an object of the map."""
    spec: Object | None = GENERATE.root
    for step in steps:
        node: Node = (spec and (spec.fields.get(step) or inner(spec, step))) or Node()
        spec = node.object
    return set(spec.fields if spec else ())


def inner(spec: Object, step: str) -> Node | None:
    for variant in spec.variants.values():
        if step in variant.fields:
            return variant.fields[step]
    return None


PLACES: dict[str, tuple[str, ...]] = {
    "Part": ("contents", "parts"),
    "Blob": ("contents", "parts", "inlineData"),
    "FileData": ("contents", "parts", "fileData"),
    "FunctionCall": ("contents", "parts", "functionCall"),
    "FunctionResponse": ("contents", "parts", "functionResponse"),
    "FunctionResponsePart": ("contents", "parts", "functionResponse", "parts"),
    "ExecutableCode": ("contents", "parts", "executableCode"),
    "CodeExecutionResult": ("contents", "parts", "codeExecutionResult"),
    "ToolCall": ("contents", "parts", "toolCall"),
    "ToolResponse": ("contents", "parts", "toolResponse"),
    "VideoMetadata": ("contents", "parts", "videoMetadata"),
    "PartMediaResolution": ("contents", "parts", "mediaResolution"),
    "Tool": ("tools",),
    "FunctionDeclaration": ("tools", "functionDeclarations"),
    "ToolConfig": ("toolConfig",),
    "FunctionCallingConfig": ("toolConfig", "functionCallingConfig"),
    "RetrievalConfig": ("toolConfig", "retrievalConfig"),
    "SafetySetting": ("safetySettings",),
    "GenerationConfig": ("generationConfig",),
    "ThinkingConfig": ("generationConfig", "thinkingConfig"),
}


@pytest.mark.parametrize("name", PLACES)
def test_every_field_of_a_type_is_named(types: Any, name: str) -> None:
    declared = fields(getattr(types, name))
    assert declared and declared <= at(*PLACES[name])


def test_every_argument_of_a_call_is_named(types: Any) -> None:
    declared = fields(types.GenerateContentConfig) - OF_THE_CLIENT - REFUSED
    assert declared <= at() | at("generationConfig")


def test_every_part_of_a_reply_is_restored_or_passed_by_name(types: Any) -> None:
    assert fields(types.Part) == RESTORED | PASSED
    for name in PASSED - {"thought"}:
        part = {name: {"any": MAIL_TOKEN}}
        document = {"candidates": [{"content": {"parts": [part]}}]}
        restore_generated(document, hold(), FACTS)
        assert part == {name: {"any": MAIL_TOKEN}}
    call = {"functionCall": {"name": "f", "args": {"to": MAIL_TOKEN}}}
    restore_generated({"candidates": [{"content": {"parts": [call]}}]}, hold(), FACTS)
    assert call["functionCall"]["args"] == {"to": MAIL}


def test_every_way_to_finish_is_a_word_of_records(types: Any) -> None:
    assert set(types.FinishReason.__members__) <= FINISHES


def asked(*parts: Any, **more: Any) -> dict[str, Any]:
    return {"model": "g", "contents": [{"role": "user", "parts": list(parts)}], **more}


def test_media_in_the_answer_of_a_function_need_the_policys_word() -> None:
    picture = {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}
    document = asked({"functionResponse": {"name": "f", "response": {}, "parts": [picture]}})
    with pytest.raises(UnscannableContent):
        prepare_generate(document)
    assert prepare_generate(document, ("images",)).model == "g"


def test_a_count_is_of_contents_alone() -> None:
    assert prepare_token_count(asked({"text": "a"})).model == "g"
    with pytest.raises(UnexpectedShape):
        prepare_token_count(asked({"text": "a"}, generateContentRequest={"model": "models/x"}))
    assert restore_token_count({"totalTokens": 7}, hold(), FACTS).usage.prompt == 7


def test_what_tools_read_counts_as_read() -> None:
    usage = {"promptTokenCount": 5, "toolUsePromptTokenCount": 2, "candidatesTokenCount": 1}
    assert restore_generated({"usageMetadata": usage}, hold(), FACTS).usage.prompt == 7
