"""`curtilage explain REQUEST_ID`: why a request was treated as it was, without what it said."""

import json

import pytest

from tests.fakes.provider import chat_reply, whole
from tests.integration.processes import CHAT, House

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
EMAIL, SECRET = "ada.quill@orchard.example", "sk-ant-api03-" + "aB3" * 31 + "AA"
BODY = {**CHAT, "messages": [{"role": "user", "content": f"Mail {EMAIL} and {EMAIL}."}]}


def _ask(house: House, body: object, **headers: str) -> str:
    house.provider.script = whole(chat_reply("Done."))
    with house.client(house.one_key) as client:
        reply = client.post("/v1/chat/completions", json=body, headers=headers)
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
    assert "refuse: No route serves this model." in done.stdout
    found = json.loads(house.run("explain", request_id, "--json").stdout)
    assert (found["effect"], found["code"]) == ("refuse", "gateway.unknown-model")
    assert (found["scanned"], found["reasons"]) == (None, [])
    assert (found["ending"], found["status"]) == ("Refused; nothing left.", 404)


def test_a_refusal_names_its_reason_and_what_the_call_was_told(house: House) -> None:
    request_id = _ask(house, BODY, **{"x-curtilage-purpose": "marketing"})
    found = json.loads(house.run("explain", request_id, "--json").stdout)
    assert (found["code"], found["status"]) == ("gateway.purpose-not-held", 403)
    assert found["reason"] == "The key does not hold this purpose."
    assert found["policy"].startswith("balanced@")


def test_a_body_that_could_not_be_read_is_explained_in_words(house: House) -> None:
    image = [{"type": "image_url", "image_url": {"url": "data:,"}}]
    request_id = _ask(house, {**CHAT, "messages": [{"role": "user", "content": image}]})
    found = json.loads(house.run("explain", request_id, "--json").stdout)
    assert (found["code"], found["scanned"]) == ("gateway.unscannable-content", None)
    assert found["reason"].endswith(".") and found["reason"] != found["code"]


def test_what_became_of_a_call_is_told_with_where_it_went(house: House) -> None:
    found = json.loads(house.run("explain", _ask(house, BODY), "--json").stdout)
    assert (found["ending"], found["status"], found["scanned"]) == ("Answered.", 200, 1)
    assert (found["model"], found["upstream"]) == (BODY["model"], "openai")
    assert found["destination"] == "external"


def test_an_id_of_nobody_says_who_is_only_counted(house: House) -> None:
    with house.client("cur_" + "0" * 49) as client:
        turned_away = client.post("/v1/chat/completions", json=BODY)
    done = house.run("explain", turned_away.headers["x-curtilage-request-id"])
    assert done.returncode == 2
    assert "only counted" in done.stderr and "caller.rejected" in done.stderr


def test_an_answer_is_there_without_the_service(house: House) -> None:
    """It reads the ledger; nothing has to run, nothing is asked over the network."""
    request_id = _ask(house, BODY)
    env = {**house.env, "CURTILAGE__SERVER__PORT": "1"}
    assert house.run("explain", request_id, env=env).returncode == 0
