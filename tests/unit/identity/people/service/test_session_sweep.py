"""Sessions that are over end for apps too, and no others."""

from datetime import timedelta

from curtilage.core.models import PrincipalId
from curtilage.identity.oauth.models.grants import Grant, RefreshToken
from curtilage.identity.oauth.store.grants import SqlGrantStore
from curtilage.identity.oauth.store.upkeep import SqlNoticeStore
from curtilage.identity.oauth.wire.client_metadata import ClientWish
from curtilage.identity.people.rules import APPS_IDLE, SESSION_IDLE, SESSION_LIMIT
from curtilage.identity.people.views import Arrival
from tests.builders import TENANT
from tests.identity_house import ADMIN, PASSPHRASE, House

QUARTER = timedelta(minutes=15)
WISH = ClientWish(
    "Notes",
    redirect_uris=("https://notes.orchard.example/callback",),
    scopes=frozenset({"openid"}),
    backchannel_logout_uri="https://notes.orchard.example/back-channel",
)


async def sign_in(house: House, person: PrincipalId, name: str = "Ada") -> str:
    """Signs in here and in an app; gives the session."""
    await house.people.sign_ins.sign_in(
        TENANT, name=name, passphrase=PASSPHRASE, arrival=Arrival("192.0.2.7")
    )
    session = (await house.people.sessions.list_for(TENANT, person))[0].id
    app = (await house.identity.oauth.clients.register(ADMIN, WISH)).client.id
    now = house.clock.now()
    grant = Grant(
        f"grant {session}", TENANT, app, person, session, ("openid",), (), now, "", (), now,
        now + timedelta(days=1),
    )  # fmt: skip
    async with house.database.begin() as connection:
        await SqlGrantStore().insert_grant(connection, TENANT, grant)
    return session


async def renew(house: House, session: str, number: int) -> None:
    """What the app does when its access token is over."""
    now = house.clock.now()
    token = RefreshToken(
        TENANT, bytes([number]) * 32, f"grant {session}", now, now + timedelta(days=1)
    )
    async with house.database.begin() as connection:
        await SqlGrantStore().insert_refresh(connection, TENANT, token)


async def told(house: House) -> list[str]:
    async with house.database.read() as connection:
        due = await SqlNoticeStore().load_due(connection, TENANT, house.clock.now(), 99)
    return [each.session for each in due]


async def test_a_session_ends_once_it_is_over_and_not_before(house: House) -> None:
    ada = await house.add_person("Ada")
    session, sweep = await sign_in(house, ada.id), house.people.sweeping.over
    house.clock.advance(SESSION_IDLE - timedelta(seconds=1))
    assert await sweep.end_over() == 0
    assert await told(house) == []
    house.clock.advance(1)
    assert await sweep.end_over() == 1
    assert await told(house) == [session]
    assert await sweep.end_over() == 0
    assert await told(house) == [session]


async def test_an_app_that_is_in_use_goes_on_while_its_person_opens_no_page_here(
    house: House,
) -> None:
    ada, ben = await house.add_person("Ada"), await house.add_person("Ben")
    quiet = await sign_in(house, ben.id, "Ben")
    busy, sweep = await sign_in(house, ada.id), house.people.sweeping.over
    for number in range(SESSION_LIMIT // QUARTER):
        await renew(house, busy, number)
        house.clock.advance(QUARTER)
        await sweep.end_over()
        if number < SESSION_LIMIT // QUARTER - 1:
            assert busy not in await told(house)
    assert await told(house) == [quiet, busy], "used or not, there is a limit"
    assert await house.people.sessions.list_for(TENANT, ada.id) == []


async def test_an_app_that_is_left_alone_hears_of_it(house: House) -> None:
    ada = await house.add_person("Ada")
    session, sweep = await sign_in(house, ada.id), house.people.sweeping.over
    house.clock.advance(QUARTER)
    await renew(house, session, 1)
    house.clock.advance(APPS_IDLE - timedelta(seconds=1))
    assert await sweep.end_over() == 0
    house.clock.advance(1)
    assert await sweep.end_over() == 1
    assert await told(house) == [session]


async def test_a_session_that_is_seen_while_it_is_swept_goes_on(house: House) -> None:
    """What was read of it is old; the page that was opened meanwhile counts."""
    ada = await house.add_person("Ada")
    await sign_in(house, ada.id)
    async with house.database.begin() as connection:
        store = house.people.sessions.sessions
        (read,) = await store.load(connection, TENANT, ada.id)
        await store.see(connection, TENANT, read.digest, house.clock.now() + timedelta(minutes=1))
    assert not await house.people.sessions.endings.end_quiet(read)
    assert await told(house) == []
    async with house.database.read() as connection:
        (seen,) = await store.load(connection, TENANT, ada.id)
    assert await house.people.sessions.endings.end_quiet(seen)
