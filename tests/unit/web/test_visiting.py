import pytest
from starlette.requests import Request

from curtilage.core.page import Flash
from curtilage.web.errors import ForgedForm
from curtilage.web.flash import encode_flash
from curtilage.web.ports import SignedIn
from curtilage.web.visiting import LONGEST_COOKIE, Visiting
from tests.builders import a_principal
from tests.fakes import FixedEntropy

KEY = b"k" * 32


class Known:
    """Knows one secret, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def read(self, secret: str) -> SignedIn | None:
        self.asked.append(secret)
        return SignedIn(a_principal(), "Ada") if secret == "known" else None

    async def keep_language(self, signed_in: SignedIn, language: str) -> None: ...


def a_request(**cookies: str) -> Request:
    line = "; ".join(f"curtilage-{name}={value}" for name, value in cookies.items())
    return Request({"type": "http", "method": "GET", "headers": [(b"cookie", line.encode())]})


@pytest.fixture
def visiting(entropy: FixedEntropy) -> Visiting:
    return Visiting(Known(), KEY, entropy, secure=False)


async def test_a_stranger_gets_a_cookie_for_forms(visiting: Visiting) -> None:
    visitor = await visiting.read(a_request())
    assert visitor.signed_in is None
    assert visitor.is_new
    assert visitor.bound_to == visitor.form_secret != ""


async def test_a_form_sent_before_any_page_was_shown_is_forged(visiting: Visiting) -> None:
    visitor = await visiting.read(a_request())
    with pytest.raises(ForgedForm):
        visiting.verify(visitor, visiting.token(visitor))


async def test_forms_of_a_signed_in_visitor_are_bound_to_the_session(visiting: Visiting) -> None:
    before = await visiting.read(a_request(form="f"))
    after = await visiting.read(a_request(form="f", session="known"))
    visiting.verify(after, visiting.token(after))
    with pytest.raises(ForgedForm):
        visiting.verify(after, visiting.token(before))


async def test_a_session_that_ended_binds_nothing(visiting: Visiting) -> None:
    visitor = await visiting.read(a_request(form="f", session="ended"))
    assert visitor.bound_to == "f"


async def test_a_cookie_that_is_too_long_to_be_ours_is_not_read(visiting: Visiting) -> None:
    await visiting.read(a_request(session="x" * (LONGEST_COOKIE + 1)))
    assert isinstance(visiting.sessions, Known)
    assert visiting.sessions.asked == []


@pytest.mark.parametrize(("raw", "look"), [("dark", "dark"), ("light", "light"), ("neon", "auto")])
async def test_only_known_looks_are_taken(visiting: Visiting, raw: str, look: str) -> None:
    assert (await visiting.read(a_request(look=raw))).look == look


async def test_a_sentence_comes_from_us_or_not_at_all(visiting: Visiting) -> None:
    ours = encode_flash(KEY, Flash("Done"))
    assert (await visiting.read(a_request(flash=ours))).flash == Flash("Done")
    assert (await visiting.read(a_request(flash=ours[:-8] + "AAAAAAAA"))).flash is None
