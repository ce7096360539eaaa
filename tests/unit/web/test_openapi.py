"""The document says what is served: each route, who may, what is sent and what comes back."""

from typing import Any

import pytest

from curtilage.core.slice import Route
from curtilage.web.openapi import PATH, build_document, document_route


async def nothing(_: Any) -> Any: ...


def described(route: Route) -> Any:
    document = build_document([route], version="1", address="https://a.example", cookie="session")
    ((operations,),) = [document["paths"].values()]
    return operations[route.method.lower()]


def test_a_page_for_some_names_its_right_and_sends_others_to_sign_in() -> None:
    page = described(Route("GET", "/console/keys/{id}", nothing, "apikeys:manage", "identity.key"))
    assert page["security"] == [{"session": []}] and "apikeys:manage" in page["description"]
    assert [each["name"] for each in page["parameters"]] == ["id"]
    assert {"200", "303", "401", "403", "404", "503"} <= page["responses"].keys()
    assert page["responses"]["200"]["content"] == {"text/html": {}}
    assert "application/problem+json" in page["responses"]["404"]["content"]


def test_a_form_needs_the_field_that_binds_it_to_its_visit() -> None:
    form = described(Route("POST", "/console/keys", nothing, "apikeys:manage", "identity.make"))
    (sent,) = form["requestBody"]["content"].values()
    assert sent["schema"]["required"] == ["_csrf"]
    assert {"403", "408", "409", "413"} <= form["responses"].keys()


@pytest.mark.parametrize("right", ["", "ledger:export"])
def test_what_programs_fetch_is_no_page_and_for_everybody_only_where_it_says_so(right: str) -> None:
    tile = described(Route("GET", "/ledger/{origin:path}/x", nothing, right, "x", "text/plain"))
    assert tile["responses"]["200"]["content"] == {"text/plain": {}}
    assert ("security" in tile) == ("303" in tile["responses"]) == bool(right)


async def test_the_document_stands_in_itself() -> None:
    route = document_route([], version="1", address="https://a.example", cookie="session")
    given = await route.endpoint(None)
    assert given.media_type == "application/json" and PATH.encode() in given.body
