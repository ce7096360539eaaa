"""The pages that go by way of a mailbox, over the services themselves."""

import re

import httpx
import pytest

from curtilage.identity.people.rules import MOST_TRIES
from tests.fakes.desk import ANSWER
from tests.fakes.mailbox import LINK
from tests.fakes.visitor import TOKEN, Visitor
from tests.identity_house import ADMIN, PASSPHRASE, House
from tests.unit.identity.conftest import MakeHouse

ADDRESS, FRESH = "ada@orchard.example", "velvet comet thimble orchard"
NONCE = re.compile(r'nonce="[^"]+"')
SCANNER = {"sec_fetch_purpose": "prefetch", "purpose": "prefetch", "x_moz": "prefetch"}


def body_of(answer: httpx.Response) -> str:
    """A page without what differs each time: its token and its nonces."""
    assert "content-security-policy" in answer.headers
    return NONCE.sub("", TOKEN.sub("", answer.text))


def headers_of(answer: httpx.Response) -> list[str]:
    return sorted(answer.headers)


async def scan(visitor: Visitor, path: str) -> None:
    """What mail filters do with a link before anybody reads the message."""
    for headers in ({}, SCANNER, {"user_agent": "Scanner"}, {}, {}):
        assert (await visitor.get(path, **headers)).status_code == 200
    assert (await visitor.client.head(path)).status_code == 200
    assert (await visitor.client.options(path)).status_code == 405


async def asked_by(house: House, address: str = ADDRESS) -> Visitor:
    visitor = Visitor(house)
    answer = await visitor.post("/login/mail", page="/login/mail", address=address)
    assert answer.status_code == 200, answer.text
    assert "Look into your mailbox" in answer.text
    return visitor


@pytest.mark.requirement(48)
@pytest.mark.complaint(13, 14)
async def test_a_link_by_mail_survives_scanners_and_signs_in_once(house: House) -> None:
    await house.add_person("Ada", address=ADDRESS, kind=None)
    visitor = await asked_by(house)
    path = f"/login/mail/{await house.post('/login/mail')}"
    before = await house.kinds()
    await scan(Visitor(house), path)
    await scan(visitor, path)
    assert await house.kinds() == before
    page = (await visitor.get(path)).text
    assert "Sign in as Ada" in page
    assert "submit(" not in page
    assert "autosubmit" not in page
    elsewhere = Visitor(house)
    shown = (await elsewhere.get(path)).text
    assert "Type the code there" in shown
    assert '<form method="post">' not in shown
    stolen = await elsewhere.post(path, page="/login/mail")
    assert stolen.status_code == 401
    assert "curtilage-session" not in str(stolen.headers.get("set-cookie"))
    answer = await visitor.post(path, page=path)
    assert answer.headers["location"] == "/"
    assert (await visitor.get("/account")).status_code == 200
    again = await visitor.post(path, page="/account")
    assert again.status_code == 401
    assert "This link no longer works" in (await visitor.get(path)).text


@pytest.mark.requirement(48)
async def test_the_code_works_in_the_browser_that_asked_and_in_no_other(house: House) -> None:
    await house.add_person("Ada", address=ADDRESS, kind=None)
    visitor = await asked_by(house)
    path = f"/login/mail/{await house.post('/login/mail')}"
    found = re.search(r"\d{4} \d{4}", (await Visitor(house).get(path)).text)
    assert found is not None
    other = Visitor(house)
    assert (await other.post("/login/mail-code", code=found[0])).status_code == 401
    wrong = await visitor.post("/login/mail-code", code="0000 0000")
    assert wrong.status_code == 401
    assert '<a href="#code">' in wrong.text
    answer = await visitor.post("/login/mail-code", code=found[0])
    assert answer.headers["location"] == "/"


async def test_after_a_few_wrong_codes_one_is_told_to_ask_anew(house: House) -> None:
    await house.add_person("Ada", address=ADDRESS, kind=None)
    visitor = await asked_by(house)
    for _ in range(MOST_TRIES):
        assert "newest message" in (await visitor.post("/login/mail-code", code="1")).text
    assert "ask for a new one" in (await visitor.post("/login/mail-code", code="1")).text


