import pytest

from curtilage.core.errors import LimitError
from curtilage.core.page import NewSession
from curtilage.identity.passphrases import MOST_BYTES
from curtilage.identity.people.pages import find_problems
from curtilage.identity.people.steps import say_wait
from tests.fakes.clock import START
from tests.fakes.console import FakeConsole
from tests.fakes.desk import ANSWER, LINK, NAME, PASSPHRASE, FakeDesk
from tests.fakes.visitor import Visitor


def not_set_up() -> Visitor:
    return Visitor(FakeConsole(desk=FakeDesk(enrolled=False)))


async def test_signing_in_goes_on_to_where_one_wanted_to_go() -> None:
    visitor = Visitor()
    answer = await visitor.post("/login", name=NAME, passphrase=PASSPHRASE, next="/console/ledger")
    assert answer.headers["location"] == "/console/ledger"
    assert (await visitor.get("/console/ledger")).status_code == 200
    assert (await visitor.get("/login?next=/console/try")).headers["location"] == "/console/try"


async def test_signing_in_never_goes_on_to_another_site() -> None:
    answer = await Visitor().post(
        "/login", name=NAME, passphrase=PASSPHRASE, next="//elsewhere.example"
    )
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    ("name", "passphrase"),
    [(NAME, "wrong"), ("somebody", PASSPHRASE), (NAME, "x" * (MOST_BYTES + 1))],
)
async def test_every_wrong_sign_in_reads_the_same(name: str, passphrase: str) -> None:
    answer = await Visitor().post("/login", name=name, passphrase=passphrase)
    assert answer.status_code == 401
    assert "The name or the passphrase is not right" in answer.text
    assert "set-cookie" not in answer.headers


async def test_what_is_missing_is_said_by_field() -> None:
    answer = await Visitor().post("/login", name=" ", passphrase="")
    assert answer.status_code == 422
    assert '<a href="#name">' in answer.text
    assert '<a href="#passphrase">' in answer.text


async def test_too_many_tries_say_how_long_tosay_wait() -> None:
    visitor = Visitor()
    for _ in range(5):
        await visitor.post("/login", name=NAME, passphrase="wrong")
    answer = await visitor.post("/login", name=NAME, passphrase=PASSPHRASE)
    assert answer.status_code == 429
    assert "try again in 30 seconds" in answer.text


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "try again in 1 second"),
        (2, "try again in 2 seconds"),
        (None, "wait a while and try again"),
    ],
)
def test_a_wait_is_told_as_people_speak(seconds: int | None, said: str) -> None:
    assert say_wait(LimitError(retry_after=seconds)).endswith(said)


async def test_signing_out_ends_the_session_on_the_server() -> None:
    visitor = await Visitor().sign_in()
    answer = await visitor.post("/logout", page="/console/live")
    assert answer.headers["location"] == "/login"
    assert visitor.console.desk.live == {}
    assert "You are signed out." in (await visitor.get("/login")).text


async def test_before_set_up_the_sign_in_page_says_what_to_do() -> None:
    text = (await not_set_up().get("/login")).text
    assert "Set this service up first" in text
    assert "<form" not in text.split("<footer", 1)[0]


async def test_the_set_up_link_enrols_and_signs_in() -> None:
    visitor = not_set_up()
    answer = await visitor.post(
        f"/setup/{LINK}", page=f"/setup/{LINK}", name=NAME, passphrase=PASSPHRASE, again=PASSPHRASE
    )
    assert answer.status_code == 303
    text = (await visitor.get("/console/live")).text
    assert "It is set up. You are signed in." in text


async def test_a_used_or_unknown_link_says_so_and_shows_no_form() -> None:
    for visitor in (Visitor(), not_set_up()):
        path = "/setup/unknown" if visitor.console.desk.enrolled is False else f"/setup/{LINK}"
        answer = await visitor.get(path)
        assert answer.status_code == 401
        assert "This link no longer works" in answer.text
        assert "<form" not in answer.text.split("<footer", 1)[0]


async def test_a_link_that_is_used_between_page_and_form_enrols_nobody_else() -> None:
    visitor = not_set_up()
    token = await visitor.token(f"/setup/{LINK}")
    visitor.console.desk.enrolled = True
    answer = await visitor.post(
        f"/setup/{LINK}", token=token, name=NAME, passphrase=PASSPHRASE, again=PASSPHRASE
    )
    assert answer.status_code == 401
    assert visitor.console.desk.live == {}


@pytest.mark.parametrize(
    ("name", "passphrase", "again", "field"),
    [
        ("", PASSPHRASE, PASSPHRASE, "name"),
        ("a" * 65, PASSPHRASE, PASSPHRASE, "name"),
        (NAME, "", "", "passphrase"),
        (NAME, "short", "short", "passphrase"),
        (NAME, "x" * (MOST_BYTES + 1), "", "passphrase"),
        (NAME, PASSPHRASE, PASSPHRASE + " ", "again"),
    ],
)
async def test_each_problem_of_set_up_stands_beside_its_field(
    name: str, passphrase: str, again: str, field: str
) -> None:
    assert list(find_problems(name, passphrase, again)) == [field]
    visitor = not_set_up()
    answer = await visitor.post(
        f"/setup/{LINK}", page=f"/setup/{LINK}", name=name, passphrase=passphrase, again=again
    )
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    assert visitor.console.desk.enrolled is False


def test_the_secret_of_a_session_is_in_no_log_line() -> None:
    assert "s3cret" not in repr(NewSession("s3cret", START))


async def test_the_first_administrator_makes_a_passkey_instead_of_a_passphrase() -> None:
    visitor = Visitor(FakeConsole(desk=FakeDesk(enrolled=False)))
    path = f"/setup/{LINK}"
    assert "Go on with a passkey" in (await visitor.get(path)).text
    making = await visitor.post(path, page=path, name="ada", way="passkey")
    assert 'data-passkey="create"' in making.text
    assert f'action="{path}"' in making.text
    wrong = await visitor.post(path, page=path, name="ada", ceremony="person-1", passkey="{}")
    assert (wrong.status_code, '<a href="#name">' in wrong.text) == (422, True)
    done = await visitor.post(path, page=path, name="ada", ceremony="person-1", passkey=ANSWER)
    assert done.headers["location"] == "/"
    assert (await visitor.get("/account")).status_code == 200
    again = await visitor.post(path, page="/account", name="eve", ceremony="x", passkey=ANSWER)
    assert again.status_code == 401


async def test_where_the_address_can_have_no_passkeys_the_set_up_page_offers_none() -> None:
    visitor = Visitor(FakeConsole(desk=FakeDesk(enrolled=False, asked="")))
    page = (await visitor.get(f"/setup/{LINK}")).text
    assert "Go on with a passkey" not in page
    assert 'name="passphrase"' in page
