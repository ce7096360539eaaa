"""Calls of the protocol: what is refused is told in its words."""

from datetime import timedelta

import orjson
import pytest

from curtilage.core.door import Call, Reply
from curtilage.core.errors import TamperError, UnavailableError
from curtilage.identity.oauth.calls import (
    MOST_BYTES,
    answer_errors,
    endpoint_at,
    find_token,
    read_parameters,
)
from curtilage.identity.oauth.errors import (
    ClientRefused,
    Fault,
    RequestRefused,
    TokenRefused,
    UnacceptableClient,
)
from curtilage.identity.oauth.rules.keys import SIGNS_FOR
from tests.oauth_house import OAuthHouse

FORM = ("content-type", "application/x-www-form-urlencoded")


@pytest.mark.requirement(15)
@pytest.mark.parametrize(
    ("raised", "status", "error"),
    [
        (RequestRefused(Fault.INVALID_SCOPE), 400, "invalid_scope"),
        (ClientRefused(), 401, "invalid_client"),
        (TokenRefused(), 401, "invalid_token"),
        (UnacceptableClient(), 400, "invalid_client_metadata"),
        (UnacceptableClient(is_about_address=True), 400, "invalid_redirect_uri"),
        (UnavailableError(), 503, "temporarily_unavailable"),
    ],
)
async def test_each_refusal_has_its_word_and_is_never_kept(
    raised: Exception, status: int, error: str
) -> None:
    async def fail(_: Call) -> Reply:
        raise raised

    reply = await answer_errors(fail)(Call("POST", "/"))
    assert (reply.status, orjson.loads(reply.body)["error"]) == (status, error)
    assert ("cache-control", "no-store") in reply.headers


async def test_what_is_no_refusal_is_not_hidden() -> None:
    async def fail(_: Call) -> Reply:
        raise TamperError

    with pytest.raises(TamperError):
        await answer_errors(fail)(Call("POST", "/"))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ((("authorization", "Bearer abc"),), ("bearer", "abc")),
        ((("authorization", "DPOP abc"),), ("dpop", "abc")),
        ((("authorization", "Basic abc"),), ("", "")),
        ((("authorization", "Bearer a"), ("authorization", "Bearer b")), ("", "")),
        ((), ("", "")),
    ],
)
def test_a_token_comes_in_one_header(
    headers: tuple[tuple[str, str], ...], expected: tuple[str, str]
) -> None:
    assert find_token(Call("GET", "/", headers=headers, query=b"access_token=x")) == expected


@pytest.mark.requirement(10)
def test_a_token_may_come_in_a_form_and_not_twice() -> None:
    form = Call("POST", "/", headers=(FORM,), body=b"access_token=abc")
    assert find_token(form) == ("bearer", "abc")
    twice = Call("POST", "/", headers=(FORM, ("authorization", "Bearer x")), body=form.body)
    with pytest.raises(RequestRefused):
        find_token(twice)


def test_queries_are_read_of_get_and_bodies_of_post() -> None:
    assert read_parameters(Call("GET", "/", query=b"a=1", body=b"a=2")).find("a") == "1"
    post = Call("POST", "/", headers=(FORM,), query=b"a=1", body=b"a=2")
    assert read_parameters(post).find("a") == "2"
    with pytest.raises(RequestRefused):
        read_parameters(Call("POST", "/", headers=(FORM, FORM), body=b"a=2"))


def test_an_endpoint_is_bounded_and_open_unless_it_reads_cookies() -> None:
    async def nothing(_: Call) -> Reply:
        return Reply()

    made = endpoint_at("POST", "/oauth2/token", nothing)
    assert (made.most_bytes, made.is_open, made.name) == (
        MOST_BYTES,
        True,
        "oauth.oauth2.token-post",
    )


@pytest.mark.requirement(10)
async def test_ten_megabytes_are_refused_everywhere(house: OAuthHouse) -> None:
    browser, huge = house.browser(), "x" * 10_000_000
    for path in ("token", "par", "authorize", "revoke", "introspect", "device_authorization"):
        answer = await browser.http.post(f"/oauth2/{path}", data={"client_id": huge})
        assert answer.status_code in (400, 413, 422), path
        assert "location" not in answer.headers
    answer = await browser.http.get("/oauth2/authorize", params={"client_id": huge[:60_000]})
    assert answer.status_code == 400


async def test_without_a_signing_key_clients_come_again_and_nothing_is_used_up(
    house: OAuthHouse,
) -> None:
    made = await house.register()
    browser = house.browser()
    house.clock.advance(SIGNS_FOR - timedelta(seconds=10))
    code = await browser.code(made.client.id)
    house.clock.advance(20)
    answer = await browser.exchange(made, code)
    assert (answer.status_code, answer.json()) == (503, {"error": "temporarily_unavailable"})
    await house.oauth.keys.keep_up()
    assert (await browser.exchange(made, code)).status_code == 200
