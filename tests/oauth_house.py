"""An authorization server on a database of its own, with a browser and a sign-in page."""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
from starlette.applications import Starlette

from curtilage.core.authority import Authority
from curtilage.core.clock import Clock, SystemClock
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.entropy import Entropy, SystemEntropy
from curtilage.core.ids import Ids, SystemIds
from curtilage.core.models import Event, Principal, PrincipalId, PrincipalKind
from curtilage.core.page import NewSession, SeeOther, Visit
from curtilage.core.slice import Route
from curtilage.identity.ground import Ground
from curtilage.identity.oauth.build import OAuth, Outside, build_app_sessions
from curtilage.identity.oauth.models.clients import AuthMethod, GrantType, Resource
from curtilage.identity.oauth.models.details import DetailType, FieldKind
from curtilage.identity.oauth.models.requests import Authentication
from curtilage.identity.oauth.service.app_sessions import AppSessions
from curtilage.identity.oauth.service.clients import RegisteredClient
from curtilage.identity.oauth.service.ground import Secrets
from curtilage.identity.oauth.settings import OAuthSettings
from curtilage.identity.oauth.wire.client_metadata import ClientWish
from curtilage.identity.wire.pkce import challenge_of, encode_code_challenge
from curtilage.web.app import build_web
from tests.builders import TENANT
from tests.fakes.oauth import ADA, FakeClientKeys, FakeNotifier, FakePeople, FakeSealer
from tests.fakes.pseudonyms import FixedPseudonyms

ISSUER = "https://id.orchard.example"
CALLBACK = "https://app.orchard.example/callback"
ADMIN = Principal(
    TENANT, PrincipalId("admin-grace"), PrincipalKind.PERSON, roles=frozenset({"administrator"})
)
FILES = Resource("https://files.orchard.example/api", "Files", {"files:read": "Read your files"})
TOOLS = Resource(
    "https://tools.orchard.example/mcp", "Tools", {"tools:run": "Run tools for you"}, is_open=True
)
RUN = DetailType(
    "tool_run",
    "Run the tools {tools} on {server}, for at most {cents} cents",
    {"tools": FieldKind.TEXTS, "server": FieldKind.TEXT, "cents": FieldKind.NUMBER},
    optional=frozenset({"cents"}),
)
VERIFIER = "a-verifier-of-at-least-forty-three-characters-0123456789"
CHALLENGE = encode_code_challenge(challenge_of(VERIFIER))
EVERY_GRANT = frozenset(GrantType)
MOST_STEPS = 8
SCOPES = frozenset({"openid", "profile", "email", "offline_access", "files:read"})
TOKEN = re.compile(r'name="_csrf" value="([^"]+)"')
HANDLE = re.compile(r'name="request" value="([^"]+)"')


def a_wish(**given: Any) -> ClientWish:
    """What a client of a website asks for."""
    defaults: dict[str, Any] = {
        "name": "Orchard notes",
        "method": AuthMethod.BASIC,
        "redirect_uris": (CALLBACK,),
        "grant_types": EVERY_GRANT,
        "scopes": SCOPES,
        "resources": (FILES.uri,),
        "detail_types": frozenset({RUN.name}),
    }
    wanted = defaults | given
    if wanted["method"] is AuthMethod.NONE and "grant_types" not in given:
        wanted["grant_types"] = EVERY_GRANT - {GrantType.CLIENT}
    return ClientWish(**wanted)


@dataclass
class OAuthHouse:
    """The server, and what a test looks at besides."""

    oauth: OAuth
    database: Database
    people: FakePeople
    notifier: FakeNotifier
    client_keys: FakeClientKeys
    clock: Any
    app: Starlette
    origin: str
    signs_in: PrincipalId = ADA
    logins: list[dict[str, str]] = field(default_factory=list)

    def app_sessions(self) -> AppSessions:
        """What hears of sessions that end, as people tell it."""
        oauth = self.oauth
        return build_app_sessions(oauth.foundation, TENANT, oauth.settings, oauth.secrets)

    async def end_session(self, ended: Authentication) -> None:
        """One session ends, as people end it."""
        async with self.database.begin() as connection:
            await self.app_sessions().end(connection, TENANT, ended.person, ended.session)

    async def end_all(self, person: PrincipalId) -> None:
        """All sessions of somebody end, as people end them."""
        async with self.database.begin() as connection:
            await self.app_sessions().end_all(connection, TENANT, person)

    async def register(self, **given: Any) -> RegisteredClient:
        return await self.oauth.clients.register(ADMIN, a_wish(**given))

    async def events(self) -> Sequence[Event]:
        async with self.database.read() as connection:
            return [item.event for item in await outbox.read_batch(connection, 10_000)]

    async def kinds(self) -> list[str]:
        return [event.kind for event in await self.events()]

    def browser(self, secret: str = "") -> "Agent":
        """A browser, with a session where `secret` names one."""
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app),
            base_url=self.origin,
            headers={"accept": "text/html"},
        )
        if secret:
            client.cookies.set(self.cookie, secret)
        return Agent(self, client)

    @property
    def cookie(self) -> str:
        prefix = "__Host-" if self.origin.startswith("https") else ""
        return f"{prefix}curtilage-session"

    async def sign_in_page(self, visit: Visit) -> SeeOther:
        """Signs in whoever comes, at the level that was asked for."""
        self.logins.append(dict(visit.query))
        level = int(visit.query.get("acr", "aal1")[3:])
        secret = f"cookie-{len(self.logins)}"
        self.people.sign_in(secret, self.clock.now(), person=self.signs_in, assurance=level)
        until = SystemClock().now() + timedelta(hours=12)  # the clock of the cookie jar
        return SeeOther(visit.query.get("next", "/"), begins=NewSession(secret, until))