@pytest.mark.requirement(44)
async def test_whoever_has_a_passphrase_is_asked_for_it_after_the_link(house: House) -> None:
    await house.add_person("Ada", address=ADDRESS)
    visitor = await asked_by(house)
    path = f"/login/mail/{await house.post('/login/mail')}"
    answer = await visitor.post(path, page=path)
    assert answer.headers["location"] == "/login/second?next=/"
    assert (await visitor.get("/account")).headers["location"] == "/login?next=/account"
    page = "/login/second?next=/account"
    text = (await visitor.get(page)).text
    assert 'name="passphrase"' in text
    assert 'name="code"' not in text
    done = await visitor.post("/login/second", page=page, next="/account", passphrase=PASSPHRASE)
    assert done.headers["location"] == "/account"
    assert (await visitor.get("/account")).status_code == 200


@pytest.mark.requirement(41)
@pytest.mark.complaint(16)
@pytest.mark.parametrize("path", ["/login/mail", "/recover", "/join"])
async def test_an_address_that_is_not_there_gets_the_same_answer(
    make_house: MakeHouse, path: str
) -> None:
    house = make_house(sign_up="open")
    await house.add_person("Ada", address=ADDRESS)
    bob = await house.add_person("Bob", address="bob@orchard.example")
    await house.people.people.disable(ADMIN, bob.id)
    visitor = Visitor(house)
    answers = [
        await visitor.post(path, page=path, address=address)
        for address in (ADDRESS, "eve@orchard.example", "bob@orchard.example")
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({body_of(answer) for answer in answers}) == 1
    assert headers_of(answers[0]) == headers_of(answers[1]) == headers_of(answers[2])


@pytest.mark.requirement(41)
async def test_a_name_that_is_not_there_gets_the_same_answer(house: House) -> None:
    await house.enrol("Grace")
    visitor = Visitor(house)
    answers = [
        await visitor.post("/recover", page="/recover", address=name)
        for name in ("Grace", "Nobody", "x" * 9000, "ａda", "a\r\nb")
    ]
    assert len({body_of(answer) for answer in answers}) == 1


@pytest.mark.requirement(45)
@pytest.mark.complaint(13)
async def test_a_new_passphrase_is_chosen_once_and_signs_nobody_in(house: House) -> None:
    await house.add_person("Ada", address=ADDRESS)
    visitor = Visitor(house)
    await visitor.post("/recover", page="/recover", address=ADDRESS)
    path = f"/recover/{await house.post('/recover')}"
    await scan(Visitor(house), path)
    for fields, field in (
        ({}, "passphrase"),
        ({"passphrase": FRESH, "again": "other"}, "again"),
        ({"passphrase": "Ada Ada Ada Ada Ada", "again": "Ada Ada Ada Ada Ada"}, "passphrase"),
    ):
        answer = await visitor.post(path, page=path, **fields)
        assert answer.status_code == 422
        assert f'<a href="#{field}">' in answer.text
    answer = await visitor.post(path, page=path, passphrase=FRESH, again=FRESH)
    assert answer.headers["location"] == "/login"
    assert "curtilage-session" not in str(answer.headers.get("set-cookie"))
    again = await visitor.post(path, page="/login/mail", passphrase=FRESH, again=FRESH)
    assert again.status_code == 401
    signed = await visitor.post("/login", name=ADDRESS, passphrase=FRESH)
    assert signed.status_code == 303


@pytest.mark.complaint(13)
async def test_an_invitation_makes_an_account_once_and_signs_in(house: House) -> None:
    link = (await house.people.invitations.invite(ADMIN, address=ADDRESS)).link
    path = link.removeprefix("http://localhost:8787")
    visitor = Visitor(house)
    await scan(visitor, path)
    given = {"passphrase": PASSPHRASE, "again": PASSPHRASE}
    for name in ("", "<script>", "ada@orchard.example"):
        answer = await visitor.post(path, page=path, name=name, **given)
        assert answer.status_code == 422
        assert '<a href="#name">' in answer.text
        assert "<script>" not in answer.text.replace("<script nonce", "")
    weak = {"passphrase": "Ada Quill Ada Quill", "again": "Ada Quill Ada Quill"}
    assert (await visitor.post(path, page=path, name="Ada Quill", **weak)).status_code == 422
    answer = await visitor.post(path, page=path, name="Ada Quill", **given)
    assert answer.headers["location"] == "/"
    assert "Your account is made" in (await visitor.get("/account")).text
    late = await Visitor(house).post(path, page="/login/mail", name="Eve", **given)
    assert late.status_code == 401
    assert "This link no longer works" in (await Visitor(house).get(path)).text


async def test_a_taken_name_and_a_taken_address_are_said_to_whoever_holds_the_link(
    house: House,
) -> None:
    await house.enrol("Grace")
    given = {"passphrase": PASSPHRASE, "again": PASSPHRASE}
    for address, words in (("", "name is taken"), (ADDRESS, "has an account already")):
        link = (await house.people.invitations.invite(ADMIN, address=address)).link
        path = link.removeprefix("http://localhost:8787")
        if address:
            await house.add_person("Ada", address=ADDRESS)
        answer = await Visitor(house).post(path, page=path, name="Grace", **given)
        assert answer.status_code == 422
        assert words in answer.text


async def test_what_is_turned_off_says_so(make_house: MakeHouse) -> None:
    visitor = Visitor(make_house(sign_up="invited", mail_sign_in=False))
    for path in ("/join", "/login/mail"):
        page = await visitor.get(path)
        assert (page.status_code, 'name="address"' in page.text) == (200, False)
        answer = await visitor.post(path, page="/recover", address=ADDRESS)
        assert answer.status_code == 403


@pytest.mark.requirement(40)
async def test_too_many_tries_say_how_long_to_wait(make_house: MakeHouse) -> None:
    visitor = Visitor(make_house(sign_up="open"))
    for path in ("/join", "/login/mail", "/recover"):
        for _ in range(5):
            await visitor.post(path, page=path, address=ADDRESS)
        answer = await visitor.post(path, page=path, address=ADDRESS)
        assert answer.status_code == 429
        assert "try again in 1 second" in answer.text


@pytest.mark.parametrize("path", ["/login/mail", "/recover", "/join"])
async def test_nothing_and_far_too_much_are_refused(make_house: MakeHouse, path: str) -> None:
    house = make_house(sign_up="open")
    visitor = Visitor(house)
    empty = await visitor.post(path, page=path, address=" ")
    assert empty.status_code == 422
    assert '<a href="#address">' in empty.text
    flood = await visitor.post(path, page=path, address="a" * 10_000_000)
    assert flood.status_code == 413
    forged = await visitor.post(path, token="", address=ADDRESS)
    assert forged.status_code == 403
    assert await house.mailed() == []


@pytest.mark.parametrize("path", ["/login/mail", "/recover", "/join"])
@pytest.mark.parametrize("link", ["x", "A" * 43, "%00", "x" * 3000])
async def test_a_link_that_is_none_is_one_answer(house: House, path: str, link: str) -> None:
    await house.enrol()
    visitor = Visitor(house)
    answer = await visitor.get(f"{path}/{link}")
    assert answer.status_code == 401
    assert "This link no longer works" in answer.text
    posted = await visitor.post(
        f"{path}/{link}", page="/recover", name="A", passphrase=FRESH, again=FRESH
    )
    assert posted.status_code == 401


async def test_whoever_joins_chooses_how_to_sign_in_from_now_on() -> None:
    visitor = Visitor()
    path = f"/join/{LINK}"
    page = (await visitor.get(path)).text
    for words in ("Go on with a passkey", "The same passphrase again", "Neither: send me a link"):
        assert words in page
    for way in ("passkey", "mailbox"):
        answer = await visitor.post(path, page=path, name="", way=way)
        assert (answer.status_code, '<a href="#name">' in answer.text) == (422, True)
    making = await visitor.post(path, page=path, name="Ada", way="passkey")
    assert making.status_code == 200
    assert 'data-passkey="create"' in making.text
    assert 'name="ceremony" value="person-1"' in making.text
    wrong = await visitor.post(path, page=path, name="Ada", ceremony="person-1", passkey="{}")
    assert (wrong.status_code, '<a href="#name">' in wrong.text) == (422, True)
    for fields in ({"ceremony": "person-1", "passkey": ANSWER}, {"way": "mailbox"}):
        answer = await visitor.post(path, page=path, name="Ada", **fields)
        assert answer.headers["location"] == "/"
        assert "session-by-mail" in answer.headers["set-cookie"]


async def test_a_link_that_is_over_offers_no_passkey_and_no_mailbox() -> None:
    visitor = Visitor()
    for way in ("passkey", "mailbox", ""):
        answer = await visitor.post("/join/x", page="/join", name="Ada", way=way)
        assert answer.status_code == 401


async def test_whoever_joins_where_more_is_demanded_goes_on_to_the_next_step(
    make_house: MakeHouse,
) -> None:
    house = make_house(second_factor="everybody")
    secret = (await house.people.invitations.invite(ADMIN)).link.rpartition("/")[2]
    visitor, path = Visitor(house), f"/join/{secret}"
    page = (await visitor.get(path)).text
    assert "At least 8 characters" in page
    assert "Neither" not in page
    answer = await visitor.post(
        path, page=path, name="Ada", passphrase="kelpgrit", again="kelpgrit"
    )
    assert answer.headers["location"] == "/login/second?next=/"
