"""Signing in and one's own account, in each language."""

import pytest

from tests.fakes.visitor import Visitor

SIGN_IN = {
    "en": ("Sign in", "The name or the passphrase is not right"),
    "de": ("Anmelden", "Der Name oder die Passphrase stimmt nicht"),
    "fr": ("Se connecter", "Le nom ou la phrase de passe est incorrect"),
    "es": ("Iniciar sesión", "El nombre o la frase de contraseña no es correcto"),
}
ACCOUNT = {
    "en": ("Your account", "Firefox on Linux", "That browser is signed out."),
    "de": ("Ihr Konto", "Firefox auf Linux", "Dieser Browser ist abgemeldet."),
    "fr": ("Votre compte", "Firefox sur Linux", "Ce navigateur est déconnecté."),
    "es": ("Su cuenta", "Firefox en Linux", "Se ha cerrado la sesión en ese navegador."),
}


def speaking(tag: str) -> Visitor:
    visitor = Visitor()
    visitor.client.headers["accept-language"] = f"{tag}-x-own, en;q=0.5"
    return visitor


@pytest.mark.parametrize("tag", SIGN_IN)
async def test_somebody_signs_in_in_their_language(tag: str) -> None:
    title, wrong = SIGN_IN[tag]
    visitor = speaking(tag)
    page = await visitor.get("/login")
    assert f"<h1>{title}</h1>" in page.text
    assert f"<title>{title} · Curtilage</title>" in page.text
    refused = await visitor.post("/login", name="ada", passphrase="wrong", next="/account")
    assert refused.status_code == 401
    assert refused.headers["content-language"] == tag
    assert refused.text.count(wrong) == 2  # in the summary, and beside the field


@pytest.mark.parametrize("tag", ACCOUNT)
async def test_one_s_account_and_what_just_happened_are_in_one_language(tag: str) -> None:
    title, browser, ended = ACCOUNT[tag]
    visitor = await speaking(tag).sign_in()
    page = await visitor.get("/account")
    assert f"<h1>{title}</h1>" in page.text
    assert browser in page.text
    other = next(each.id for each in visitor.console.account.sessions if not each.is_this)
    moved = await visitor.post(f"/account/sessions/{other}/end", page="/account")
    assert moved.headers["location"] == "/account"
    assert ended in (await visitor.get("/account")).text


async def test_what_was_typed_and_what_others_wrote_is_never_translated() -> None:
    visitor = speaking("de")
    page = await visitor.post("/login", name="Sign in", passphrase="wrong")
    assert 'value="Sign in"' in page.text
