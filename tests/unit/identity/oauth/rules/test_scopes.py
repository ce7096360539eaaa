"""Scopes and resources: what was asked, cut down to what may be had."""

from dataclasses import replace

import pytest

from curtilage.identity.oauth.errors import Fault, RequestRefused
from curtilage.identity.oauth.models.clients import Client, Resource
from curtilage.identity.oauth.rules.scopes import (
    choose_resources,
    choose_scopes,
    describe_scopes,
    keep_allowed,
    narrow_resource,
    narrow_scopes,
)
from tests.builders import TENANT
from tests.fakes.clock import START

FILES = Resource("https://files.example/api", "Files", {"files:read": "Read your files"})
TOOLS = Resource("https://tools.example/mcp", "Tools", {"tools:run": "Run tools"}, is_open=True)
KNOWN = (FILES, TOOLS)
CLIENT = Client(
    "c", TENANT, "Notes", START, scopes=frozenset({"openid", "email"}), resources=(FILES.uri,)
)


def fault_of(refused: "pytest.ExceptionInfo[RequestRefused]") -> Fault:
    return refused.value.fault


def test_what_is_not_known_is_left_out_and_order_stays() -> None:
    assert choose_scopes(["email", "other", "openid", "email"], CLIENT, ()) == ("email", "openid")
    assert choose_scopes([], CLIENT, ()) == ("email", "openid")
    with pytest.raises(RequestRefused) as refused:
        choose_scopes(["other"], CLIENT, ())
    assert fault_of(refused) is Fault.INVALID_SCOPE


def test_an_open_resource_brings_its_scopes_where_it_is_asked_for() -> None:
    assert choose_scopes(["tools:run"], CLIENT, (TOOLS,)) == ("tools:run",)
    with pytest.raises(RequestRefused):
        choose_scopes(["tools:run"], CLIENT, (FILES,))


@pytest.mark.requirement(18)
def test_a_resource_is_the_clients_or_open() -> None:
    chosen = choose_resources(["HTTPS://FILES.example/api", TOOLS.uri, TOOLS.uri], CLIENT, KNOWN)
    assert chosen == (FILES, TOOLS)
    stranger = Client("d", TENANT, "Other", START)
    for asked, client in (
        ([FILES.uri], stranger),
        (["https://unknown.example"], CLIENT),
        ([FILES.uri + "/"], CLIENT),
        (["not a uri"], CLIENT),
        ([TOOLS.uri] * 9, CLIENT),
    ):
        with pytest.raises(RequestRefused) as refused:
            choose_resources(asked, client, KNOWN)
        assert fault_of(refused) is Fault.INVALID_TARGET


@pytest.mark.requirement(7, 18)
def test_a_token_gets_a_part_of_the_grant_and_never_more() -> None:
    assert narrow_scopes([], ["a", "b"]) == ("a", "b")
    assert narrow_scopes(["b", "b"], ["a", "b"]) == ("b",)
    with pytest.raises(RequestRefused) as refused:
        narrow_scopes(["a", "c"], ["a", "b"])
    assert fault_of(refused) is Fault.INVALID_SCOPE


@pytest.mark.requirement(18)
def test_a_token_is_for_one_resource_of_the_grant() -> None:
    granted = [FILES.uri, TOOLS.uri]
    assert narrow_resource([], granted) == FILES.uri
    assert narrow_resource([], []) == ""
    assert narrow_resource(["https://TOOLS.example/mcp"], granted) == TOOLS.uri
    for asked in (granted, ["https://other.example"]):
        with pytest.raises(RequestRefused) as refused:
            narrow_resource(asked, granted)
        assert fault_of(refused) is Fault.INVALID_TARGET


@pytest.mark.requirement(28)
def test_scopes_are_told_in_plain_words() -> None:
    told = describe_scopes(["openid", "files:read", "odd"], KNOWN)
    assert told[1:] == [("files:read", "Read your files"), ("odd", "odd")]
    assert "identifier" in told[0][1]


@pytest.mark.requirement(18, 28)
def test_a_grant_gives_no_more_than_its_client_may_have_now() -> None:
    client = replace(CLIENT, scopes=frozenset({"files:read", "openid"}))
    assert keep_allowed(["files:read", "openid"], FILES.uri, client, KNOWN) == (
        "files:read",
        "openid",
    )
    less = replace(CLIENT, scopes=frozenset({"openid"}))
    assert keep_allowed(["files:read", "openid"], "", less, KNOWN) == ("openid",)
    assert keep_allowed([], "", less, KNOWN) == ()
    with pytest.raises(RequestRefused) as refused:
        keep_allowed(["files:read"], FILES.uri, less, KNOWN)
    assert fault_of(refused) is Fault.INVALID_SCOPE
    elsewhere = replace(CLIENT, resources=())
    with pytest.raises(RequestRefused) as refused:
        keep_allowed(["openid"], FILES.uri, elsewhere, KNOWN)
    assert fault_of(refused) is Fault.INVALID_TARGET
    assert keep_allowed(["openid"], TOOLS.uri, elsewhere, KNOWN) == ("openid",)
