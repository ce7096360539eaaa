"""Curtilage signs people in through Curtilage: our own server as the provider, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from curtilage.app.migrations import SCRIPTS
from curtilage.core.clock import SystemClock
from curtilage.core.db.engine import open_database
from curtilage.core.db.migrate import migrate
from curtilage.identity.adapters.fetch import Fetcher
from curtilage.identity.oauth.models.clients import AuthMethod
from curtilage.identity.providers.models import ClientProof, Provider
from curtilage.identity.providers.wire.request import callback_path
from curtilage.identity.wire.jwk import encode_jwk
from tests.fakes.oauth import ADA, BEN
from tests.integration.identity.conftest import ServedHouse, serving
from tests.integration.service import running_service
from tests.integration.visiting import PASSPHRASE, submit
from tests.provider_house import (
    ADDRESS,
    ORIGIN,
    Browser,
    ProviderHouse,
    a_provider,
    a_provider_house,
    led_to,
)
from tests.signed_tokens import EC_KEY

pytestmark = [pytest.mark.requirement(30), pytest.mark.slow, pytest.mark.timeout(60)]
SCOPES = frozenset({"openid", "profile", "email"})


@pytest.fixture(scope="module")
def north(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHouse]:
    with serving(tmp_path_factory.mktemp("north")) as served:
        yield served


@pytest.fixture(scope="module")
def south(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHouse]:
    with serving(tmp_path_factory.mktemp("south")) as served:
        yield served


def registered(served: ServedHouse, name: str) -> Provider:
    """The server as a provider, with us as its client."""
    made = served.register(redirect_uris=(f"{ORIGIN}{callback_path(name)}",), scopes=SCOPES)
    return a_provider(
        name,
        issuer=served.origin,
        client_id=made.client.id,
        proof=ClientProof(secret=made.secret),
        trusts_email=name == "north",
        may_create=name == "north",
    )


@pytest.fixture
async def here(
    data_dir: Path, north: ServedHouse, south: ServedHouse
) -> AsyncIterator[ProviderHouse]:
    north.house.signs_in = south.house.signs_in = ADA
    database = open_database("sqlite", data_dir)
    await migrate(database, SCRIPTS)
    house = a_provider_house(
        database,
        data_dir,
        [registered(north, "north"), registered(south, "south")],
        Fetcher(inside=(ip_network("127.0.0.0/8"),)),
        clock=SystemClock(),
    )
    await house.add("Grace")
    yield house
    house.close()
    await database.close()


async def approved(served: ServedHouse, location: str) -> str:
    """Sign in there and allow it, in a thread; gives our own path to come back to."""
    sent = await asyncio.to_thread(served.approve, location)
    assert sent.startswith(f"{ORIGIN}/login/with/")
    return sent.removeprefix(ORIGIN)


async def arrive(browser: Browser, served: ServedHouse, name: str) -> int:
    back = await approved(served, await browser.leave(name))
    return (await browser.http.get(back)).status_code


async def test_somebody_new_comes_with_a_confirmed_address(
    here: ProviderHouse, north: ServedHouse
) -> None:
    browser = here.browser()
    assert await arrive(browser, north, "north") == 303
    assert await browser.person() == "Ada Quill"
    again = here.browser()
    assert await arrive(again, north, "north") == 303
    assert (await again.session()).person == (await browser.session()).person


async def test_an_account_with_the_same_address_is_connected_and_told(
    here: ProviderHouse, north: ServedHouse
) -> None:
    ada = await here.add("Ada", address=ADDRESS)
    browser = here.browser()
    assert await arrive(browser, north, "north") == 303
    assert (await browser.session()).person == ada.id
    assert len(await here.links_of(ada)) == 1


async def test_one_subject_at_each_of_two_providers(
    here: ProviderHouse, north: ServedHouse, south: ServedHouse
) -> None:
    first = here.browser()
    await arrive(first, north, "north")
    stranger = here.browser()
    assert await arrive(stranger, south, "south") == 403
    location = led_to(await first.send("/account/with", "/account/with/south"))
    await first.http.get(await approved(south, location))
    person = (await first.session()).person
    both = here.browser()
    assert await arrive(both, south, "south") == 303
    assert (await both.session()).person == person
    south.house.signs_in = BEN
    other = here.browser()
    assert await arrive(other, south, "south") == 403


async def test_one_way_back_is_taken_once(here: ProviderHouse, north: ServedHouse) -> None:
    browser = here.browser()
    back = await approved(north, await browser.leave("north"))
    answers = await asyncio.gather(browser.http.get(back), browser.http.get(back))
    assert sorted(each.status_code for each in answers) == [303, 401]
    assert len(await here.everybody()) == 2


async def test_the_answer_of_north_is_nothing_to_south(
    here: ProviderHouse, north: ServedHouse
) -> None:
    browser = here.browser()
    back = await approved(north, await browser.leave("north"))
    swapped = back.replace("/north/", "/south/")
    assert (await browser.http.get(swapped)).status_code == 401
    assert await browser.person() == ""


async def test_proving_oneself_there_again(here: ProviderHouse, north: ServedHouse) -> None:
    browser = here.browser()
    await arrive(browser, north, "north")
    page = await browser.http.get("/login/again?next=/account")
    assert "Sign in at North again" in page.text
    sent = await browser.send("/login/again", "/login/again/with/north", next="/account")
    before = len(north.house.logins)
    answer = await browser.http.get(await approved(north, led_to(sent)))
    assert answer.headers["location"] == "/account"
    assert len(north.house.logins) == before + 1


async def test_a_key_in_place_of_a_secret(data_dir: Path, north: ServedHouse) -> None:
    made = north.register(
        redirect_uris=(f"{ORIGIN}{callback_path('north')}",),
        scopes=SCOPES,
        method=AuthMethod.KEY,
        jwks={"keys": [encode_jwk(EC_KEY.public)]},
    )
    provider = a_provider(
        "north",
        issuer=north.origin,
        client_id=made.client.id,
        proof=ClientProof(key=EC_KEY),
        may_create=True,
    )
    database = open_database("sqlite", data_dir)
    await migrate(database, SCRIPTS)
    fetcher = Fetcher(inside=(ip_network("127.0.0.0/8"),))
    house = a_provider_house(database, data_dir, [provider], fetcher, clock=SystemClock())
    await house.add("Grace")
    browser = house.browser()
    assert await arrive(browser, north, "north") == 303
    assert await browser.person() == "Ada Quill"
    house.close()
    await database.close()


def test_the_whole_service_reads_its_providers(
    tmp_path: Path, north: ServedHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "NORTH_SECRET"):
        monkeypatch.setenv(name, "x")
    flags = {
        "identity.inside": ["127.0.0.0/8"],
        "identity.providers.north.issuer": north.origin,
        "identity.providers.north.client_id": "c",
        "identity.providers.north.client_secret_env": "NORTH_SECRET",
        "identity.providers.north.domains": ["orchard.example"],
    }
    with running_service(tmp_path, **flags) as service:
        client = httpx.Client(base_url=service.settings.public_url, headers={"accept": "text/html"})
        link = (service.folder / "data" / "set-up-link").read_text().strip()
        form = {"name": "ada", "passphrase": PASSPHRASE, "again": PASSPHRASE}
        assert submit(client, urlsplit(link).path, **form).status_code == 303
        assert "Connect North" in client.get("/account/with").text
        client.cookies.clear()
        answer = submit(client, "/login", to="/login/with/north", next="/")
        assert answer.headers["refresh"].startswith(f"0; url={north.origin}/oauth2/authorize?")
        client.close()


async def test_addresses_inside_are_called_only_where_that_was_said(
    data_dir: Path, north: ServedHouse
) -> None:
    provider = a_provider("north", issuer=north.origin)
    database = open_database("sqlite", data_dir)
    await migrate(database, SCRIPTS)
    house = a_provider_house(database, data_dir, [provider], Fetcher(), clock=SystemClock())
    await house.add("Grace")
    answer = await house.browser().send("/login", "/login/with/north", next="/")
    assert answer.status_code == 502
    house.close()
    await database.close()
