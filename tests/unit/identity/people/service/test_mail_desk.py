"""What the pages that go by way of a mailbox work with."""

from curtilage.identity.people.views import Arrival
from tests.identity_house import ADMIN, PASSPHRASE, House
from tests.unit.identity.conftest import MakeHouse

ADDRESS, HERE = "ada@orchard.example", "192.0.2.7"


async def test_it_says_what_the_settings_allow(make_house: MakeHouse) -> None:
    desk = make_house(sign_up="closed", mail_sign_in=False).people.mailbox
    assert (desk.sign_up, desk.mail_sign_in) == ("closed", False)


async def test_whoever_joins_is_signed_in_with_the_passphrase_that_they_chose(
    make_house: MakeHouse,
) -> None:
    house = make_house(sign_up="open")
    desk = house.people.mailbox
    await desk.ask_to_join(ADDRESS, peer=HERE)
    link = await house.post("/join")
    await desk.look_at_invitation(link)
    begun = await desk.join(link, name="Ada", passphrase=PASSPHRASE, arrival=Arrival(HERE))
    live = await house.people.desk.read(begun.secret)
    assert live is not None
    assert (live.name, live.principal.assurance) == ("Ada", 1)
    assert live.principal.rights == {"account:manage", "restore"}


async def test_the_session_that_a_browser_had_ends_where_another_begins(house: House) -> None:
    desk = house.people.mailbox
    await house.enrol()
    before = (
        await house.people.desk.sign_in(name="Grace", passphrase=PASSPHRASE, arrival=Arrival())
    ).secret
    link = (await house.people.invitations.invite(ADMIN)).link.rpartition("/")[2]
    arrival = Arrival(HERE, previous=before)
    await desk.join(link, name="Ada", passphrase=PASSPHRASE, arrival=arrival)
    assert await house.people.desk.read(before) is None


async def test_by_link_by_code_and_by_a_new_passphrase(house: House) -> None:
    desk, arrival = house.people.mailbox, Arrival(HERE, browser="b")
    await house.add_person("Ada", address=ADDRESS)
    await desk.ask_to_sign_in(ADDRESS, browser="b", peer=HERE)
    link = await house.post("/login/mail")
    code = (await desk.look_at_sign_in(link, browser="other")).code
    assert await desk.sign_in_by_code(code, arrival)
    await desk.ask_to_sign_in(ADDRESS, browser="b", peer=HERE)
    assert await desk.sign_in_by_link(await house.post("/login/mail"), arrival)
    await desk.ask_to_recover(ADDRESS, peer=HERE)
    link = await house.post("/recover")
    assert (await desk.look_at_recovery(link)).name == "Ada"
    await desk.recover(link, "velvet comet thimble orchard")
