"""Modules of RP-initiated and back-channel logout, re-expressed; a dead client beside."""

from typing import Any
from urllib.parse import parse_qs

import httpx
import orjson
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from curtilage.identity.oauth.models.clients import SubjectType
from tests.fakes.oauth import ADA
from tests.oauth_house import CALLBACK, ISSUER, Agent, OAuthHouse, token_of

pytestmark = pytest.mark.requirement(32)
BYE = "https://app.orchard.example/bye"
PLAN = "oidcc-rp-initiated-logout-"
OURS, THEIRS = "https://app.orchard.example/out", "https://other.orchard.example/out"


async def signed_in(house: OAuthHouse, **given: Any) -> tuple[Agent, dict[str, Any]]:
    made = await house.register(is_first_party=True, post_logout_uris=(BYE,), **given)
    house.people.sign_in("known", house.clock.now())
    browser = house.browser("known")
    return browser, await browser.tokens(made)


async def leave(browser: Agent, **given: str) -> httpx.Response:
    return await browser.http.get("/oauth2/logout", params=given)


def is_signed_in(house: OAuthHouse) -> bool:
    return "known" in house.people.sessions


@pytest.mark.requirement(6, 27)
@pytest.mark.oidf(PLAN + "discovery-endpoint-verification")
async def test_discovery_names_the_endpoint(house: OAuthHouse) -> None:
    served = (await house.browser().http.get("/.well-known/openid-configuration")).json()
    assert served["end_session_endpoint"] == f"{ISSUER}/oauth2/logout"
    assert served["backchannel_logout_supported"] is True
    assert "frontchannel_logout_supported" not in served


@pytest.mark.oidf("oidcc-rp-initiated-logout")
async def test_an_app_signs_its_person_out_and_they_come_back(house: OAuthHouse) -> None:
    browser, tokens = await signed_in(house)
    house.clock.advance(3600)  # hints may have expired
    answer = await leave(
        browser, id_token_hint=tokens["id_token"], post_logout_redirect_uri=BYE, state="s&1"
    )
    assert answer.headers["location"] == f"{BYE}?state=s%261"
    assert not is_signed_in(house)


@pytest.mark.oidf(PLAN + "no-state")
async def test_without_state_none_is_echoed(house: OAuthHouse) -> None:
    browser, tokens = await signed_in(house)
    answer = await leave(browser, id_token_hint=tokens["id_token"], post_logout_redirect_uri=BYE)
    assert answer.headers["location"] == BYE


@pytest.mark.oidf(PLAN + "bad-post-logout-redirect-uri")
@pytest.mark.oidf(PLAN + "query-added-to-post-logout-redirect-uri")
@pytest.mark.parametrize("address", [f"{BYE}?x=1", "https://evil.example/", CALLBACK])
async def test_nobody_is_sent_to_an_address_that_is_not_registered(
    house: OAuthHouse, address: str
) -> None:
    browser, tokens = await signed_in(house)
    answer = await leave(
        browser, id_token_hint=tokens["id_token"], post_logout_redirect_uri=address
    )
    assert (answer.status_code, answer.headers.get("location")) == (400, None)
    assert is_signed_in(house)


@pytest.mark.oidf(PLAN + "modified-id-token-hint")
@pytest.mark.oidf(PLAN + "bad-id-token-hint")
async def test_a_hint_that_was_tampered_with_ends_nothing(house: OAuthHouse) -> None:
    browser, tokens = await signed_in(house)
    head, _, signature = tokens["id_token"].rpartition(".")
    for hint in (f"{head}.{signature[::-1]}", "made-up", tokens["access_token"]):
        answer = await leave(browser, id_token_hint=hint, post_logout_redirect_uri=BYE)
        assert (answer.status_code, answer.headers.get("location")) == (400, None)
    assert is_signed_in(house)


@pytest.mark.oidf(PLAN + "no-id-token-hint")
@pytest.mark.oidf(PLAN + "no-params")
@pytest.mark.oidf(PLAN + "no-post-logout-redirect-uri")
@pytest.mark.oidf(PLAN + "only-state")
@pytest.mark.parametrize("given", [{}, {"state": "s"}])
async def test_without_a_hint_the_person_is_asked(house: OAuthHouse, given: dict[str, str]) -> None:
    browser, _ = await signed_in(house)
    page = await leave(browser, **given)
    assert page.status_code == 200
    assert is_signed_in(house)
    form = given | {"_csrf": token_of(page)}
    answer = await browser.http.post("/oauth2/logout/confirm", data=form)
    assert answer.headers["location"] == "/login"
    assert not is_signed_in(house)


async def test_without_a_hint_an_app_gets_them_back_after_the_question(
    house: OAuthHouse,
) -> None:
    browser, tokens = await signed_in(house)
    client = jwt_claims(tokens["id_token"])["aud"]
    given = {"client_id": client, "post_logout_redirect_uri": BYE, "state": "s"}
    page = await leave(browser, **given)
    assert (
        "form-action 'self' https://app.orchard.example" in page.headers["content-security-policy"]
    )
    form = given | {"_csrf": token_of(page)}
    answer = await browser.http.post("/oauth2/logout/confirm", data=form)
    assert answer.headers["location"] == f"{BYE}?state=s"


async def test_an_apps_post_leads_to_the_page(house: OAuthHouse) -> None:
    browser, tokens = await signed_in(house)
    data = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BYE}
    posted = await browser.http.post("/oauth2/logout", data=data)
    assert (await browser.follow(posted)).headers["location"] == BYE


