"""Files of lines: restored in any pieces, each line as the reply that it is."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.gateway.wire.errors import BrokenStream
from curtilage.gateway.wire.facts import RequestFacts
from curtilage.gateway.wire.json_lines import (
    AS_IT_IS,
    MESSAGE_RESULTS,
    OWN_LINES,
    OWN_TEXT,
    FileRewriter,
    LineCutter,
)
from curtilage.shield.held import Held, HeldValue, Origin
from curtilage.shield.tokens import ScopeKey, TokenMint
from tests.fakes.provider import chat_reply, message_reply

ADA = 'Ada "Quill" <ada@orchard.example>'
MINT = TokenMint(b"scope", ScopeKey(1, b"k" * 32))
TOKEN = MINT.mint("EMAIL_ADDRESS", ADA)


def held() -> Held:
    made = Held()
    made.hold(TOKEN, HeldValue(ADA, "EMAIL_ADDRESS", Origin.CALLER))
    return made


def restore(data: bytes, read_as: str, size: int = 10**6) -> tuple[bytes, FileRewriter]:
    rewriter = FileRewriter(held(), RequestFacts("", read_as=read_as))
    pieces = [rewriter.feed(data[at : at + size]) for at in range(0, len(data), size)]
    return b"".join([*pieces, rewriter.close()]), rewriter


def lines(*documents: Any, end: bytes = b"\n") -> bytes:
    return b"".join(json.dumps(one).encode() + end for one in documents)


def output(body: Any, status: int = 200, **more: Any) -> dict[str, Any]:
    return {"custom_id": TOKEN, "response": {"status_code": status, "body": body}, **more}


OUTPUT = lines(output(chat_reply(f"Write to {TOKEN}")), output(chat_reply("No one")), {"plain": 1})


@given(st.integers(1, len(OUTPUT)))
def test_replies_of_a_batch_come_back_in_any_pieces(size: int) -> None:
    restored, rewriter = restore(OUTPUT, "/v1/chat/completions", size)
    first, second, third = map(json.loads, restored.splitlines())
    assert first["response"]["body"]["choices"][0]["message"]["content"] == f"Write to {ADA}"
    assert first["custom_id"] == second["custom_id"] == ADA
    assert third == {"plain": 1}
    assert rewriter.stats.restored == {"EMAIL_ADDRESS": 3}
    assert (rewriter.stats.usage.prompt, rewriter.stats.usage.completion) == (18, 6)
    assert rewriter.stats.complete and not rewriter.ended


def test_each_endpoint_is_restored_as_itself() -> None:
    said = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": TOKEN}],
    }
    for url, body in (
        ("/v1/responses", {"id": "resp_1", "status": "completed", "output": [said]}),
        ("/v1/completions", {"choices": [{"text": TOKEN, "index": 0}]}),
    ):
        restored, _ = restore(lines(output(body)), url)
        assert json.dumps(ADA).encode() in restored and TOKEN.encode() not in restored
    restored, _ = restore(lines(output({"data": [{"embedding": [0.5]}]})), "/v1/embeddings")
    assert json.loads(restored)["custom_id"] == ADA


def test_errors_may_quote_what_they_refuse() -> None:
    quoted = {"error": {"message": f"Not {TOKEN}"}}
    restored, _ = restore(
        lines(output(quoted, 400, error={"message": TOKEN})), "/v1/chat/completions"
    )
    line = json.loads(restored)
    assert (line["response"]["body"]["error"]["message"], line["error"]["message"]) == (
        f"Not {ADA}",
        ADA,
    )


def test_results_of_a_batch_of_messages_come_back() -> None:
    data = lines(
        {
            "custom_id": "a",
            "result": {"type": "succeeded", "message": message_reply(f"To {TOKEN}")},
        },
        {"custom_id": "b", "result": {"type": "errored", "error": {"error": {"message": TOKEN}}}},
        {"custom_id": "c", "result": {"type": "expired"}},
        {"custom_id": "d", "result": 1},
    )
    restored, _ = restore(data, MESSAGE_RESULTS)
    first, second, *_ = map(json.loads, restored.splitlines())
    assert first["result"]["message"]["content"][0]["text"] == f"To {ADA}"
    assert second["result"]["error"]["error"]["message"] == ADA


@given(st.integers(1, 60))
def test_what_the_caller_uploaded_comes_back_as_it_was(size: int) -> None:
    document = {"body": {"url": f"https://orchard.example/?of={TOKEN}", TOKEN: [TOKEN]}}
    restored, _ = restore(lines(document, end=b"\r\n"), OWN_LINES, size)
    assert json.loads(restored) == {
        "body": {"url": f"https://orchard.example/?of={ADA}", ADA: [ADA]}
    }
    assert restored.endswith(b"\r\n")
    text = f"Für {TOKEN}, ![x](https://a.example/{TOKEN})".encode()
    assert restore(text, OWN_TEXT, size)[0] == text.replace(TOKEN.encode(), ADA.encode())


@pytest.mark.parametrize(
    "read_as", [AS_IT_IS, OWN_LINES, OWN_TEXT, "/v1/chat/completions", "/v1/images/edits"]
)
@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\n\x00", b"not json\n[1]\n", b'"QX1-EMAIL-', b"\n\n"]
)
def test_what_cannot_be_read_stays_as_it_came(read_as: str, data: bytes) -> None:
    assert restore(data, read_as, 3)[0] == data


def test_a_line_without_end_is_cut_off() -> None:
    cutter = LineCutter(limit=8)
    assert cutter.feed(b"12345678\n1") == [b"12345678\n"]
    with pytest.raises(BrokenStream):
        cutter.feed(b"12345678")
