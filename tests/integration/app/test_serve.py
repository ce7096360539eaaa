"""The service as a new user starts it: one command, no file, the provider's key in a variable."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.fakes.provider import chat_delta, chat_reply, message_reply, stream, whole
from tests.integration.processes import (
    CHAT,
    PROVIDER_KEYS,
    STREAMED,
    House,
    Service,
    children_of,
    last_line,
    run,
    running_provider,
)
from tests.integration.service import CREDENTIAL

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def ask(house: House, body: object = CHAT, path: str = "/v1/chat/completions") -> httpx.Response:
    with house.client(house.one_key) as client:
        return client.post(path, json=body)


def test_a_call_goes_through_and_is_recorded(house: House) -> None:
    house.provider.script = whole(chat_reply("Hello."))
    reply = ask(house)
    assert reply.json()["choices"][0]["message"]["content"] == "Hello."
    assert house.kinds(reply.headers["x-curtilage-request-id"]) == ["intended", "completed"]


def test_it_is_granian_that_answers(house: House) -> None:
    """As `server.http` has it where nobody says otherwise; uvicorn does not name itself."""
    with house.client(house.one_key) as client:
        assert client.get("/healthz").headers["server"] == "granian"


def test_a_stream_goes_through_and_is_recorded(house: House) -> None:
    house.provider.script = stream(
        chat_delta({"content": "Hel"}),
        chat_delta({"content": "lo"}, finish="stop"),
        b"data: [DONE]\n\n",
    )
    reply = ask(house, STREAMED)
    assert reply.text.endswith("data: [DONE]\n\n")
    assert house.kinds(reply.headers["x-curtilage-request-id"]) == ["intended", "completed"]


def test_the_usual_model_names_are_served_without_a_route(house: House) -> None:
    house.provider.script = whole(message_reply("Hello."))
    body = {"model": "claude-sonnet-4-5", "max_tokens": 5, "messages": CHAT["messages"]}
    assert ask(house, body, "/v1/messages").json()["content"][0]["text"] == "Hello."
    with house.client(house.one_key) as client:
        listed = {model["id"] for model in client.get("/v1/models").json()["data"]}
    assert "mirror" in listed
    mirrored = ask(house, {**CHAT, "model": "mirror"}).json()
    assert mirrored["choices"][0]["message"]["content"] == "Good morning."


def test_the_providers_key_is_the_one_of_the_environment(house: House) -> None:
    house.provider.script = whole(chat_reply("Hello."))
    ask(house)
    assert house.provider.received[-1].headers["authorization"] == f"Bearer {CREDENTIAL}"
    written = [house.config, *house.data_dir.rglob("*"), *house.key_dir.rglob("*")]
    assert not [
        path.name for path in written if path.is_file() and CREDENTIAL.encode() in path.read_bytes()
    ]


def test_a_providers_key_in_the_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "curtilage.toml"
    file.write_text(f'[upstreams.openai]\napi_key = "{CREDENTIAL}"\n')
    done = run("serve", "--config", str(file), cwd=tmp_path)
    assert done.returncode == 3
    assert "upstreams.openai.api_key" in done.stderr
    assert CREDENTIAL not in done.stderr + done.stdout


def test_a_new_key_is_printed_alone_on_the_last_line(house: House) -> None:
    done = house.run("apikeys", "create", "helpdesk")
    assert done.returncode == 0, done.stderr
    key = done.stdout.splitlines()[-1]
    assert key.startswith("cur_") and " " not in key
    assert key not in done.stderr + "\n".join(done.stdout.splitlines()[:-1])
    assert key not in house.run("apikeys", "list").stdout
    as_json = json.loads(house.run("apikeys", "create", "second", "--json").stdout)
    house.wait_until_known(key)
    assert as_json["key"].startswith("cur_")


@pytest.fixture(scope="module")
def without_a_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """`curtilage serve --data-dir … --port … --workers 1`, as the README has it."""
    folder = tmp_path_factory.mktemp("plain")
    with running_provider() as provider:
        service = Service(folder, workers=1, env=PROVIDER_KEYS)
        service.config.unlink()
        base = f"http://127.0.0.1:{provider.port}/v1"
        service.env["CURTILAGE__UPSTREAMS__OPENAI__BASE_URL"] = base
        provider.script = whole(chat_reply("Hello."))
        try:
            service.launch(
                "--data-dir", service.data_dir, "--port", str(service.port), "--workers", "1"
            )
            service.wait_ready()
            yield service
        finally:
            service.destroy()


def test_no_configuration_file_is_needed(without_a_file: Service) -> None:
    service = without_a_file
    made = run("apikeys", "create", "me", "--data-dir", str(service.data_dir), env=service.env)
    key = last_line(made)
    service.wait_until_known(key)
    with service.client(key) as client:
        reply = client.post("/v1/chat/completions", json=CHAT)
    assert reply.json()["choices"][0]["message"]["content"] == "Hello."
    assert (service.folder / "data-keys" / "root.key").stat().st_mode & 0o777 == 0o600


def test_as_many_workers_as_were_asked_for_and_one_control_process(house: House) -> None:
    assert sorted(house.children()) == ["control", "gateway-0", "gateway-1"]


def test_it_says_where_it_serves_and_nothing_secret(house: House) -> None:
    log = house.log.read_text()
    assert f"Serving on http://localhost:{house.port}" in log
    assert "/setup/" not in log, "the link itself goes to terminals only"


def test_everything_in_one_process_stops_as_well(tmp_path: Path) -> None:
    service = Service(tmp_path, workers=1)
    try:
        service.launch("--config", service.config, "--single")
        service.wait_ready()
        assert service.process is not None
        assert children_of(service.process.pid) == []
        assert service.stop() == 0
        assert service.status("/healthz") == 0
    finally:
        service.destroy()
