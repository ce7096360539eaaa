"""The pages on the way: signing in, stepping up, and what cannot be forged."""

import pytest

from tests.oauth_house import CALLBACK, OAuthHouse, a_request, answered, handle_of, token_of


@pytest.mark.requirement(23)
async def test_who_is_signed_in_too_weakly_steps_up(house: OAuthHouse) -> None:
    made = await house.register(is_first_party=True)
    house.people.sign_in("known", house.clock.now())
    browser = house.browser("known")
    tokens = await browser.tokens(made, acr_values="aal2")
    assert house.logins[-1]["acr"] == "aal2"
    assert "again" not in house.logins[-1]
    seen = (await browser.post("/oauth2/introspect", made, token=tokens["access_token"])).json()
    assert (seen["acr"], seen["amr"]) == ("aal2", ["pwd", "otp"])


@pytest.mark.requirement(31)
async def test_a_level_that_is_essential_and_unknown_is_unmet(house: OAuthHouse) -> None:
    made = await house.register(is_first_party=True)
    claims = '{"id_token":{"acr":{"essential":true,"value":"gold"}}}'
    answer = answered(await house.browser().authorize(made.client.id, claims=claims))
    assert answer["error"] == "unmet_authentication_requirements"


@pytest.mark.requirement(11)
async def test_a_decision_needs_the_token_of_its_page(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    page = await browser.authorize(made.client.id)
    form = {"request": handle_of(page), "decision": "allow"}
    for wrong in (form, form | {"_csrf": "x" * 86}):
        answer = await browser.http.post("/oauth2/continue", data=wrong)
        assert answer.status_code == 403
    stranger = house.browser("other")
    house.people.sign_in("other", house.clock.now())
    stolen = await stranger.http.post("/oauth2/continue", data=form | {"_csrf": token_of(page)})
    assert stolen.status_code == 403
    assert answered(await browser.allow(page))["code"]


@pytest.mark.requirement(10, 11)
async def test_pages_cannot_be_framed_and_say_nothing_to_others(house: OAuthHouse) -> None:
    made = await house.register()
    page = await house.browser().authorize(made.client.id)
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert "http" not in page.text.partition("<body")[2].replace("http-equiv", "")


@pytest.mark.requirement(1)
@pytest.mark.parametrize(
    "given",
    [
        {"client_id": "nobody"},
        {"client_id": ""},
        {"redirect_uri": "https://evil.example/cb"},
        {"redirect_uri": ""},
        {"prompt": "none", "redirect_uri": "https://evil.example/cb"},
        {"response_type": "token", "redirect_uri": "javascript:alert(1)"},
        {"request_uri": "urn:ietf:params:oauth:request_uri:" + "x" * 43},
        {"client_id": "a\x00b"},
    ],
    ids=str,
)
async def test_what_cannot_be_answered_is_a_page_of_ours(
    house: OAuthHouse, given: dict[str, str]
) -> None:
    made = await house.register()
    params = a_request(made.client.id) | given
    page = await house.browser().http.get("/oauth2/authorize", params=params)
    assert page.status_code in (400, 404)
    assert "location" not in page.headers
    assert page.headers["content-type"].startswith("text/html")
    assert "evil" not in page.text


async def test_a_request_waits_for_half_an_hour_and_no_longer(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    page = await browser.authorize(made.client.id)
    house.clock.advance(1800)
    gone = await browser.http.get(f"/oauth2/continue?request={handle_of(page)}")
    assert gone.status_code == 404
    assert "Go back to the app" in gone.text
    for handle in ("", "short", "x" * 43):
        answer = await browser.http.get("/oauth2/continue", params={"request": handle})
        assert answer.status_code == 404


async def test_a_parameter_sent_twice_is_refused(house: OAuthHouse) -> None:
    made = await house.register(is_first_party=True)
    params = [*a_request(made.client.id).items(), ("nonce", "other")]
    answer = answered(await house.browser().http.get("/oauth2/authorize", params=params))
    assert answer["error"] == "invalid_request"


async def test_a_page_of_a_device_without_session_signs_in_first(house: OAuthHouse) -> None:
    answer = await house.browser().http.get("/device?user_code=BCDF-GHJK")
    assert answer.headers["location"] == "/login?next=%2Fdevice%3Fuser_code%3DBCDF-GHJK"


async def test_who_just_proved_who_they_are_leaves_by_a_page_and_not_by_their_form(
    house: OAuthHouse,
) -> None:
    """A browser asks the `form-action` of the page they signed in on of the whole way."""
    made = await house.register(is_first_party=True)
    browser = house.browser()
    answer = await browser.http.get("/oauth2/authorize", params=a_request(made.client.id))
    while answer.status_code == 303:
        answer = await browser.http.get(answer.headers["location"])
    assert house.logins
    assert answer.status_code == 200
    assert answer.headers["refresh"].startswith(f"0; url={CALLBACK}?")
    assert f'href="{CALLBACK}?' in answer.text
    again = await browser.http.get("/oauth2/authorize", params=a_request(made.client.id))
    at_once = await browser.http.get(again.headers["location"])
    assert at_once.headers["location"].startswith(f"{CALLBACK}?")
