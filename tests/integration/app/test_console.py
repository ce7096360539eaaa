"""The console of a running service shows what became of calls, and none of what they said."""

import re
import time
from collections.abc import Iterator
from html import unescape

import httpx
import pytest

from curtilage.consent.combine import OVERLAP
from tests.fakes.provider import Received, Step, chat_reply, whole
from tests.integration.processes import CHAT, House, eventually, open_house
from tests.integration.visiting import enrol, set_up_path, submit

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
EMAIL, CARD, IBAN = (
    "ada.quill@orchard.example",
    "4111 1111 1111 1111",
    "DE89 3704 0044 0532 0130 00",
)
# Who, what for, which model, what was found and what was done with it, what we added, the end.
ROW = (
    r" UTC test assist gpt-4\.1-mini 1 × Payment card number token 1 × E-mail address token"
    r" 1 × IBAN token [\d.]+ ms Completed$"
)
NOWHERE = """
[upstreams.nowhere]
protocol = "openai"
base_url = "http://127.0.0.1:9/v1"
[[routes]]
model = "nowhere-*"
upstream = "nowhere"
"""
SAID = f"Mail {EMAIL} about {CARD} and {IBAN}."


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("console"), more=NOWHERE) as house:
        yield house


@pytest.fixture(scope="module")
def visitor(watched: House) -> Iterator[httpx.Client]:
    """The administrator, signed in."""
    with httpx.Client(base_url=watched.url, timeout=30) as client:
        assert enrol(client, set_up_path(watched)).status_code == 303
        yield client


def _echo(received: Received) -> list[Step]:
    return whole(chat_reply(received.document["messages"][0]["content"]))


def _call(house: House) -> str:
    """A call that comes back with its values; its id."""
    house.provider.script = _echo
    body = {**CHAT, "messages": [{"role": "user", "content": SAID}]}
    with house.client(house.one_key) as client:
        reply = client.post("/v1/chat/completions", json=body)
    assert reply.json()["choices"][0]["message"]["content"] == SAID
    return str(reply.headers["x-curtilage-request-id"])


def _words(page: str) -> str:
    return " ".join(unescape(re.sub("<[^>]*>", " ", page)).split())


def test_live_says_who_asked_for_what_and_what_became_of_it(
    watched: House, visitor: httpx.Client
) -> None:
    request_id = _call(watched)
    row = eventually(lambda: _done(visitor, request_id))
    assert re.search(ROW, row), row


def _done(visitor: httpx.Client, request_id: str) -> str:
    """The row of a call that is over, in words; nothing before that."""
    words = _words(visitor.get(f"/console/live/{request_id}/row").text)
    return words if words.endswith("Completed") else ""


def test_no_page_shows_a_value_that_a_call_held(watched: House, visitor: httpx.Client) -> None:
    request_id = _call(watched)
    eventually(lambda: _done(visitor, request_id))
    for path in (
        "/console/live",
        f"/console/live/{request_id}",
        f"/console/live/{request_id}/row",
        "/console/live.csv",
        f"/console/ledger/explain?request={request_id}",
        f"/console/ledger/records/{request_id}",
    ):
        shown = eventually(lambda path=path: _about(visitor, path, request_id))
        held = [value for value in (EMAIL, CARD, IBAN, "ada.quill", "QX1-") if value in shown]
        assert not held, path


def _about(visitor: httpx.Client, path: str, request_id: str) -> str:
    """What the page of a call says; a record has its proof once a checkpoint covers it."""
    page = visitor.get(path)
    return unescape(page.text) if page.status_code == 200 and request_id in page.text else ""


def test_a_tried_text_shows_what_would_leave_and_what_comes_back(visitor: httpx.Client) -> None:
    fields = {"text": SAID, "purpose": "assist", "policy": "balanced"}
    shown = submit(visitor, "/console/try", **fields)
    assert shown.status_code == 200
    left, back = _words(shown.text).split("What would leave")[1].split("What comes back")
    assert "QX1-EMAIL-" in left and EMAIL not in left and CARD not in left
    assert EMAIL in back and CARD in back


def test_the_ledger_is_verified_from_its_page(visitor: httpx.Client) -> None:
    begun = submit(visitor, "/console/ledger", to="/console/ledger/checks")
    assert begun.status_code == 303
    place = begun.headers["location"]
    eventually(lambda: "The ledger holds." in visitor.get(place).text)


def test_a_policy_put_forward_on_the_console_is_approved_on_the_machine(
    watched: House, visitor: httpx.Client
) -> None:
    page = "/console/policies/strict"
    made = submit(visitor, page, to=f"{page}/propose", reason="Cards are masked")
    assert made.status_code == 303
    shown = visitor.get(page).text
    assert "Somebody else has to approve it" in shown
    found = re.search(r"/compare\?after=([0-9a-f]{32})", shown)
    assert found is not None
    refused = submit(visitor, page, to=f"{page}/approve", version=found[1])
    assert refused.status_code == 403, "who put it forward does not approve it"
    watched.run("policy", "approve", found[1])
    approved = _words(visitor.get(page).text)
    assert "Put forward by you, approved by the operator of this machine" in approved
    kinds = eventually(lambda: [k for k in _policy_kinds(watched) if k.endswith("approved")])
    assert kinds == ["policy.approved"]


def _policy_kinds(house: House) -> list[str]:
    return [event.kind for event in house.events() if event.kind.startswith("policy.")]


