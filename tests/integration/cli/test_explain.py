"""`curtilage explain REQUEST_ID`: why a request was treated as it was, without what it said."""

import json

import pytest

from tests.fakes.provider import chat_reply, whole
from tests.integration.processes import CHAT, House

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
EMAIL, SECRET = "ada.quill@orchard.example", "sk-ant-api03-" + "aB3" * 31 + "AA"
BODY = {**CHAT, "messages": [{"role": "user", "content": f"Mail {EMAIL} and {EMAIL}."}]}


def _ask(house: House, body: object) -> str:
    house.provider.script = whole(chat_reply("Done."))
    with house.client(house.one_key) as client:
        reply = client.post("/v1/chat/completions", json=body)
    return str(reply.headers["x-curtilage-request-id"])


def test_it_says_which_rule_decided_and_how_often(house: House) -> None:
    done = house.run("explain", _ask(house, BODY))
    assert done.returncode == 0, done.stderr
    assert "policy balanced" in done.stdout
    assert "×2: token" in done.stdout
    assert EMAIL not in done.stdout and "orchard" not in done.stdout


def test_it_says_the_same_as_json(house: House) -> None:
    request_id = _ask(house, BODY)
    found = json.loads(house.run("explain", request_id, "--json").stdout)
    assert found["request_id"] == request_id
    assert [(reason["count"], reason["treatment"]) for reason in found["reasons"]] == [(2, "token")]
    assert all(reason["rule"] and reason["because"] for reason in found["reasons"])


def test_a_refused_request_is_explained_too(house: House) -> None:
    request_id = _ask(house, {**CHAT, "model": "no-such-model"})
    done = house.run("explain", request_id)
    assert done.returncode == 0, done.stderr
    assert "refuse" in done.stdout or "gateway.unknown-model" in done.stdout


def test_an_answer_is_there_without_the_service(house: House) -> None:
    """It reads the ledger; nothing has to run, nothing is asked over the network."""
    request_id = _ask(house, BODY)
    env = {**house.env, "CURTILAGE__SERVER__PORT": "1"}
    assert house.run("explain", request_id, env=env).returncode == 0
