"""`curtilage.openai.wrap` with the real `openai` package, against a provider that tests script."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

openai = pytest.importorskip("openai")

from curtilage.consent.errors import UnknownPolicy  # noqa: E402
from curtilage.openai import wrap  # noqa: E402
from tests.fakes.provider import (  # noqa: E402
    DONE,
    FakeProvider,
    Received,
    chat_delta,
    chat_reply,
    stream,
    whole,
)
from tests.integration.processes import running_provider  # noqa: E402

ADA = "ada@orchard.example"
SAID: list[Any] = [{"role": "user", "content": f"Write to {ADA}"}]
TOKEN = re.compile(r"QX1-EMAIL-[0-9a-z-]+")


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    """In a loop of its own thread: the SDK without async waits for it."""
    with running_provider() as fake:
        yield fake


def options(provider: FakeProvider, **more: Any) -> dict[str, Any]:
    return {"base_url": f"http://127.0.0.1:{provider.port}/v1", "api_key": "sk-x", **more}


def token_in(received: Received) -> str:
    (token,) = TOKEN.findall(received.document["messages"][-1]["content"])
    return str(token)


def echo(received: Received) -> Any:
    return whole(chat_reply(f"Done: {token_in(received)}."))


def echo_in_pieces(received: Received) -> Any:
    token = token_in(received)
    pieces = ("Done: ", token[:9], token[9:30], token[30:], ".")
    return stream(*(chat_delta({"content": piece}) for piece in pieces), DONE)


def test_a_chat_leaves_protected_and_comes_back_typed(provider: FakeProvider) -> None:
    provider.script = echo  # type: ignore[assignment]
    with openai.OpenAI(**options(provider)) as plain, wrap(plain) as client:
        assert type(client) is openai.OpenAI
        reply = client.chat.completions.create(model="gpt-4o", messages=SAID)
    assert reply.choices[0].message.content == f"Done: {ADA}."
    assert type(reply).__name__ == "ChatCompletion"
    assert ADA.encode() not in provider.received[0].body


def test_a_stream_comes_back_restored_wherever_it_is_cut(provider: FakeProvider) -> None:
    provider.script = echo_in_pieces  # type: ignore[assignment]
    with wrap(openai.OpenAI(**options(provider))) as client:
        chunks = list(client.chat.completions.create(model="gpt-4o", messages=SAID, stream=True))
    said = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert said == f"Done: {ADA}."


async def test_the_client_with_async_does_the_same(provider: FakeProvider) -> None:
    provider.scripts = [echo, echo_in_pieces]  # type: ignore[list-item]
    async with wrap(openai.AsyncOpenAI(**options(provider))) as client:
        reply = await client.chat.completions.create(model="gpt-4o", messages=SAID)
        assert reply.choices[0].message.content == f"Done: {ADA}."
        said = ""
        async for chunk in await client.chat.completions.create(
            model="gpt-4o", messages=SAID, stream=True
        ):
            said += (chunk.choices[0].delta.content or "") if chunk.choices else ""
    assert said == f"Done: {ADA}."


def test_embeddings_leave_protected_and_the_same_text_as_the_same_bytes(
    provider: FakeProvider,
) -> None:
    vector = {"object": "embedding", "index": 0, "embedding": [0.1, 0.2]}
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    provider.script = whole(
        {"object": "list", "data": [vector], "model": "text-embedding-3-small", "usage": usage}
    )
    with wrap(openai.OpenAI(**options(provider))) as client:
        for _ in range(2):
            made = client.embeddings.create(
                model="text-embedding-3-small", input=f"To {ADA}", encoding_format="float"
            )
            assert made.data[0].embedding == [0.1, 0.2]
    first, second = (received.document["input"] for received in provider.received)
    assert first == second
    assert TOKEN.search(first)


def test_a_response_leaves_protected_and_comes_back_typed(provider: FakeProvider) -> None:
    def respond(received: Received) -> Any:
        (token,) = TOKEN.findall(str(received.document["input"]))
        part = {"type": "output_text", "text": f"Done: {token}.", "annotations": []}
        item = {
            "type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
            "content": [part],
        }  # fmt: skip
        return whole(
            {
                "id": "resp_1", "object": "response", "created_at": 1, "model": "gpt-4o",
                "status": "completed", "output": [item], "parallel_tool_calls": True,
                "tool_choice": "auto", "tools": [],
            }
        )  # fmt: skip

    provider.script = respond  # type: ignore[assignment]
    with wrap(openai.OpenAI(**options(provider))) as client:
        reply = client.responses.create(model="gpt-4o", input=f"Write to {ADA}")
    assert reply.output_text == f"Done: {ADA}."
    assert ADA.encode() not in provider.received[0].body


def test_what_the_policy_blocks_is_refused_in_the_sdks_own_way_and_not_sent(
    provider: FakeProvider,
) -> None:
    with (
        wrap(openai.OpenAI(**options(provider)), purpose="nobody's") as client,
        pytest.raises(openai.APIStatusError) as refused,
    ):
        client.chat.completions.create(model="gpt-4o", messages=SAID)
    assert refused.value.status_code == 403
    assert ADA not in str(refused.value)
    assert provider.received == []


def test_a_call_that_nobody_can_look_into_is_not_sent(provider: FakeProvider) -> None:
    with (
        wrap(openai.OpenAI(**options(provider))) as client,
        pytest.raises(openai.APIStatusError, match="not protected"),
    ):
        client.images.generate(model="gpt-image-1", prompt=ADA)
    assert provider.received == []


def test_a_stream_that_is_closed_early_ends_the_providers_call(provider: FakeProvider) -> None:
    provider.script = echo_in_pieces  # type: ignore[assignment]
    with wrap(openai.OpenAI(**options(provider))) as client:
        opened = client.chat.completions.create(model="gpt-4o", messages=SAID, stream=True)
        next(iter(opened))
        opened.close()
        again = client.chat.completions.create(model="gpt-4o", messages=SAID, stream=True)
        assert len(list(again)) >= 3


def test_what_is_no_client_is_told_so() -> None:
    with pytest.raises(TypeError, match="a client of the openai package"):
        wrap(object())
    with pytest.raises(UnknownPolicy):
        wrap(openai.OpenAI(api_key="sk-x"), policy="none of ours")


@pytest.mark.deep  # compiling them takes many seconds of a core
def test_compiled_patterns_are_kept_for_the_next_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with openai.OpenAI(api_key="sk-x") as plain:
        wrap(plain, names=False)
    assert list((tmp_path / "curtilage").glob("*.hsdb"))
