"""Providers in the console."""

from tests.fakes.clients import FakeProviders
from tests.fakes.console import FakeConsole
from tests.fakes.visitor import Visitor

PAGE = "/console/providers"


async def a_visitor(providers: FakeProviders | None = None) -> Visitor:
    return await Visitor(FakeConsole(providers=providers or FakeProviders())).sign_in()


async def test_without_providers_the_page_teaches_how_to_configure_one() -> None:
    text = (await (await a_visitor(FakeProviders([]))).get(PAGE)).text
    assert "No provider yet" in text
    assert "[identity.providers.staff]" in text
    assert "http://console.example/login/with/staff/callback" in text


async def test_each_shows_its_issuer_its_state_and_who_comes_through_it() -> None:
    text = (await (await a_visitor()).get(PAGE)).text
    for words in (
        "https://accounts.google.com", "Not checked", "Answers", "Fails",
        "The other side did not answer.", "a-longer-name-of-letters.orchard.example",
        "1\N{NARROW NO-BREAK SPACE}204", "Whoever has an account there",
        "leads back to /login/with/google/callback",
    ):  # fmt: skip
        assert words in text, words


async def test_a_look_says_what_came() -> None:
    visitor = await a_visitor()
    for name, words in (
        ("google", "Google answers as it should."),
        ("partner", "Partner cannot be signed in through now. The other side did not answer."),
    ):
        answer = await visitor.post(f"{PAGE}/{name}/check", page=PAGE)
        assert answer.headers["location"] == PAGE
        assert words in (await visitor.get(PAGE)).text
    assert (await visitor.post(f"{PAGE}/nobody/check", page=PAGE)).status_code == 404
