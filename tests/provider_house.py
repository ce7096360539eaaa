"""Curtilage as the client of providers: its pages, its people, and browsers before them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from curtilage.core.authority import Authority
from curtilage.core.clock import Clock
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.entropy import SystemEntropy
from curtilage.core.ids import SystemIds
from curtilage.core.models import Event
from curtilage.core.page import NewSession
from curtilage.identity.fetching import Fetches
from curtilage.identity.ground import Ground
from curtilage.identity.people.build import People
from curtilage.identity.people.models import AuthenticatorKind, Person, Profile, Session
from curtilage.identity.people.needs import PeopleKeys, PeopleNeeds
from curtilage.identity.people.views import Arrival
from curtilage.identity.providers.build import Providers, build_providers
from curtilage.identity.providers.models import ClientProof, Link, Preset, Provider
from curtilage.identity.providers.rules.presets import PRESETS
from curtilage.identity.providers.store.links import SqlLinkStore
from curtilage.identity.settings import IdentitySettings
from curtilage.web.app import build_web
from tests.builders import TENANT
from tests.fakes.keptmail import KeptMail
from tests.fakes.openid import CLIENT_ID, SECRET
from tests.fakes.personkeys import FixedPersonKeys
from tests.fakes.pseudonyms import FixedPseudonyms
from tests.identity_house import CHEAP, PASSPHRASE

ORIGIN = "https://curtilage.example"
CSRF = re.compile(r'name="_csrf" value="([^"]+)"')
ADDRESS = "ada@orchard.example"


def a_provider(name: str = "harbour", **given: Any) -> Provider:
    """A provider of the generic kind."""
    preset: Preset = given.pop("preset", PRESETS["oidc"])
    wanted: dict[str, Any] = {
        "label": name.capitalize(),
        "issuer": f"https://{name}.example",
        "client_id": CLIENT_ID,
        "preset": preset,
        "proof": ClientProof(secret=SECRET),
        "scopes": preset.scopes,
    }
    return Provider(name=name, **(wanted | given))


@dataclass
class Browser:
    """Somebody's browser: keeps cookies, fills in forms, follows nothing by itself."""

    house: "ProviderHouse"
    http: httpx.AsyncClient

    async def leave(self, name: str, *, onward: str = "/account", **fields: str) -> str:
        """Press the button of a provider on the sign-in page; gives where it leads."""
        answer = await self.send("/login", f"/login/with/{name}", next=onward, **fields)
        return led_to(answer)

    async def send(self, page: str, to: str, **fields: str) -> httpx.Response:
        """Send a form of a page."""
        shown = await self.http.get(page)
        found = CSRF.search(shown.text)
        assert found is not None, shown.text
        headers = {"origin": self.house.origin, "sec-fetch-site": "same-origin"}
        data = {"_csrf": unescape(found[1]), **fields}
        return await self.http.post(to, data=data, headers=headers)

    async def come_back(self, name: str, given: Mapping[str, str]) -> httpx.Response:
        return await self.http.get(f"/login/with/{name}/callback", params=dict(given))

    async def person(self) -> str:
        """Who is signed in here, "" for nobody."""
        session = await self.house.people.sessions.read(TENANT, self.secret)
        return "" if session is None else session.name

    @property
    def secret(self) -> str:
        return self.http.cookies.get(self.house.cookie) or ""

    async def session(self) -> Session:
        found = await self.house.people.sessions.find(TENANT, self.secret)
        assert found is not None
        return found


def led_to(answer: httpx.Response) -> str:
    """Where the page that sends somebody on leads: by itself, and by its link."""
    assert answer.status_code == 200, answer.text
    location = answer.headers["refresh"].removeprefix("0; url=")
    assert f'href="{location.replace("&", "&amp;")}"' in answer.text
    return str(location)


