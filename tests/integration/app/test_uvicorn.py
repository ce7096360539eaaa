"""The same service on uvicorn (`server.http = "uvicorn"`)."""

from collections.abc import Iterator

import pytest

from tests.fakes.provider import DONE, Hold, chat_delta, chat_reply, stream, whole
from tests.integration.processes import CHAT, STREAMED, House, eventually, open_house

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def on_uvicorn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    pytest.importorskip("uvicorn")
    folder = tmp_path_factory.mktemp("uvicorn")
    with open_house(folder, server={"http": "uvicorn"}) as house:
        yield house


@pytest.fixture
def other(on_uvicorn: House) -> House:
    on_uvicorn.provider.reset()
    return on_uvicorn


def test_it_is_uvicorn_that_answers(other: House) -> None:
    with other.client(other.one_key) as client:
        assert "server" not in client.get("/healthz").headers, "Granian names itself, uvicorn not"


def test_a_call_goes_through(other: House) -> None:
    other.provider.script = whole(chat_reply("Hello."))
    with other.client(other.one_key) as client:
        reply = client.post("/v1/chat/completions", json=CHAT)
    assert reply.json()["choices"][0]["message"]["content"] == "Hello."
    assert other.kinds(reply.headers["x-curtilage-request-id"]) == ["intended", "completed"]


def test_a_stream_goes_through_as_it_comes(other: House) -> None:
    other.provider.script = stream(
        chat_delta({"content": "Hel"}), Hold(), chat_delta({}, finish="stop"), DONE
    )
    with (
        other.client(other.one_key) as client,
        client.stream("POST", "/v1/chat/completions", json=STREAMED) as reply,
    ):
        parts = reply.iter_text()
        assert "Hel" in next(parts), "the first frame is not held back for the last"


def test_a_caller_who_leaves_ends_the_providers_work(other: House) -> None:
    other.provider.script = stream(chat_delta({"content": "Hel"}), Hold())
    with (
        other.client(other.one_key) as client,
        client.stream("POST", "/v1/chat/completions", json=STREAMED) as reply,
    ):
        request_id = reply.headers["x-curtilage-request-id"]
        next(reply.iter_bytes())
    eventually(lambda: other.provider.left >= 1)
    eventually(lambda: other.kinds(request_id) == ["intended", "aborted"])


def test_pages_are_relayed(other: House) -> None:
    assert other.status("/login") == 200
    assert other.status("/console/live") == 303
