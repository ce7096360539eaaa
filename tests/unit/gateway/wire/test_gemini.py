"""What Gemini's map refuses: parts nobody knows, media, what the provider keeps."""

from typing import Any

import pytest

from curtilage.core.errors import CurtilageError
from curtilage.gateway.wire.errors import UnexpectedShape, UnknownPart, UnscannableContent
from curtilage.gateway.wire.fields import collect
from curtilage.gateway.wire.gemini import GENERATE, prepare_generate, prepare_stream


def asked(*parts: Any, **more: Any) -> dict[str, Any]:
    return {"model": "g", "contents": [{"role": "user", "parts": list(parts)}], **more}


def test_the_facts_of_a_request() -> None:
    facts = prepare_stream(asked({"text": "a"}, generation_config={"candidate_count": 2}))
    assert (facts.model, facts.n, facts.stream, facts.logprobs) == ("g", 2, True, False)
    wanted = {"responseLogprobs": True}
    assert prepare_generate(asked({"text": "a"}, generationConfig=wanted)).logprobs


@pytest.mark.parametrize(
    ("document", "error"),
    [
        (asked({}), UnknownPart),
        (asked("text"), UnknownPart),
        (asked({"newPart": {}}), UnknownPart),
        (asked({"text": "a", "newData": "b"}), UnknownPart),
        (asked({"functionResponse": {"name": "f", "parts": [{"text": "a"}]}}), UnknownPart),
        (asked({"functionResponse": {"name": "f", "parts": "a"}}), UnknownPart),
        ({"model": "g", "contents": ["a"]}, UnexpectedShape),
        ({"model": "g", "contents": [{"parts": {"text": "a"}}]}, UnexpectedShape),
        (asked({"text": "a"}, systemInstruction="a"), UnexpectedShape),
        (asked({"text": "a"}, cachedContent="cachedContents/a"), UnexpectedShape),
        (asked({"text": "a"}, cached_content="cachedContents/a"), UnexpectedShape),
        (
            asked({"text": "a"}, generationConfig={"seed": 1}, generation_config={"seed": 2}),
            UnexpectedShape,
        ),
    ],
)
def test_what_cannot_be_read_is_refused(document: Any, error: type[CurtilageError]) -> None:
    with pytest.raises(error):
        prepare_generate(document, ("images", "files"))


@pytest.mark.parametrize(
    ("mime", "kind"),
    [("image/png", "images"), ("audio/wav", "audio"), ("video/mp4", "video"), (None, "files")],
)
def test_media_need_the_policys_word_for_their_kind(mime: Any, kind: str) -> None:
    for name, key in (("inlineData", "mimeType"), ("inline_data", "mime_type")):
        document = asked({name: {key: mime, "data": "AAAA"}})
        with pytest.raises(UnscannableContent) as refused:
            prepare_generate(document)
        assert kind in refused.value.advice
        assert prepare_generate(document, (kind,)).model == "g"


def test_both_spellings_of_a_field_are_read_alike() -> None:
    for system, call in (
        ("systemInstruction", "functionCall"), ("system_instruction", "function_call"),
    ):  # fmt: skip
        document = asked(
            {call: {"name": "find", "args": {"who": "Ada"}}}, **{system: {"parts": [{"text": "B"}]}}
        )
        prepare_generate(document)
        del document["model"]
        slots = {slot.text: slot.origin.value for slot in collect(document, GENERATE)}
        assert slots == {"Ada": "caller", "B": "application"}
