"""Fifty planted values, through every door and every fault: none is on the disk or in a log."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes.provider import (
    DONE,
    Break,
    Hold,
    Script,
    chat_delta,
    chat_reply,
    message_reply,
    message_stream,
    stream,
    whole,
)
from tests.integration.processes import House, open_house
from tests.planted import SHAPES, USUAL, find_everywhere, find_planted, plant

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

PERSONAL = (
    "ada.quillfeather@orchard.example", "+49 30 901820 4417", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00",
    "078-05-1120", "203.0.113.77", "Wilhelmina Quillfeather", "17 Pomegranate Lane, Nettlebury", "1987-04-31-born",
    "https://ada:hunter2quill@orchard.example/x", "QQ 12 34 56 C", "943 476 5919", "5555555555554444", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "00:1B:44:11:3A:B7",
)  # fmt: skip
SECRETS = (
    "sk-proj-" + "Zq7" * 16, "AKIAZQQUILLFEATHER7X", "ghp_" + "zQ9" * 12, "xoxb-zq1234567890-zqabcdefghij",
    "hunter2quillfeather!", "eyJhbGciOiJIUzI1NiJ9.eyJ6cSI6InF1aWxsIn0.c2lnbmF0dXJlenFx", "AIza" + "ZqQ" * 11 + "Zq",
    "sk-ant-api03-" + "Qz5" * 30, "glpat-zqquillfeather12345", "SG.zqquillfeather.feather",
)  # fmt: skip
WORDS = tuple(f"zqcanary{number:02d}quill" for number in range(len(PERSONAL) + len(SECRETS), 50))
CANARIES = PERSONAL + SECRETS + WORDS
TEXT = " ".join(CANARIES[:25])


@pytest.fixture(scope="module")
def leaky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A service with one more provider, at which nobody answers."""
    plant(*CANARIES)
    with open_house(
        tmp_path_factory.mktemp("leaks"),
        more='[upstreams.silent]\nprotocol = "openai"\nbase_url = "http://127.0.0.1:9/v1"\napi_key_env = "OPENAI_API_KEY"\n',
    ) as house:
        yield house


def chat(text: str, **more: Any) -> dict[str, Any]:
    return {"model": "gpt-4.1-mini", "messages": [{"role": "user", "content": text}], **more}


def message(text: str, **more: Any) -> dict[str, Any]:
    return {**chat(text), "model": "claude-sonnet-4-5", "max_tokens": 9, **more}


def bodies() -> Iterator[tuple[str, Any]]:
    """Calls that are taken, and calls that are not."""
    for streamed in (False, True):
        yield "/v1/chat/completions", chat(TEXT, stream=streamed)
        yield "/v1/messages", message(TEXT, stream=streamed)
    for each in CANARIES:
        yield "/v1/chat/completions", chat(each)
    yield "/v1/embeddings", {"model": "text-embedding-3-small", "input": list(CANARIES)}
    yield (
        "/v1/messages/count_tokens",
        {"model": "claude-sonnet-4-5", "messages": message(TEXT)["messages"]},
    )
    first, second, third, fourth = WORDS[:4]
    tool = {
        "name": second,
        "description": third,
        "parameters": {"type": "object", "properties": {fourth: {}}},
    }
    call = {
        "id": first,
        "type": "function",
        "function": {"name": second, "arguments": json.dumps({third: TEXT})},
    }
    history = [
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": first, "content": TEXT},
    ]
    yield "/v1/chat/completions", chat(TEXT, tools=[{"type": "function", "function": tool}])
    yield "/v1/chat/completions", {"model": "gpt-4.1-mini", "messages": history}
    yield "/v1/chat/completions", {**chat("x"), "model": WORDS[5]}
    yield (
        "/v1/chat/completions",
        chat("x", user=PERSONAL[0], metadata={WORDS[6]: SECRETS[0]}, **{WORDS[7]: TEXT}),
    )
    yield "/v1/chat/completions", chat("x", messages=TEXT)
    yield "/v1/chat/completions", {**chat("x"), "model": "silent"}
    yield f"/v1/{WORDS[8]}", chat(TEXT)
    yield f"/console/{WORDS[9]}", chat(TEXT)


RAW = (
    b'{"model":"gpt-4.1-mini","messages":[{"role":"user","content":"%s' % TEXT.encode(),
    b'{"%s":1,"%s":2}' % (TEXT.encode(), TEXT.encode()),
    b"\xff\xfe" + TEXT.encode("utf-16-le"),
    TEXT.encode(),
    b"[" * 5000 + TEXT.encode(),
    b'{"model":"gpt-4.1-mini","messages":[{"role":"user","content":[{"type":"%s","x":"%s"}]}]}'
    % (WORDS[10].encode(), TEXT.encode()),
)


def headers() -> Iterator[dict[str, str]]:
    for index, name in enumerate((
        "user-agent", "x-curtilage-session", "x-curtilage-purpose", "x-curtilage-subject", "cookie", "referer",
        "x-request-id", "x-forwarded-for", "openai-organization", "content-encoding", "accept", "traceparent",
    )):  # fmt: skip
        yield {name: WORDS[11 + index % 14]}
    yield {"authorization": f"Bearer {SECRETS[0]}"}
    yield {"authorization": f"Bearer cur_{WORDS[3]}"}
    yield {"x-api-key": SECRETS[7], "x-curtilage-key": WORDS[4]}


