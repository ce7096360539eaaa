"""The demo's conversations: every way of calling, and what is read from the replies."""

import re

import orjson
import pytest

from curtilage.app.samples import Sample, list_samples, read_left, read_reply
from curtilage.detect.engine import build_engine
from tests.house.tree import REPOSITORY

SAMPLES = list_samples()


def test_every_protocol_is_shown_plain_streamed_and_with_a_tool() -> None:
    for is_anthropic in (False, True):
        ours = [sample for sample in SAMPLES if sample.is_anthropic is is_anthropic]
        assert {bool(sample.body.get("stream")) for sample in ours} == {True, False}
        assert any("tools" in sample.body for sample in ours)


def test_every_sample_holds_something_to_protect() -> None:
    engine = build_engine(backend="re")
    assert all(engine.scan(sample.wrote) for sample in SAMPLES)


def test_what_left_is_read_from_text_and_from_blocks() -> None:
    def body(content: object) -> bytes:
        return orjson.dumps({"messages": [{"role": "user", "content": content}]})

    assert read_left(body("Mail QX1")) == "Mail QX1"
    assert read_left(body([{"type": "text", "text": "Mail QX1"}])).count("Mail QX1") == 1


def _events(*documents: object) -> bytes:
    frames = [b"data: " + orjson.dumps(document) for document in documents]
    return b"\n\n".join([*frames, b"data: [DONE]", b""])


@pytest.mark.parametrize(
    ("path", "stream", "raw"),
    [
        ("/v1/chat/completions", False,
         orjson.dumps({"choices": [{"message": {"content": "Mail Ada"}}]})),
        ("/v1/chat/completions", True,
         _events({"choices": [{"delta": {"content": "Mail "}}]},
                 {"choices": [{"delta": {"content": "Ada"}}]})),
        ("/v1/chat/completions", True,
         _events({"choices": [{"delta": {"tool_calls": [{"function": {"arguments": "Mail "}}]}}]},
                 {"choices": [{"delta": {"tool_calls": [{"function": {"arguments": "Ada"}}]}}]})),
        ("/v1/messages", False,
         orjson.dumps({"type": "message", "content": [{"type": "text", "text": "Mail Ada"}]})),
        ("/v1/messages", True,
         _events({"delta": {"type": "text_delta", "text": "Mail "}}, {"type": "ping"},
                 {"delta": {"type": "input_json_delta", "partial_json": "Ada"}})),
    ],
)  # fmt: skip
def test_a_reply_is_put_together_from_its_pieces(path: str, stream: bool, raw: bytes) -> None:
    sample = Sample("", path, {"stream": stream}, "")
    assert read_reply(sample, raw) == "Mail Ada"


def test_no_model_that_is_shown_is_one_that_its_sdk_warns_of() -> None:
    messages = pytest.importorskip("anthropic.resources.messages.messages")
    shown = [str(sample.body["model"]) for sample in list_samples()]
    for folder, kind in (("docs/how-to", "*.md"), ("docs/tutorials", "*.md"), ("examples", "*.*")):
        for path in (REPOSITORY / folder).glob(kind):
            shown += re.findall(r"claude-[a-z0-9-]+", path.read_text(encoding="utf-8"))
    assert any(name.startswith("claude-") for name in shown)
    assert not set(shown) & set(messages.DEPRECATED_MODELS)
