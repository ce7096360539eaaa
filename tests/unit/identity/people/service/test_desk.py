"""What the pages work with."""

from curtilage.identity.people.views import Arrival
from tests.builders import TENANT
from tests.identity_house import PASSPHRASE, House


async def test_the_way_from_the_link_to_a_session_and_out_again(house: House) -> None:
    desk = house.people.desk
    assert not await desk.is_enrolled()
    await house.people.setup.issue(TENANT)
    link = house.secret()
    await desk.look_at_link(link)
    begun = await desk.enrol(
        link=link, name="Grace", passphrase=PASSPHRASE, arrival=Arrival("192.0.2.7")
    )
    live = await desk.read(begun.secret)
    assert live is not None
    assert live.name == "Grace"
    assert await desk.is_enrolled()
    await desk.sign_out(begun.secret)
    assert await desk.read(begun.secret) is None
    again = await desk.sign_in(name="grace", passphrase=PASSPHRASE, arrival=Arrival("192.0.2.7"))
    assert again.secret != begun.secret
    assert await house.kinds() == [
        "administrator.enrolled",
        "session.started",
        "session.ended",
        "session.started",
    ]
