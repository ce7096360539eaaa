"""A sealed part is opened for a reason, and that is in the ledger before anything is seen."""

import json
from collections.abc import Iterator

import pytest

from curtilage.core.models import Event
from tests.fakes.provider import chat_reply, whole
from tests.integration.processes import CHAT, House, eventually, open_house

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("opening")) as made:
        yield made


def a_call(house: House, **headers: str) -> str:
    house.provider.script = whole(chat_reply("Hello."))
    key = house.key("--right", "subject:assert") if headers else house.one_key
    with house.client(key) as client:
        reply = client.post("/v1/chat/completions", json=CHAT, headers=headers)
    assert reply.status_code == 200, reply.text
    request_id = str(reply.headers["x-curtilage-request-id"])
    eventually(lambda: bool(house.kinds(request_id)))
    return request_id


def test_it_says_who_asked_and_the_ledger_says_who_looked_and_why(house: House) -> None:
    request_id = a_call(house)
    done = house.run("ledger", "open", request_id, "--reason", "Ticket 4711, a complaint", "--json")
    assert done.returncode == 0, done.stderr
    opened = json.loads(done.stdout)
    assert opened["address"] == "127.0.0.1"
    assert opened["key"] in house.run("apikeys", "list").stdout
    eventually(lambda: request_id in opened_records(house))
    event = opened_records(house)[request_id]
    assert event.facts == {"record": request_id, "reason": "Ticket 4711, a complaint"}
    assert event.actor and "127.0.0.1" not in repr(event)


@pytest.mark.parametrize(
    "reason", ["", " ", "x" * 301, "Asked by ada.quill@orchard.example", "a\nb"]
)
def test_without_a_fit_reason_nothing_is_shown_or_recorded(house: House, reason: str) -> None:
    request_id = a_call(house)
    done = house.run("ledger", "open", request_id, "--reason", reason)
    assert done.returncode == 2
    assert "127.0.0.1" not in done.stdout + done.stderr and "ada.quill" not in done.stderr
    assert request_id not in opened_records(house)


def test_a_call_about_a_person_opens_with_that_person_alone(house: House) -> None:
    request_id = a_call(house, **{"x-curtilage-subject": "patient-7"})
    asked = ("ledger", "open", request_id, "--reason", "Ticket 4712")
    for given in ((), ("--subject", "patient-8")):
        done = house.run(*asked, *given)
        assert done.returncode == 2 and "No key here opens" in done.stderr
    before = house.run("vault", "status", "--json").stdout
    done = house.run(*asked, "--subject", "patient-7")
    assert done.returncode == 0, done.stderr
    assert "subject   patient-7" in done.stdout
    assert json.loads(before)["owners"] == owners(house), "nobody got a key by being named"


def test_a_record_that_nobody_made_is_not_found(house: House) -> None:
    done = house.run("ledger", "open", "019d2b6c-8f00-7000-8000-000000000000", "--reason", "x y")
    assert done.returncode == 2 and "No record has this id" in done.stderr


def opened_records(house: House) -> dict[str, Event]:
    """What the ledger says of openings, by the record that was opened."""
    opened = (event for event in house.events() if event.kind == "sealed.opened")
    return {str(event.facts["record"]): event for event in opened}


def owners(house: House) -> int:
    return int(json.loads(house.run("vault", "status", "--json").stdout)["owners"])
