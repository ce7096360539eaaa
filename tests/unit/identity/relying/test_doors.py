"""Signing in and out, with every answer that an issuer, a neighbour or a thief could give."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest

from curtilage.core.door import Reply
from curtilage.core.errors import DeniedError
from curtilage.identity.errors import NoAnswer
from curtilage.identity.relying.errors import (
    ForeignHost,
    NotSignedIn,
    PurposeMissing,
    StepUpNeeded,
)
from curtilage.identity.wire.jwk import KeySet
from curtilage.identity.wire.pkce import challenge_of, encode_code_challenge
from curtilage.identity.wire.token_kinds import TokenKind
from tests.fakes.issuer import metadata
from tests.relying_house import BASE, COOKIE, House, location_of
from tests.signed_tokens import CLIENT, ED_KEY, ISSUER, RSA_KEY, claims_of, forge

FORM = (("content-type", "application/x-www-form-urlencoded"),)


@pytest.fixture
def house() -> House:
    return House()


def is_refused(reply: Reply, status: int = 400) -> bool:
    """A page that says nothing of what was sent, and no cookie of a session."""
    cookies = [value for name, value in reply.headers if name == "set-cookie"]
    assert not any(value.startswith(f"{COOKIE}=") for value in cookies)
    assert b"a-code" not in reply.body
    return reply.status == status


@pytest.mark.requirement(3, 29, 30)
async def test_a_person_signs_in(house: House) -> None:
    asked = await house.begin("/auth/login?next=/notes%3Fpage%3D2")
    assert asked["response_type"] == "code" and asked["client_id"] == CLIENT
    assert asked["redirect_uri"] == f"{BASE}/auth/callback"
    assert asked["code_challenge_method"] == "S256" and len(asked["nonce"]) == 43
    reply = await house.come_back(asked)
    assert (reply.status, location_of(reply)) == (303, "/notes?page=2")
    path, form = house.issuer.asked[1]
    assert path == "/token"
    assert encode_code_challenge(challenge_of(form["code_verifier"])) == asked["code_challenge"]
    assert house.issuer.headers[1]["Authorization"].startswith("Basic ")
    session = await house.session()
    assert session is not None
    assert (session.id, session.name, session.acr, session.amr) == (
        "ada",
        "Ada Quill",
        "aal1",
        ("pwd",),
    )
    assert session.authenticated_at == house.issuer.clock.now()
    assert [*house.cookies] == [COOKIE]


async def test_cookies_are_this_hosts_alone_and_no_scripts(house: House) -> None:
    reply = await house.sign_in()
    made = [value for name, value in reply.headers if name == "set-cookie"]
    assert len(made) == 2
    for each in made:
        assert each.startswith("__Host-")
        assert {"Path=/", "HttpOnly", "Secure", "SameSite=Lax"} <= set(each.split("; "))
    assert dict(reply.headers)["cache-control"] == "no-store"


@pytest.mark.requirement(30)
@pytest.mark.parametrize(
    "given",
    [
        {"iss": "https://other.example"}, {"iss": f"{ISSUER}/"}, {"iss": None}, {"state": "other"},
        {"state": None}, {"code": None}, {"code": "spent"}, {"error": "access_denied"},
    ],
)  # fmt: skip
async def test_an_answer_that_is_not_for_this_browser_is_refused(
    house: House, given: dict[str, str | None]
) -> None:
    asked = await house.begin()
    assert is_refused(await house.come_back(asked, **given))
    assert await house.session() is None


@pytest.mark.requirement(30, 31)
@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"}, {"aud": "other"}, {"aud": [CLIENT, "other"]},
        {"azp": "other"}, {"nonce": "other"}, {"nonce": None}, {"at_hash": None},
        {"at_hash": "AAAA"}, {"exp": 1}, {"iat": 1 << 35}, {"sub": "ä"}, {"sub": "a" * 256},
        {"auth_time": "1"}, {"amr": "pwd"}, {"amr": [1]}, {"acr": 2},
    ],
)  # fmt: skip
async def test_an_id_token_that_does_not_hold_is_refused(
    house: House, claims: dict[str, object]
) -> None:
    house.issuer.claims = claims
    assert is_refused(await house.sign_in())
    assert await house.session() is None
    house.issuer.claims = {}
    assert (await house.sign_in()).status == 303


@pytest.mark.requirement(36)
@pytest.mark.parametrize("kind", [each for each in TokenKind if each is not TokenKind.ID_TOKEN])
async def test_no_other_kind_of_token_signs_anybody_in(house: House, kind: TokenKind) -> None:
    asked = await house.begin()
    claims = claims_of(kind, aud=CLIENT, nonce=asked["nonce"], at_hash="AAAA")
    house.issuer.members = {"id_token": forge(claims, kind=kind)}
    assert is_refused(await house.come_back(asked))


@pytest.mark.requirement(30)
async def test_userinfo_of_somebody_else_signs_nobody_in(house: House) -> None:
    house.issuer.person = {"sub": "ben", "name": "Ben"}
    assert is_refused(await house.sign_in())


async def test_an_answer_counts_once_and_in_time(house: House) -> None:
    asked = await house.begin()
    kept = dict(house.cookies)
    assert (await house.come_back(asked)).status == 303
    house.cookies = dict(kept)  # somebody who copied the cookie
    assert is_refused(await house.come_back(asked))
    late = await house.begin()
    house.issuer.clock.advance(timedelta(minutes=11))
    assert is_refused(await house.come_back(late))


async def test_a_login_begun_elsewhere_does_not_finish_here(house: House) -> None:
    """Login CSRF: a thief's own answer, clicked on by somebody else."""
    asked = await house.begin()
    house.cookies = {}
    assert is_refused(await house.come_back(asked))


