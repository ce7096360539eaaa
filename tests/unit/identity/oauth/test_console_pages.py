"""Apps in the console."""

import re

import pytest

from tests.fakes.clients import GATEWAY, SECRET, FakeClients, a_client
from tests.fakes.console import FakeConsole
from tests.fakes.ids import fixed_id
from tests.fakes.visitor import Visitor

PAGE = "/console/apps"
NOTES = f"{PAGE}/{fixed_id(2)}"
FORM = {
    "kind": "web",
    "name": "Notes",
    "redirects": "https://notes.example/back\nhttps://notes.example/other",
    "logouts": "",
    "scopes": "openid  email",
    "resource-0": "1",
}


async def a_visitor(clients: FakeClients | None = None) -> Visitor:
    return await Visitor(FakeConsole(clients=clients or FakeClients())).sign_in()


async def test_without_apps_the_page_teaches_how_to_register_one() -> None:
    text = (await (await a_visitor(FakeClients([]))).get(PAGE)).text
    assert "No app yet" in text
    assert "curtilage clients create Notes" in text


async def test_apps_are_listed_with_what_they_can_and_how_many_people_allowed_them() -> None:
    text = (await (await a_visitor()).get(PAGE)).text
    for words in (
        "sign people in",
        "act for itself",
        "Registered itself",
        "Revoked",
        "1\N{NARROW NO-BREAK SPACE}204",
    ):
        assert words in text, words


async def test_many_apps_are_shown_in_parts() -> None:
    visitor = await a_visitor(FakeClients([a_client(number) for number in range(1, 30)]))
    first = (await visitor.get(PAGE)).text
    assert first.count("data-row>") == 25
    older = re.search(r"/console/apps\?after=([^\"]+)", first)
    assert older is not None
    assert (await visitor.get(f"{PAGE}?after={older[1]}")).text.count("data-row>") == 4
    assert "No older app" in (await visitor.get(f"{PAGE}?after={fixed_id(1)}")).text


async def test_a_new_app_shows_its_secret_once_and_what_its_builder_needs() -> None:
    visitor = await a_visitor()
    made = await visitor.post(PAGE, page=PAGE, **FORM)
    assert SECRET in made.text
    client = visitor.console.clients.kept[-1]
    for words in (client.id, "http://console.example", "Notes is registered"):
        assert words in made.text
    assert made.headers["cache-control"] == "no-store"
    assert client.redirect_uris == ("https://notes.example/back", "https://notes.example/other")
    assert (client.scopes, client.resources) == ({"openid", "email"}, (GATEWAY.uri,))
    assert SECRET not in (await visitor.get(f"{PAGE}/{client.id}")).text


async def test_an_app_on_devices_has_no_secret() -> None:
    made = await (await a_visitor()).post(PAGE, page=PAGE, **(FORM | {"kind": "device"}))
    assert SECRET not in made.text
    assert "It has no secret" in made.text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"redirects": "http://evil.example/back"}, "redirects"),
        ({"redirects": ""}, "redirects"),
        ({"scopes": "people:manage"}, "scopes"),
    ],
)
async def test_what_cannot_be_is_said_beside_its_field_and_stays_typed(
    change: dict[str, str], field: str
) -> None:
    visitor = await a_visitor()
    before = len(visitor.console.clients.kept)
    answer = await visitor.post(PAGE, page=PAGE, **(FORM | change))
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    assert "https://notes.example/other" in answer.text or "redirects" in change
    assert len(visitor.console.clients.kept) == before


async def test_a_page_tells_what_an_app_is_and_its_revoking_names_what_ends() -> None:
    text = (await (await a_visitor()).get(NOTES)).text
    for words in (
        "a secret", "Call AI models for you", GATEWAY.uri, "https://app-2.orchard.example/callback",
        "Revoke Desk?", "1\N{NARROW NO-BREAK SPACE}204 people allowed it something", "cannot be undone",
    ):  # fmt: skip
        assert words in text, words
    assert (await (await a_visitor()).get(f"{PAGE}/nobody")).status_code == 404


async def test_a_change_keeps_what_the_form_has_no_field_for() -> None:
    kept = a_client(2, is_dpop_bound=True, resources=(GATEWAY.uri, "https://other.example"))
    visitor = await a_visitor(FakeClients([kept]))
    sent = {**FORM, "name": "Renamed", "first_party": "1"}
    answer = await visitor.post(f"{NOTES}/change", page=NOTES, **sent)
    assert answer.headers["location"] == NOTES
    [client] = visitor.console.clients.kept
    assert (client.name, client.is_dpop_bound, client.is_first_party) == ("Renamed", True, True)
    assert set(client.resources) == {GATEWAY.uri, "https://other.example"}
    wrong = await visitor.post(f"{NOTES}/change", page=NOTES, **(sent | {"name": ""}))
    assert wrong.status_code == 422


async def test_a_new_secret_is_shown_once_and_a_revoked_app_offers_nothing() -> None:
    visitor = await a_visitor()
    again = await visitor.post(f"{NOTES}/secret", page=NOTES, overlap="24")
    assert SECRET in again.text
    answer = await visitor.post(f"{NOTES}/revoke", page=NOTES)
    assert answer.headers["location"] == NOTES
    text = (await visitor.get(NOTES)).text
    assert "is revoked. All that it was granted has ended." in text
    for path in ("/revoke", "/secret", "/change"):
        assert f"{NOTES}{path}" not in text


async def test_a_name_is_text_and_nothing_else() -> None:
    visitor = await a_visitor(FakeClients([a_client(2, name="<script>alert(1)</script>")]))
    for path in (PAGE, NOTES):
        assert "<script>alert" not in (await visitor.get(path)).text