@dataclass
class Agent:
    """A browser that follows nothing by itself, and a client's back channel."""

    house: OAuthHouse
    http: httpx.AsyncClient

    async def authorize(self, client_id: str, **given: str) -> httpx.Response:
        """Go to the authorization endpoint, as a client would send somebody."""
        return await self.follow(
            await self.http.get("/oauth2/authorize", params=a_request(client_id, **given))
        )

    async def follow(self, answer: httpx.Response) -> httpx.Response:
        """Follow redirects of our own, to a page or to where somebody leaves."""
        for _ in range(MOST_STEPS):
            if "refresh" in answer.headers:  # a page that sends on to an app
                location = answer.headers["refresh"].partition("url=")[2]
                return httpx.Response(303, headers={"location": location})
            if answer.status_code != 303 or not answer.headers["location"].startswith("/"):
                return answer
            answer = await self.http.get(answer.headers["location"])
        raise AssertionError("the pages lead round in a circle")

    async def allow(self, page: httpx.Response, decision: str = "allow") -> httpx.Response:
        """Press a button on the page of consent."""
        data = {"decision": decision, "_csrf": token_of(page), "request": handle_of(page)}
        return await self.follow(await self.http.post("/oauth2/continue", data=data))

    async def code(self, client_id: str, **given: str) -> str:
        """A code for the client, allowing what it asks."""
        answer = await self.authorize(client_id, **given)
        if answer.status_code == 200:
            answer = await self.allow(answer)
        return answered(answer)["code"]

    async def token(self, made: RegisteredClient | None, **given: str) -> httpx.Response:
        return await self.post("/oauth2/token", made, **given)

    async def post(self, path: str, made: RegisteredClient | None, **given: str) -> httpx.Response:
        """A call of the back channel; `headers` in `given` are those with a dash in them."""
        headers = {} if made is None or not made.secret else {"authorization": basic(made)}
        if made is not None and not made.secret:
            given.setdefault("client_id", made.client.id)
        proof = given.pop("dpop", "")
        if proof:
            headers["dpop"] = proof
        transport = httpx.ASGITransport(app=self.house.app)
        async with httpx.AsyncClient(transport=transport, base_url=self.house.origin) as client:
            return await client.post(path, data=given, headers=headers)

    async def exchange(self, made: RegisteredClient, code: str, **given: str) -> httpx.Response:
        wanted = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        }
        return await self.token(made, **(wanted | given))

    async def tokens(self, made: RegisteredClient, **given: str) -> dict[str, Any]:
        """All the way from a request to tokens."""
        code = await self.code(made.client.id, **given)
        answer = await self.exchange(made, code)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def refresh(self, made: RegisteredClient, token: str, **given: str) -> httpx.Response:
        return await self.token(made, grant_type="refresh_token", refresh_token=token, **given)


def a_request(client_id: str, **given: str) -> dict[str, str]:
    wanted = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": CALLBACK,
        "scope": "openid profile email",
        "state": "state-1",
        "nonce": "nonce-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (wanted | given).items() if value}


def basic(made: RegisteredClient) -> str:
    return "Basic " + b64encode(f"{made.client.id}:{made.secret}".encode()).decode()


def answered(answer: httpx.Response) -> dict[str, str]:
    """What a client is told in the address that the browser is sent to."""
    assert answer.status_code == 303, answer.text
    location = answer.headers["location"]
    assert location.startswith(CALLBACK), location
    query = urlsplit(location).query
    assert all(len(values) == 1 for values in parse_qs(query).values())
    return dict(parse_qsl(query))


def token_of(page: httpx.Response) -> str:
    return _found(TOKEN, page)


def handle_of(page: httpx.Response) -> str:
    return _found(HANDLE, page)


def _found(pattern: re.Pattern[str], page: httpx.Response) -> str:
    match = pattern.search(page.text)
    assert match is not None, page.text
    return unescape(match.group(1))


def an_oauth_house(
    database: Database,
    *,
    clock: Clock,
    origin: str = ISSUER,
    issuer: str = ISSUER,
    entropy: Entropy | None = None,
    ids: Ids | None = None,
    **settings: Any,
) -> OAuthHouse:
    """A server on a migrated database; call `oauth.keys.keep_up()` before it is used."""
    people, notifier, client_keys = FakePeople(), FakeNotifier(), FakeClientKeys()
    entropy = entropy or SystemEntropy()
    ids = ids or SystemIds(clock, entropy)
    oauth = OAuth(
        Ground(database, Authority(), FixedPseudonyms(), clock, ids, entropy),
        TENANT,
        settings=OAuthSettings(issuer, **settings),
        secrets=Secrets(b"r" * 32, b"s" * 32, b"n" * 32, b"t" * 32),
        outside=Outside(people, people, FakeSealer(), notifier, client_keys),
        resources=(FILES, TOOLS),
        types=(RUN,),
    )
    house = OAuthHouse(oauth, database, people, notifier, client_keys, clock, Starlette(), origin)
    people.ends = house.end_session
    slice_ = oauth.as_slice()
    house.app = build_web(
        routes=[*slice_.routes, Route("GET", "/login", house.sign_in_page, "", "login")],
        endpoints=slice_.endpoints,
        nav=[],
        templates={"oauth": slice_.templates},
        sessions=people,
        key=b"k" * 32,
        entropy=entropy,
        ids=ids,
        origins=[origin],
    )
    return house