def test_what_is_said_on_try_it_holds_for_calls_of_new_sessions(
    watched: House, visitor: httpx.Client
) -> None:
    desk, code, page = "desk@harbour.example", "nightjar-77", "/console/corrections"
    text = f"Mail {desk} about {code} and {CARD}."

    def leaves(session: str) -> str:
        watched.provider.script = whole(chat_reply("Hello."))
        body = {**CHAT, "messages": [{"role": "user", "content": text}]}
        with watched.client(watched.one_key, **{"x-curtilage-session": session}) as client:
            assert client.post("/v1/chat/completions", json=body).status_code == 200
        return str(watched.provider.received[-1].document["messages"][0]["content"])

    assert desk not in leaves("began-before")
    said = {"qualified": "user.contact.email:EMAIL_ADDRESS", "reason": "A test", "days": "30"}
    for verdict, value in (("not_personal", desk), ("missed", code)):
        made = submit(visitor, "/console/try", to=page, verdict=verdict, value=value, **said)
        assert made.status_code == 303
    kept = visitor.get(page).text
    assert desk not in kept and code not in kept
    tried = {"text": text, "purpose": "assist", "policy": "balanced"}
    left = _words(submit(visitor, "/console/try", **tried).text).split("What would leave")[1]
    assert desk in left and code not in left.partition("What comes back")[0]
    eventually(lambda: code not in leaves("began-before"))
    time.sleep(OVERLAP.total_seconds())
    assert desk in leaves("begins-after")
    assert desk not in leaves("began-before"), "it is held to what it began with"
    assert CARD not in leaves("begins-after") and code not in leaves("begins-after")
    for path in re.findall(rf"{page}/[0-9a-f-]+/withdraw", kept):
        assert submit(visitor, page, to=path).status_code == 303
    assert "Nothing was corrected yet" in visitor.get(page).text
    eventually(lambda: desk not in leaves("after-it-was-withdrawn"))


def test_what_is_corrected_becomes_a_case_that_policy_test_tries(
    watched: House, visitor: httpx.Client
) -> None:
    desk, page = "bench@harbour.example", "/console/corrections"
    said = {"qualified": "user.contact.email:EMAIL_ADDRESS", "reason": "A test", "days": "30"}
    made = submit(
        visitor, "/console/try", to=page, verdict="not_personal", value=desk, **said,
        around=f"Mail {desk} today.", keep="yes",
    )  # fmt: skip
    assert made.status_code == 303
    shown = visitor.get(page).text
    assert "Kept as a case" in shown and desk not in shown
    suite = watched.folder / "corrected.jsonl"
    assert watched.run("corrections", "export", "--output", str(suite)).returncode == 0
    assert desk in suite.read_text()
    tried = watched.run("policy", "test", str(suite))
    assert tried.returncode == 1 and desk not in tried.stdout + tried.stderr
    assert "EMAIL_ADDRESS: expected not to be found, was" in tried.stdout
    (path,) = re.findall(rf"{page}/[0-9a-f-]+/withdraw", shown)
    assert submit(visitor, page, to=path).status_code == 303
    done = watched.run("corrections", "export", "--output", str(watched.folder / "later.jsonl"))
    assert done.stdout == "0 cases written.\n"
    suite.unlink()


def test_a_call_is_found_by_its_id_key_type_and_model(
    watched: House, visitor: httpx.Client
) -> None:
    request_id = _call(watched)
    eventually(lambda: _done(visitor, request_id))
    form = visitor.get("/console/live").text.split('<select class="input" id="key"')[1]
    found = re.search(r'<option value="([0-9a-f-]{36})">test</option>', form)
    assert found is not None, "a key is chosen by its name and asked for by its id"
    asked = {"id": request_id[:13], "key": found[1], "type": "IBAN_CODE", "model": "gpt-4*"}
    for name, value in asked.items():
        assert request_id in visitor.get("/console/live", params={name: value}).text, name
    together = visitor.get("/console/live", params=asked)
    assert request_id in together.text and "test" not in str(together.url.query)
    assert request_id in visitor.get("/console/live.csv", params=asked).text
    others = ({"type": "GENERIC_PASSPORT"}, {"model": "gpt-5*"}, {"until": "2020-01-01T00:00"})
    for other in others:
        page = visitor.get("/console/live", params={**asked, **other})
        assert request_id not in page.text and "data-row" not in page.text, other


def test_an_upstream_that_cannot_be_reached_is_said_to_be_so(
    watched: House, visitor: httpx.Client
) -> None:
    _call(watched)
    eventually(lambda: re.search(r"openai openai, external .*? Well", _upstreams(visitor)))
    asked = visitor.get("/console/upstreams", params={"model": "nowhere-1"})
    assert "nowhere-1 goes to nowhere, by the route nowhere-*" in _words(asked.text)
    with watched.client(watched.one_key) as client:
        reply = client.post("/v1/chat/completions", json={**CHAT, "model": "nowhere-1"})
    assert reply.status_code == 502
    assert "(upstream nowhere)" in reply.json()["error"]["message"]
    assert "127.0.0.1" not in reply.text, "by its name, and not by its address"
    told = r"nowhere openai, external 127\.0\.0\.1:9 .*? could not be reached"
    eventually(lambda: re.search(told, _upstreams(visitor)))


def _upstreams(visitor: httpx.Client) -> str:
    return _words(visitor.get("/console/upstreams/now").text)