@dataclass
class ProviderHouse:
    """The client's side, and what a test looks at besides."""

    people: People
    providers: Providers
    database: Database
    clock: Any
    mail: KeptMail
    app: Starlette
    origin: str
    links: SqlLinkStore = field(default_factory=SqlLinkStore)

    @property
    def cookie(self) -> str:
        prefix = "__Host-" if self.origin.startswith("https") else ""
        return f"{prefix}curtilage-session"

    def browser(self) -> Browser:
        transport = httpx.ASGITransport(app=self.app)
        headers = {"accept": "text/html"}
        return Browser(
            self, httpx.AsyncClient(transport=transport, base_url=self.origin, headers=headers)
        )

    async def signed_in(self, name: str) -> Browser:
        """A browser in which somebody signed in with the passphrase of all."""
        browser = self.browser()
        answer = await browser.send("/login", "/login", name=name, passphrase=PASSPHRASE, next="/")
        assert answer.status_code == 303, answer.text
        return browser

    async def start(self, person: Person, session: NewSession) -> Browser:
        browser = self.browser()
        browser.http.cookies.set(self.cookie, session.secret)
        return browser

    async def add(
        self, name: str, *, address: str = "", totp: bool = False, passphrase: bool = True
    ) -> Person:
        """Somebody with a passphrase, and a confirmed address where one is given."""
        register, now = self.people.register, self.clock.now()
        profile = Profile(name, address, now if address else None)
        person = await register.prepare(TENANT, profile)
        hashed = (await self.people.passphrases.hash(PASSPHRASE.encode())).encode()
        kept = [register.new_authenticator(person.id, AuthenticatorKind.PASSPHRASE, hashed)]
        if not passphrase:
            kept = []
        if totp:
            kept.append(register.new_authenticator(person.id, AuthenticatorKind.TOTP, b"sealed"))
        async with self.database.begin() as connection:
            assert await register.insert(connection, person, profile)
            for each in kept:
                await register.authenticators.insert(connection, TENANT, each)
        return person

    async def links_of(self, person: Person) -> Sequence[Link]:
        async with self.database.read() as connection:
            return await self.links.load(connection, TENANT, person.id)

    async def find(self, id: Any) -> Person | None:
        async with self.database.read() as connection:
            return await self.people.register.people.find(connection, TENANT, id)

    async def everybody(self) -> Sequence[Person]:
        async with self.database.read() as connection:
            return await self.people.register.people.page(connection, TENANT, after="", limit=50)

    async def events(self) -> Sequence[Event]:
        async with self.database.read() as connection:
            return [item.event for item in await outbox.read_batch(connection, 1000)]

    async def kinds(self) -> list[str]:
        return [event.kind for event in await self.events()]

    def close(self) -> None:
        self.people.close()


def a_provider_house(
    database: Database,
    data_dir: Path,
    providers: Sequence[Provider],
    fetcher: Fetches,
    *,
    clock: Clock,
    origin: str = ORIGIN,
    settings: IdentitySettings | None = None,
) -> ProviderHouse:
    """On a migrated database."""
    entropy, pseudonyms = SystemEntropy(), FixedPseudonyms()
    ids = SystemIds(clock, entropy)
    ground = Ground(database, Authority(), pseudonyms, clock, ids, entropy)
    mail = KeptMail()
    needs = PeopleNeeds(
        tenant=TENANT,
        data_dir=data_dir,
        keys=PeopleKeys(
            b"k" * 32, b"h" * 32, b"b" * 32, b"c" * 32, own := FixedPersonKeys(), own.destroy
        ),
        mail=mail,
        address_of=lambda path: f"{origin}{path}",
        service="curtilage.example",
        settings=settings or IdentitySettings(),
        costs=CHEAP,
    )
    people = People(ground, needs, SqlLinkStore())
    built = build_providers(
        ground, people, {each.name: each for each in providers}, fetcher=fetcher
    )
    slices = (people.as_slice(built.desk), built.as_slice())
    app = build_web(
        routes=[route for each in slices for route in each.routes],
        endpoints=[endpoint for each in slices for endpoint in each.endpoints],
        nav=[],
        templates={each.name: each.templates for each in slices},
        sessions=people.desk,
        key=b"k" * 32,
        entropy=entropy,
        ids=ids,
        origins=[origin],
    )
    return ProviderHouse(people, built, database, clock, mail, app, origin)


def an_arrival(browser: str = "a-browser", previous: str = "") -> Arrival:
    return Arrival("192.0.2.7", "Firefox/1 Linux", previous, browser)