async def test_a_cookie_that_was_changed_or_moved_opens_nothing(house: House) -> None:
    asked = await house.begin()
    ((name, value),) = house.cookies.items()
    other = await house.begin()
    for spoiled in (value[:-2] + "AA", "AA" + value[2:], "x" * 5000, "é", ""):
        house.cookies[name] = spoiled
        assert is_refused(await house.come_back(asked))
    (own,) = (each for each in house.cookies if each != name)
    house.cookies[name] = house.cookies[own]
    assert is_refused(await house.come_back(asked))
    assert (await house.come_back(other)).status == 303


async def test_a_session_cookie_is_random_and_opens_only_as_it_is(house: House) -> None:
    await house.sign_in()
    good = house.cookies[COOKIE]
    for wrong in (good[:-1], good[:-1] + "!", "A" * 43, "A" * 20_000, good + good):
        house.cookies[COOKIE] = wrong
        assert await house.session() is None
    house.cookies = {COOKIE: good, "more": "x" * 17_000}
    assert await house.session() is None  # nobody's browser sends so much
    twice = house.call("/", headers=(("cookie", f"{COOKIE}=A; {COOKIE}={good}"),))
    house.cookies = {}
    assert await house.doors.find_session(twice) is None
    house.cookies = {COOKIE: good}
    assert await house.session() is not None


@pytest.mark.parametrize(
    "onward",
    [
        "//evil.example", "/\\evil.example", "\\/evil.example", "https://evil.example", "/\t/evil",
        "/%0d%0aSet-Cookie:x\r\nSet-Cookie: y", "javascript:alert(1)", "", "evil", "/" + "a" * 2000,
        "/ä", "/a b", "/<script>", "///evil.example",
    ],
)  # fmt: skip
async def test_nobody_is_led_out_of_the_app(house: House, onward: str) -> None:
    reply = await house.sign_in(f"/auth/login?next={quote(onward)}")
    assert location_of(reply) == "/"


async def test_tabs_sign_in_side_by_side_and_do_not_pile_up(house: House) -> None:
    first = await house.begin()
    second = await house.begin("/auth/login?next=/second")
    house.issuer.nonce = second["nonce"]
    assert location_of(await house.come_back(second)) == "/second"
    house.issuer.nonce = first["nonce"]
    assert (await house.come_back(first)).status == 303
    for _ in range(9):
        await house.begin()
    assert len(house.cookies) == 5  # four that wait, and the session


@pytest.mark.requirement(23)
async def test_a_step_up_asks_makes_a_new_session_and_ends_the_old(house: House) -> None:
    await house.sign_in()
    before = house.cookies[COOKIE]
    asked = await house.begin("/auth/login?next=/vault&acr=aal2&max_age=300")
    assert (asked["acr_values"], asked["max_age"]) == ("aal2", "300")
    house.issuer.claims = {"acr": "aal2"}
    assert location_of(await house.come_back(asked)) == "/vault"
    session = await house.session()
    assert session is not None and session.acr == "aal2"
    assert house.cookies[COOKIE] != before
    house.cookies[COOKIE] = before
    assert await house.session() is None


@pytest.mark.requirement(23, 31)
@pytest.mark.parametrize(
    "claims", [{"acr": "aal1"}, {"acr": None}, {"auth_time": 1}, {"auth_time": None}]
)
async def test_a_step_up_that_was_not_one_goes_round_in_no_circle(
    house: House, claims: dict[str, object]
) -> None:
    asked = await house.begin("/auth/login?acr=aal2&max_age=300")
    house.issuer.claims = {"acr": "aal2", **claims}
    assert is_refused(await house.come_back(asked), 403)