def replies() -> Iterator[Script]:
    """What providers say when they are well, ill, and hostile."""
    error = {"error": {"message": TEXT, "type": WORDS[0], "code": WORDS[1]}}
    yield whole(error, "400 Bad Request", x_request_id=WORDS[2])
    yield whole(error, "500 Internal Server Error", retry_after=WORDS[2])
    yield whole(TEXT.encode())
    yield whole(chat_reply(TEXT))
    yield whole(message_reply(TEXT))
    for odd in (TEXT, 5, [TEXT], {"message": TEXT}, {"message": {"content": {TEXT: TEXT}}}, None):
        yield whole(
            {"choices": odd, "content": odd, "usage": {"prompt_tokens": TEXT}, "model": TEXT}
        )
        yield whole({"choices": [odd], "content": [odd], "usage": odd})
        frame = json.dumps({"choices": [odd], "delta": odd, "type": TEXT, "usage": odd}).encode()
        yield stream(b"data: " + frame + b"\n\n", chat_delta({"content": TEXT}), DONE)
        yield stream(
            b"event: " + WORDS[0].encode() + b"\ndata: " + frame + b"\n\n", *message_stream(TEXT)
        )
    yield stream(
        chat_delta({"tool_calls": [{"index": TEXT, "function": {"arguments": TEXT}}]}), DONE
    )
    yield stream(b"data: " + TEXT.encode() + b"\n\n", b"\xff" * 100, DONE)
    yield stream(chat_delta({"content": TEXT}), Break(), end=False)
    yield [b"HTTP/1.1 200 " + WORDS[0].encode() + b"\r\n" + TEXT.encode() + b"\r\n\r\n", Break()]
    yield [Break()]


def _send_everything(house: House) -> set[int]:
    """All of it; the statuses that came back."""
    statuses = set()
    house.provider.script = whole(chat_reply(TEXT))
    with house.client(house.one_key) as client:
        for path, body in bodies():
            statuses.add(client.post(path, json=body).status_code)
        for raw in RAW:
            statuses.add(client.post("/v1/chat/completions", content=raw).status_code)
            statuses.add(client.post("/v1/messages", content=raw).status_code)
        for extra in headers():
            statuses.add(
                client.post("/v1/chat/completions", json=chat(TEXT), headers=extra).status_code
            )
            statuses.add(client.get(f"/v1/models?{WORDS[0]}={WORDS[1]}", headers=extra).status_code)
        for script in replies():
            house.provider.script = script
            for path, body in (
                ("/v1/chat/completions", chat(TEXT)),
                ("/v1/messages", message(TEXT)),
            ):
                for streamed in (False, True):
                    statuses.add(_status(client, path, {**body, "stream": streamed}))
        house.provider.script = [Hold()]
        with pytest.raises(httpx.ReadTimeout):
            client.post(
                "/v1/chat/completions", json=chat(TEXT), timeout=httpx.Timeout(20, read=0.5)
            )
        form = {"name": PERSONAL[6], "passphrase": SECRETS[4], "next": WORDS[0]}
        statuses.add(client.post("/login", data=form).status_code)
    for words in (
        ["explain", WORDS[0]],
        ["apikeys", "revoke", SECRETS[0]],
        ["policy", "show", WORDS[1]],
    ):
        done = house.run(*words)
        assert not [each for each in CANARIES if each in done.stdout + done.stderr]
    return statuses


def _status(client: httpx.Client, path: str, body: object) -> int:
    try:
        return client.post(path, json=body).status_code
    except httpx.RemoteProtocolError:
        return 0


def test_nothing_that_was_planted_is_written_anywhere(leaky: House) -> None:
    assert len(set(CANARIES)) == 50
    statuses = _send_everything(leaky)
    assert {200, 400, 401, 404} <= statuses, "successes and refusals were among them"
    assert leaky.stop() == 0
    files = [file for file in leaky.folder.rglob("*") if file.is_file()]
    assert {"service.log", "curtilage.db", "root.key"} <= {file.name for file in files}
    assert len(leaky.events()) > 300
    assert find_planted([leaky.folder], CANARIES) == []
    bugs = [line for line in leaky.log.read_text().splitlines() if '"event": "bug"' in line]
    assert not bugs, "whatever a provider says is no bug of ours"


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"\0" + CANARIES[0].encode() + b"\0")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "y.log").write_text(json.dumps({"m": CANARIES[6]}))
    (tmp_path / "z.log").write_text("nothing")
    found = find_planted([tmp_path, tmp_path / "gone"], CANARIES)
    assert found == [
        (str(tmp_path / "deep" / "y.log"), CANARIES[6]),
        (str(tmp_path / "x.db"), CANARIES[0]),
    ]
    assert find_planted([tmp_path / "z.log"], ["nothing"]) == [(str(tmp_path / "z.log"), "nothing")]


def test_every_service_that_a_suite_starts_is_searched_at_the_end(leaky: House) -> None:
    """What this says of itself holds of each: it is made by the classes that say their places."""
    stray = leaky.data_dir / "stray"
    stray.write_text(f"a caller wrote {CANARIES[9]} with {leaky.one_key}")
    found = [value for file, value in find_everywhere() if file == str(stray)]
    stray.unlink()
    assert sorted(found) == sorted(
        [CANARIES[9], *SHAPES, *(word for word in USUAL if word in CANARIES[9])]
    )
