"""What the account pages work with."""

from curtilage.identity.people.views import Arrival
from tests.builders import TENANT
from tests.identity_house import PASSPHRASE, House

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def sign_in(house: House, agent: str) -> str:
    arrival = Arrival("192.0.2.7", agent)
    begun = await house.people.desk.sign_in(name="Grace", passphrase=PASSPHRASE, arrival=arrival)
    return begun.secret


async def test_somebody_sees_their_browsers_and_signs_them_out(house: House) -> None:
    await house.enrol()
    account = house.people.account
    here, there, other = [await sign_in(house, each) for each in (FIREFOX, "curl/8", "")]
    sessions = (await account.overview(here)).sessions
    assert sorted(each.device for each in sessions) == ["", "Firefox on Linux", "curl"]
    assert [each.device for each in sessions if each.is_this] == ["Firefox on Linux"]
    gone = next(each.id for each in sessions if each.device == "curl")
    assert await account.end_session(here, gone)
    assert not await account.end_session(here, gone)
    assert await house.people.desk.read(there) is None
    assert await account.end_other_sessions(here) == 1
    assert await house.people.desk.read(other) is None
    stored = b"".join(path.read_bytes() for path in house.data_dir.rglob("*") if path.is_file())
    assert b"Firefox" not in stored


async def test_nobody_signs_out_somebody_elses_browser(house: House) -> None:
    await house.enrol()
    secret = await sign_in(house, FIREFOX)
    await house.add_person("Bob")
    theirs = await house.people.desk.sign_in(
        name="Bob", passphrase=PASSPHRASE, arrival=Arrival("192.0.2.8")
    )
    found = await house.people.sessions.find(TENANT, theirs.secret)
    assert found is not None
    assert not await house.people.account.end_session(secret, found.id)
    assert await house.people.desk.read(theirs.secret) is not None