@pytest.mark.requirement(11, 32)
async def test_signing_out_ends_both_sessions_and_needs_a_form_of_the_app(house: House) -> None:
    await house.sign_in()
    page = await house.send("/auth/logout")
    assert b'<form method="post" action="/auth/logout">' in page.body
    assert "frame-ancestors 'none'" in dict(page.headers)["content-security-policy"]
    for headers in (
        (("origin", "https://evil.example"),),
        (("origin", "null"),),
        (("sec-fetch-site", "cross-site"),),
        (),
    ):
        assert (await house.send("/auth/logout", "POST", headers=headers)).status == 400
    assert await house.session() is not None
    kept = dict(house.cookies)
    reply = await house.send("/auth/logout", "POST", headers=(("origin", BASE),))
    target = urlsplit(location_of(reply))
    asked = parse_qs(target.query)
    assert (target.path, asked["post_logout_redirect_uri"]) == ("/logout", [f"{BASE}/"])
    assert asked["id_token_hint"][0].count(".") == 2
    assert COOKIE not in house.cookies
    house.cookies = kept
    assert await house.session() is None


async def test_signing_out_works_while_the_issuer_does_not_answer(house: House) -> None:
    await house.sign_in()
    house.issuer.clock.advance(timedelta(minutes=30))
    house.issuer.clock.advance(timedelta(minutes=29))
    assert await house.session() is not None
    house.issuer.clock.advance(timedelta(minutes=40))
    house.issuer.problem = NoAnswer()
    reply = await house.send("/auth/logout", "POST", headers=(("origin", BASE),))
    assert location_of(reply) == f"{BASE}/"
    assert await house.session() is None


async def tell(house: House, token: str, headers: tuple[tuple[str, str], ...] = FORM) -> Reply:
    body = urlencode({"logout_token": token}).encode()
    call = house.call("/auth/backchannel", "POST", headers=headers, body=body)
    return await house.doors.answer(call)


@pytest.mark.requirement(33)
@pytest.mark.complaint(18)
@pytest.mark.parametrize(
    ("given", "status", "stays"),
    [
        ({}, 200, False),
        ({"sid": None}, 200, False),
        ({"sub": None}, 200, False),
        ({"sid": "sid-2"}, 200, True),
        ({"sub": "ben", "sid": None}, 200, True),
        ({"iss": "https://other.example"}, 400, True),
        ({"aud": "other"}, 400, True),
        ({"events": {}}, 400, True),
        ({"events": []}, 400, True),
        ({"sub": None, "sid": None}, 400, True),
        ({"iat": 1}, 400, True),
        ({"exp": 1 << 35}, 400, True),
    ],
)
async def test_a_logout_token_ends_what_it_names(
    house: House, given: dict[str, object], status: int, stays: bool
) -> None:
    await house.sign_in()
    reply = await tell(house, house.issuer.logout_token(**given))
    assert reply.status == status
    assert dict(reply.headers)["cache-control"] == "no-store"
    assert (await house.session() is not None) == stays


@pytest.mark.requirement(33, 36)
async def test_a_logout_token_counts_once_and_is_no_other_token(house: House) -> None:
    token = house.issuer.logout_token(sid="sid-2")
    assert (await tell(house, token)).status == 200
    assert (await tell(house, token)).status == 400
    id_token = house.issuer.id_token("a", nonce="n")
    assert (await tell(house, id_token)).status == 400
    forged = house.issuer.logout_token(jti="logout-2")[:-4] + "AAAA"
    assert (await tell(house, forged)).status == 400
    again = house.issuer.logout_token(jti="logout-3")
    assert (await tell(house, again, (("content-type", "text/plain"),))).status == 400
    assert (await tell(house, again)).status == 200


@pytest.mark.requirement(30)
async def test_an_issuer_by_another_name_is_not_asked(house: House) -> None:
    document = json.dumps(metadata(issuer=f"{ISSUER}/")).encode()
    house.issuer.spoil = lambda path, body: document if "well-known" in path else body
    reply = await house.send("/auth/login")
    assert (reply.status, reply.media_type) == (502, "text/html; charset=utf-8")
    house.headers = ()
    reply = await house.send("/auth/login")
    assert json.loads(reply.body)["code"] == "relying.issuer-broken"