@pytest.mark.requirement(15)
async def test_nothing_that_is_posted_gets_into_headers(house: OAuthHouse) -> None:
    body = b"state=a%0d%0ax: y&other=1\r\nset-cookie: a=b&client_id=c\r\nd"
    answer = await house.browser().http.post(
        "/oauth2/logout",
        content=body,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert (answer.status_code, "set-cookie" in answer.headers) == (400, False)
    good = await house.browser().http.post("/oauth2/logout", data={"state": "a b", "x": "y"})
    assert good.headers["location"] == "/oauth2/logout?state=a%20b"


async def test_another_persons_hint_asks_first(house: OAuthHouse) -> None:
    browser, tokens = await signed_in(house)
    house.people.sign_in("known", house.clock.now(), person="person-ben")  # type: ignore[arg-type]
    page = await leave(browser, id_token_hint=tokens["id_token"])
    assert page.status_code == 200
    assert is_signed_in(house)


async def test_signing_out_ends_what_the_session_gave_unless_it_is_offline(
    house: OAuthHouse,
) -> None:
    browser, tokens = await signed_in(house)
    made = await house.register(is_first_party=True)
    online = await browser.tokens(made)
    offline = await browser.tokens(made, scope="openid offline_access")
    await leave(browser, id_token_hint=tokens["id_token"])
    assert (await browser.refresh(made, online["refresh_token"])).status_code == 400
    assert (await browser.refresh(made, offline["refresh_token"])).status_code == 200


def jwt_claims(raw: str) -> dict[str, Any]:
    from curtilage.identity.wire.base64url import decode_base64url  # noqa: PLC0415

    return dict(orjson.loads(decode_base64url(raw.split(".")[1])))


async def told(house: OAuthHouse) -> dict[str, list[dict[str, Any]]]:
    """Logout tokens by the address that got them, verified with the published keys."""
    keys = KeySet.import_key_set(orjson.loads(await house.oauth.keys.encode_jwks()))
    found: dict[str, list[dict[str, Any]]] = {}
    for url, body in house.notifier.sent:
        (raw,) = parse_qs(body.decode())["logout_token"]
        token = jwt.decode(raw, keys, algorithms=["ES256", "RS256"])
        assert token.header["typ"] == "logout+jwt"
        assert "nonce" not in token.claims
        assert token.claims["exp"] - token.claims["iat"] <= 120
        assert token.claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
        found.setdefault(url, []).append(dict(token.claims))
    return found


@pytest.mark.requirement(33)
@pytest.mark.oidf("oidcc-backchannel-logout-discovery-endpoint-verification")
@pytest.mark.oidf("oidcc-backchannel-rp-initiated-logout")
async def test_apps_are_told_which_session_ended(house: OAuthHouse) -> None:
    browser, tokens = await signed_in(house, backchannel_logout_uri=OURS)
    await leave(browser, id_token_hint=tokens["id_token"])
    assert await house.oauth.logout.send_due() == 1
    (claims,) = (await told(house))[OURS]
    assert claims["sid"] == jwt_claims(tokens["id_token"])["sid"]
    assert claims["sub"] == "person-ada"
    assert await house.oauth.logout.send_due() == 0


@pytest.mark.requirement(33)
@pytest.mark.complaint(18)
async def test_when_all_sessions_end_each_app_is_told_once_without_sid(
    house: OAuthHouse,
) -> None:
    clients = [
        await house.register(is_first_party=True, backchannel_logout_uri=address)
        for address in (OURS, THEIRS)
    ]
    for secret in ("laptop", "phone"):
        house.people.sign_in(secret, house.clock.now())
        for made in clients:
            await house.browser(secret).tokens(made)
    house.notifier.dead.add(OURS)
    await house.end_all(ADA)
    assert await house.oauth.logout.send_due() == 1  # the dead one keeps nobody waiting
    found = await told(house)
    assert found.keys() == {THEIRS}
    assert [("sid" in claims) for claims in found[THEIRS]] == [False]
    house.notifier.dead.clear()
    assert await house.oauth.logout.send_due() == 0  # not yet again
    house.clock.advance(31)
    assert await house.oauth.logout.send_due() == 1
    assert len((await told(house))[OURS]) == 1


@pytest.mark.requirement(33)
async def test_an_app_that_never_answers_is_given_up(house: OAuthHouse) -> None:
    browser, tokens = await signed_in(house, backchannel_logout_uri=OURS)
    house.notifier.status[OURS] = 503
    await leave(browser, id_token_hint=tokens["id_token"])
    for _ in range(12):
        await house.oauth.logout.send_due()
        house.clock.advance(40_000)
    assert len(house.notifier.sent) == 10


@pytest.mark.requirement(29)
async def test_a_pairwise_app_is_told_its_own_name_of_the_person(house: OAuthHouse) -> None:
    browser, tokens = await signed_in(
        house, backchannel_logout_uri=OURS, subject_type=SubjectType.PAIRWISE
    )
    subject = jwt_claims(tokens["id_token"])["sub"]
    assert subject != "person-ada"
    await leave(browser, id_token_hint=tokens["id_token"])
    assert not is_signed_in(house)
    await house.oauth.logout.send_due()
    claims = (await told(house))[OURS][0]
    assert claims["sub"] == subject
    assert claims["sid"] == jwt_claims(tokens["id_token"])["sid"]
