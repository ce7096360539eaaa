import re

import pytest

from tests.fakes.visitor import Visitor

SHOWN = re.compile(r'<html lang="([^"]+)" dir="([^"]+)"')


def tongue_of(text: str) -> str:
    found = SHOWN.search(text)
    assert found is not None
    return found[1]


async def test_the_look_is_kept_and_only_known_ones() -> None:
    visitor = await Visitor().sign_in()
    answer = await visitor.post("/look", page="/console/live", look="dark", back="/console/ledger")
    assert answer.headers["location"] == "/console/ledger"
    assert 'data-look="dark"' in (await visitor.get("/console/live")).text
    bad = await visitor.post("/look", page="/console/live", look='"><script>', back="/")
    assert bad.status_code == 400
    away = await visitor.post(
        "/look", page="/console/live", look="auto", back="//elsewhere.example"
    )
    assert away.headers["location"] == "/"


async def test_the_language_is_kept_and_comes_before_what_the_browser_prefers() -> None:
    visitor = Visitor()
    page = await visitor.get("/login", accept_language="fr")
    assert tongue_of(page.text) == page.headers["content-language"] == "fr"
    answer = await visitor.post("/language", language="de", back="/login?next=/account")
    assert answer.headers["location"] == "/login?next=/account"
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert tongue_of((await visitor.get("/login", accept_language="fr")).text) == "de"
    for bad in ("it", "DE", "de\r\nx: y", '"><script>', ""):
        assert (await visitor.post("/language", language=bad, back="/")).status_code == 400
    away = await visitor.post("/language", language="es", back="//elsewhere.example")
    assert away.headers["location"] == "/"


async def test_whoever_is_signed_in_is_written_to_in_the_language_that_they_chose() -> None:
    visitor = Visitor()
    await visitor.post("/language", language="fr", back="/")
    assert visitor.console.desk.languages == [], "nobody is signed in"
    await visitor.sign_in()
    await visitor.post("/language", page="/console/live", language="de", back="/")
    assert [chosen for _, chosen in visitor.console.desk.languages] == ["de"]
    await visitor.post("/language", page="/console/live", language="it", back="/")
    await visitor.post("/language", token="", language="es", back="/")
    assert len(visitor.console.desk.languages) == 1


async def test_switching_takes_a_form_of_ours() -> None:
    visitor = Visitor()
    forged = await visitor.post("/language", token="", language="de", back="/")
    assert forged.status_code == 403
    assert tongue_of((await visitor.get("/login")).text) == "en"


async def test_the_switch_leads_back_to_the_page_with_its_query_and_names_languages() -> None:
    page = (await Visitor().get("/login?next=/account&acr=%22%3E")).text
    assert 'name="back" value="/login?next=/account&amp;acr=%22%3E"' in page
    for tag, name in (("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español")):
        assert f'value="{tag}" lang="{tag}"' in page
        assert name in page
    assert page.count('aria-pressed="true"') == 1


async def test_a_page_that_answers_a_form_has_no_switch() -> None:
    page = await Visitor().post("/login", name="", passphrase="")
    assert page.status_code == 422
    assert 'action="/language"' not in page.text


@pytest.mark.parametrize("asked", ["de-AT fr", "it de", "DE"])
async def test_what_an_app_asked_for_stays_on_the_pages_after(asked: str) -> None:
    visitor = Visitor()
    first = await visitor.get(f"/login?ui_locales={asked.replace(' ', '+')}", accept_language="es")
    assert tongue_of(first.text) == "de"
    assert tongue_of((await visitor.get("/recover", accept_language="es")).text) == "de"
    await visitor.post("/language", language="fr", back="/")
    assert tongue_of((await visitor.get("/login?ui_locales=de")).text) == "fr"


@pytest.mark.parametrize("asked", ["it", "", "%00", "x" * 3000, "%22%3E%3Cscript%3E"])
async def test_an_app_that_asks_for_what_there_is_not_changes_nothing(asked: str) -> None:
    visitor = Visitor()
    page = await visitor.get(f"/login?ui_locales={asked}", accept_language="es")
    assert tongue_of(page.text) == "es"
    assert "asked-language" not in str(page.headers.get_list("set-cookie"))


async def test_an_error_page_is_in_the_language_of_who_reads_it() -> None:
    visitor = await Visitor().sign_in()
    await visitor.post("/language", page="/console/live", language="de", back="/")
    page = await visitor.get("/console/nowhere")
    assert page.headers["content-language"] == "de"
    assert "Unter dieser Adresse gibt es keine Seite" in page.text


async def test_a_page_says_what_it_depends_on() -> None:
    page = await Visitor().get("/login")
    assert page.headers["vary"] == "accept-language, cookie"
    assert SHOWN.search(page.text)[2] == "ltr"  # type: ignore[index]


async def test_programs_read_english_whatever_they_prefer() -> None:
    visitor = Visitor()
    answer = await visitor.get("/api/x", accept="application/json", accept_language="de")
    assert answer.json()["title"] == "There is no page at this address"
    assert "content-language" not in answer.headers