@pytest.mark.requirement(34)
@pytest.mark.complaint(30)
async def test_a_key_that_is_new_is_asked_for_once_in_a_while(house: House) -> None:
    assert (await house.sign_in()).status == 303
    house.issuer.clock.advance(31)
    house.issuer.key, house.issuer.keys = RSA_KEY, KeySet((RSA_KEY.public,))
    assert (await house.sign_in()).status == 303
    assert house.issuer.count("/jwks") == 2
    house.issuer.key = ED_KEY  # which the issuer does not publish
    for _ in range(5):
        assert is_refused(await house.sign_in())
    assert house.issuer.count("/jwks") == 2
    house.issuer.clock.advance(31)
    assert is_refused(await house.sign_in())
    assert house.issuer.count("/jwks") == 3


async def test_who_is_turned_away_is_led_to_sign_in_or_told(house: House) -> None:
    refuse = house.doors.refuse
    page = house.call("/notes?page=2")
    assert location_of(refuse(NotSignedIn(), page)) == "/auth/login?next=%2Fnotes%3Fpage%3D2"
    step = refuse(StepUpNeeded(acr="aal2", max_age=300), page)
    assert location_of(step).endswith("&acr=aal2&max_age=300")
    named = house.doors.refuse(NotSignedIn(), house.call("/où est/ça"))
    assert location_of(named).endswith("?next=%2Fo%25C3%25B9%2520est%2F%25C3%25A7a")
    assert location_of(refuse(NotSignedIn(), house.call("//evil.example"))).endswith("next=%2F")
    posted = house.call("/notes", "POST")
    assert location_of(refuse(NotSignedIn(), posted)) == "/auth/login?next=%2F"
    for headers in (
        (),
        (("accept", "application/json"),),
        (*house.headers, ("sec-fetch-mode", "cors")),
    ):
        told = refuse(StepUpNeeded(acr="aal2", max_age=300), house.call("/notes", headers=headers))
        challenge = dict(told.headers)["www-authenticate"]
        assert told.status == 401 and told.media_type == "application/problem+json"
        assert 'error="insufficient_user_authentication"' in challenge
        assert 'acr_values="aal2"' in challenge and 'max_age="300"' in challenge
    denied: DeniedError = PurposeMissing()
    assert refuse(denied, page).status == 403


async def test_without_base_url_only_this_machine_says_where_the_app_is() -> None:
    house = House(options={"base_url": None})
    local = (("host", "localhost:8000"), *house.headers)
    reply = await house.doors.answer(house.call("/auth/login", headers=local))
    assert quote("http://localhost:8000/auth/callback", safe="") in location_of(reply)
    cookie = dict(reply.headers)["set-cookie"]
    assert cookie.startswith("curtilage-app-8000-login-") and "Secure" not in cookie
    for host in ("evil.example", "localhost.evil.example", "localhost:8000@evil.example", ""):
        foreign = house.call("/auth/login", headers=(("host", host), *house.headers))
        assert (await house.doors.answer(foreign)).status == 400
        with pytest.raises(ForeignHost):
            await house.doors.find_session(
                house.call("/", headers=(("host", host), ("cookie", "a=b")))
            )


async def test_an_app_may_be_mounted_under_a_path() -> None:
    house = House(options={"base_url": f"{BASE}/app"})
    assert house.doors.local_path("/app/auth/login") == "/auth/login"
    assert house.doors.local_path("/apples") == "/apples"
    asked = await house.begin("/auth/login?next=/app/notes")
    assert asked["redirect_uri"] == f"{BASE}/app/auth/callback"
    assert location_of(await house.come_back(asked)) == "/app/notes"
    led = house.doors.refuse(NotSignedIn(), house.call("/notes"))
    assert location_of(led) == "/app/auth/login?next=%2Fapp%2Fnotes"


async def test_other_methods_and_doubled_parameters_are_refused(house: House) -> None:
    assert (await house.send("/auth/callback", "POST")).status == 405
    assert (await house.send("/auth/login", "DELETE")).status == 405
    asked = await house.begin()
    path = f"/auth/callback?code=a&code=b&state={asked['state']}&iss={quote(ISSUER)}"
    assert is_refused(await house.send(path))
    assert is_refused(await house.send("/auth/login?next=%ff"))
    assert is_refused(await house.send("/auth/login?" + "&".join(f"a{n}=1" for n in range(40))))


async def test_a_key_can_be_changed_and_a_foreign_one_opens_nothing(house: House) -> None:
    await house.sign_in()
    store = house.doors.sessions.store
    new = "another key that is long enough for tests"
    for keys, opens in (
        ((new, "a key for tests of sign-in that is long enough"), True),
        ((new,), False),
    ):
        other = House(house.issuer, {"store": store, "secret_key": keys}, house.cookies)
        assert (await other.session() is not None) == opens
