"""Consent and devices in the language that the app or the browser asks for."""

import pytest

from tests.oauth_house import OAuthHouse, answered

ALLOW = {
    "en": ("Allow Orchard notes?", "See your e-mail address", "Do not allow"),
    "de": ("Orchard notes erlauben?", "Ihre E-Mail-Adresse sehen", "Nicht erlauben"),
    "fr": ("Autoriser Orchard notes\u202f?", "Voir votre adresse e-mail", "Ne pas autoriser"),
    "es": ("¿Permitir Orchard notes?", "Ver su dirección de correo", "No permitir"),
}
DEVICE = {
    "en": "Connect a device",
    "de": "Ein Gerät verbinden",
    "fr": "Connecter un appareil",
    "es": "Conectar un dispositivo",
}


@pytest.mark.parametrize("tag", ALLOW)
async def test_an_app_asks_in_the_language_that_it_names(house: OAuthHouse, tag: str) -> None:
    made = await house.register()
    browser = house.browser()
    browser.http.headers["accept-language"] = "it, fr;q=0.1"
    page = await browser.authorize(made.client.id, ui_locales=f"tlh {tag}-001 es")
    assert page.headers["content-language"] == tag
    assert f'<html lang="{tag}" dir="ltr"' in page.text
    for words in ALLOW[tag]:
        assert words in page.text
    assert "code" in answered(await browser.allow(page))


async def test_what_was_pushed_keeps_its_languages(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    from_app = {
        "response_type": "code",
        "redirect_uri": made.client.redirect_uris[0],
        "scope": "openid",
        "code_challenge": "Zm9vYmFyYmF6Zm9vYmFyYmF6Zm9vYmFyYmF6Zm9vYmE",
        "code_challenge_method": "S256",
        "ui_locales": "es",
    }
    pushed = await browser.post("/oauth2/par", made, **from_app)
    assert pushed.status_code == 201, pushed.text
    address = {"client_id": made.client.id, "request_uri": pushed.json()["request_uri"]}
    page = await browser.follow(await browser.http.get("/oauth2/authorize", params=address))
    assert page.headers["content-language"] == "es"


@pytest.mark.parametrize("asked", ["tlh", "x" * 300, "de\u00e9", '"><script>', "de_DE", "*"])
async def test_a_request_does_not_fail_by_languages_that_there_are_not(
    house: OAuthHouse, asked: str
) -> None:
    made = await house.register()
    page = await house.browser().authorize(made.client.id, ui_locales=asked)
    assert page.status_code == 200, page.text
    assert page.headers["content-language"] == "en"


@pytest.mark.parametrize("tag", DEVICE)
async def test_a_device_is_connected_in_the_browser_s_language(house: OAuthHouse, tag: str) -> None:
    browser = house.browser()
    browser.http.headers["accept-language"] = tag
    page = await browser.follow(await browser.http.get("/device"))
    assert f"<h1>{DEVICE[tag]}</h1>" in page.text


async def test_errors_of_the_protocol_stay_english(house: OAuthHouse) -> None:
    made = await house.register()
    browser = house.browser()
    browser.http.headers["accept-language"] = "de"
    answer = answered(await browser.authorize(made.client.id, ui_locales="de", prompt="none"))
    assert answer["error"] == "login_required"
    assert answer["error_description"].isascii()
