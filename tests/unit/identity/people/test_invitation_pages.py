"""Invitations that wait, in the console."""

from tests.fakes.console import FakeConsole
from tests.fakes.ids import fixed_id
from tests.fakes.people import LINK, FakeInvitations, an_invitation
from tests.fakes.visitor import Visitor
from tests.identity_house import ADMIN, PASSPHRASE, House

PAGE = "/console/people/invitations"


async def signed_in(invitations: FakeInvitations | None = None) -> Visitor:
    console = FakeConsole(invitations=invitations or FakeInvitations())
    return await Visitor(console).sign_in()


async def test_each_says_whom_it_is_for_by_whom_and_whether_it_works() -> None:
    visitor = await signed_in()
    text = (await visitor.get(PAGE)).text
    for words in (
        "s…@orchard.example",
        "nobody: the link was given by hand",
        "administrator",
        "The command line",
        "A program",
        "Somebody who is gone",
        "Waiting",
        "Lets nobody in",
        "Take back the invitation of s…@orchard.example?",
        "Take back the invitation that was given by hand?",
    ):
        assert words in text, words
    assert "somebody.5@orchard.example" not in text
    assert LINK not in text
    assert 'href="/console/people" data-go="o" aria-current="page"' in text
    assert PAGE in (await visitor.get("/console/people")).text


async def test_one_is_taken_back_and_the_others_stay() -> None:
    visitor = await signed_in()
    path = f"{PAGE}/{fixed_id(5)}/withdraw"
    for words in ("The invitation is taken back.", "There is no invitation with this id"):
        answer = await visitor.post(path, page=PAGE)
        assert answer.headers["location"] == PAGE
        assert words in (await visitor.get(PAGE)).text
    assert len(visitor.console.invitations.kept) == 7


async def test_what_one_may_not_take_back_stays_and_one_is_told() -> None:
    visitor = await signed_in(FakeInvitations(refuses=True))
    await visitor.post(f"{PAGE}/{fixed_id(5)}/withdraw", page=PAGE)
    assert "holds all of its rights" in (await visitor.get(PAGE)).text
    assert len(visitor.console.invitations.kept) == 8


async def test_very_many_come_by_pages_the_newest_first() -> None:
    many = FakeInvitations([an_invitation(number) for number in range(60, 0, -1)])
    visitor = await signed_in(many)
    first = (await visitor.get(PAGE)).text
    assert first.count("Take back the invitation</button>") == 25
    assert f"{PAGE}?before={fixed_id(36)}" in first
    last = (await visitor.get(f"{PAGE}?before={fixed_id(11)}")).text
    assert last.count("Take back the invitation</button>") == 10
    assert "Newest" in last
    assert "No older ones" in (await visitor.get(f"{PAGE}?before={fixed_id(1)}")).text


async def test_where_none_waits_the_page_says_how_to_invite() -> None:
    text = (await (await signed_in(FakeInvitations([]))).get(PAGE)).text
    assert "No invitation waits" in text
    assert "curtilage users invite --address" in text
    closed = (await (await signed_in(FakeInvitations([], sign_up="closed"))).get(PAGE)).text
    assert "identity.sign_up" in closed
    assert "curtilage users invite" not in closed


async def test_it_takes_the_right_and_a_form_of_our_own(house: House) -> None:
    answer = await Visitor().get(PAGE)
    assert answer.headers["location"].startswith("/login?next=/console/people/invitations")
    visitor = await signed_in()
    path = f"{PAGE}/{fixed_id(5)}/withdraw"
    assert (await visitor.post(path, token="", x="1")).status_code == 403
    assert len(visitor.console.invitations.kept) == 8
    await house.add_person("Bob")
    bob = Visitor(house)
    await bob.post("/login", name="Bob", passphrase=PASSPHRASE)
    made = await house.people.invitations.invite(ADMIN)
    assert (await bob.get(PAGE)).status_code == 403
    answer = await bob.post(f"{PAGE}/{made.id}/withdraw", page="/account")
    assert answer.status_code == 403
    assert len(await house.people.invitations.page(ADMIN)) == 1


async def test_over_the_services_a_link_that_is_taken_back_is_over(house: House) -> None:
    await house.enrol()
    visitor = Visitor(house)
    await visitor.post("/login", name="Grace", passphrase=PASSPHRASE)
    made = await house.people.invitations.invite(ADMIN, address="ada@orchard.example")
    path = made.link.removeprefix("http://localhost:8787")
    assert "a…@orchard.example" in (await visitor.get(PAGE)).text
    stranger = Visitor(house)
    assert (await stranger.get(path)).status_code == 200
    await visitor.post(f"{PAGE}/{made.id}/withdraw", page=PAGE)
    assert "No invitation waits" in (await visitor.get(PAGE)).text
    over, never = await stranger.get(path), await stranger.get(f"{path[:-3]}abc")
    assert over.status_code == never.status_code
    assert main_of(over.text) == main_of(never.text)


def main_of(text: str) -> str:
    """What a page says; the rest of it differs by its nonces."""
    return text.partition("<main")[2].partition("</main>")[0].partition(">")[2]
